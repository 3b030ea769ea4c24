"""Texts in, the indexed names that each may be out, with their log-odds: lookups compiled, in parallel on all cores.

The texts are read into arrays, each token that was not met before is held against the tokens of the index, and the
texts then gather their candidates and compare them in full. `candidates.near` and `candidates.gather` do it, and the
kernel: the functions that the interpreter runs for one lookup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from namealign import candidates
from namealign.bulk import _fast, log_odds, packed, scratch
from namealign.bulk_blocking import blocking
from namealign.bulk_edits import pack_edits
from namealign.bulk_jit import announce, lean
from namealign.bulk_read import TOKEN_TYPES, Names, Reader, Texts, Tokens, token_texts
from namealign.bulk_tokens import first_of, parallel
from namealign.candidates import ALONE, AMONG, JOINED, LEAST_SHARE, LEVELS, MAX_NAMES, MOST, SURE, SURE_SHARE
from namealign.compare import IDENTICAL, Scorer
from namealign.kernel import INITIAL, SEAL_KANA, SEAL_SCRIPT
from namealign.parse import MAX_TOKENS as MAX_WORDS
from namealign.shelf import Shelf
from namealign.verdict import CEILING, UNDECIDED

__all__ = ["Asked", "Finder", "Found"]

# Distinct tokens of queries whose near ones are kept: some 30 MB.
KEEP = 100_000
# Keys of one token, hubs and all: more than `encode.blocking_keys` can make.
KEYS = 256
# Inquiries made at once: a bound on memory.
TOGETHER = 8192
_I32, _I64 = np.int32, np.int64


class _Index(NamedTuple):
    """An index as arrays."""

    key: Any
    key_first: Any
    key_token: Any
    post_first: Any
    post_name: Any
    weight: Any
    heads: Any


class Found(NamedTuple):
    """What texts may be, best first: of text t the places `first[t]`..`first[t] + count[t]` of the others.

    `name` is the indexed name, `owner` its entity, each entity once; `reading` which reading of the text met it.
    """

    first: Any
    count: Any
    name: Any
    owner: Any
    reading: Any
    odds: Any

    def best(self, limit: int) -> tuple[list[bool], list[int], list[list[int]], list[list[int]], list[list[float]]]:
        """Of every text whether two of its `limit` best or the next one are equal, and how many it has; then of every
        text the name, the reading and the log-odds of the best, of the second best, ...
        """
        places = [np.minimum(self.first[:-1] + k, max(0, len(self.odds) - 1)) for k in range(limit + 1)]
        odds = [self.odds[place] for place in places]
        tied = np.zeros(len(self.count), np.bool_)
        for k in range(limit):
            tied |= (odds[k] == odds[k + 1]) & (self.count > k + 1)
        return (
            tied.tolist(), np.minimum(self.count, limit).tolist(), [self.name[place].tolist() for place in places],
            [self.reading[place].tolist() for place in places], [column.tolist() for column in odds],
        )  # fmt: skip


class _Memory(NamedTuple):
    """Scratch arrays of one thread."""

    edits: Any
    turned: Any
    ws: Any
    bits: Any
    out: Any
    near: Any
    gather: Any


def _compile() -> dict[str, Any]:
    scope = {**vars(candidates), **_fast}
    for name in ("_level", "near", "_initials", "gather"):
        scope[name] = lean(FunctionType(vars(candidates)[name].__code__, scope, name))
    return scope


_compiled = _compile()
_near, _gather = _compiled["near"], _compiled["gather"]
_sealed_apart, _sealed_alike = _fast["sealed_apart"], _fast["sealed_alike"]


@lean
def _all_near(todo, begin, end, keys_first, keys, tq, ti, index, weights, size, ws, memory, most, tokens, values, counts):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """`near` of tokens `todo[begin:end]`, row by row."""
    place, order, met, shared, levels = memory
    for k in range(begin, end):
        counts[k] = _near(
            tq, todo[k], keys, keys_first[k], keys_first[k + 1], ti, index, weights, size, ws.work, ws.loss,
            place, order, met, shared, levels, most[k], tokens[k], values[k],
        )  # fmt: skip


@lean
def _enter(base, n, name, who, reading, odds, name_out, owner_out, reading_out, odds_out):  # type: ignore[no-untyped-def]
    """Put a name among the `n` entries from `base` on, and return how many there are then.

    One entry an entity, kept in order; of equal ones the first found stays before.
    """
    at = base + n
    for e in range(base, base + n):
        if owner_out[e] == who:
            at = e
            break
    if at < base + n:
        if odds <= odds_out[at]:
            return n
    else:
        n += 1
    while at > base and odds_out[at - 1] < odds:
        name_out[at] = name_out[at - 1]
        owner_out[at] = owner_out[at - 1]
        reading_out[at] = reading_out[at - 1]
        odds_out[at] = odds_out[at - 1]
        at -= 1
    name_out[at] = name
    owner_out[at] = who
    reading_out[at] = reading
    odds_out[at] = odds
    return n


@lean
def _all_found(begin, end, tq, nq, text_first, same, script, near_first, near_count, near_token, near_value, ti, ni, same_i, same_key, same_name, aside, owner, allowed, index, weights, turned, size, ws, trees, bits, out, memory, room, few, first, count, name_out, owner_out, reading_out, odds_out):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """Candidates of texts `begin`..`end`, compared in full, the best of each entity kept, in order."""
    acc, best, stamp, touched, worth, mass, order, asked_first, asked, gathered, share = memory
    for t in range(begin, end):
        base = first[t]
        n = 0
        for q in range(text_first[t], text_first[t + 1]):
            several = 0
            for u in range(nq.first[q], nq.first[q + 1]):
                several += 1 if not nq.flags[u] & INITIAL else 0
            part = AMONG if several > 1 else ALONE
            units = 0
            k = 0
            asked_first[0] = 0
            for u in range(nq.first[q], nq.first[q + 1]):
                if nq.flags[u] & INITIAL:
                    continue
                asked[k] = 3 * nq.unit[u] + part
                k += 1
                if nq.alt[u] >= 0:
                    asked[k] = 3 * nq.alt[u] + part
                    k += 1
                if nq.join[u] >= 0:
                    asked[k] = 3 * nq.join[u] + JOINED
                    k += 1
                units += 1
                asked_first[units] = k
            if units == 0:
                continue
            many = _gather(
                tq, nq, q, asked_first[: units + 1], asked, near_first, near_count, near_token, near_value,
                ti, ni, index, acc, best, stamp, touched, worth, mass, order, gathered[:room], share,
            )  # fmt: skip
            top = -CEILING
            # Who is spelled just so is found whatever the tokens lead to.
            for wanted in (same[q], nq.seal[q] if nq.seal[q] & SEAL_SCRIPT == SEAL_KANA else 0):
                at = first_of(same_key, wanted)
                for k in range(at, min(at + MAX_NAMES, len(same_key))):
                    if same_key[k] != wanted or wanted == 0:
                        break
                    who = owner[same_name[k]]
                    if allowed[who] and not _sealed_apart(nq, q, ni, same_name[k]):
                        top = IDENTICAL
                        n = _enter(
                            base, n, same_name[k], who, q - text_first[t], IDENTICAL,
                            name_out, owner_out, reading_out, odds_out,
                        )  # fmt: skip
            for c in range(many):
                if c >= few and share[c] < share[0] * (SURE_SHARE if top >= SURE else LEAST_SHARE):
                    break
                # One width of number: each would be compiled for itself.
                other = np.int64(gathered[c])
                who = owner[other]
                if not allowed[who]:
                    continue
                # Who is spelled just so stands there already.
                if _sealed_alike(nq, q, ni, other):
                    continue
                if same[q] != 0 and same[q] == same_i[other] and not _sealed_apart(nq, q, ni, other):
                    continue
                odds = log_odds(tq, nq, q, ti, ni, other, weights, turned, size, ws, trees, bits, out)
                if script[q] == 0 and aside[other]:
                    odds = min(odds, UNDECIDED)
                top = max(top, odds)
                n = _enter(base, n, other, who, q - text_first[t], odds, name_out, owner_out, reading_out, odds_out)
        count[t] = n


class _Met(NamedTuple):
    """What inquiries are near to: a stretch of tokens and values each; and the scratch memory that goes with them."""

    first: Any
    count: Any
    token: Any
    value: Any
    free: list[_Memory]


class Asked:
    """Texts that are asked for: read once for all shelves, by one reader that keeps the tokens it has met."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.reads = Reader(scorer, keep=KEEP)
        # Changes when the reader forgets its tokens and numbers them anew.
        self.age = 0

    def read(self, texts: Sequence[str], language: str | None) -> tuple[Texts, Any]:
        """The texts as arrays, every token encoded, and what they ask an index for.

        An inquiry is three times the number of a token and what it is in the name: AMONG others, JOINED, ALONE.
        """
        reads = self.reads
        if int(reads.count[0]) > reads.keep:
            self.age += 1
        read = reads.read(texts, language=language, fill=False)
        names = read.names
        units = np.unique(names.unit)
        wanted = np.unique(np.concatenate([units, names.alt, names.join]))
        wanted = wanted[np.searchsorted(wanted, 0) :]
        asking = names.flags & INITIAL == 0
        owner = np.repeat(np.arange(len(names.first) - 1), np.diff(names.first))
        part = np.where(np.bincount(owner[asking], minlength=len(names.first))[owner] > 1, AMONG, ALONE)
        alone = np.concatenate([(3 * names.unit + part)[asking], (3 * names.alt + part)[asking & (names.alt >= 0)]])
        inquiries = np.unique(np.concatenate([alone, (3 * names.join + JOINED)[names.join >= 0]]))
        return reads.encode_tokens(read, wanted, units), inquiries


class Finder:
    """A shelf as arrays, and the tokens of its index that a query's tokens were found near."""

    def __init__(self, shelf: Shelf, scorer: Scorer) -> None:
        announce()
        self.scorer = scorer
        names = shelf.names
        self.tokens = Tokens(*(_array(getattr(names.tokens, c), TOKEN_TYPES[c]) for c in Tokens._fields))
        self.names = Names(*(_array(getattr(names, c), _NAMES.get(c, _I32)) for c in Names._fields))
        self.index = _Index(*(_array(getattr(shelf.index, c), _INDEX.get(c, _I32)) for c in _Index._fields))
        self.same, self.owner = _array(shelf.same, _I64), _array(shelf.owner, _I32)
        self.same_key, self.same_name = _array(shelf.same_key, _I64), _array(shelf.same_name, _I32)
        self.aside = _array(shelf.aside, np.int8)
        self.weights, self.trees = packed(scorer)
        self._forget(-1)

    def _forget(self, age: int) -> None:
        self._age = age
        # The memories of edits know query tokens by their place, too.
        self._free: list[_Memory] = []
        self._near_first = np.empty(0, _I64)
        self._near_count = np.empty(0, _I32)
        self._near_token, self._near_value = np.empty(0, _I32), np.empty(0)
        self._near_size = 0

    def meet(self, asked: Asked, read: Texts, wanted: Any) -> _Met:
        """Find what the inquiries are near to, where it is not known yet. Held under the reader's lock."""
        if self._age != asked.age:
            self._forget(asked.age)
        if len(self._near_first) < 3 * len(read.tokens.key):
            self._near_first = _grown(self._near_first, 3 * len(read.tokens.key), -1)
            self._near_count = _grown(self._near_count, 3 * len(read.tokens.key), 0)
        fresh = wanted[self._near_first[wanted] < 0]
        for at in range(0, len(fresh), TOGETHER):
            self._inquire(asked.reads, read, fresh[at : at + TOGETHER])
        return _Met(self._near_first, self._near_count, self._near_token, self._near_value, self._free)

    def _inquire(self, reads: Reader, read: Texts, fresh: Any) -> None:
        """Make inquiries, and keep what they find."""
        todo, most = fresh // 3, np.asarray(MOST)[fresh % 3]
        widest = int(most.max())
        starts = read.tokens.starts
        texts = token_texts(reads.letters, starts, todo)
        keys = blocking(todo, texts, reads.letters, read.tokens, reads.known, read.longest)
        tokens = np.empty((len(todo), widest), _I32)
        values = np.empty((len(todo), widest))
        counts = np.zeros(len(todo), _I32)

        def run(begin: int, end: int) -> None:
            with self._memory(self._free) as mine:
                _all_near(
                    todo, begin, end, keys.first, keys.key, read.tokens, self.tokens, self.index, mine.edits,
                    self.scorer.edits.size, mine.ws, mine.near, most, tokens, values, counts,
                )  # fmt: skip

        parallel(run, len(todo), smallest=64)
        held = np.arange(widest) < counts[:, None]
        begin, end = self._near_size, self._near_size + int(counts.sum())
        if end > len(self._near_token):
            self._near_token = _grown(self._near_token, max(2 * begin, end), 0)
            self._near_value = _grown(self._near_value, max(2 * begin, end), 0)
        self._near_token[begin:end] = tokens[held]
        self._near_value[begin:end] = values[held]
        self._near_first[fresh] = begin + np.cumsum(counts) - counts
        self._near_count[fresh] = counts
        self._near_size = end

    def find(self, read: Texts, met: _Met, allowed: Any, *, few: int, room: int = MAX_NAMES) -> Found:
        """What each text may be; `allowed` says of each entity whether it may be found, `few` how many names are
        compared in any case.
        """
        count = len(read.first) - 1
        first = np.zeros(count + 1, _I64)
        np.cumsum(np.diff(read.first) * (room + MAX_NAMES), out=first[1:])
        found = Found(first, np.zeros(count, _I32), *(np.empty(int(first[-1]), t) for t in (_I32, _I32, _I32, float)))

        def run(begin: int, end: int) -> None:
            with self._memory(met.free) as mine:
                _all_found(
                    begin, end, read.tokens, read.names, read.first, read.same, read.script, *met[:4], self.tokens,
                    self.names,
                    self.same, self.same_key, self.same_name, self.aside, self.owner, allowed, self.index, mine.edits,
                    mine.turned, self.scorer.edits.size, mine.ws, self.trees, mine.bits, mine.out,
                    mine.gather, room, few, *found,
                )  # fmt: skip

        parallel(run, count, smallest=16)
        return found

    def those(self, wanted: Iterable[bool]) -> Any:
        """Of each entity, whether it is wanted."""
        return np.fromiter(wanted, np.bool_)

    @contextmanager
    def _memory(self, free: list[_Memory]) -> Iterator[_Memory]:
        """Scratch arrays for one thread, which are kept for the next."""
        try:
            mine = free.pop()
        except IndexError:
            names, tokens = len(self.names.first) - 1, len(self.tokens.key)
            mine = _Memory(
                pack_edits(self.weights),
                *scratch(self.weights, self.trees),
                (
                    np.empty(KEYS, _I64), np.empty(KEYS, _I64), np.empty(tokens, _I32), np.zeros(tokens),
                    np.zeros(LEVELS, _I64),
                ),
                (
                    np.zeros(names), np.zeros(names), np.zeros(names, _I32), np.empty(names, _I32), np.zeros(tokens),
                    np.empty(MAX_WORDS + 1, _I64), np.empty(MAX_WORDS + 1, _I64), np.empty(MAX_WORDS + 2, _I64),
                    np.empty(3 * MAX_WORDS + 3, _I64), np.empty(MAX_NAMES, _I32), np.empty(MAX_NAMES),
                ),
            )  # fmt: skip
        yield mine
        # After an error the arrays may not be as clean as they were, and are dropped.
        free.append(mine)


_NAMES = {"first": _I64, "seal": _I64}
_INDEX = {"key": _I64, "key_first": _I64, "post_first": _I64, "weight": np.float64, "heads": np.int8}


def _array(column: Any, type_: Any) -> Any:
    """A column as an array: without a copy where it is one already, read whole where it lies in a file."""
    whole = getattr(column, "whole", None)
    return np.asarray(column if whole is None else whole(), type_)


def _grown(column: Any, room: int, empty: int) -> Any:
    out = np.full(room, empty, column.dtype)
    out[: len(column)] = column
    return out
