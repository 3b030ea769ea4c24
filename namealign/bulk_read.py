"""Texts in, names of one store out, as arrays: normalize, romanize, parse and encode for many texts at once.

What `parse.read` and `NameStore.add` do for one text, compiled: words and their roles are found in one array of
letters, and a token is encoded once, however many names hold it. A text that is not plain Latin is first romanized by
the interpreter; its readings then go the same way. A test holds both ways to the same names.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from namealign import encode
from namealign import parse as parsing
from namealign.bulk_jit import announce, jit
from namealign.bulk_parse import intern, kind_of, parse_readings, rehash, word_tables
from namealign.bulk_tokens import Encoding, columns, encoding, key_of, metaphone, parallel
from namealign.compare import Scorer
from namealign.encode import INITIAL_RARITY, UNSEEN, Facts, token_key
from namealign.normalize import fold, mend_raw, needs_raw, normalize
from namealign.parse import MAX_TOKENS
from namealign.romanize import readings, told
from namealign.romanize.respelled import respelled, told_twice, told_twice_among

__all__ = ["Names", "Reader", "Texts", "Tokens", "token_texts"]

# Distinct tokens that a reader keeps for its next call: some 100 MB.
KEEP = 300_000


class Tokens(NamedTuple):
    """A token store as arrays."""

    subs: Any
    starts: Any
    key: Any
    rarity: Any
    family: Any
    rival: Any
    hub: Any
    rival_hub: Any
    kin: Any
    stem: Any
    gender: Any
    code: Any
    head: Any
    classes: Any
    consonants: Any
    origin: Any
    given: Any


class Names(NamedTuple):
    """A name store as arrays."""

    first: Any
    unit: Any
    alt: Any
    join: Any
    flags: Any
    seal: Any


class Texts(NamedTuple):
    """Read texts: text `k` is the names `first[k]`..`first[k + 1]`.

    `same` is equal for readings of one identity (0: of none), `script` and `dialect` tell which are comparable.
    """

    tokens: Tokens
    names: Names
    first: Any
    same: Any
    script: Any
    dialect: Any
    longest: int


TOKEN_TYPES = {
    "subs": np.int16, "starts": np.int64, "key": np.int64, "rarity": np.float64, "family": np.int32, "rival": np.int32,
    "hub": np.int32, "rival_hub": np.int32, "kin": np.int64, "stem": np.int64, "gender": np.int8, "code": np.int64,
    "head": np.int32, "classes": np.int32, "consonants": np.int8, "origin": np.int64, "given": np.int8,
}  # fmt: skip


# What has no letter is identical with nothing.
_NOTHING = token_key("")
# A bracket and what it holds need the patterns of `parse`.
_BRACKETS = re.compile(r"[(\[]")
# Latin is compared with everything, whatever it was read by.
_LATIN = (("", ""),)
# What most readings consist of.
_ONLY_WORDS = re.compile("[a-z' \\-]*")


class _Read(NamedTuple):
    """What one text reads as in Latin, best first, and of each reading what it may be compared with."""

    latin: Sequence[str]
    dialect: Sequence[tuple[str, str]]
    script: str = "Latn"
    seal: int = 0


class _Numbers(dict[Any, int]):
    """Things numbered as they are met."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def _readings(text: str, language: str | None) -> _Read:
    plain, _ = normalize(text)
    names = told(plain)
    if plain.isascii() and not names and not respelled(plain):
        return _Read((plain,), _LATIN)
    text, script = parsing.written(text, plain, names)
    seal = encode.seal_of(text, script) if script == "Latn" or script in encode.SEALED else 0
    found = readings(plain, language, names=names)
    latin = [reading.text for reading in found]
    if script == "Latn":
        return _Read(latin, _LATIN * len(latin), seal=seal)
    return _Read(latin, [(reading.language, reading.standard) for reading in found], script, seal)


def _parted(latin: str) -> str:
    """A reading as letters that need no more than to be parted into words."""
    if _ONLY_WORDS.fullmatch(latin) is not None:
        return latin
    return _bare(fold(latin)).replace("`", " ")


def _plain_readings(texts: Sequence[str]) -> tuple[list[str], list[int] | None]:
    """Texts of plain letters, those that read twice followed by their second reading, and whose each is (None: one
    reading each).
    """
    read: list[str] = []
    owners: list[int] = []
    done = 0
    for number in told_twice_among(texts):
        read += texts[done:number]
        owners += range(done, number)
        found = _readings(texts[number], None).latin
        read += map(_parted, found)
        owners += [number] * len(found)
        done = number + 1
    if not done:
        return list(texts), None
    return [*read, *texts[done:]], [*owners, *range(done, len(texts))]


def _bare(text: str) -> str:
    return parsing._bare(parsing._family_last(text)) if _BRACKETS.search(text) else text


class Reader:
    """Reads texts into arrays; keeps the tokens it has met, so that the next text that holds them costs less.

    One thread reads at a time; what was read stays valid whatever is read later.
    """

    def __init__(self, scorer: Scorer, *, keep: int = KEEP) -> None:
        self.known: Encoding = encoding(scorer.edits.substrings, scorer.facts)
        self.keep = keep
        self._tables = word_tables(self.known.crc)
        # Held by whoever reads and then encodes what was read, too.
        self.lock = threading.RLock()
        self._facts = _arrays(scorer.facts)
        self.spare: list[Any] = []
        self._scripts = _Numbers({"Latn": 0, parsing.SEVERAL: -1, parsing.ENTIRE: -2})
        self._dialects = _Numbers({_LATIN[0]: 0})
        self._wipe()

    @property
    def full(self) -> bool:
        """Whether the next call forgets what was met."""
        return int(self.count[0]) > self.keep

    def _wipe(self) -> None:
        self.count = np.zeros(1, np.int64)
        self.slots = np.full(1 << 12, -1, np.int64)
        self.hashes = np.empty(0, np.int64)
        self.letters = np.empty(0, np.uint32)
        self.columns: dict[str, Any] = {name: np.empty(0, type_) for name, type_ in TOKEN_TYPES.items()}
        self.columns["starts"] = np.zeros(1, np.int64)
        self.encoded = np.empty(0, np.bool_)
        self.coded = np.empty(0, np.bool_)
        self.longest = 1
        # Threads' memory of scored pairs of tokens, for whoever scores them again.
        self.spare = []

    def _reserve(self, tokens: int, letters: int) -> None:
        """Make room for so many more tokens of so many letters in all."""
        count = int(self.count[0])
        used = int(self.columns["starts"][count])
        if used + letters > len(self.letters):
            room = max(used + letters, 2 * len(self.letters))
            self.letters = _grown(self.letters, room)
            self.columns["subs"] = _grown(self.columns["subs"], 3 * room)
        if count + tokens > len(self.hashes):
            room = max(count + tokens, 2 * len(self.hashes))
            self.hashes = _grown(self.hashes, room)
            self.encoded = _grown(self.encoded, room)
            self.coded = _grown(self.coded, room)
            for name, column in self.columns.items():
                if name != "subs":
                    self.columns[name] = _grown(column, room + (name == "starts"))
        if 2 * (count + tokens) > len(self.slots):
            self.slots = np.empty(1 << int(2 * (count + tokens)).bit_length(), np.int64)
            rehash(self.slots, self.hashes, count)

    def read(
        self, texts: Sequence[str], *, language: str | None = None, chunk: int = 50_000, fill: bool = True
    ) -> Texts:
        """Read texts. Without `fill` the tokens' columns are left to `encode_tokens`, for those that are needed."""
        announce()
        with self.lock:
            if self.full:
                self._wipe()
            parts = [self._read(texts[k : k + chunk], language) for k in range(0, len(texts), chunk)]
            first, same, script, dialect, seal, name_first, unit, alt, join, flags = (
                (np.concatenate(column) if len(parts) > 1 else column[0])
                for column in zip(*parts or [self._read([], language)], strict=True)
            )
            names = Names(_cumulated(name_first), unit, alt, join, flags, seal)
            read = Texts(self.tokens(), names, _cumulated(first), same, script, dialect, self.longest)
            if fill:
                self._encode(np.arange(int(self.count[0])), code=False)
                self._encode(np.unique(unit), code=True)
            return read._replace(longest=self.longest)

    def tokens(self) -> Tokens:
        """The token columns as they are now."""
        return Tokens(**self.columns)

    def encode_tokens(self, texts: Texts, wanted: Any, coded: Any) -> Texts:
        """Fill the columns of tokens, and the phonetic code of those in `coded`."""
        with self.lock:
            self._encode(wanted, code=False)
            self._encode(coded, code=True)
            return texts._replace(tokens=self.tokens(), longest=self.longest)

    def _encode(self, wanted: Any, *, code: bool) -> None:
        done = self.coded if code else self.encoded
        todo = wanted[~done[wanted]].astype(np.int64)
        if not len(todo):
            return
        starts = self.columns["starts"]
        if code:
            codes = metaphone(token_texts(self.letters, starts, todo))
            self.columns["code"][todo] = _keys(codes, todo, self.letters, starts, self.known.crc)
        else:
            self.longest = max(self.longest, int((starts[todo + 1] - starts[todo]).max()))
            out = self.tokens()
            heard = columns(todo, self.letters, starts, self.known, self.longest, out)
            self._tell(heard)
        done[todo] = True

    def _tell(self, heard: Any) -> None:
        """What `Facts.rarity` and `Facts.family` say of tokens, over arrays."""
        facts, columns = self._facts, self.columns
        keys = columns["key"][heard]
        at, there = _places(facts.count_keys, keys)
        counts = np.where(there, facts.counts[at], 0)
        columns["given"][heard] = np.where(there, facts.given[at], 0)
        # A single letter keeps the rarity of an initial.
        rarity = np.log(facts.persons / (counts + UNSEEN))
        columns["rarity"][heard] = np.where(columns["rarity"][heard] == self.known.unheard, rarity, INITIAL_RARITY)
        at, there = _places(facts.family_keys, keys)
        for name, hub, column in (("family", "hub", facts.families), ("rival", "rival_hub", facts.rivals)):
            family = columns[name][heard] = np.where(there, column[at], -1)
            columns[hub][heard] = np.where(family >= 0, facts.hub[family], -1)
        columns["kin"][heard] = np.where(there, facts.kin[at], 0)

    def _read(self, texts: Sequence[str], language: str | None) -> tuple[Any, ...]:
        whole = "".join(texts)
        if needs_raw(whole):
            texts = list(map(mend_raw, texts))
            whole = "".join(texts)
        owner = None
        script: Sequence[int] = ()
        dialect: Sequence[int] = ()
        seal: dict[int, int] = {}
        if not whole.isascii() or _BRACKETS.search(whole):
            read: list[str] = []
            owners: list[int] = []
            script, dialect = scripts, dialects = [], []
            for number, text in enumerate(texts):
                if text.isascii() and not _BRACKETS.search(text) and not told_twice(text):
                    read.append(text)
                    owners.append(number)
                    scripts.append(0)
                    dialects.append(0)
                    continue
                found = _readings(text, language)
                read += map(_parted, found.latin)
                owners += [number] * len(found.latin)
                scripts += [self._scripts[found.script]] * len(found.latin)
                dialects += map(self._dialects.__getitem__, found.dialect)
                if found.seal:
                    seal[number] = found.seal
            owner = np.asarray(owners, np.int64)
            whole = "".join(read)
            if not whole.isascii():
                for c in set(whole):
                    if c > "\x7f":
                        self._tables.kind[ord(c)] = kind_of(c)
        else:
            read, again = _plain_readings(texts)
            if again is not None:
                owner = np.asarray(again, np.int64)
                whole = "".join(read)
        count = len(read)
        if owner is None:
            owner = np.arange(count)
        lengths = np.fromiter(map(len, read), np.int64, count)
        starts = _cumulated(lengths)
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
        pool = np.empty(len(codes), np.uint32)
        span = np.empty(3 * MAX_TOKENS * count, np.int32)
        flags = np.empty(MAX_TOKENS * count, np.int32)
        unit_count = np.empty(count, np.int64)
        exact, same = np.empty(count, np.int64), np.empty(count, np.int64)
        long = np.empty(count, np.bool_)

        def run(begin: int, end: int) -> None:
            parse_readings(
                codes, starts, begin, end, self._tables, MAX_TOKENS, pool, starts, span, flags, unit_count, exact, same,
                long,
            )  # fmt: skip

        parallel(run, count)
        units = int(unit_count.sum())
        self._reserve(3 * units, 4 * len(codes))
        text_first, name_first = np.empty(len(texts), np.int64), np.empty(count + 1, np.int64)
        i32 = np.int32
        unit, alt, join, flags_out = (np.empty(units, i32) for _ in range(4))
        exact_out, same_out, source = (np.empty(count, np.int64) for _ in range(3))
        names, units = intern(
            count, MAX_TOKENS, pool, span, flags, unit_count, exact, same, owner, self.slots, self.hashes, self.letters,
            self.columns["starts"], self.count, text_first, name_first, unit, alt, join, flags_out, exact_out, same_out,
            source,
        )  # fmt: skip
        source = source[:names]
        for text in np.unique(owner[long]).tolist():
            for k, name in enumerate(parsing.read(texts[text], language=language), int(text_first[text])):
                same_out[k] = token_key(parsing.identity(name))
        same_out[same_out == _NOTHING] = 0
        return (
            np.diff(np.append(text_first, names)), same_out[:names], _column(script, source), _column(dialect, source),
            _of_few(seal, len(texts))[owner[source]], np.diff(name_first[: names + 1]),
            unit[:units], alt[:units], join[:units], flags_out[:units],
        )  # fmt: skip


@jit
def _code_keys(first, letters, raw, crc, out):  # type: ignore[no-untyped-def]
    for k in range(len(out)):
        begin = first[k]
        out[k] = key_of(letters[begin : first[k + 1]], first[k + 1] - begin, raw, crc)


def _keys(codes: list[str], todo: Any, letters: Any, starts: Any, crc: Any) -> Any:
    """`token_key` of the codes; of the token itself where it has none."""
    empty = [k for k, code in enumerate(codes) if not code]
    if empty:
        codes = list(codes)
        for k, text in zip(empty, token_texts(letters, starts, todo[empty]), strict=True):
            codes[k] = text
    sizes = np.fromiter(map(len, codes), np.int64, len(codes))
    flat = np.frombuffer("".join(codes).encode("utf-32-le"), np.uint32).astype(np.int64)
    out = np.empty(len(codes), np.int64)
    _code_keys(_cumulated(sizes), flat, np.empty(4 * int(sizes.max()) + 64, np.int64), crc, out)
    return out


def _arrays(facts: Facts) -> Any:
    """The facts as arrays, with a last cell of their own for what no table knows."""
    held: dict[str, Any] = {}
    for name in ("counts", "given", "families", "rivals", "hub", "kin"):
        held[name] = np.append(np.asarray(getattr(facts, name), np.int64), 0)
    for name in ("count_keys", "family_keys"):
        held[name] = np.asarray(getattr(facts, name), np.int64)
    return facts._replace(**held)


def _places(keys: Any, wanted: Any) -> tuple[Any, Any]:
    """Where each key stands among sorted ones, and whether it does."""
    at = np.searchsorted(keys, wanted)
    there = np.append(keys, -1)[at] == wanted
    return at, there


def token_texts(letters: Any, starts: Any, wanted: Any) -> list[str]:
    """The texts of tokens."""
    begins, ends = starts[wanted], starts[wanted + 1]
    sizes = ends - begins
    offsets = _cumulated(sizes)
    places = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1] - begins, sizes)
    whole = letters[places].tobytes().decode("utf-32-le", "surrogatepass")
    bounds = offsets.tolist()
    return [whole[a:b] for a, b in pairwise(bounds)]


def _cumulated(sizes: Any) -> Any:
    out = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=out[1:])
    return out


def _column(values: Sequence[int], source: Any) -> Any:
    """The values of the readings that were kept; none were given where all are zero."""
    return np.asarray(values, np.int64)[source] if len(values) else np.zeros(len(source), np.int64)


def _of_few(values: dict[int, int], count: int) -> Any:
    """The values that some of so many texts have, and 0 for the others."""
    whole = np.zeros(count, np.int64)
    whole[list(values)] = list(values.values())
    return whole


def _grown(column: Any, room: int) -> Any:
    """The column with room for so many, what it holds kept and the rest zero."""
    out = np.zeros(room, column.dtype)
    out[: len(column)] = column
    return out
