"""Names in, an inverted index out; a name in, the few indexed names worth comparing out.

Two steps, both over what the kernel can score. First the tokens of the index that share a blocking key with a query
token are scored by their letters; then each name gathers, for every query token, the best of what its tokens scored,
weighed by rarity. The best names are compared in full. `gather` is written like the kernel: the interpreter runs it
for one lookup, `namealign.bulk` compiles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Any, NamedTuple

from namealign.encode import NameStore, blocking_keys
from namealign.kernel import INITIAL, unit_score

__all__ = ["Index", "build_index", "gather", "query_tokens"]

# Tokens scored for one query token, and names handed on: bounds on time. 300 tokens lost names on dev whose short
# tokens share a crowded key (Gul, Ghul); what more than these would find was not measured.
MAX_TOKENS = 500
MAX_NAMES = 60
# Below this log-odds two tokens do not bring their names together.
FLOOR = -1.5


class Index(NamedTuple):
    """An inverted index as flat lists: blocking key -> tokens -> names."""

    key: Sequence[int]
    key_first: Sequence[int]
    key_token: Sequence[int]
    post_first: Sequence[int]
    post_name: Sequence[int]
    weight: Sequence[float]


def build_index(names: NameStore) -> Index:
    """Index every name of a store by all that its units read like: alone, with a particle, joined with the next."""
    tokens = names.tokens
    bucket: dict[int, list[int]] = {}
    for token, text in enumerate(tokens.text):
        for key in blocking_keys(text):
            bucket.setdefault(key, []).append(token)
        if tokens.hub[token] >= 0:
            bucket.setdefault(-1 - tokens.hub[token], []).append(token)
    posts: list[list[int]] = [[] for _ in tokens.text]
    weight: list[float] = []
    for name in range(len(names.first) - 1):
        units = range(names.first[name], names.first[name + 1])
        weight.append(sum(1.0 + tokens.rarity[names.unit[u]] for u in units))
        for token in {t for u in units for t in (names.unit[u], names.alt[u], names.join[u]) if t >= 0}:
            posts[token].append(name)
    keys = sorted(bucket)
    key_first, key_token = [0], []
    for key in keys:
        key_token.extend(bucket[key])
        key_first.append(len(key_token))
    post_first, post_name = [0], []
    for post in posts:
        post_name.extend(post)
        post_first.append(len(post_name))
    return Index(keys, key_first, key_token, post_first, post_name, weight)


def query_tokens(names: NameStore, name: int) -> tuple[list[int], list[int], list[int], list[int]]:
    """What one stored name asks an index for: its tokens, the unit each stands for, and each token's keys (flat)."""
    tokens = names.tokens
    asked: list[int] = []
    unit: list[int] = []
    keys: list[int] = []
    key_first = [0]
    for u in range(names.first[name], names.first[name + 1]):
        if names.flags[u] & INITIAL:
            continue
        for token in (names.unit[u], names.alt[u], names.join[u]):
            if token < 0:
                continue
            asked.append(token)
            unit.append(u - names.first[name])
            keys.extend(blocking_keys(tokens.text[token]))
            if tokens.hub[token] >= 0:
                keys.append(-1 - tokens.hub[token])
            key_first.append(len(keys))
    return asked, unit, keys, key_first


def _initials(tq: Any, nq: Any, query: Any, ti: Any, ni: Any, name: Any) -> Any:
    """What initials add: a share of their rarity for each that heads a token of the other name."""
    bonus = 0.0
    for u in range(nq.first[query], nq.first[query + 1]):
        a = nq.unit[u]
        for v in range(ni.first[name], ni.first[name + 1]):
            if (nq.flags[u] | ni.flags[v]) & INITIAL and tq.head[a] == ti.head[ni.unit[v]]:
                bonus += 2.0
                break
    return bonus


def gather(
    tq: Any,
    nq: Any,
    query: Any,
    asked: Any,
    unit: Any,
    keys: Any,
    keys_first: Any,
    ti: Any,
    ni: Any,
    index: Any,
    weights: Any,
    size: Any,
    work: Any,
    loss: Any,
    acc: Any,
    best: Any,
    stamp: Any,
    seen: Any,
    turn: Any,
    touched: Any,
    most: Any,
    out: Any,
) -> Any:
    """Names of the index worth comparing with the query, best first, in `out`; returns how many.

    `acc`, `best` and `stamp` have a cell for each indexed name, zeroed, and are left zeroed; `touched` has room for
    all of them. `seen` has a cell for each indexed token and is never wiped: `turn` must exceed every value left in
    it. At most `most` tokens are scored for one query token.
    """
    found = 0
    for k in range(len(asked)):
        token = asked[k]
        taken = 0
        for at in range(keys_first[k], keys_first[k + 1]):
            low = 0
            high = len(index.key)
            wanted = keys[at]
            while low < high:
                middle = (low + high) // 2
                if index.key[middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            if low == len(index.key) or index.key[low] != wanted:
                continue
            for p in range(index.key_first[low], index.key_first[low + 1]):
                other = index.key_token[p]
                if seen[other] == turn + k:
                    continue
                seen[other] = turn + k
                taken += 1
                if taken > most:
                    break
                score = unit_score(tq, token, ti, other, weights, size, work, loss)
                if score < FLOOR:
                    continue
                value = (1.0 + min(tq.rarity[token], ti.rarity[other])) / (1.0 + exp(-score))
                # The query's unit may be met through several of a name's tokens; only the best counts.
                for q in range(index.post_first[other], index.post_first[other + 1]):
                    name = index.post_name[q]
                    if stamp[name] == 0:
                        touched[found] = name
                        found += 1
                    if stamp[name] != unit[k] + 1:
                        acc[name] += best[name]
                        best[name] = 0.0
                        stamp[name] = unit[k] + 1
                    if value > best[name]:
                        best[name] = value
            if taken > most:
                break
    total = 0.0
    for u in range(nq.first[query], nq.first[query + 1]):
        total += 1.0 + tq.rarity[nq.unit[u]]
    count = 0
    room = len(out)
    for f in range(found):
        name = touched[f]
        value = (acc[name] + best[name] + _initials(tq, nq, query, ti, ni, name)) / (total + index.weight[name])
        acc[name] = value
        stamp[name] = 0
        best[name] = 0.0
    # Keep the best in order: insertion into a short list; ties go to the earlier name.
    for f in range(found):
        name = touched[f]
        value = acc[name]
        if count == room and value <= acc[out[count - 1]]:
            continue
        at = count if count < room else count - 1
        while at > 0 and (acc[out[at - 1]] < value or (acc[out[at - 1]] == value and out[at - 1] > name)):
            if at < room:
                out[at] = out[at - 1]
            at -= 1
        out[at] = name
        if count < room:
            count += 1
    for f in range(found):
        acc[touched[f]] = 0.0
    return count
