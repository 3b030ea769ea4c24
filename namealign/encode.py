"""Token in, integers and phonetic keys out: what the kernel and the candidate index work on.

A `TokenStore` holds each distinct token once, as the flat lists that `namealign.kernel` reads: its letters as ids of
substrings that the learned edits know, its rarity, its family in the alias table, its phonetic code. A `NameStore`
holds names as units: a name token, what it reads like with its article or particle joined on, and joined with the next.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple
from zlib import crc32

import jellyfish

from namealign.kernel import (
    FILIATION,
    INITIAL,
    KIN_BITS,
    LONGEST,
    NUMBER_SHIFT,
    ORIGINS,
    PATRONYMIC,
    SEAL_HAN,
    SEAL_KANA,
    SEAL_SCRIPT,
    SEAL_TONES,
    WEAK,
    origin,
)
from namealign.model import Name, Role
from namealign.parse import SEALED, roles
from namealign.tables import data_dir, read_rows

__all__ = [
    "SEALED",
    "Facts",
    "NameStore",
    "Substrings",
    "TokenStore",
    "blocking_keys",
    "frames",
    "hub_keys",
    "seal_of",
    "token_key",
]


def token_key(text: str) -> int:
    """A 62-bit key of a token, the same in every process: equal keys are taken for equal tokens.

    >>> token_key("jilani") == token_key("jilani"), token_key("jilani") == token_key("jalili")
    (True, False)
    """
    raw = text.encode()
    return crc32(raw) << 30 ^ crc32(raw[::-1], 0x9E37)


class Substrings:
    """The substrings of one to three letters that the edit operations know, and their ids (0 is the empty one)."""

    def __init__(self, known: list[str]) -> None:
        self.known = ["", *known]
        self.ids = {text: i for i, text in enumerate(self.known)}

    @property
    def size(self) -> int:
        """How many there are, the empty one included."""
        return len(self.known)

    def encode(self, text: str) -> list[int]:
        """Three ids a letter: of the substrings of one, two and three letters that begin there, -1 where unknown."""
        ids = self.ids
        length = len(text)
        out: list[int] = []
        for i in range(length):
            out.append(ids.get(text[i], -1))
            out.append(ids.get(text[i : i + 2], -1) if i + 2 <= length else -1)
            out.append(ids.get(text[i : i + 3], -1) if i + 3 <= length else -1)
        return out


class _Endings(NamedTuple):
    feminine: dict[str, str]
    masculine: dict[str, str]
    patronymic: tuple[str, ...]


@lru_cache(maxsize=1)
def _endings() -> _Endings:
    """Gendered surname endings, joined into classes that may stand for one another, and patronymic endings."""
    pairs: list[tuple[str, str]] = []
    patronymic: set[str] = set()
    for _, (ending, counterpart, class_) in read_rows(data_dir() / "endings.csv", ("ending", "counterpart", "class")):
        if class_ == "patronymic":
            if len(ending) >= 4:
                patronymic.add(ending)
        # A single letter tells no gender by itself: Greek and Baltic short forms would pair strangers.
        elif len(ending) >= 3 and len(counterpart) >= 2:
            pairs.append((ending, counterpart))
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for ending, counterpart in pairs:
        parent[root("-" + ending)] = root("+" + counterpart)
    return _Endings(
        {e: root("-" + e) for e, _ in pairs},
        {c: root("+" + c) for _, c in pairs},
        tuple(sorted(patronymic)),
    )


def _gender(text: str) -> tuple[int, int]:
    """(key of the stem, 1 feminine, 2 masculine, 0 neither) of a surname, by its longest known ending."""
    endings = _endings()
    for length in range(min(6, len(text) - 3), 1, -1):
        end = text[-length:]
        if end in endings.feminine:
            return token_key(text[:-length] + endings.feminine[end]), 1
        if end in endings.masculine:
            return token_key(text[:-length] + endings.masculine[end]), 2
    return token_key(text), 0


# Classes that romanizations confuse (v with b, r with l, m with n) are one in a coarse frame.
_COARSE = str.maketrans("frm", "pln")
_CLASSES = "kstpflrmn"
_COLOUR = {**dict.fromkeys("aäåə", "a"), **dict.fromkeys("eiyı", "i"), **dict.fromkeys("ouöü", "u")}
# A token of many ambiguous letters is read in this many ways at most, a bound on keys and not a measured choice.
_MOST_FRAMES = 6


@lru_cache(maxsize=1)
def _groups() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """The letter groups of `data/consonant_classes.csv`, longest first, and the classes each may sound like."""
    table: dict[str, tuple[str, ...]] = {}
    for _, (unit, classes) in read_rows(data_dir() / "consonant_classes.csv", ("unit", "classes")):
        table[unit] = tuple("" if c == "0" else c for c in classes.split())
    units = sorted(table, key=lambda unit: (-len(unit), unit))
    return re.compile("|".join(map(re.escape, units))), table


def _single(frame: str) -> str:
    """Runs of one letter once."""
    out = frame[:1]
    for letter in frame[1:]:
        if letter != out[-1]:
            out += letter
    return out


def frames(text: str, *, vowels: bool = False) -> list[str]:
    """The consonant frames of a token, one class a letter, likeliest first; more than one where a letter is ambiguous.

    >>> frames("jilani"), frames("qadhafi"), frames("ivanovich")
    (['sln', 'ln'], ['ktf', 'ksf'], ['fnfk', 'fnfs'])
    >>> frames("gul", vowels=True), frames("ghol", vowels=True)
    (['kul', 'sul'], ['kul', 'ul'])
    """
    pattern, table = _groups()
    out = [""]
    for unit in pattern.findall(text):
        classes = table[unit]
        if vowels and classes == ("",):
            classes = (_COLOUR.get(unit[0], ""),)
        if len(classes) == 1:
            if classes[0]:
                out = [frame + classes[0] for frame in out]
        elif len(out) * len(classes) <= _MOST_FRAMES:
            out = [frame + c for frame in out for c in classes]
        else:
            out = [frame + classes[0] for frame in out]
    return list(dict.fromkeys(map(_single, out)))


def blocking_keys(text: str) -> tuple[int, ...]:
    """The keys under which a token is found, the telling ones first: two tokens worth comparing share one or more.

    The token itself, its metaphone code, its coarse consonant frames, and finer frames with one consonant left out (so
    that one consonant may be added, dropped or changed).

    >>> len(set(blocking_keys("gaddafi")) & set(blocking_keys("qadhafi"))) > 0
    True
    """
    plain = text.replace("'", "")
    if len(plain) > LONGEST:
        return (token_key("=" + plain),)
    found = frames(plain)
    keys = {"=" + plain: None, "m" + (jellyfish.metaphone(plain) or plain): None}
    # Short frames are shared by many: with the vowels' colours in it a frame finds the nearest of them first.
    for frame in frames(plain, vowels=True)[:2]:
        keys["v" + frame] = None
    for frame in found:
        keys["c" + _single(frame.translate(_COARSE))] = None
    for frame in found[:2]:
        if len(frame) >= 3:
            keys["f" + frame] = None
        if len(frame) >= 4:
            for i in range(len(frame)):
                shorter = _single(frame[:i] + frame[i + 1 :])
                if len(shorter) >= 3:
                    keys["f" + shorter] = None
    return tuple(map(token_key, keys))


def hub_keys(tokens: TokenStore, token: int) -> list[int]:
    """The keys of the groups of cognates that a token is of: its families', and those it is akin to as a short form."""
    keys = {-1 - hub: None for hub in (tokens.hub[token], tokens.rival_hub[token]) if hub >= 0}
    kin = tokens.kin[token]
    while kin:
        keys[-(kin & (1 << KIN_BITS) - 1)] = None
        kin >>= KIN_BITS
    return list(keys)


# A token that the shipped counts do not hold is taken to be borne by this many of the counted persons.
UNSEEN = 1.0
# Two dev tokens begin with one letter one time in 17: log 17 is 2.8, taken a little higher.
INITIAL_RARITY = 3.0


class Facts(NamedTuple):
    """What the tables say of single tokens, by token key: how many persons bear one, and its element family.

    Sorted arrays, so that a lookup reads no more of them than it needs. `given` marks the counted tokens that are given
    names. `hub[family]` is the family's group of cognates. A token that two families are spelled with has a rival
    family, too; `kin` are the hubs that it stands for as a short form, packed for `kernel.akin`. `origins` are the
    weights of `kernel.origin` for the substrings of the letter operations.
    """

    persons: int
    count_keys: Sequence[int]
    counts: Sequence[int]
    given: Sequence[int]
    family_keys: Sequence[int]
    families: Sequence[int]
    hub: Sequence[int]
    rivals: Sequence[int]
    kin: Sequence[int]
    origins: Sequence[float]

    @classmethod
    def of(
        cls,
        persons: int,
        counts: Mapping[str, int],
        families: Mapping[str, tuple[int, int]],
        hub: Sequence[int],
        origins: Sequence[float] = (),
        given: Container[str] = (),
        kin: Mapping[str, int] | None = None,
    ) -> Facts:
        """Facts from plain tokens."""
        by_key = sorted((token_key(token), n, int(token in given)) for token, n in counts.items())
        packed = kin or {}
        by_family = sorted((token_key(token), n, packed.get(token, 0)) for token, n in families.items())
        return cls(
            persons, [k for k, _, _ in by_key], [n for _, n, _ in by_key], [g for _, _, g in by_key],
            [k for k, _, _ in by_family], [family for _, (family, _), _ in by_family], hub,
            [rival for _, (_, rival), _ in by_family], [group for _, _, group in by_family], origins,
        )  # fmt: skip

    def _counted(self, key: int) -> int:
        at = bisect_left(self.count_keys, key)
        return at if at < len(self.count_keys) and self.count_keys[at] == key else -1

    def rarity(self, key: int) -> float:
        """Log of one over the share of persons who bear the token: the weight of sharing it, in nats."""
        at = self._counted(key)
        return log(self.persons / ((self.counts[at] if at >= 0 else 0) + UNSEEN))

    def is_given(self, key: int) -> int:
        """1 for a given name, 0 for another token."""
        at = self._counted(key)
        return self.given[at] if at >= 0 else 0

    def family(self, key: int) -> tuple[int, int, int]:
        """The element families of a token, at most two, and what it is akin to; -1 where no element, or no second one,
        is spelled so.
        """
        at = bisect_left(self.family_keys, key)
        if at < len(self.family_keys) and self.family_keys[at] == key:
            return self.families[at], self.rivals[at], self.kin[at]
        return -1, -1, 0


class TokenStore:
    """Distinct tokens as the flat lists the kernel reads."""

    def __init__(self, substrings: Substrings, facts: Facts) -> None:
        self.substrings = substrings
        self.facts = facts
        self.ids: dict[str, int] = {}
        self.text: list[str] = []
        self.subs: list[int] = []
        self.starts: list[int] = [0]
        self.key: list[int] = []
        self.rarity: list[float] = []
        self.family: list[int] = []
        self.rival: list[int] = []
        self.hub: list[int] = []
        self.rival_hub: list[int] = []
        self.kin: list[int] = []
        self.stem: list[int] = []
        self.gender: list[int] = []
        self.code: list[int] = []
        self.head: list[int] = []
        self.classes: list[int] = []
        self.consonants: list[int] = []
        self.origin: list[int] = []
        self.given: list[int] = []
        self.longest = 0
        self._sums = [0.0] * len(ORIGINS)

    def add(self, text: str) -> int:
        """The id of a token, which is stored when it is new."""
        known = self.ids.get(text)
        if known is not None:
            return known
        number = self.ids[text] = len(self.text)
        self.text.append(text)
        # Of a token too long to be a name only as much is read as shows that it is.
        read = text[: LONGEST + 1]
        self.subs.extend(self.substrings.encode(read))
        self.starts.append(len(self.subs) // 3)
        # An apostrophe is written or left out at will: it makes no other token.
        plain = text.replace("'", "")
        key = token_key(plain)
        self.key.append(key)
        family, rival, kin = self.facts.family(key)
        self.rarity.append(self.facts.rarity(key) if len(plain) > 1 else INITIAL_RARITY)
        self.given.append(self.facts.is_given(key))
        self.family.append(family)
        self.rival.append(rival)
        self.hub.append(self.facts.hub[family] if family >= 0 else -1)
        self.rival_hub.append(self.facts.hub[rival] if rival >= 0 else -1)
        self.kin.append(kin)
        stem, gender = _gender(text)
        self.stem.append(stem)
        self.gender.append(gender)
        code = jellyfish.metaphone(plain)
        self.code.append(token_key(code or text))
        self.head.append(ord(plain[0]) if plain else 0)
        found = frames(plain[: LONGEST + 1])
        self.classes.append(sum(1 << _CLASSES.index(c) for c in set("".join(found))))
        self.consonants.append(min(len(set(frame)) for frame in found))
        self.origin.append(
            origin(self.subs, self.starts[-2], self.starts[-1], self.facts.origins, self.substrings.size, self._sums)
        )
        self.longest = max(self.longest, len(read))
        return number


# Letters that only Vietnamese has, and the marks of its tones.
_VIETNAMESE = re.compile("[ƠơƯưẢ-ặẺẻẾ-ỉỎ-ợỦ-ựỶỷ]")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WITHOUT_TONES = {ord("y"): "i", **dict.fromkeys(map(ord, _TONES))}
_WORD = re.compile(r"[^\W\d_]+")
# A Chinese, Korean or Japanese name has at most four characters; a longer one spells a foreign name by sound.
_LONGEST_HAN = 4


class NameStore:
    """Names as units of a token store, as the flat lists the kernel reads."""

    def __init__(self, tokens: TokenStore) -> None:
        self.tokens = tokens
        self.first: list[int] = [0]
        self.unit: list[int] = []
        self.alt: list[int] = []
        self.join: list[int] = []
        self.flags: list[int] = []
        self.seal: list[int] = []

    def add(self, name: Name) -> int:
        """Append a parsed name; returns its number. A name without a letter has no units and compares with nothing."""
        add = self.tokens.add
        units = _name_units(name)
        number = _number(name) << NUMBER_SHIFT
        last = len(units) - 1
        for i, (text, prefix, flags) in enumerate(units):
            self.unit.append(add(text))
            after = units[i + 1][1] if i < last else ""
            # A particle belongs to the token after it; where none stands before a token, the one after may be its own
            # (`Shams-ud Din`, and the name Das that is a particle in Portugal).
            self.alt.append(add(prefix + text) if prefix else add(text + after) if after else -1)
            joined = -1
            if i < last and not flags & INITIAL and not units[i + 1][2] & INITIAL:
                joined = add(text + units[i + 1][1] + units[i + 1][0])
            self.join.append(joined)
            self.flags.append(flags if i else flags | number)
        self.first.append(len(self.unit))
        self.seal.append(seal_of(name.original, name.script))
        return len(self.first) - 2


def _tones(original: str) -> int:
    """The key of a Vietnamese name's words in any order, the tone of each told apart from where its mark stands."""
    words = []
    for whole in _WORD.findall(unicodedata.normalize("NFC", original.lower())):
        word = unicodedata.normalize("NFD", whole)
        tone = "".join([mark for mark in word if mark in _TONES])
        words.append(word.translate(_WITHOUT_TONES) + tone)
    return token_key(" ".join(sorted(words))) | SEAL_TONES


def seal_of(original: str, script: str) -> int:
    """The key of an East Asian name's own letters, variants unified: two that read alike may differ (李丽, 李莉).

    0 for other scripts, whose readings tell their letters apart, and for a foreign name in Han or Hangul, whose letters
    only sound. A Vietnamese name's marks are part of its letters (Hùng, Hưng). The last bits tell the script:
    `verdict.sealed_apart` holds letters of one script only against one another. Of kana the key says which are the same
    but for what parts their words (`verdict.sealed_alike`).
    """
    if script == "Latn":
        return 0 if original.isascii() or _VIETNAMESE.search(original) is None else _tones(original)
    text = original.strip()
    if script == "Hani" and 2 <= len(text) <= _LONGEST_HAN:
        from namealign.romanize import han

        return token_key(han.canonical(text)) & ~SEAL_SCRIPT | SEAL_HAN
    if script == "Hang":
        from namealign.romanize import hangul

        own = hangul.own_letters(text)
        return token_key(own) & ~SEAL_SCRIPT if own else 0
    if script in ("Kana", "Hira"):
        from namealign.romanize import kana

        own = kana.canonical(text)
        return token_key(own) & ~SEAL_SCRIPT | SEAL_KANA if len(own) > 1 else 0
    return 0


def _number(name: Name) -> int:
    """The number that a name bears after its first token (`Downey Jr.` 2, `Mehmed III` 3), 0 where it bears none."""
    table = roles().number
    found = 0
    last = len(name.tokens) - 1
    for i, token in enumerate(name.tokens[1:], 1):
        text = token.text
        if text.isascii() and text.isdigit():
            found = int(text[-6:])
        elif len(text) > 1 or (i == last and name.tokens[i - 1].role is not Role.INITIAL):
            found = table.get(text, found)
    return found


def _name_units(name: Name) -> list[tuple[str, str, int]]:
    """(text, particles before it joined, flags) of each token that names something."""
    table = roles()
    units: list[tuple[str, str, int]] = []
    prefix = ""
    pending = 0
    for token in name.tokens:
        text = token.text
        if token.role is Role.HONORIFIC:
            continue
        if token.role is Role.ARTICLE or token.role is Role.PARTICLE:
            prefix += text
            kind = table.particle.get(text)
            if kind == "filiation":
                pending |= FILIATION
            elif kind == "filiation_after" and len(units) > 1:
                # `Ilham Heydar oglu Aliyev`: Heydar is the father.
                units[-1] = (*units[-1][:2], units[-1][2] | PATRONYMIC)
            continue
        flags = pending
        if token.role is Role.INITIAL:
            flags |= INITIAL
        elif text in table.honorific:
            flags |= WEAK
        elif len(text) > 6 and text.endswith(_endings().patronymic):
            flags |= PATRONYMIC
        if text.isdigit():
            continue
        units.append((text, prefix, flags))
        prefix, pending = "", 0
    return units
