"""Distinct tokens in, the kernel's columns out: `namealign.encode` for many tokens at once.

What `TokenStore.add` does for one token in the interpreter, compiled, over letters in one array. The tables are the
same ones; a test holds both to the same numbers.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any, NamedTuple

import jellyfish
import numpy as np

from namealign import encode, kernel
from namealign.bulk_jit import jit, lean
from namealign.encode import INITIAL_RARITY, Facts, Substrings
from namealign.kernel import LONGEST, ORIGIN_COUNT

__all__ = [
    "APOSTROPHE",
    "Encoding",
    "columns",
    "encoding",
    "first_of",
    "frames_of",
    "key_of",
    "metaphone",
    "parallel",
    "search_sorted",
]

_MOST_CODES = 256
APOSTROPHE = 39
# Class letters as the frames write them: consonants, then the vowels' colours.
_FRAME_LETTERS = "kstpflrmn" + "aiu"


def _crc_table() -> Any:
    table = np.arange(256, dtype=np.int64)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ 0xEDB88320, table >> 1)
    return table


class Encoding(NamedTuple):
    """The tables of `namealign.encode` as arrays."""

    code: Any  # code point -> small number of a letter that any table knows, 0 for others
    letters: int  # how many small numbers there are
    one: Any  # ids of substrings of one, two and three letters
    two: Any
    three: Any
    trie: Any  # letter groups: node * letters + letter -> node
    group: Any  # node -> letter group, -1 for none
    option_first: Any  # group -> what it may sound like
    class_first: Any  # what it may sound like -> classes, in order
    classes: Any
    colour: Any  # group -> its colour where it is nothing but a vowel, else -1
    coarse: Any  # class -> coarse class
    sign: Any  # class -> the letter that frames write
    ending_hash: Any  # surname endings: hash -> its class text
    ending_gender: Any
    ending_first: Any
    ending_text: Any
    crc: Any
    unheard: float  # rarity of a token that nobody counted
    heard: Any  # keys of the tokens that the tables say something of
    substrings: int  # how many substrings the letter operations know
    origins: Any  # the weights of `kernel.origin`


def encoding(substrings: Substrings, facts: Facts) -> Encoding:
    """The tables as arrays."""
    _, table = encode._groups()
    endings = encode._endings()
    letters = sorted({c for text in (*substrings.known, *table) for c in text})
    if len(letters) >= _MOST_CODES:
        raise ValueError(f"the letter tables know {len(letters)} letters; bulk work has room for {_MOST_CODES - 1}")
    size = len(letters) + 1
    code = np.zeros(0x110000, np.uint8)
    number = {c: i + 1 for i, c in enumerate(letters)}
    for c, i in number.items():
        code[ord(c)] = i
    one, two, three = (np.full(size**n, -1, np.int16) for n in (1, 2, 3))
    for text, ident in substrings.ids.items():
        at = 0
        for letter in text:
            at = at * size + number[letter]
        if text:
            (one, two, three)[len(text) - 1][at] = ident
    nodes: list[dict[int, int]] = [{}]
    group_of: dict[int, int] = {}
    option_first, class_first, classes, colour = [0], [0], [], []
    for at, (text, read_as) in enumerate(table.items()):
        node = 0
        for letter in text:
            if number[letter] not in nodes[node]:
                nodes[node][number[letter]] = len(nodes)
                nodes.append({})
            node = nodes[node][number[letter]]
        group_of[node] = at
        for sounds in read_as:
            classes += [_FRAME_LETTERS.index(c) for c in sounds]
            class_first.append(len(classes))
        option_first.append(len(class_first) - 1)
        shade = encode._COLOUR.get(text[0], "")
        colour.append(_FRAME_LETTERS.index(shade) if shade and read_as == ("",) else -1)
    trie = np.zeros(len(nodes) * size, np.int32)
    for node, onward in enumerate(nodes):
        for step, to in onward.items():
            trie[node * size + step] = to
    group = np.full(len(nodes), -1, np.int32)
    for node, at in group_of.items():
        group[node] = at
    coarse = [_FRAME_LETTERS.index(c.translate(encode._COARSE)) for c in _FRAME_LETTERS]
    forms = [(end, 1, stands) for end, stands in endings.feminine.items()]
    # A feminine ending comes first where one ending is both.
    forms += [(end, 2, stands) for end, stands in endings.masculine.items() if end not in endings.feminine]
    forms = [form for form in forms if 2 <= len(form[0]) <= 6]
    hashed = sorted((_hash_text(end), gender, stands) for end, gender, stands in forms)
    ending_text = [ord(c) for _, _, stands in hashed for c in stands]
    ending_first = np.concatenate([[0], np.cumsum([len(stands) for _, _, stands in hashed])])
    i64 = np.int64
    return Encoding(
        code, size, one, two, three, trie, group, np.asarray(option_first, i64),
        np.asarray(class_first, i64), np.asarray(classes, i64), np.asarray(colour, i64), np.asarray(coarse, i64),
        np.asarray([ord(c) for c in _FRAME_LETTERS], i64),
        np.asarray([h for h, _, _ in hashed], i64), np.asarray([g for _, g, _ in hashed], i64),
        ending_first.astype(i64), np.asarray(ending_text, i64), _crc_table(), facts.rarity(-1),
        np.union1d(np.asarray(facts.count_keys, i64), np.asarray(facts.family_keys, i64)), substrings.size,
        np.asarray(facts.origins, np.float64),
    )  # fmt: skip


def _hash_text(text: str) -> int:
    """`_hash` of a whole text, in the interpreter."""
    h = 0
    for c in text:
        h = (h * 0x100000001B3 + ord(c) + 1) & 0xFFFFFFFFFFFFFFFF
    return h - (1 << 64) if h >= 1 << 63 else h


@jit
def _hash(letters, begin, end):  # type: ignore[no-untyped-def]
    h: Any = 0
    for i in range(begin, end):
        h = h * 0x100000001B3 + np.int64(letters[i]) + 1
    return h


@jit
def _utf8(letters, count, raw):  # type: ignore[no-untyped-def]
    n = 0
    for i in range(count):
        c = letters[i]
        if c < 0x80:
            raw[n] = c
            n += 1
        elif c < 0x800:
            raw[n] = 0xC0 | c >> 6
            raw[n + 1] = 0x80 | c & 0x3F
            n += 2
        elif c < 0x10000:
            raw[n] = 0xE0 | c >> 12
            raw[n + 1] = 0x80 | c >> 6 & 0x3F
            raw[n + 2] = 0x80 | c & 0x3F
            n += 3
        else:
            raw[n] = 0xF0 | c >> 18
            raw[n + 1] = 0x80 | c >> 12 & 0x3F
            raw[n + 2] = 0x80 | c >> 6 & 0x3F
            raw[n + 3] = 0x80 | c & 0x3F
            n += 4
    return n


@jit
def key_of(letters, count, raw, crc):  # type: ignore[no-untyped-def]
    """`token_key` of the first `count` letters; `raw` has room for four bytes a letter."""
    n = _utf8(letters, count, raw)
    ahead = 0xFFFFFFFF
    back = 0x9E37 ^ 0xFFFFFFFF
    for i in range(n):
        ahead = (ahead >> 8) ^ crc[(ahead ^ raw[i]) & 255]
        back = (back >> 8) ^ crc[(back ^ raw[n - 1 - i]) & 255]
    return ((ahead ^ 0xFFFFFFFF) << 30) ^ (back ^ 0xFFFFFFFF)


@jit
def frames_of(plain, count, vowels, known, most, frames, spare, sizes):  # type: ignore[no-untyped-def]
    """`encode.frames` in class numbers: row by row in `frames`, their lengths in `sizes`; returns how many."""
    rows = 1
    sizes[0] = 0
    at = 0
    while at < count:
        node = 0
        found = -1
        length = 0
        for k in range(at, count):
            c = known.code[plain[k]]
            if c == 0:
                break
            node = known.trie[node * known.letters + c]
            if node == 0:
                break
            if known.group[node] >= 0:
                found = known.group[node]
                length = k + 1 - at
        if found < 0:
            at += 1
            continue
        at += length
        begin = known.option_first[found]
        n = known.option_first[found + 1] - begin
        if n > 1 and rows * n <= most:
            for r in range(rows):
                for i in range(sizes[r]):
                    spare[r, i] = frames[r, i]
            for r in range(rows - 1, -1, -1):
                size = sizes[r]
                for k in range(n - 1, -1, -1):
                    to = r * n + k
                    for i in range(size):
                        frames[to, i] = spare[r, i]
                    sizes[to] = size
                    for c in range(known.class_first[begin + k], known.class_first[begin + k + 1]):
                        frames[to, sizes[to]] = known.classes[c]
                        sizes[to] += 1
            rows *= n
        elif vowels and known.colour[found] >= 0:
            for r in range(rows):
                frames[r, sizes[r]] = known.colour[found]
                sizes[r] += 1
        else:
            for r in range(rows):
                for c in range(known.class_first[begin], known.class_first[begin + 1]):
                    frames[r, sizes[r]] = known.classes[c]
                    sizes[r] += 1
    # Runs of one class once, then each frame once.
    kept = 0
    for r in range(rows):
        n = 0
        for i in range(sizes[r]):
            if n == 0 or frames[r, i] != frames[kept, n - 1]:
                frames[kept, n] = frames[r, i]
                n += 1
        fresh = True
        for other in range(kept):
            if sizes[other] == n:
                equal = True
                for i in range(n):
                    if frames[other, i] != frames[kept, i]:
                        equal = False
                        break
                if equal:
                    fresh = False
                    break
        if fresh:
            sizes[kept] = n
            kept += 1
    return kept


@lean
def first_of(keys, wanted):  # type: ignore[no-untyped-def]
    """Where the first of the sorted keys stands that is not below the wanted one."""
    low = 0
    high = len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def search_sorted(keys, wanted):  # type: ignore[no-untyped-def]
    """Where the wanted one stands among the sorted keys, or -1."""
    at = first_of(keys, wanted)
    return at if at < len(keys) and keys[at] == wanted else -1


_origin = lean(FunctionType(kernel.origin.__code__, vars(kernel), "origin"))


@jit
def _columns(todo, begin, end, letters, starts, known, most, longest, initial, unheard, out, heard):  # type: ignore[no-untyped-def]
    """Fill every column but `code` for tokens `todo[begin:end]`."""
    plain = np.empty(longest + 16, np.int64)
    raw = np.empty(8 * longest + 64, np.int64)
    frames = np.empty((most, 2 * longest + 2), np.int64)
    spare = np.empty((most, 2 * longest + 2), np.int64)
    sizes = np.empty(most, np.int64)
    sums = np.empty(ORIGIN_COUNT)
    for k in range(begin, end):
        token = todo[k]
        a0 = starts[token]
        a1 = starts[token + 1]
        # Counts begin as what they become: a literal 0 would have the functions they are given to compiled twice.
        n = np.int64(0)
        for i in range(a0, a1):
            first = known.code[letters[i]]
            id1 = -1
            id2 = -1
            id3 = -1
            if first > 0:
                id1 = known.one[first]
                if i + 1 < a1:
                    second = known.code[letters[i + 1]]
                    if second > 0:
                        pair = first * known.letters + second
                        id2 = known.two[pair]
                        if i + 2 < a1:
                            third = known.code[letters[i + 2]]
                            if third > 0:
                                id3 = known.three[pair * known.letters + third]
            out.subs[3 * i] = id1
            out.subs[3 * i + 1] = id2
            out.subs[3 * i + 2] = id3
            if letters[i] != APOSTROPHE:
                plain[n] = letters[i]
                n += 1
        key = key_of(plain, n, raw, known.crc)
        out.key[token] = key
        out.rarity[token] = unheard if n > 1 else initial
        out.given[token] = 0
        out.family[token] = -1
        out.rival[token] = -1
        out.hub[token] = -1
        out.rival_hub[token] = -1
        out.kin[token] = 0
        heard[k] = search_sorted(known.heard, key) >= 0
        out.head[token] = plain[0] if n else 0
        rows = frames_of(plain, n, n < 0, known, most, frames, spare, sizes)
        classes = 0
        fewest = 64
        for r in range(rows):
            own = 0
            for i in range(sizes[r]):
                own |= 1 << frames[r, i]
            classes |= own
            distinct = 0
            while own:
                own &= own - 1
                distinct += 1
            fewest = min(fewest, distinct)
        out.classes[token] = classes
        out.consonants[token] = fewest
        # A surname's stem and gender, by its longest known ending.
        gender = 0
        length = a1 - a0
        for size in range(min(6, length - 3), 1, -1):
            at = search_sorted(known.ending_hash, _hash(letters, a1 - size, a1))
            if at >= 0:
                gender = known.ending_gender[at]
                m = np.int64(0)
                for i in range(a0, a1 - size):
                    plain[m] = letters[i]
                    m += 1
                for i in range(known.ending_first[at], known.ending_first[at + 1]):
                    plain[m] = known.ending_text[i]
                    m += 1
                break
        if gender == 0:
            m = np.int64(0)
            for i in range(a0, a1):
                plain[m] = letters[i]
                m += 1
        out.stem[token] = key_of(plain, m, raw, known.crc)
        out.gender[token] = gender
        # Of a token too long to be a name the interpreter keeps no more letters.
        out.origin[token] = _origin(out.subs, a0, min(a1, a0 + LONGEST + 1), known.origins, known.substrings, sums)


def columns(todo: Any, letters: Any, starts: Any, known: Encoding, longest: int, out: Any) -> Any:
    """Fill the kernel's columns, all but `code`, of tokens `todo` in the arrays of `out`.

    Returns which of them the tables say something of: their rarity and families are left to `encode.Facts`.
    """
    heard = np.zeros(len(todo), np.bool_)
    most = encode._MOST_FRAMES

    def run(begin: int, end: int) -> None:
        _columns(
            todo, begin, end, letters, starts, known, most, longest, INITIAL_RARITY, known.unheard, out, heard
        )  # fmt: skip

    parallel(run, len(todo))
    return todo[heard]


def metaphone(texts: list[str]) -> list[str]:
    """The metaphone code of each token."""
    code = jellyfish.metaphone
    return [code(text) if "'" not in text else code(text.replace("'", "")) for text in texts]


def parallel(run: Callable[[int, int], None], count: int, *, smallest: int = 256) -> None:
    """Call `run(begin, end)` over slices of `range(count)` on all cores; the compiled code holds no lock."""
    cores = os.cpu_count() or 1
    if count <= smallest or cores == 1:
        run(0, count)
        return
    step = max(smallest, -(-count // (cores * 8)))
    with ThreadPoolExecutor(cores) as pool:
        for job in [pool.submit(run, k, min(k + step, count)) for k in range(0, count, step)]:
            job.result()
