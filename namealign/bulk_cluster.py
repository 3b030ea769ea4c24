"""Distinct names in, a group number for each out: the compiled part of clustering."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np

from namealign import candidates, kernel
from namealign.bulk import TextStore, _lookup, pack_index, pack_names, pack_tokens, pack_trees, parallel, workspace
from namealign.candidates import build_index, query_tokens
from namealign.compare import Scorer

__all__ = ["group"]

# Pairs below this probability are kept as absent; the mean over a group's pairs counts them as nothing.
EDGE = 0.05


def group(names: Sequence[str], threshold: float, scorer: Scorer) -> list[int]:
    """Group distinct, sorted names by average linkage; a label for each name, the smallest member's number."""
    edges = _edges(names, scorer)
    return _average_linkage(len(names), edges, threshold)


def _edges(names: Sequence[str], scorer: Scorer) -> dict[tuple[int, int], float]:
    texts = TextStore(scorer)
    for name in names:
        texts.add(name)
    store = texts.names
    index = build_index(store)
    tokens, packed = pack_tokens(store.tokens), pack_names(store)
    arrays, trees, weights = pack_index(index), pack_trees(scorer.trees), np.asarray(scorer.edits.weights, np.float32)
    same = np.asarray(texts.same, np.int64)
    owner = np.repeat(np.arange(len(names)), np.diff(texts.first))
    count = len(store.first) - 1
    edges: dict[tuple[int, int], float] = {}

    def run(begin: int, end: int) -> None:
        ws, out = workspace(store.tokens.longest), np.zeros(len(kernel.FEATURES))
        scratch = (
            np.zeros(count), np.zeros(count), np.zeros(count, np.int32), np.zeros(len(store.tokens.text), np.int64),
            np.zeros(count, np.int32),
        )  # fmt: skip
        found, odds = np.zeros(candidates.MAX_NAMES, np.int32), np.zeros(candidates.MAX_NAMES)
        turn = 1
        for name in range(begin, end):
            asked: Any
            asked, unit, keys, keys_first = (np.asarray(x, np.int64) for x in query_tokens(store, name))
            if not len(asked):
                continue
            taken = _lookup(
                tokens, packed, name, same[name], asked, unit, keys, keys_first, tokens, packed, same, arrays, weights,
                scorer.edits.size, ws, trees, out, scratch, turn, found, odds,
            )  # fmt: skip
            turn += len(asked) + 1
            for other, value in zip(found[:taken].tolist(), odds[:taken].tolist(), strict=True):
                a, b = int(owner[name]), int(owner[other])
                if a == b:
                    continue
                share = 1.0 / (1.0 + np.exp(-value))
                if share >= EDGE:
                    key = (a, b) if a < b else (b, a)
                    if share > edges.get(key, 0.0):
                        edges[key] = float(share)

    parallel(run, count)
    return edges


def _average_linkage(count: int, edges: dict[tuple[int, int], float], threshold: float) -> list[int]:
    """Join the two groups with the highest mean probability while it is at least the threshold; ties by number."""
    near: list[dict[int, float]] = [{} for _ in range(count)]
    for (a, b), share in edges.items():
        near[a][b] = share
        near[b][a] = share
    size = [1] * count
    alive = [True] * count
    parent = list(range(count))
    heap = [(-share, a, b) for (a, b), share in edges.items() if share >= threshold]
    heapq.heapify(heap)
    while heap:
        mean, a, b = heapq.heappop(heap)
        if not (alive[a] and alive[b]) or b not in near[a]:
            continue
        if abs(near[a][b] / (size[a] * size[b]) + mean) > 1e-12:
            continue
        alive[b] = False
        parent[b] = a
        for c, total in near[b].items():
            if c == a:
                continue
            near[a][c] = near[a].get(c, 0.0) + total
            near[c][a] = near[a][c]
            del near[c][b]
        del near[a][b]
        near[b] = {}
        size[a] += size[b]
        for c, total in near[a].items():
            share = total / (size[a] * size[c])
            if share >= threshold:
                heapq.heappush(heap, (-share, min(a, c), max(a, c)))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    return [root(x) for x in range(count)]
