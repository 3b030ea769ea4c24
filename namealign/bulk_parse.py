"""Readings as one array of letters in, their units and the numbers of their tokens out: the compiled half of reading.

`parse_readings` is `parse.parse` and `NameStore.add` over letters, for readings in parallel; `intern` then gives every
token a number, new or known.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from namealign.bulk_jit import jit
from namealign.bulk_tokens import _hash_text, key_of, search_sorted
from namealign.encode import _endings
from namealign.kernel import FILIATION, INITIAL, NUMBER_SHIFT, NUMBERS, PATRONYMIC, WEAK
from namealign.parse import roles

__all__ = ["intern", "kind_of", "parse_readings", "rehash", "word_tables"]

# Roles of a word, as bits.
_ARTICLE, _KUNYA, _PARTICLE, _FILIATION, _TITLE, _HONORIFIC, _AFTER, _FORM = 1, 2, 4, 8, 16, 32, 64, 128
# Above them the number that a word is.
_NUMBER = 8
_PARTICLES = {"article": _ARTICLE, "kunya": _KUNYA, "filiation": _FILIATION, "filiation_after": _AFTER}
_APOSTROPHE, _HYPHEN, _STOP, _COMMA, _COMMA_ARABIC = 39, 45, 46, 44, 0x60C
# What a character is: part of a word, a digit (`\\d`), any `isdigit`, white space, any `isalpha`.
_LETTER, _DIGIT, _NUMERAL, _SPACE, _ALPHA = 1, 2, 4, 8, 16


class WordTables(NamedTuple):
    """What parsing asks of single words and characters."""

    kind: Any
    word_hash: Any
    word_roles: Any
    digraph: Any
    ending: Any
    shortest: int
    crc: Any


def word_tables(crc: Any) -> WordTables:
    known = roles()
    bits: dict[str, int] = {}
    for token, class_ in known.particle.items():
        bits[token] = _PARTICLES.get(class_, _PARTICLE)
    for token, class_ in known.honorific.items():
        bits[token] = bits.get(token, 0) | {"title": _TITLE, "form": _FORM}.get(class_, _HONORIFIC)
    for token, number in known.number.items():
        bits[token] = bits.get(token, 0) | number << _NUMBER
    by_hash = sorted((_hash_text(token), value) for token, value in bits.items())
    kind = np.zeros(0x110000, np.uint8)
    for code in range(128):
        kind[code] = kind_of(chr(code))
    ending = sorted(_hash_text(text[::-1]) for text in _endings().patronymic)
    return WordTables(
        kind,
        np.asarray([h for h, _ in by_hash], np.int64),
        np.asarray([v for _, v in by_hash], np.int64),
        np.asarray(sorted(map(_hash_text, known.initials)), np.int64),
        np.asarray(ending, np.int64),
        min(map(len, _endings().patronymic), default=99),
        crc,
    )


def kind_of(c: str) -> int:
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
def parse_readings(codes, starts, begin, end, tables, most, pool, pool_at, span, flags, unit_count, exact, same, long):  # type: ignore[no-untyped-def]  # fmt: skip
    """Units of texts `begin`..`end`.

    The letters of a name's units lie in `pool` one after the other, each after the particles before it, so that a unit,
    the unit with its particles, and two units joined are each one stretch of it: `span` has (particles, unit, end).
    """
    word0 = np.empty(most, np.int64)
    word1 = np.empty(most, np.int64)
    dotted = np.empty(most, np.bool_)
    linked = np.empty(most, np.bool_)
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
            begins = i
            while i < stop:
                kind = tables.kind[codes[i]]
                if kind & _LETTER:
                    w = i
                    w0 = i
                    while i < stop and tables.kind[codes[i]] & _LETTER:
                        i += 1
                    e = i
                    point = i < stop and codes[i] == _STOP
                    if point:
                        i += 1
                    while w < e and _plain(np.int64(codes[w])) == _APOSTROPHE:
                        w += 1
                    while e > w and _plain(np.int64(codes[e - 1])) == _APOSTROPHE:
                        e -= 1
                    if e > w:
                        if words < most:
                            word0[words] = w
                            word1[words] = e
                            dotted[words] = point
                            linked[words] = (
                                i - w0 == 1
                                and _plain(np.int64(codes[w0])) in (97, 101, 105, 111, 117)
                                and w0 > begins
                                and codes[w0 - 1] == _HYPHEN
                                and i < stop
                                and codes[i] == _HYPHEN
                            )
                        words += 1
                elif kind & _DIGIT:
                    w = i
                    while i < stop and tables.kind[codes[i]] & _DIGIT:
                        i += 1
                    if words < most:
                        word0[words] = w
                        word1[words] = i
                        dotted[words] = False
                        linked[words] = False
                    words += 1
                else:
                    i += 1
        last = words - 1
        words = min(words, most)
        named = 0
        begun = False
        for k in range(words):
            h = np.int64(0)
            letters = 0
            spelled = np.int64(0)
            for i in range(word0[k], word1[k]):
                c = _plain(np.int64(codes[i]))
                h = h * 0x100000001B3 + c + 1
                if c != _APOSTROPHE:
                    letters += 1
                    spelled = spelled * 0x100000001B3 + c + 1
            at = search_sorted(tables.word_hash, h)
            bits = tables.word_roles[at] if at >= 0 else 0
            known[k] = bits
            particle = bits & (_ARTICLE | _KUNYA | _PARTICLE | _FILIATION | _AFTER)
            role[k] = 0
            initial = dotted[k] and letters == 1
            if particle and not initial and k < last and (begun or particle & (_ARTICLE | _KUNYA)):
                role[k] = 1
            elif dotted[k] and 1 < letters < 5 and search_sorted(tables.digraph, spelled) >= 0:
                role[k] = 3
            elif (bits & _TITLE and (k < last or named > 1)) or bits & _FORM:
                role[k] = 2
            elif linked[k] and begun:
                role[k] = 1
            elif letters == 1:
                role[k] = 3
            if role[k] == 0:
                named += 1
            if role[k] in (0, 3):
                begun = True
        if named == 0:
            for k in range(words):
                if role[k] != 3:
                    role[k] = 0
        # Units, and the keys of the whole.
        n = np.int64(0)
        m = np.int64(0)
        at = pool_at[t]
        p0 = at
        pending = 0
        bears = 0
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
            if k:
                digits = True
                value = 0
                for i in range(word0[k], word1[k]):
                    if not 48 <= codes[i] <= 57:
                        digits = False
                        break
                    value = (10 * value + codes[i] - 48) % NUMBERS
                if digits:
                    bears = value
                elif word1[k] - word0[k] > 1 or (k == words - 1 and role[k - 1] != 3):
                    bears = known[k] >> _NUMBER or bears
            if role[k] == 2:
                continue
            if role[k] == 1:
                for i in range(word0[k], word1[k]):
                    pool[at] = _plain(np.int64(codes[i]))
                    at += 1
                if known[k] & _FILIATION:
                    pending |= FILIATION
                elif known[k] & _AFTER and units > 1:
                    flags[most * t + units - 1] |= PATRONYMIC
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
            elif known[k] & (_TITLE | _HONORIFIC | _FORM):
                flag |= WEAK
            elif length > 6:
                ending = np.int64(0)
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
        if units:
            flags[most * t] |= bears << NUMBER_SHIFT
        exact[t] = key_of(text, n, raw, tables.crc)
        spoken = False
        for i in range(n):
            if text[i] != _APOSTROPHE:
                text[m] = text[i]
                m += 1
                if tables.kind[text[i]] & _ALPHA:
                    spoken = True
        same[t] = key_of(text, m if spoken else np.int64(0), raw, tables.crc)
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
def intern(count, most, pool, span, flags_in, unit_count, exact, same, owner, slots, hashes, letters, starts, counts,  # type: ignore[no-untyped-def]
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
            alt[units] = -1
            if p0 < t0:
                alt[units] = _token(pool, p0, t1, slots, hashes, letters, starts, counts)
            elif k + 1 < n and span[at + 4] > span[at + 3]:
                # With the particles that stand before the next unit.
                alt[units] = _token(pool, t0, span[at + 4], slots, hashes, letters, starts, counts)
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
def rehash(slots, hashes, count):  # type: ignore[no-untyped-def]
    mask = len(slots) - 1
    slots[:] = -1
    for token in range(count):
        at = (hashes[token] * 0x9E3779B97F4A7C1) >> 20 & mask
        while slots[at] >= 0:
            at = (at + 1) & mask
        slots[at] = token
