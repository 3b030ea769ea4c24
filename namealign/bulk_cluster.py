"""Distinct names in, a group number for each out: the compiled part of clustering.

Tokens first: each distinct token is scored once against those that share a blocking key with it. Names then meet
through their rarer tokens, and a pair goes on when its tokens share most of what the shorter name says. Those
pairs are scored in full, and average linkage (`bulk_linkage`) makes the groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from namealign.bulk import _fast, encode_joined, packed, score_texts, workspace
from namealign.bulk_blocking import blocking
from namealign.bulk_chance import as_common, less_chance
from namealign.bulk_edits import pack_edits
from namealign.bulk_jit import jit
from namealign.bulk_linkage import free_of, linked, wider
from namealign.bulk_read import Reader, Texts, token_texts
from namealign.bulk_tokens import APOSTROPHE, parallel
from namealign.compare import Scorer
from namealign.kernel import INITIAL, SEAL_KANA, SEAL_SCRIPT, UNKNOWN

__all__ = ["group"]

# Pairs below this probability are kept as absent; the mean over a group's pairs counts them as nothing.
EDGE = 0.05
# Tokens that score less do not bring their names together.
FLOOR = 0.0
# A key that more tokens share says too little and is left out; chosen on made-up names, where 300 found hardly more.
MOST_TOKENS = 120
# Names that one name may meet through its tokens, rarest tokens first; the rarest alone may bring ten times as many.
MOST_MET = 1000
# What two names must share, of what the shorter one says, and how many of the best are scored for one name. On
# 100,000 made-up names 16 and 1500 met are a fifth more pairs for 0.001 more F1, on dev entities for none; a share of
# 0.7 spares a fifth of the pairs and costs 0.004 there and 0.012 on dev entities.
SHARE = 0.6
MOST_PAIRS = 12

_unit_score, _may_join, _kinship = (_fast[name] for name in ("unit_score", "may_join", "kinship"))


@jit
def _neighbours(tokens, todo, begin, end, keys_first, keys, bucket_first, bucket_token, most, floor, edits, size, work, loss):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """(token, token, score) of the tokens `todo[begin:end]` with later ones of the same keys."""
    room = 1024
    one = np.empty(room, np.int32)
    other = np.empty(room, np.int32)
    score_of = np.empty(room, np.float32)
    n = 0
    seen = np.full(len(todo), -1, np.int32)
    for k in range(begin, end):
        for at in range(keys_first[k], keys_first[k + 1]):
            bucket = keys[at]
            b0 = bucket_first[bucket]
            b1 = bucket_first[bucket + 1]
            if b1 - b0 > most:
                continue
            for p in range(b1 - 1, b0 - 1, -1):
                o = bucket_token[p]
                if o <= k:
                    break
                if seen[o] == k:
                    continue
                seen[o] = k
                a = todo[k]
                b = todo[o]
                # Letters alone bring two tokens together only where the consonants do.
                if _kinship(tokens, a, tokens, b) == UNKNOWN and not _may_join(tokens, a, tokens, b):
                    continue
                score = _unit_score(tokens, a, tokens, b, edits, size, work, loss)
                if score < floor:
                    continue
                if n == room:
                    room *= 2
                    one = wider(one)
                    other = wider(other)
                    score_of = wider(score_of)
                one[n] = k
                other[n] = o
                score_of[n] = score
                n += 1
    return one[:n], other[:n], score_of[:n]


@jit
def _meet(begin, end, unit_first, unit_token, unit_weight, total, near_first, near, near_value, post_first, post, kind, kinds, initials, heads, most_met, share, most_pairs, cut):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """Pairs of texts `begin`..`end` with others worth scoring; `cut` counts names and pairs that caps left out."""
    count = len(total)
    room = 4096
    one = np.empty(room, np.int32)
    other = np.empty(room, np.int32)
    n = 0
    acc = np.zeros(count)
    last = np.zeros(count, np.int32)
    best = np.zeros(count)
    touched = np.empty(count, np.int32)
    order = np.empty(64, np.int64)
    effort = np.empty(64, np.int64)
    mark = np.zeros(len(near_first), np.float64)
    kept = np.empty(most_pairs, np.int32)
    value_of = np.empty(most_pairs)
    for t in range(begin, end):
        u0 = unit_first[t]
        units = min(64, unit_first[t + 1] - u0)
        if units == 0:
            continue
        for u in range(units):
            token = unit_token[u0 + u]
            effort[u] = 0
            for k in range(near_first[token], near_first[token + 1]):
                o = near[k]
                effort[u] += post_first[o + 1] - post_first[o]
            at = u
            while at > 0 and effort[order[at - 1]] > effort[u]:
                order[at] = order[at - 1]
                at -= 1
            order[at] = u
        found = 0
        met = 0
        taken = 0
        for x in range(units):
            u = order[x]
            if x > 0 and met + effort[u] > most_met:
                break
            taken += 1
            token = unit_token[u0 + u]
            for k in range(near_first[token], near_first[token + 1]):
                o = near[k]
                size = post_first[o + 1] - post_first[o]
                if x == 0 and met + size > 10 * most_met:
                    cut[0] += 1
                    break
                met += size
                for p in range(post_first[o], post_first[o + 1]):
                    c = post[p]
                    if c == t:
                        continue
                    if last[c] == 0:
                        touched[found] = c
                        found += 1
                        last[c] = 1 + u
                    elif last[c] != 1 + u:
                        acc[c] += best[c]
                        best[c] = 0.0
                        last[c] = 1 + u
                    if near_value[k] > best[c]:
                        best[c] = near_value[k]
        rest = 0.0
        for x in range(taken, units):
            rest += unit_weight[u0 + order[x]]
        # The kinds of tokens that the units not looked up yet resemble: who holds none of them gains nothing.
        more = np.uint64(0)
        for x in range(taken, units):
            token = unit_token[u0 + order[x]]
            for k in range(near_first[token], near_first[token + 1]):
                more |= kind[near[k]]
        left = 0
        for f in range(found):
            c = touched[f]
            acc[c] += best[c]
            best[c] = 0.0
            last[c] = 0
            most = acc[c] + rest if kinds[c] & more else acc[c]
            if (
                most >= share * min(total[t], total[c])
                and (initials[t] == 0 or initials[t] & heads[c])
                and (initials[c] == 0 or initials[c] & heads[t])
            ):
                touched[left] = c
                left += 1
            else:
                acc[c] = 0.0
        for x in range(taken, units):
            token = unit_token[u0 + order[x]]
            for k in range(near_first[token], near_first[token + 1]):
                mark[near[k]] = near_value[k]
            for f in range(left):
                c = touched[f]
                most = 0.0
                for v in range(unit_first[c], unit_first[c + 1]):
                    if mark[unit_token[v]] > most:
                        most = mark[unit_token[v]]
                acc[c] += most
            for k in range(near_first[token], near_first[token + 1]):
                mark[near[k]] = 0.0
        keep = 0
        for f in range(left):
            c = touched[f]
            value = acc[c]
            acc[c] = 0.0
            if value < share * min(total[t], total[c]):
                continue
            value /= total[t] + total[c]
            if keep == most_pairs:
                cut[1] += 1
                if value < value_of[keep - 1] or (value == value_of[keep - 1] and c > kept[keep - 1]):
                    continue
            at = keep if keep < most_pairs else keep - 1
            while at > 0 and (value_of[at - 1] < value or (value_of[at - 1] == value and kept[at - 1] > c)):
                kept[at] = kept[at - 1]
                value_of[at] = value_of[at - 1]
                at -= 1
            kept[at] = c
            value_of[at] = value
            if keep < most_pairs:
                keep += 1
        if n + keep > room:
            room *= 2
            one = wider(one)
            other = wider(other)
        for k in range(keep):
            one[n] = min(t, kept[k])
            other[n] = max(t, kept[k])
            n += 1
    return one[:n], other[:n]


def group(
    names: Sequence[str],
    threshold: float,
    scorer: Scorer,
    *,
    same: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[int], tuple[int, int, int]]:
    """Group distinct, sorted names by average linkage; a label for each name, the smallest member's number.

    `same` and `apart` are pairs of numbers of names that are in one group, and that never are.
    Also what caps left out on the way: keys of too many tokens, names cut short, pairs beyond each name's best.
    """
    if not names:
        return [], (0, 0, 0)
    reads = Reader(scorer)
    texts = reads.read(names, fill=False)
    left, right, near, common, cut = _pairs(reads, texts, len(names), scorer)
    if progress is not None:
        progress(1, 3)
    units = np.unique(texts.names.unit)
    texts = encode_joined(reads, reads.encode_tokens(texts, units, units), left, right)
    texts = as_common(texts, *common, len(names), scorer)
    share = score_texts(texts, left, right, scorer, reads.spare)
    if progress is not None:
        progress(2, 3)
    kept = share >= EDGE
    left, right = left[kept], right[kept]
    share = less_chance(texts, near, common, left, right, share[kept])
    same = [*same, *_same_kana(texts, same, apart)]
    return linked(len(names), left, right, share, threshold, same, apart), cut


def _same_kana(
    texts: Texts, same: Sequence[tuple[int, int]], apart: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Texts that are the same kana, whatever parts their words: one name, save where that joins what is kept apart."""
    seal = np.append(texts.names.seal, 0)[texts.first[:-1]]
    kana = np.flatnonzero((np.diff(texts.first) > 0) & (seal & SEAL_SCRIPT == SEAL_KANA))
    kana = kana[np.argsort(seal[kana], kind="stable")]
    alike = seal[kana[:-1]] == seal[kana[1:]]
    return free_of(apart, list(zip(kana[:-1][alike].tolist(), kana[1:][alike].tolist(), strict=True)), same)


def _pairs(
    reads: Reader, texts: Texts, count: int, scorer: Scorer
) -> tuple[Any, Any, tuple[Any, Any, Any], tuple[Any, Any], tuple[int, int, int]]:
    """Pairs of texts worth scoring; similar tokens; how often tokens occur, however spelled; what caps left out."""
    names = texts.names
    # Every token by which a text may be met: its units, with their particles; initials say too little.
    telling = (names.flags & INITIAL) == 0
    reading = np.repeat(np.arange(len(names.first) - 1), np.diff(names.first))
    owner = np.repeat(np.arange(count), np.diff(texts.first))[reading]
    alone = np.unique(np.concatenate([names.unit[telling], names.alt[telling & (names.alt >= 0)]]))
    texts = reads.encode_tokens(texts, alone, alone[:0])
    tokens = texts.tokens
    number = np.full(len(tokens.key), -1, np.int64)
    number[alone] = np.arange(len(alone))
    near_first, near, near_score, keys_cut = _graph(reads, texts, alone, scorer)
    # Postings: token -> texts, each once; a joined token that is also a token of its own brings its texts too.
    pairs = [np.stack([number[names.unit[telling]], owner[telling]])]
    for column in (names.alt, names.join):
        has = telling & (column >= 0)
        known = number[np.where(has, column, 0)]
        has &= known >= 0
        pairs.append(np.stack([known[has], owner[has]]))
    # From here on a text's number is its place in this order.
    stands, order = _side_by_side(np.concatenate(pairs[:2], axis=1), near, len(alone), count)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    owner = place[owner]
    pairs = [np.stack([p[0], place[p[1]]]) for p in pairs]
    flat = np.unique(np.concatenate([p[0] * count + p[1] for p in pairs]))
    post = (flat % count).astype(np.int32)
    post_first = np.searchsorted(flat, np.arange(len(alone) + 1) * count)
    likely = 1.0 / (1.0 + np.exp(-near_score))
    often = np.bincount(near[0], weights=np.diff(post_first)[near[1]] * likely, minlength=len(alone))
    tokens = as_common(texts, alone, often, count, scorer).tokens
    value = (1.0 + np.minimum(*(tokens.rarity[alone[x]] for x in near))) * likely
    # Units of a text: of its first reading for the weights, tokens of all its readings for being met.
    by_text = np.unique(np.concatenate([p[1] * len(alone) + p[0] for p in pairs[:2]]))
    unit_token = by_text % len(alone)
    unit_first = np.searchsorted(by_text, np.arange(count + 1) * len(alone))
    weight = 1.0 + tokens.rarity[alone[unit_token]]
    readings = np.maximum(1, np.diff(texts.first))[order]
    own = np.bincount(owner[telling], weights=1.0 + tokens.rarity[names.unit[telling]], minlength=count)
    total = own / readings
    kind = _bits(stands)
    kinds = _gathered(kind[unit_token], np.repeat(np.arange(count), np.diff(unit_first)), count)
    initials, heads = _initials(reads, texts, owner, np.diff(texts.first)[order])
    cuts: list[Any] = []
    found: list[tuple[Any, Any]] = []

    def run(begin: int, end: int) -> None:
        cut = np.zeros(2, np.int64)
        cuts.append(cut)
        found.append(
            _meet(
                begin, end, unit_first, unit_token, weight, total, near_first, near[1], value, post_first, post,
                kind, kinds, initials, heads, MOST_MET, SHARE, MOST_PAIRS, cut,
            )
        )  # fmt: skip

    parallel(run, count, smallest=2048)
    names_cut, pairs_cut = sum(cuts)
    both = np.unique(np.concatenate([one.astype(np.int64) * count + other for one, other in found]))
    left, right = order[both // count], order[both % count]
    cut = (keys_cut, int(names_cut), int(pairs_cut))
    return np.minimum(left, right), np.maximum(left, right), (near_first, near[1], likely), (alone, often), cut


def _side_by_side(pairs: Any, near: tuple[Any, Any], tokens: int, count: int) -> tuple[Any, Any]:
    """For each token the one that stands for all it resembles, and an order of the texts.

    Those that are met through the same tokens follow one another: what one of them reads, and which tokens were scored
    for it, is then still at hand for the next. `pairs` are a token and a text that holds it.
    """
    token, owner = pairs
    borne = np.bincount(token, minlength=tokens)
    effort = np.bincount(near[0], weights=borne[near[1]], minlength=tokens)
    # Of similar tokens the one that most bear, the first of several, stands for all.
    by = np.lexsort((near[1], -borne[near[1]], near[0]))
    stands = near[1][by][np.unique(near[0][by], return_index=True)[1]]
    by = np.lexsort((token, effort[token], owner))
    some, first = np.unique(owner[by], return_index=True)
    rarest = np.full(count, -1, np.int64)
    rarest[some] = token[by][first]
    return stands, np.lexsort((rarest, np.where(rarest >= 0, stands[rarest], -1)))


def _bits(number: Any) -> Any:
    """One of 64 bits for each number."""
    return np.uint64(1) << (number.astype(np.uint64) & np.uint64(63))


def _gathered(bits: Any, owner: Any, count: int) -> Any:
    """The bits of each owner's things."""
    out = np.zeros(count, np.uint64)
    np.bitwise_or.at(out, owner, bits)
    return out


def _initials(reads: Reader, texts: Texts, owner: Any, readings: Any) -> tuple[Any, Any]:
    """What a name of one part and initials is shortened to, and what any name's parts begin with, as bits.

    No initials are told of a name that has other parts to be met by, nor beginnings of a name that has one part only.
    """
    names, count = texts.names, len(readings)
    starts = texts.tokens.starts

    def begins(token: Any) -> Any:
        letter = reads.letters[starts[token]]
        return np.where(letter == APOSTROPHE, ~np.uint64(0), _bits(letter))

    initial = (names.flags & INITIAL) != 0
    parts = np.bincount(owner, minlength=count)
    written = np.bincount(owner[~initial], minlength=count)
    shortened = _gathered(begins(names.unit[initial]), owner[initial], count)
    shortened[(written != 1) | (readings != 1)] = 0
    other = np.where(names.alt >= 0, names.alt, names.unit)
    heads = _gathered(begins(names.unit) | begins(other), owner, count)
    heads[parts < 2] = ~np.uint64(0)
    return shortened, heads


def _graph(reads: Reader, texts: Texts, alone: Any, scorer: Scorer) -> tuple[Any, tuple[Any, Any], Any, int]:
    """Similar tokens: for token `k` of `alone`, its neighbours and their scores, itself first, then best first."""
    tokens = texts.tokens
    spelled = token_texts(reads.letters, tokens.starts, alone)
    keys = blocking(alone, spelled, reads.letters, tokens, reads.known, texts.longest)
    distinct, bucket = np.unique(keys.key, return_inverse=True)
    owner = np.repeat(np.arange(len(alone)), np.diff(keys.first))
    order = np.argsort(bucket, kind="stable")
    bucket_token = owner[order].astype(np.int32)
    bucket_first = np.searchsorted(bucket[order], np.arange(len(distinct) + 1))
    weights, _ = packed(scorer)
    found: list[tuple[Any, Any, Any]] = []

    def run(begin: int, end: int) -> None:
        edits, ws = pack_edits(weights, remember=False), workspace()
        found.append(
            _neighbours(
                tokens, alone, begin, end, keys.first, bucket, bucket_first, bucket_token, MOST_TOKENS, FLOOR, edits,
                scorer.edits.size, ws.work, ws.loss,
            )
        )  # fmt: skip

    parallel(run, len(alone))
    one, other, score = (np.concatenate(column) for column in zip(*found, strict=True))
    self_ = np.arange(len(alone), dtype=np.int32)
    a = np.concatenate([self_, one, other])
    b = np.concatenate([self_, other, one])
    scores = np.concatenate([np.full(len(alone), 40.0), score, score]).astype(np.float64)
    order = np.lexsort((b, -scores, a))
    a, b, scores = a[order], b[order], scores[order]
    first = np.searchsorted(a, np.arange(len(alone) + 1))
    return first, (a, b), scores, int((np.diff(bucket_first) > MOST_TOKENS).sum())
