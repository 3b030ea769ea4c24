"""Distinct tokens in, their blocking keys out: `encode.blocking_keys` for many tokens at once.

Compiled, over letters in one array, as `namealign.bulk_tokens` has them; a test holds both ways to the same keys.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from namealign import encode
from namealign.bulk_jit import jit
from namealign.bulk_tokens import APOSTROPHE, Encoding, frames_of, key_of, metaphone, parallel
from namealign.kernel import KIN_BITS, MOST_KIN

__all__ = ["Keys", "blocking"]

EMPTY = np.iinfo(np.int64).min


class Keys(NamedTuple):
    """Blocking keys of tokens, flat: those of the `k`th are `key[first[k]:first[k + 1]]`."""

    first: Any
    key: Any


@jit
def _add(keys, begin, at, key):  # type: ignore[no-untyped-def]
    for i in range(begin, at):
        if keys[i] == key:
            return at
    keys[at] = key
    return at + 1


@jit
def _frame_key(frame, size, skip, coarse, known, text, raw):  # type: ignore[no-untyped-def]
    """Key of `text[0]` and a frame without its letter `skip`, runs of one class once; -1 with fewer than three left."""
    n = np.int64(1)
    before = -1
    for i in range(size):
        if i == skip:
            continue
        class_ = known.coarse[frame[i]] if coarse else frame[i]
        if class_ != before:
            text[n] = known.sign[class_]
            n += 1
        before = class_
    if skip >= 0 and n < 4:
        return -1
    return key_of(text, n, raw, known.crc)


@jit
def _blocking(begin, end, todo, letters, starts, code_first, code_letters, hub, rival_hub, kin, known, most, longest, first, keys):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """Blocking keys of tokens `todo[begin:end]`, each in the room that `first` gives it; the keys of hubs come last."""
    plain = np.empty(longest + 16, np.int64)
    text = np.empty(2 * longest + 16, np.int64)
    raw = np.empty(8 * longest + 64, np.int64)
    frames = np.empty((most, 2 * longest + 2), np.int64)
    spare = np.empty((most, 2 * longest + 2), np.int64)
    sizes = np.empty(most, np.int64)
    # Not literals, for which the functions they are given to would be compiled anew.
    none = begin - begin - 1
    yes = none < 0
    no = none >= 0
    for k in range(begin, end):
        token = todo[k]
        base = first[k]
        at = base
        n = np.int64(0)
        text[0] = 61
        for i in range(starts[token], starts[token + 1]):
            if letters[i] != APOSTROPHE:
                plain[n] = letters[i]
                n += 1
                text[n] = letters[i]
        at = _add(keys, base, at, key_of(text, n + 1, raw, known.crc))
        text[0] = 109
        m = np.int64(1)
        for i in range(code_first[k], code_first[k + 1]):
            text[m] = code_letters[i]
            m += 1
        if m == 1:
            m = n + 1
        at = _add(keys, base, at, key_of(text, m, raw, known.crc))
        rows = frames_of(plain, n, yes, known, most, frames, spare, sizes)
        text[0] = 118
        for r in range(min(2, rows)):
            at = _add(keys, base, at, _frame_key(frames[r], sizes[r], none, no, known, text, raw))
        rows = frames_of(plain, n, no, known, most, frames, spare, sizes)
        text[0] = 99
        for r in range(rows):
            at = _add(keys, base, at, _frame_key(frames[r], sizes[r], none, yes, known, text, raw))
        text[0] = 102
        for r in range(min(2, rows)):
            size = sizes[r]
            if size >= 3:
                at = _add(keys, base, at, _frame_key(frames[r], size, none, no, known, text, raw))
            if size >= 4:
                for skip in range(size):
                    key = _frame_key(frames[r], size, skip, no, known, text, raw)
                    if key >= 0:
                        at = _add(keys, base, at, key)
        if hub[token] >= 0:
            at = _add(keys, base, at, -1 - hub[token])
        if rival_hub[token] >= 0:
            at = _add(keys, base, at, -1 - rival_hub[token])
        rest = kin[token]
        while rest:
            at = _add(keys, base, at, -(rest & (1 << KIN_BITS) - 1))
            rest >>= KIN_BITS
        # What is left of the room is marked empty.
        for i in range(at, first[k + 1]):
            keys[i] = EMPTY


def blocking(todo: Any, texts: list[str], letters: Any, tokens: Any, known: Encoding, longest: int) -> Keys:
    """`blocking_keys` of tokens `todo`, whose texts are given, and `hub_keys`."""
    starts, hub, rival_hub, kin = map(np.asarray, (tokens.starts, tokens.hub, tokens.rival_hub, tokens.kin))
    codes = metaphone(texts)
    sizes = np.fromiter(map(len, codes), np.int64, len(codes))
    code_first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    code_letters = np.frombuffer("".join(codes).encode("utf-32-le"), np.uint32).astype(np.int64)
    lengths = starts[todo + 1] - starts[todo]
    room = 6 + MOST_KIN + encode._MOST_FRAMES + 2 * (2 * lengths + 1)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(room)])
    keys = np.empty(int(first[-1]), np.int64)

    def run(begin: int, end: int) -> None:
        _blocking(
            begin, end, todo, letters, starts, code_first, code_letters, hub, rival_hub, kin, known,
            encode._MOST_FRAMES, longest, first, keys,
        )  # fmt: skip

    parallel(run, len(todo))
    full = keys != EMPTY
    owner = np.repeat(np.arange(len(todo)), room)[full]
    count = np.bincount(owner, minlength=len(todo))
    return Keys(np.concatenate([np.zeros(1, np.int64), np.cumsum(count)]), keys[full])
