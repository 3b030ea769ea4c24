"""Token in, integers and phonetic keys out: what the kernel and the candidate index work on.

A `TokenStore` holds each distinct token once, as the flat lists that `namealign.kernel` reads: its letters as ids of
substrings that the learned edits know, its rarity, its family in the alias table, its phonetic code. A `NameStore`
holds names as units: a name token, what it reads like with its article or particle joined on, and joined with the next.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from math import log
from typing import NamedTuple
from zlib import crc32

import jellyfish

from namealign.kernel import FILIATION, INITIAL, PATRONYMIC, WEAK
from namealign.model import Name, Role
from namealign.parse import roles
from namealign.tables import data_dir, read_rows

__all__ = ["Families", "NameStore", "Substrings", "TokenStore", "blocking_keys", "rarity", "skeleton", "token_key"]


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
    for length in range(min(6, len(text) - 2), 1, -1):
        end = text[-length:]
        if end in endings.feminine:
            return token_key(text[:-length] + endings.feminine[end]), 1
        if end in endings.masculine:
            return token_key(text[:-length] + endings.masculine[end]), 2
    return token_key(text), 0


_DIGRAPHS = (
    ("schtsch", "s"),
    ("tsch", "s"),
    ("shch", "s"),
    ("tch", "s"),
    ("sch", "s"),
    ("dzh", "j"),
    ("dj", "j"),
    ("zh", "j"),
)
_FINE = str.maketrans(
    {
        **dict.fromkeys("aeiouyıöüäəå'h", ""),
        **dict.fromkeys("kqgcğx", "k"),
        **dict.fromkeys("jžđ", "j"),
        **dict.fromkeys("szčšç", "s"),
        **dict.fromkeys("td", "t"),
        **dict.fromkeys("bp", "p"),
        **dict.fromkeys("fvw", "f"),
        **dict.fromkeys("lł", "l"),
        **dict.fromkeys("rř", "r"),
        "m": "m",
        **dict.fromkeys("nñ", "n"),
    }
)
_COARSE = str.maketrans("jfrm", "kpln")


def _single(frame: str) -> str:
    """Runs of one letter once."""
    out = frame[:1]
    for letter in frame[1:]:
        if letter != out[-1]:
            out += letter
    return out


def skeleton(text: str, *, coarse: bool = True) -> str:
    """The consonant frame of a token: one letter a class, doubled ones once, vowels and h gone.

    The coarse frame joins classes that romanizations confuse (j with g, v with b, r with l, m with n).

    >>> skeleton("geelani"), skeleton("jilani"), skeleton("qadhafi"), skeleton("gaddafi")
    ('kln', 'kln', 'ktp', 'ktp')
    """
    for digraph, one in _DIGRAPHS:
        if digraph in text:
            text = text.replace(digraph, one)
    frame = text.translate(_FINE)
    return _single(frame.translate(_COARSE) if coarse else frame)


def blocking_keys(text: str) -> tuple[int, ...]:
    """The keys under which a token is found, the telling ones first: two tokens worth comparing share one or more.

    The token itself, its metaphone code, its coarse consonant frame, and every finer frame with one consonant left out
    (so that one consonant may be added, dropped or changed).
    """
    plain = text.replace("'", "")
    keys = ["=" + text, "m" + (jellyfish.metaphone(plain) or plain), "c" + skeleton(plain)]
    fine = skeleton(plain, coarse=False)
    if len(fine) >= 3:
        keys.append("f" + fine)
        keys.extend("f" + _single(fine[:i] + fine[i + 1 :]) for i in range(len(fine)))
    elif len(fine) == 2:
        keys.append("f" + fine)
    return tuple(token_key(key) for key in dict.fromkeys(keys))


class Families(NamedTuple):
    """What the alias table says of tokens: the element family of a plain token, and the cognate group of a family."""

    family: dict[str, int]
    hub: dict[int, int]


@lru_cache(maxsize=1)
def frequencies() -> tuple[dict[str, int], int]:
    """How many of the counted persons bear a token, and how many persons were counted (`data/token_counts.csv`)."""
    path = data_dir() / "token_counts.csv"
    counts: dict[str, int] = {}
    total = 1
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row[0].startswith("#"):
                if row[0].startswith("# persons:"):
                    total = int(row[0].split(":")[1])
            elif row[0] != "token":
                counts[row[0]] = int(row[1])
    return counts, total


# Below this count a token is not in the shipped table; it is taken to be borne by this many of the counted persons.
UNSEEN = 1.0


def rarity(text: str) -> float:
    """Log of one over the share of persons who bear the token: the weight of sharing it, in nats."""
    counts, total = frequencies()
    return log(total / (counts.get(text, 0) + UNSEEN))


class TokenStore:
    """Distinct tokens as the flat lists the kernel reads."""

    def __init__(self, substrings: Substrings, families: Families) -> None:
        self.substrings = substrings
        self.families = families
        self.ids: dict[tuple[str, bool], int] = {}
        self.text: list[str] = []
        self.subs: list[int] = []
        self.starts: list[int] = [0]
        self.key: list[int] = []
        self.rarity: list[float] = []
        self.family: list[int] = []
        self.hub: list[int] = []
        self.stem: list[int] = []
        self.gender: list[int] = []
        self.code: list[int] = []
        self.head: list[int] = []
        self.abjad: list[int] = []
        self.longest = 0

    def add(self, text: str, *, abjad: bool = False) -> int:
        """The id of a token, which is stored when it is new. `abjad` marks a reading without short vowels."""
        known = self.ids.get((text, abjad))
        if known is not None:
            return known
        number = self.ids[(text, abjad)] = len(self.text)
        self.text.append(text)
        self.subs.extend(self.substrings.encode(text))
        self.starts.append(len(self.subs) // 3)
        self.key.append(token_key(text))
        self.rarity.append(rarity(text))
        family = self.families.family.get(text, -1)
        self.family.append(family)
        self.hub.append(self.families.hub.get(family, family))
        stem, gender = _gender(text)
        self.stem.append(stem)
        self.gender.append(gender)
        plain = text.replace("'", "")
        code = jellyfish.metaphone(plain)
        self.code.append(token_key(code or text))
        self.head.append(ord(plain[0]) if plain else 0)
        self.abjad.append(int(abjad))
        self.longest = max(self.longest, len(text))
        return number


class NameStore:
    """Names as units of a token store, as the flat lists the kernel reads."""

    def __init__(self, tokens: TokenStore) -> None:
        self.tokens = tokens
        self.first: list[int] = [0]
        self.unit: list[int] = []
        self.alt: list[int] = []
        self.join: list[int] = []
        self.flags: list[int] = []

    def add(self, name: Name) -> int:
        """Append a parsed name; returns its number. A name without a letter has no units and compares with nothing."""
        abjad = not name.reading.vowels
        add = self.tokens.add
        units = _units(name)
        last = len(units) - 1
        for i, (text, prefix, flags) in enumerate(units):
            self.unit.append(add(text, abjad=abjad))
            self.alt.append(add(prefix + text, abjad=abjad) if prefix else -1)
            joined = -1
            if i < last and not flags & INITIAL and not units[i + 1][2] & INITIAL:
                joined = add(text + units[i + 1][1] + units[i + 1][0], abjad=abjad)
            self.join.append(joined)
            self.flags.append(flags)
        self.first.append(len(self.unit))
        return len(self.first) - 2


def _units(name: Name) -> list[tuple[str, str, int]]:
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
            if table.particle.get(text) == "filiation":
                pending |= FILIATION
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
