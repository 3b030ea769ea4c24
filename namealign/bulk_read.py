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
from namealign.bulk_tokens import Encoding, _hash_text, columns, encoding, key_of, metaphone, parallel, search_sorted
from namealign.compare import Scorer
from namealign.encode import TokenStore, _endings, token_key
from namealign.kernel import FILIATION, INITIAL, PATRONYMIC, WEAK
from namealign.model import Name, Reading
from namealign.normalize import fold, normalize
from namealign.parse import MAX_TOKENS, roles
from namealign.romanize import readings, script_of
from namealign.romanize.respelled import respelled, told_twice, told_twice_among

__all__ = ["Names", "Reader", "Texts", "Tokens", "token_texts"]

# Roles of a word, as bits.
_ARTICLE, _KUNYA, _PARTICLE, _FILIATION, _TITLE, _HONORIFIC = 1, 2, 4, 8, 16, 32
_APOSTROPHE, _STOP, _COMMA, _COMMA_ARABIC = 39, 46, 44, 0x60C
# What a character is: part of a word, a digit (`\\d`), any `isdigit`, white space, any `isalpha`.
_LETTER, _DIGIT, _NUMERAL, _SPACE, _ALPHA = 1, 2, 4, 8, 16
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
    stem: Any
    gender: Any
    code: Any
    head: Any
    classes: Any
    consonants: Any


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


_TYPES = {
    "subs": np.int16, "starts": np.int64, "key": np.int64, "rarity": np.float64, "family": np.int32, "rival": np.int32,
    "hub": np.int32, "stem": np.int64, "gender": np.int8, "code": np.int64, "head": np.int32, "classes": np.int32,
    "consonants": np.int8,
}  # fmt: skip


class _Tables(NamedTuple):
    """What parsing asks of single words and characters."""

    kind: Any
    word_hash: Any
    word_roles: Any
    digraph: Any
    ending: Any
    shortest: int
    crc: Any


def _tables(crc: Any) -> _Tables:
    known = roles()
    bits: dict[str, int] = {}
    for token, class_ in known.particle.items():
        bits[token] = {"article": _ARTICLE, "kunya": _KUNYA, "filiation": _FILIATION}.get(class_, _PARTICLE)
    for token, class_ in known.honorific.items():
        bits[token] = bits.get(token, 0) | (_TITLE if class_ == "title" else _HONORIFIC)
    by_hash = sorted((_hash_text(token), value) for token, value in bits.items())
    kind = np.zeros(0x110000, np.uint8)
    for code in range(128):
        kind[code] = _kind(chr(code))
    ending = sorted(_hash_text(text[::-1]) for text in _endings().patronymic)
    return _Tables(
        kind,
        np.asarray([h for h, _ in by_hash], np.int64),
        np.asarray([v for _, v in by_hash], np.int64),
        np.asarray(sorted(_hash_text(text) for text in parsing._DIGRAPHS), np.int64),
        np.asarray(ending, np.int64),
        min(map(len, _endings().patronymic), default=99),
        crc,
    )


def _kind(c: str) -> int:
    """What a character is, as the word pattern of `parse` sees it."""
    if c == "`":
        return _LETTER
    digit = re.match(r"\d", c) is not None
    letter = not digit and c != "_" and re.match(r"\w", c) is not None
    return (
        _LETTER * (letter or c == "'") | _DIGIT * digit | _NUMERAL * c.isdigit() | _SPACE * c.isspace()
        | _ALPHA * c.isalpha()
    )  # fmt: skip


@jit
def _plain(c):  # type: ignore[no-untyped-def]
    """Lower case and one apostrophe, for ASCII; other letters come folded."""
    if 65 <= c <= 90:
        return c + 32
    return 39 if c == 96 else c


@jit
def _parse(codes, starts, begin, end, tables, most, pool, pool_at, span, flags, unit_count, exact, same, long):  # type: ignore[no-untyped-def]  # fmt: skip
    """Units of texts `begin`..`end`.

    The letters of a name's units lie in `pool` one after the other, each after the particles before it, so that a unit,
    the unit with its particles, and two units joined are each one stretch of it: `span` has (particles, unit, end).
    """
    word0 = np.empty(most, np.int64)
    word1 = np.empty(most, np.int64)
    dotted = np.empty(most, np.bool_)
    role = np.empty(most, np.int64)
    known = np.empty(most, np.int64)
    longest = 0
    for t in range(begin, end):
        longest = max(longest, starts[t + 1] - starts[t])
    text = np.empty(longest + 2 * most + 2, np.int64)
    raw = np.empty(4 * (longest + 2 * most) + 64, np.int64)
    for t in range(begin, end):
        a = starts[t]
        b = starts[t + 1]
        # `Family, Given` is read in the order of speech.
        comma = -1
        commas = 0
        for i in range(a, b):
            if codes[i] == _COMMA or codes[i] == _COMMA_ARABIC:
                commas += 1
                comma = i
        if commas == 1:
            before = False
            after = False
            for i in range(a, comma):
                if not tables.kind[codes[i]] & _SPACE:
                    before = True
            for i in range(comma + 1, b):
                if not tables.kind[codes[i]] & _SPACE:
                    after = True
            if not (before and after):
                commas = 0
        words = 0
        for part in range(2):
            if commas == 1:
                i = comma + 1 if part == 0 else a
                stop = b if part == 0 else comma
            else:
                if part:
                    break
                i = a
                stop = b
            while i < stop:
                kind = tables.kind[codes[i]]
                if kind & _LETTER:
                    w = i
                    while i < stop and tables.kind[codes[i]] & _LETTER:
                        i += 1
                    e = i
                    point = i < stop and codes[i] == _STOP
                    if point:
                        i += 1
                    while w < e and _plain(codes[w]) == _APOSTROPHE:
                        w += 1
                    while e > w and _plain(codes[e - 1]) == _APOSTROPHE:
                        e -= 1
                    if e > w:
                        if words < most:
                            word0[words] = w
                            word1[words] = e
                            dotted[words] = point
                        words += 1
                elif kind & _DIGIT:
                    w = i
                    while i < stop and tables.kind[codes[i]] & _DIGIT:
                        i += 1
                    if words < most:
                        word0[words] = w
                        word1[words] = i
                        dotted[words] = False
                    words += 1
                else:
                    i += 1
        last = words - 1
        words = min(words, most)
        seen = False
        begun = False
        for k in range(words):
            h = 0
            letters = 0
            spelled = 0
            for i in range(word0[k], word1[k]):
                c = _plain(np.int64(codes[i]))
                h = h * 0x100000001B3 + c + 1
                if c != _APOSTROPHE:
                    letters += 1
                    spelled = spelled * 0x100000001B3 + c + 1
            at = search_sorted(tables.word_hash, h)
            bits = tables.word_roles[at] if at >= 0 else 0
            known[k] = bits
            particle = bits & (_ARTICLE | _KUNYA | _PARTICLE | _FILIATION)
            role[k] = 0
            if particle and k < last and (begun or particle & (_ARTICLE | _KUNYA)):
                role[k] = 1
            elif bits & _TITLE and (k < last or seen):
                role[k] = 2
            elif letters == 1 or (
                dotted[k]
                and letters == 2
                and not bits & (_TITLE | _HONORIFIC)
                and search_sorted(tables.digraph, spelled) >= 0
            ):
                role[k] = 3
            if role[k] == 0:
                seen = True
            if role[k] in (0, 3):
                begun = True
        if not seen:
            for k in range(words):
                if role[k] != 3:
                    role[k] = 0
        # Units, and the keys of the whole.
        n = 0
        m = 0
        at = pool_at[t]
        p0 = at
        pending = 0
        units = 0
        u = 3 * most * t
        for k in range(words):
            if k:
                text[n] = 32
                n += 1
            numeral = True
            for i in range(word0[k], word1[k]):
                c = _plain(np.int64(codes[i]))
                text[n] = c
                n += 1
                if not tables.kind[codes[i]] & _NUMERAL:
                    numeral = False
            if role[k] == 2:
                continue
            if role[k] == 1:
                for i in range(word0[k], word1[k]):
                    pool[at] = _plain(np.int64(codes[i]))
                    at += 1
                if known[k] & _FILIATION:
                    pending |= FILIATION
                continue
            if numeral:
                continue
            flag = pending
            length = word1[k] - word0[k]
            t0 = at
            for i in range(word0[k], word1[k]):
                pool[at] = _plain(np.int64(codes[i]))
                at += 1
            if role[k] == 3:
                flag |= INITIAL
            elif known[k] & (_TITLE | _HONORIFIC):
                flag |= WEAK
            elif length > 6:
                ending: Any = 0
                for i in range(at - 1, t0 - 1, -1):
                    ending = ending * 0x100000001B3 + np.int64(pool[i]) + 1
                    if at - i >= tables.shortest and search_sorted(tables.ending, ending) >= 0:
                        flag |= PATRONYMIC
                        break
            span[u] = p0
            span[u + 1] = t0
            span[u + 2] = at
            flags[most * t + units] = flag
            u += 3
            units += 1
            p0 = at
            pending = 0
        unit_count[t] = units
        exact[t] = key_of(text, n, raw, tables.crc)
        spoken = False
        for i in range(n):
            if text[i] != _APOSTROPHE:
                text[m] = text[i]
                m += 1
                if tables.kind[text[i]] & _ALPHA:
                    spoken = True
        same[t] = key_of(text, m if spoken else 0, raw, tables.crc)
        long[t] = words == most


@jit
def _token(pool, begin, end, slots, hashes, letters, starts, counts):  # type: ignore[no-untyped-def]
    """The token that `pool[begin:end]` spells, new or known. `counts` holds how many tokens there are."""
    h: Any = 0
    for i in range(begin, end):
        h = h * 0x100000001B3 + np.int64(pool[i]) + 1
    h ^= h >> 31
    mask = len(slots) - 1
    at = (h * 0x9E3779B97F4A7C1) >> 20 & mask
    length = end - begin
    while True:
        token = slots[at]
        if token < 0:
            break
        if hashes[token] == h and starts[token + 1] - starts[token] == length:
            return token
        at = (at + 1) & mask
    token = counts[0]
    slots[at] = token
    hashes[token] = h
    to = starts[token]
    for i in range(begin, end):
        letters[to] = pool[i]
        to += 1
    starts[token + 1] = to
    counts[0] = token + 1
    return token


@jit
def _intern(count, most, pool, span, flags_in, unit_count, exact, same, owner, slots, hashes, letters, starts, counts,  # type: ignore[no-untyped-def]
            text_first, name_first, unit, alt, join, flags, exact_out, same_out, source):  # fmt: skip
    """Number the tokens of parsed readings; of one text's equal readings the first stays. Returns (names, units)."""
    names = 0
    units = 0
    text = -1
    begin = 0
    for t in range(count):
        while text < owner[t]:
            text += 1
            text_first[text] = names
            begin = names
        fresh = True
        for other in range(begin, names):
            if exact_out[other] == exact[t]:
                fresh = False
                break
        if not fresh:
            continue
        exact_out[names] = exact[t]
        same_out[names] = same[t]
        source[names] = t
        name_first[names] = units
        n = unit_count[t]
        for k in range(n):
            at = 3 * (most * t + k)
            p0 = span[at]
            t0 = span[at + 1]
            t1 = span[at + 2]
            unit[units] = _token(pool, t0, t1, slots, hashes, letters, starts, counts)
            alt[units] = _token(pool, p0, t1, slots, hashes, letters, starts, counts) if p0 < t0 else -1
            flags[units] = flags_in[most * t + k]
            joined = -1
            if k + 1 < n and not (flags_in[most * t + k] | flags_in[most * t + k + 1]) & INITIAL:
                joined = _token(pool, t0, span[at + 5], slots, hashes, letters, starts, counts)
            join[units] = joined
            units += 1
        names += 1
    while text < len(text_first) - 1:
        text += 1
        text_first[text] = names
    name_first[names] = units
    return names, units


@jit
def _rehash(slots, hashes, count):  # type: ignore[no-untyped-def]
    mask = len(slots) - 1
    slots[:] = -1
    for token in range(count):
        at = (hashes[token] * 0x9E3779B97F4A7C1) >> 20 & mask
        while slots[at] >= 0:
            at = (at + 1) & mask
        slots[at] = token


# What has no letter is identical with nothing.
_NOTHING = token_key("")
# A bracket and what it holds need the patterns of `parse`.
_BRACKETS = re.compile(r"[(\[]")


class _Reading(NamedTuple):
    """A reading as plain Latin that needs no more than to be parted into words, and what it may be compared with."""

    text: str
    script: str = "Latn"
    dialect: tuple[str, str] = ("", "")
    seal: int = 0


def _readings(text: str, language: str | None) -> list[_Reading]:
    plain, _ = normalize(text)
    if plain.isascii() and not respelled(plain):
        return [_Reading(_bare(fold(plain)))]
    script = script_of(plain)
    seal = encode._seal(Name(text, (), Reading(plain), script)) if script == "Hani" else 0
    return [
        _Reading(_bare(fold(reading.text)).replace("`", " "), script, (reading.language, reading.standard), seal)
        for reading in readings(plain, language)
    ]


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
        found = _readings(texts[number], None)
        read += [reading.text for reading in found]
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
        self._tables = _tables(self.known.crc)
        # Held by whoever reads and then encodes what was read, too.
        self.lock = threading.RLock()
        # Tokens that the tables say something of, as the interpreter encodes them.
        self._heard = TokenStore(scorer.edits.substrings, scorer.facts)
        self._scripts: dict[str, int] = {}
        self._dialects: dict[tuple[str, str], int] = {}
        self._wipe()

    def _wipe(self) -> None:
        self.count = np.zeros(1, np.int64)
        self.slots = np.full(1 << 12, -1, np.int64)
        self.hashes = np.empty(0, np.int64)
        self.letters = np.empty(0, np.uint32)
        self.columns: dict[str, Any] = {name: np.empty(0, type_) for name, type_ in _TYPES.items()}
        self.columns["starts"] = np.zeros(1, np.int64)
        self.encoded = np.empty(0, np.bool_)
        self.coded = np.empty(0, np.bool_)
        self.longest = 1

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
            _rehash(self.slots, self.hashes, count)

    def read(
        self, texts: Sequence[str], *, language: str | None = None, chunk: int = 50_000, fill: bool = True
    ) -> Texts:
        """Read texts. Without `fill` the tokens' columns are left to `encode_tokens`, for those that are needed."""
        announce()
        with self.lock:
            if int(self.count[0]) > self.keep:
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
        todo = wanted[~done[wanted]]
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
            numbers = [self._heard.add(text) for text in token_texts(self.letters, starts, heard)]
            for name in ("rarity", "family", "rival", "hub"):
                column = getattr(self._heard, name)
                self.columns[name][heard] = [column[number] for number in numbers]
        done[todo] = True

    def _read(self, texts: Sequence[str], language: str | None) -> tuple[Any, ...]:
        whole = "".join(texts)
        owner = None
        script: dict[int, int] = {}
        dialect: dict[int, int] = {}
        seal: dict[int, int] = {}
        if not whole.isascii() or _BRACKETS.search(whole):
            read: list[str] = []
            owners: list[int] = []
            for number, text in enumerate(texts):
                if text.isascii() and not _BRACKETS.search(text) and not told_twice(text):
                    read.append(text)
                    owners.append(number)
                    continue
                for found in _readings(text, language):
                    if found.script != "Latn":
                        script[len(read)] = self._scripts.setdefault(found.script, len(self._scripts) + 1)
                        dialect[len(read)] = self._dialects.setdefault(found.dialect, len(self._dialects))
                        seal[len(read)] = found.seal
                    read.append(found.text)
                    owners.append(number)
            owner = np.asarray(owners, np.int64)
            whole = "".join(read)
            for c in set(whole):
                if c > "\x7f":
                    self._tables.kind[ord(c)] = _kind(c)
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
        flags = np.empty(MAX_TOKENS * count, np.int8)
        unit_count = np.empty(count, np.int64)
        exact, same = np.empty(count, np.int64), np.empty(count, np.int64)
        long = np.empty(count, np.bool_)
        parallel(
            lambda begin, end: _parse(
                codes,
                starts,
                begin,
                end,
                self._tables,
                MAX_TOKENS,
                pool,
                starts,
                span,
                flags,
                unit_count,
                exact,
                same,
                long,
            ),
            count,
        )
        units = int(unit_count.sum())
        self._reserve(3 * units, 4 * len(codes))
        text_first, name_first = np.empty(len(texts), np.int64), np.empty(count + 1, np.int64)
        i32 = np.int32
        unit, alt, join, flags_out = (np.empty(units, i32) for _ in range(4))
        exact_out, same_out, source = (np.empty(count, np.int64) for _ in range(3))
        names, units = _intern(
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
            np.diff(np.append(text_first, names)), same_out[:names], _column(script, source, count),
            _column(dialect, source, count), _column(seal, source, count), np.diff(name_first[: names + 1]),
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


def _column(values: dict[int, int], source: Any, count: int) -> Any:
    """The values that few readings have, by the names that were kept."""
    if not values:
        return np.zeros(len(source), np.int64)
    whole = np.zeros(count, np.int64)
    whole[list(values)] = list(values.values())
    return whole[source]


def _grown(column: Any, room: int) -> Any:
    """The column with room for so many, what it holds kept and the rest zero."""
    out = np.zeros(room, column.dtype)
    out[: len(column)] = column
    return out
