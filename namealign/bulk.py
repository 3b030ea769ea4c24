"""Stores of names in, arrays and probabilities out: the kernel's own functions, compiled by Numba, over NumPy arrays.

Imported only for bulk work: it loads NumPy and Numba. The functions compiled are those of `namealign.kernel`,
`namealign.alignment` and `namealign.measure`, code object for code object, so a bulk score and a single one cannot
drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from namealign import alignment, bulk_edits, kernel, measure, verdict
from namealign.bulk_edits import pack_edits, pack_operations
from namealign.bulk_forest import forest, pack_forest
from namealign.bulk_jit import lean
from namealign.bulk_read import TOKEN_TYPES, Names, Reader, Texts, Tokens
from namealign.bulk_texts import Shelf
from namealign.bulk_tokens import parallel
from namealign.compare import Scorer
from namealign.errors import InputError
from namealign.measure import FEATURES
from namealign.verdict import CEILING

__all__ = [
    "compiled",
    "encode_joined",
    "log_odds",
    "pack_names",
    "pack_tokens",
    "packed",
    "parallel",
    "score_pairs",
    "score_texts",
    "scratch",
    "shelf",
    "workspace",
]


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
    run_a: Any
    run_b: Any
    sums: Any


_NAME_TYPES = {"first": np.int64, "seal": np.int64}


def pack_tokens(store: Any) -> Tokens:
    """A `TokenStore`'s lists as arrays."""
    return Tokens(*(np.asarray(getattr(store, c), TOKEN_TYPES[c]) for c in Tokens._fields))


def pack_names(store: Any) -> Names:
    """A `NameStore`'s lists as arrays."""
    return Names(*(np.asarray(getattr(store, c), _NAME_TYPES.get(c, np.int32)) for c in Names._fields))


def workspace() -> Workspace:
    """Scratch arrays of one thread."""
    # A run of tokens may be as long as the longest token that is compared.
    longest = kernel.LONGEST
    units = alignment.MAX_UNITS
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
        np.empty(3 * kernel.LONGEST, np.int16),
        np.empty(3 * kernel.LONGEST, np.int16),
        np.empty(kernel.ORIGIN_COUNT),
    )


def _compile(**instead: Any) -> dict[str, Any]:
    """The kernel's functions, compiled, callable from one another; some of them by others' code."""
    scope: dict[str, Any] = {}
    for module in (kernel, alignment, measure, verdict):
        # What a module takes from one before it stays the compiled function.
        for name, value in vars(module).items():
            scope.setdefault(name, value)
        for name in module.COMPILED:
            scope[name] = instead.get(name) or lean(FunctionType(vars(module)[name].__code__, scope, name))
    return scope


# The kernel as it is written, for whoever wants its features; and with the edits of `bulk_edits` for scoring.
compiled = _compile()
_fast = _compile(edit_score=bulk_edits.edit_score, edit_run=bulk_edits.edit_run)
_features, _precedes, _verdict = (_fast[n] for n in ("features", "precedes", "verdict"))
_sealed_apart, _sealed_alike = _fast["sealed_apart"], _fast["sealed_alike"]


@lean
def log_odds(ta, na, i, tb, nb, j, edits, turned, size, ws, trees, bits, out):  # type: ignore[no-untyped-def]
    """`Scorer.log_odds`, compiled, with a memory of edits for each order in which tokens of two stores may come."""
    if na.first[i] == na.first[i + 1] or nb.first[j] == nb.first[j + 1]:
        return -CEILING
    if _precedes(ta, na, i, tb, nb, j):
        _features(ta, na, i, tb, nb, j, edits, size, ws, out)
    else:
        _features(tb, nb, j, ta, na, i, turned, size, ws, out)
    return _verdict(na, i, nb, j, out, forest(out, trees, bits))


@lean
def _score_texts(tokens, names, first, same, script, dialect, left, right, begin, end, edits, size, ws, trees, bits, out, result):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """`compare`'s probabilities for pairs of texts `begin`..`end`; a text is a run of readings."""
    for k in range(begin, end):
        best = -10.0 * CEILING
        identical = False
        sealed = False
        asked = False
        apart = False
        a0 = first[left[k]]
        b0 = first[right[k]]
        a1 = first[left[k] + 1]
        b1 = first[right[k] + 1]
        # As `parse.comparable` has it: texts of one script that are read by one standard meet in their best readings.
        if (
            a0 < a1
            and b0 < b1
            and script[a0] not in (0, -1)
            and script[a0] == script[b0]
            and dialect[a0] == dialect[b0]
        ):
            a1 = a0 + 1
            b1 = b0 + 1
        for i in range(a0, a1):
            for j in range(b0, b1):
                if (same[i] != 0 and same[i] == same[j]) or _sealed_alike(names, i, names, j):
                    identical = True
                if _sealed_apart(names, i, names, j):
                    sealed = True
        for i in range(a0, a1):
            if names.first[i] == names.first[i + 1]:
                continue
            for j in range(b0, b1):
                if names.first[j] == names.first[j + 1]:
                    continue
                asked = True
                if identical and not sealed:
                    break
                # As `log_odds` has it, where both names lie in one store.
                one = i
                other = j
                if not _precedes(tokens, names, i, tokens, names, j):
                    one = j
                    other = i
                _features(tokens, names, one, tokens, names, other, edits, size, ws, out)
                odds = _verdict(names, i, names, j, out, forest(out, trees, bits))
                if odds > best:
                    best = odds
                    apart = _sealed_apart(names, i, names, j)
        if not asked:
            result[k] = 0.0
        elif identical and not apart:
            result[k] = 1.0
        else:
            result[k] = 1.0 / (1.0 + np.exp(-best))


@lean
def _joined(tokens, names, i, j, wanted):  # type: ignore[no-untyped-def]
    """Mark the joined units of name i that `align` may hold against a unit of name j: its lengths allow it."""
    for u in range(names.first[i], names.first[i + 1]):
        joined = names.join[u]
        if joined < 0 or wanted[joined]:
            continue
        length = tokens.starts[joined + 1] - tokens.starts[joined]
        for v in range(names.first[j], names.first[j + 1]):
            b = names.unit[v]
            if b == names.unit[u] or b == names.unit[u + 1]:
                continue
            if abs(length - (tokens.starts[b + 1] - tokens.starts[b])) <= 4:
                wanted[joined] = True
                break
            b = names.alt[v]
            if b >= 0 and abs(length - (tokens.starts[b + 1] - tokens.starts[b])) <= 4:
                wanted[joined] = True
                break


@lean
def _all_joined(tokens, names, first, left, right, begin, end, wanted):  # type: ignore[no-untyped-def]
    for k in range(begin, end):
        for i in range(first[left[k]], first[left[k] + 1]):
            for j in range(first[right[k]], first[right[k] + 1]):
                _joined(tokens, names, i, j, wanted)
                _joined(tokens, names, j, i, wanted)


def shelf(scorer: Scorer) -> Shelf:
    """The scorer's shelf of texts that were read already."""
    known = vars(scorer).get("_shelf")
    if known is None:
        known = vars(scorer)["_shelf"] = Shelf(scorer)
    assert isinstance(known, Shelf)
    return known


def encode_joined(reads: Reader, texts: Texts, left: Any, right: Any) -> Texts:
    """Encode the joined units that comparing these pairs of texts needs: those whose lengths agree with a unit's."""
    wanted = reads.encoded.copy()
    parallel(
        lambda begin, end: _all_joined(texts.tokens, texts.names, texts.first, left, right, begin, end, wanted),
        len(left), smallest=4096,
    )  # fmt: skip
    fresh = np.flatnonzero(wanted & ~reads.encoded)
    return reads.encode_tokens(texts, fresh, fresh[:0])


def score_pairs(left: Sequence[str], right: Sequence[str], scorer: Scorer, *, language: str | None = None) -> Any:
    """Probabilities of `left[k]` against `right[k]`: float64, the same length; in parallel on all cores."""
    if len(left) != len(right):
        raise InputError(f"compare_many needs two lists of one length, not {len(left)} and {len(right)} names")
    if not len(left):
        return np.zeros(0)
    known = shelf(scorer)
    with known.reader.lock:
        a, b = known.numbers(left, right, language=language)
        assert known.texts is not None
        texts = encode_joined(known.reader, known.texts, a, b)
        spare = known.reader.spare
    return score_texts(texts, a, b, scorer, spare)


def score_texts(texts: Texts, left: Any, right: Any, scorer: Scorer, spare: list[Any]) -> Any:
    """Probabilities of pairs of read texts, whose tokens are encoded. `spare` is the memory that the reader keeps."""
    result = np.zeros(len(left))
    weights, trees = packed(scorer)

    def run(begin: int, end: int) -> None:
        try:
            memory = spare.pop()
        except IndexError:
            memory = scratch(weights, trees)
        edits, ws, bits, out = memory
        _score_texts(
            texts.tokens, texts.names, texts.first, texts.same, texts.script, texts.dialect, left, right, begin, end,
            edits, scorer.edits.size, ws, trees, bits, out, result,
        )  # fmt: skip
        spare.append(memory)

    parallel(run, len(left))
    return result


def packed(scorer: Scorer) -> tuple[Any, Any]:
    """The scorer's weights and trees as arrays, packed once."""
    known = vars(scorer).get("_packed")
    if known is None:
        substrings, weights = scorer.edits
        known = vars(scorer)["_packed"] = (pack_operations(weights, substrings.size), pack_forest(scorer.trees))
    return known[0], known[1]


def scratch(weights: Any, trees: Any, *, remember: bool = True) -> tuple[Any, Workspace, Any, Any]:
    """One thread's memory of edits, workspace, bits of the trees and features."""
    return (
        pack_edits(weights, remember=remember),
        workspace(),
        trees.whole.copy(),
        np.zeros(len(FEATURES)),
    )
