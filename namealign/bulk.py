"""Stores of names in, arrays and probabilities out: the kernel's own functions, compiled by Numba, over NumPy arrays.

Imported only for bulk work: it loads NumPy and Numba. The functions compiled are those of `namealign.kernel`, code
object for code object, so a bulk score and a single one cannot drift apart.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any, NamedTuple

import numba
import numpy as np

from namealign import candidates, kernel
from namealign.candidates import MAX_TOKENS, Index, query_tokens
from namealign.compare import CEILING, IDENTICAL, Scorer
from namealign.encode import token_key
from namealign.errors import InputError
from namealign.parse import read

__all__ = [
    "Finder",
    "TextStore",
    "compiled",
    "pack_index",
    "pack_names",
    "pack_tokens",
    "pack_trees",
    "parallel",
    "score_pairs",
    "workspace",
]


class Tokens(NamedTuple):
    """A token store as arrays."""

    subs: Any
    starts: Any
    key: Any
    rarity: Any
    family: Any
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


class Workspace(NamedTuple):
    """Scratch arrays of one thread."""

    work: Any
    score: Any
    gain: Any
    join_a: Any
    join_b: Any
    best: Any
    back: Any
    partner: Any
    span_a: Any
    span_b: Any
    used: Any
    loss: Any
    loss_at: Any
    settled_a: Any
    settled_b: Any


def pack_tokens(store: Any) -> Tokens:
    """A `TokenStore`'s lists as arrays."""
    i32 = np.int32
    return Tokens(
        np.asarray(store.subs, np.int16),
        np.asarray(store.starts, np.int64),
        np.asarray(store.key, np.int64),
        np.asarray(store.rarity, np.float64),
        np.asarray(store.family, i32),
        np.asarray(store.hub, i32),
        np.asarray(store.stem, np.int64),
        np.asarray(store.gender, np.int8),
        np.asarray(store.code, np.int64),
        np.asarray(store.head, i32),
        np.asarray(store.classes, i32),
        np.asarray(store.consonants, np.int8),
    )


def pack_names(store: Any) -> Names:
    """A `NameStore`'s lists as arrays."""
    i32 = np.int32
    return Names(
        np.asarray(store.first, np.int64),
        np.asarray(store.unit, i32),
        np.asarray(store.alt, i32),
        np.asarray(store.join, i32),
        np.asarray(store.flags, i32),
    )


def workspace(longest: int = 64) -> Workspace:
    """Scratch arrays for tokens of at most `longest` letters."""
    units = kernel.MAX_UNITS
    cells = units * units
    states = (units + 2) * (1 << units)
    return Workspace(
        np.empty((longest + 1) * (longest + 1)),
        np.empty(cells),
        np.empty(cells),
        np.empty(cells),
        np.empty(cells),
        np.empty(states),
        np.zeros(states, np.int32),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
        np.empty((longest + 1) * (longest + 1)),
        np.empty(cells),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
    )


class Trees(NamedTuple):
    """The forest as arrays."""

    roots: Any
    feature: Any
    threshold: Any
    left: Any
    right: Any
    value: Any


class IndexArrays(NamedTuple):
    """An index as arrays."""

    key: Any
    key_first: Any
    key_token: Any
    post_first: Any
    post_name: Any
    weight: Any


def pack_trees(forest: Any) -> Trees:
    """A forest's lists as arrays."""
    i32 = np.int32
    return Trees(
        np.asarray(forest.roots, i32),
        np.asarray(forest.feature, np.int16),
        np.asarray(forest.threshold, np.float64),
        np.asarray(forest.left, i32),
        np.asarray(forest.right, i32),
        np.asarray(forest.value, np.float64),
    )


def pack_index(index: Index) -> IndexArrays:
    """An index's lists as arrays."""
    i32, i64 = np.int32, np.int64
    return IndexArrays(
        np.asarray(index.key, i64),
        np.asarray(index.key_first, i64),
        np.asarray(index.key_token, i32),
        np.asarray(index.post_first, i64),
        np.asarray(index.post_name, i32),
        np.asarray(index.weight, np.float64),
    )


def _compile() -> dict[str, Any]:
    """The kernel's functions and `gather`, compiled, callable from one another."""
    scope = {**vars(candidates), **vars(kernel)}
    for module, names in ((kernel, kernel.COMPILED), (candidates, ("_initials", "gather"))):
        for name in names:
            plain = vars(module)[name]
            scope[name] = numba.njit(cache=True, nogil=True)(FunctionType(plain.__code__, scope, name))
    return scope


compiled = _compile()
_gather, _forest, _features, _precedes = (compiled[n] for n in ("gather", "forest", "features", "precedes"))


@numba.njit(cache=True, nogil=True)
def _log_odds(ta, na, i, tb, nb, j, weights, size, ws, trees, out):  # type: ignore[no-untyped-def]
    """`Scorer.log_odds`, compiled."""
    if na.first[i] == na.first[i + 1] or nb.first[j] == nb.first[j + 1]:
        return -CEILING
    if _precedes(ta, na, i, tb, nb, j):
        _features(ta, na, i, tb, nb, j, weights, size, ws, out)
    else:
        _features(tb, nb, j, ta, na, i, weights, size, ws, out)
    total = _forest(out, trees.roots, trees.feature, trees.threshold, trees.left, trees.right, trees.value)
    return max(-CEILING, min(CEILING, total))


@numba.njit(cache=True, nogil=True)
def _score_texts(tokens, names, first, same, left, right, begin, end, weights, size, ws, trees, out, result):  # type: ignore[no-untyped-def]
    """Probabilities for pairs of texts `begin`..`end`; a text is a run of readings, `same` tells equal readings."""
    for k in range(begin, end):
        best = -10.0 * CEILING
        empty_a = True
        empty_b = True
        for i in range(first[left[k]], first[left[k] + 1]):
            if names.first[i] == names.first[i + 1]:
                continue
            empty_a = False
            for j in range(first[right[k]], first[right[k] + 1]):
                if names.first[j] == names.first[j + 1]:
                    continue
                empty_b = False
                if same[i] == same[j]:
                    best = IDENTICAL
                    continue
                if best < IDENTICAL:
                    best = max(best, _log_odds(tokens, names, i, tokens, names, j, weights, size, ws, trees, out))
        if empty_a or empty_b:
            result[k] = 0.0
        else:
            result[k] = 1.0 / (1.0 + np.exp(-best))


class TextStore:
    """Distinct texts, each read once, as names of one store: text `k` is the names `first[k]`..`first[k + 1]`."""

    def __init__(self, scorer: Scorer, *, language: str | None = None) -> None:
        self.names = scorer.names(())
        self.language = language
        self.first = [0]
        self.same: list[int] = []
        self.numbers: dict[str, int] = {}

    def add(self, text: str) -> int:
        """The number of a text, which is read when it is new."""
        known = self.numbers.get(text)
        if known is not None:
            return known
        for name in read(text, language=self.language):
            self.names.add(name)
            self.same.append(token_key(" ".join(token.text for token in name.tokens)))
        self.first.append(len(self.names.first) - 1)
        number = self.numbers[text] = len(self.first) - 2
        return number


def score_pairs(
    left: Sequence[str], right: Sequence[str], scorer: Scorer, *, language: str | None = None
) -> np.ndarray:
    """Probabilities of `left[k]` against `right[k]`: float64, the same length; in parallel on all cores."""
    if len(left) != len(right):
        raise InputError(f"compare_many needs two lists of one length, not {len(left)} and {len(right)} names")
    texts = TextStore(scorer, language=language)
    a = np.fromiter((texts.add(text) for text in left), np.int64, len(left))
    b = np.fromiter((texts.add(text) for text in right), np.int64, len(right))
    tokens, names = pack_tokens(texts.names.tokens), pack_names(texts.names)
    first, same = np.asarray(texts.first, np.int64), np.asarray(texts.same, np.int64)
    result = np.zeros(len(a))
    weights, trees = np.asarray(scorer.edits.weights, np.float32), pack_trees(scorer.trees)

    def run(begin: int, end: int) -> None:
        ws, out = workspace(texts.names.tokens.longest), np.zeros(len(kernel.FEATURES))
        _score_texts(tokens, names, first, same, a, b, begin, end, weights, scorer.edits.size, ws, trees, out, result)

    parallel(run, len(a))
    return result


def parallel(run: Callable[[int, int], None], count: int, *, smallest: int = 256) -> None:
    """Call `run(begin, end)` over slices of `range(count)` on all cores; the compiled code holds no lock."""
    cores = os.cpu_count() or 1
    if count < smallest or cores == 1:
        run(0, count)
        return
    step = max(smallest, -(-count // (cores * 8)))
    with ThreadPoolExecutor(cores) as pool:
        for job in [pool.submit(run, k, min(k + step, count)) for k in range(0, count, step)]:
            job.result()


@numba.njit(cache=True, nogil=True)
def _lookup(  # type: ignore[no-untyped-def]
    tq,
    nq,
    name,
    same_q,
    asked,
    unit,
    keys,
    keys_first,
    ti,
    ni,
    same_i,
    index,
    weights,
    size,
    ws,
    trees,
    out,
    scratch,
    turn,
    found,
    odds,
):
    """Gather candidates of one query name and score them; returns how many, their numbers and log-odds filled in."""
    acc, best, stamp, seen, touched = scratch
    count = _gather(
        tq,
        nq,
        name,
        asked,
        unit,
        keys,
        keys_first,
        ti,
        ni,
        index,
        weights,
        size,
        ws.work,
        ws.loss,
        acc,
        best,
        stamp,
        seen,
        turn,
        touched,
        MAX_TOKENS,
        found,
    )
    for k in range(count):
        if same_i[found[k]] == same_q:
            odds[k] = IDENTICAL
        else:
            odds[k] = _log_odds(tq, nq, name, ti, ni, found[k], weights, size, ws, trees, out)
    return count


class Finder:
    """A compiled index: candidates of a query and their log-odds, by the same functions as the interpreted one."""

    def __init__(self, names: Any, same: Sequence[int], index: Index, scorer: Scorer) -> None:
        self.scorer = scorer
        self.tokens, self.names = pack_tokens(names.tokens), pack_names(names)
        self.longest = names.tokens.longest
        self.same = np.asarray(same, np.int64)
        self.index = pack_index(index)
        self.trees = pack_trees(scorer.trees)
        self.weights = np.asarray(scorer.edits.weights, np.float32)
        self._scratch = threading.local()

    def find(self, store: Any, name: int, same: int) -> list[tuple[int, float]]:
        """(indexed name, log-odds) of the candidates of one stored query name."""
        asked, unit, keys, keys_first = (np.asarray(x, np.int64) for x in query_tokens(store, name))
        if not len(asked):
            return []
        mine = self._mine(store.tokens.longest)
        count = _lookup(
            pack_tokens(store.tokens), pack_names(store), name, same, asked, unit, keys, keys_first,
            self.tokens, self.names, self.same, self.index, self.weights, self.scorer.edits.size,
            mine.ws, self.trees, mine.out, mine.scratch, mine.turn, mine.found, mine.odds,
        )  # fmt: skip
        mine.turn += len(asked) + 1
        return list(zip(mine.found[:count].tolist(), mine.odds[:count].tolist(), strict=True))

    def _mine(self, longest: int) -> Any:
        """This thread's scratch arrays."""
        mine = self._scratch
        if getattr(mine, "longest", -1) < max(longest, self.longest):
            mine.longest = max(longest, self.longest)
            mine.ws = workspace(mine.longest)
            mine.out = np.zeros(len(kernel.FEATURES))
            count, tokens = len(self.names.first) - 1, len(self.tokens.key)
            mine.scratch = (
                np.zeros(count), np.zeros(count), np.zeros(count, np.int32), np.zeros(tokens, np.int64),
                np.zeros(count, np.int32),
            )  # fmt: skip
            mine.turn = 1
            mine.found = np.zeros(candidates.MAX_NAMES, np.int32)
            mine.odds = np.zeros(candidates.MAX_NAMES)
        return mine
