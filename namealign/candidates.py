"""Names in, an inverted index out; a name in, the few indexed names worth comparing out.

Three steps. A token of the query meets the tokens of the index that share blocking keys with it, rare keys counting
more; the best of those are scored by their letters (`near`). Each name then gathers, for every unit of the query, the
best of what its tokens scored, weighed by rarity (`gather`). The best names are compared in full, by whoever asked.

`near` and `gather` are written like the kernel: the interpreter runs them for one lookup, `namealign.bulk_lookup`
compiles the very same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any, NamedTuple

from namealign.encode import NameStore, blocking_keys, hub_keys
from namealign.kernel import INITIAL, unit_score

__all__ = ["Index", "build_index", "gather", "near", "query_tokens"]

# Names handed on: a bound on time.
MAX_NAMES = 60
# Tokens scored by letters for one query token.
MAX_TOKENS = 80
# The same for the joined form of two units, which meets its like by nearly all of its keys or not at all, and for a
# token that is the whole name (most are places), since no other part of it leads to its like.
MAX_JOINED, MAX_ALONE = 20, 300
# What a token is in the query, and the bound for each.
AMONG, JOINED, ALONE = 0, 1, 2
MOST = (MAX_TOKENS, MAX_JOINED, MAX_ALONE)
# Names are compared in full while they share at least this much of what the best one shares; once a name was found
# with log-odds of SURE, only the nearest others. `bench/candidates.py` prints what that loses.
LEAST_SHARE, SURE_SHARE = 0.3, 0.5
SURE = 2.0
# Below this log-odds two tokens do not bring their names together. Readings without vowels need weak ones.
FLOOR = -1.5
# Two tokens are worth their rarity in full from log-odds of FULL on, less below, nothing at minus NONE: how sure a
# token is tells more than whether it is likely at all.
FULL, NONE = 5.0, 3.0
# What the weight of both names takes from what they share: parts that nothing meets cost a tenth of their weight.
REST = 0.1
# A key of more tokens than this brings none of its own, when rarer keys have brought some.
CROWD = 2000
# Postings of a unit from which on they are not walked when rarer units brought enough names.
COMMON = 20_000
# Steps of the scale on which the shared keys of two tokens are weighed; the weights of all keys of a token lie below.
LEVELS = 512
# What walking one posting costs, in looks at a unit of a name that is known already.
STRIDE = 4
# What a letter of difference in length takes from what two tokens share (in halves of a nat), and what one first letter
# adds: of dev pairs 0.1% more then find one another.
LONGER, HEAD = 2.0, 4.0
# Keys under which the joined form of two units is found: the telling ones.
JOINED_KEYS = 4


class Index(NamedTuple):
    """An inverted index as flat lists: blocking key -> tokens -> names.

    `weight` is what a name weighs as a whole, `heads` how many initials it has.
    """

    key: Sequence[int]
    key_first: Sequence[int]
    key_token: Sequence[int]
    post_first: Sequence[int]
    post_name: Sequence[int]
    weight: Sequence[float]
    heads: Sequence[int]


def build_index(names: NameStore) -> Index:
    """Index every name of a store by all that its units read like: alone, with a particle, joined with the next."""
    tokens = names.tokens
    bucket: dict[int, list[int]] = {}
    single = {*names.unit, *names.alt}
    for token, text in enumerate(tokens.text):
        own = blocking_keys(text)
        for key in own if token in single else own[:JOINED_KEYS]:
            bucket.setdefault(key, []).append(token)
        for key in hub_keys(tokens, token):
            bucket.setdefault(key, []).append(token)
    posts: list[list[int]] = [[] for _ in tokens.text]
    weight: list[float] = []
    heads: list[int] = []
    for name in range(len(names.first) - 1):
        units = range(names.first[name], names.first[name + 1])
        weight.append(sum(1.0 + tokens.rarity[names.unit[u]] for u in units))
        heads.append(sum(names.flags[u] & INITIAL for u in units))
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
    return Index(keys, key_first, key_token, post_first, post_name, weight, heads)


def query_tokens(names: NameStore, name: int) -> tuple[list[int], list[int], list[list[int]], list[int]]:
    """What one stored name asks an index for: its tokens, the unit each stands for, each one's keys, and whether it
    stands AMONG others, is the JOINED form of two, or stands ALONE.
    """
    tokens = names.tokens
    asked: list[int] = []
    unit: list[int] = []
    keys: list[list[int]] = []
    part: list[int] = []
    for u in range(names.first[name], names.first[name + 1]):
        if names.flags[u] & INITIAL:
            continue
        for token in (names.unit[u], names.alt[u], names.join[u]):
            if token < 0:
                continue
            asked.append(token)
            unit.append(u - names.first[name])
            keys.append([*blocking_keys(tokens.text[token]), *hub_keys(tokens, token)])
            part.append(AMONG if token != names.join[u] else JOINED)
    return asked, unit, keys, part if len(set(unit)) > 1 else [ALONE] * len(part)


def _level(tq: Any, token: Any, ti: Any, other: Any, shared: Any) -> Any:
    """How much two tokens share, by the keys and at a glance, as one of LEVELS steps."""
    longer = abs((tq.starts[token + 1] - tq.starts[token]) - (ti.starts[other + 1] - ti.starts[other]))
    alike = 2.0 * shared - LONGER * longer
    if tq.head[token] == ti.head[other]:
        alike += HEAD
    return max(0, min(LEVELS - 1, int(alike)))


def near(
    tq: Any,
    token: Any,
    keys: Any,
    begin: Any,
    end: Any,
    ti: Any,
    index: Any,
    weights: Any,
    size: Any,
    work: Any,
    loss: Any,
    place: Any,
    order: Any,
    met: Any,
    shared: Any,
    levels: Any,
    most: Any,
    out_token: Any,
    out_value: Any,
) -> Any:
    """The tokens of the index that the query token may be, and what each is worth; returns how many.

    At most `most` tokens, which share the rarest keys, are scored. `place` and `order` have room for the keys; `met`
    and `shared` have a cell for each indexed token, `shared` zeroed and left zeroed; `levels` has LEVELS cells, zeroed
    and left zeroed.
    """
    count = 0
    total = len(ti.key) + 1.0
    for at in range(begin, end):
        wanted = keys[at]
        low = 0
        high = len(index.key)
        while low < high:
            middle = (low + high) // 2
            if index.key[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(index.key) or index.key[low] != wanted:
            continue
        # Rare keys first.
        crowd = index.key_first[low + 1] - index.key_first[low]
        to = count
        while to > 0 and index.key_first[place[order[to - 1]] + 1] - index.key_first[place[order[to - 1]]] > crowd:
            order[to] = order[to - 1]
            to -= 1
        place[count] = low
        order[to] = count
        count += 1
    found = 0
    for k in range(count):
        low = place[order[k]]
        first = index.key_first[low]
        last = index.key_first[low + 1]
        step = log(total / (last - first))
        fresh = found < most or last - first <= CROWD
        for p in range(first, last):
            other = index.key_token[p]
            if shared[other] == 0.0:
                if not fresh:
                    continue
                met[found] = other
                found += 1
            shared[other] += step
    # The tokens that share most: all above some level, and of that level as many as there is room for.
    low = 0
    room = 0
    if found > most:
        for f in range(found):
            levels[_level(tq, token, ti, met[f], shared[met[f]])] += 1
        low = LEVELS - 1
        above = 0
        while above + levels[low] <= most:
            above += levels[low]
            low -= 1
        room = most - above
        for f in range(found):
            levels[_level(tq, token, ti, met[f], shared[met[f]])] = 0
    n = 0
    for f in range(found):
        other = met[f]
        level = _level(tq, token, ti, other, shared[other]) if found > most else 0
        shared[other] = 0.0
        if found > most:
            if level < low:
                continue
            if level == low:
                if room == 0:
                    continue
                room -= 1
        score = unit_score(tq, token, ti, other, weights, size, work, loss)
        if score < FLOOR:
            continue
        out_token[n] = other
        out_value[n] = (1.0 + min(tq.rarity[token], ti.rarity[other])) * (min(score, FULL) + NONE) / (FULL + NONE)
        n += 1
    return n


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
    asked_first: Any,
    asked: Any,
    near_first: Any,
    near_count: Any,
    near_token: Any,
    near_value: Any,
    ti: Any,
    ni: Any,
    index: Any,
    acc: Any,
    best: Any,
    stamp: Any,
    touched: Any,
    worth: Any,
    mass: Any,
    order: Any,
    out: Any,
    share: Any,
) -> Any:
    """Names of the index worth comparing with the query, best first, in `out`; returns how many.

    Unit u of the query (of those that ask, in order) makes the inquiries `asked[asked_first[u]:asked_first[u + 1]]`;
    what inquiry t found near stands at `near_first[t]`, `near_count[t]` long, in `near_token` and `near_value`.

    `acc`, `best` and `stamp` have a cell for each indexed name, zeroed, and are left zeroed; `touched` has room for
    all of them; `worth` has a cell for each indexed token, zeroed, and is left zeroed. `mass` and `order` have a cell
    for each unit. `share` is left holding what each name of `out` shares with the query, 1 at most.
    """
    units = len(asked_first) - 1
    rest = 0.0
    for u in range(units):
        many = 0
        top = 0.0
        for k in range(asked_first[u], asked_first[u + 1]):
            t = asked[k]
            for p in range(near_first[t], near_first[t] + near_count[t]):
                many += index.post_first[near_token[p] + 1] - index.post_first[near_token[p]]
                top = max(top, near_value[p])
        mass[u] = many
        rest += top
        to = u
        while to > 0 and mass[order[to - 1]] > many:
            order[to] = order[to - 1]
            to -= 1
        order[to] = u
    total = 0.0
    for u in range(nq.first[query], nq.first[query + 1]):
        total += 1.0 + tq.rarity[nq.unit[u]]
    room = len(out)
    found = 0
    for x in range(units):
        u = order[x]
        # Names that no unit has met yet share at most `rest`: when enough others share more, only those go on.
        enough = 0
        if found >= room and mass[u] > STRIDE * found:
            if mass[u] > COMMON:
                enough = room
            else:
                for f in range(found):
                    name = touched[f]
                    if acc[name] + best[name] - REST * index.weight[name] > (1.0 - REST) * rest:
                        enough += 1
        top = 0.0
        for k in range(asked_first[u], asked_first[u + 1]):
            t = asked[k]
            for p in range(near_first[t], near_first[t] + near_count[t]):
                other = near_token[p]
                value = near_value[p]
                top = max(top, value)
                if enough >= room:
                    worth[other] = max(worth[other], value)
                    continue
                # The query's unit may be met through several of a name's tokens; only the best counts.
                for q in range(index.post_first[other], index.post_first[other + 1]):
                    name = index.post_name[q]
                    if stamp[name] != u + 1:
                        if stamp[name] == 0:
                            touched[found] = name
                            found += 1
                        acc[name] += best[name]
                        best[name] = value
                        stamp[name] = u + 1
                    elif value > best[name]:
                        best[name] = value
        rest -= top
        if enough < room:
            continue
        for f in range(found):
            name = touched[f]
            value = 0.0
            for v in range(ni.first[name], ni.first[name + 1]):
                value = max(value, worth[ni.unit[v]])
                if ni.alt[v] >= 0:
                    value = max(value, worth[ni.alt[v]])
                if ni.join[v] >= 0:
                    value = max(value, worth[ni.join[v]])
            if value > 0.0:
                acc[name] += best[name]
                best[name] = value
                stamp[name] = u + 1
        for k in range(asked_first[u], asked_first[u + 1]):
            t = asked[k]
            for p in range(near_first[t], near_first[t] + near_count[t]):
                worth[near_token[p]] = 0.0
    heads = 0
    for u in range(nq.first[query], nq.first[query + 1]):
        heads += nq.flags[u] & INITIAL
    # Keep the best in order: insertion into a short list; ties go to the earlier name.
    count = 0
    for f in range(found):
        name = touched[f]
        value = acc[name] + best[name]
        if heads or index.heads[name]:
            value += _initials(tq, nq, query, ti, ni, name)
        value = (value - REST * (total + index.weight[name])) / total
        acc[name] = value
        stamp[name] = 0
        best[name] = 0.0
        if count == room and (value < acc[out[count - 1]] or (value == acc[out[count - 1]] and name > out[count - 1])):
            continue
        at = count if count < room else count - 1
        while at > 0 and (acc[out[at - 1]] < value or (acc[out[at - 1]] == value and out[at - 1] > name)):
            out[at] = out[at - 1]
            at -= 1
        out[at] = name
        if count < room:
            count += 1
    for c in range(count):
        share[c] = acc[out[c]]
    for f in range(found):
        acc[touched[f]] = 0.0
    return count
