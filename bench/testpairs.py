"""The gold data's folder in, labelled test pairs out: respellings of one person, and names of others near and far.

Sampled anew from `FOLDER/test` (`entities.csv`, `hard_negatives.csv`, `translit_pairs.csv` for the language), seeded:
at most 6,000 positives (three an entity, 1,800 a source), 3,000 random pairs, as many nearest names of other entities
of the same source as there are positives, and up to 3,000 listed hard negatives. Only Latin spellings of persons.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from golddata import HARD, SEED, Pair, read, sorted_tokens, squash
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

POSITIVES, PER_SOURCE, PER_ENTITY, RANDOM, LISTED = 6000, 1800, 3, 3000, 3000
BLOCK, NEAREST = 500, 15

Named = dict[tuple[str, str], tuple[list[str], str, str]]

# Hints of the lists that are countries or odd codes, as the language most of their names are in.
_HINTS = {
    "afghanistan": "fa", "iran": "fa", "tajikistan": "tg", "iraq": "ar", "saudi": "ar", "egypt": "ar", "syria": "ar",
    "libya": "ar", "yemen": "ar", "algeria": "ar", "tunisia": "ar", "morocco": "ar", "lebanon": "ar", "jordan": "ar",
    "kuwait": "ar", "qatar": "ar", "sudan": "ar", "emirates": "ar", "palestin": "ar", "bahrain": "ar", "oman": "ar",
    "pakistan": "ur", "bangladesh": "bn", "nepal": "ne", "russia": "ru", "ukrain": "uk", "belarus": "be",
    "bulgaria": "bg", "greece": "el", "korea": "ko", "dprk": "ko", "china": "zh", "taiwan": "zh", "hong": "zh",
    "japan": "ja", "israel": "he", "myanmar": "my", "burma": "my", "georgia": "ka", "armenia": "hy", "india": "india",
}  # fmt: skip
_SAME = {"be-tarask": "be", "arz": "ar", "pnb": "ur", "yue": "zh", "zh-cn": "zh", "zh-tw": "zh", "zh-hant": "zh"}


def language_of(hint: str, source: str, native: str) -> str:
    """The language of an entity: of its native spelling where there is one, else as its list hints."""
    if native:
        return _SAME.get(native, native)
    if source == "tcpd_lok_sabha" or hint == "IN":
        return "india"
    low = hint.lower()
    if 2 <= len(low) <= 3 and low.isalpha():
        return low
    return next((code for word, code in _HINTS.items() if word in low), f"({source})")


def persons(folder: Path) -> Named:
    """(entity, group of respellings) -> distinct Latin spellings, source, language."""
    native: dict[str, Counter[str]] = defaultdict(Counter)
    for row in read(folder / "translit_pairs.csv"):
        if row["kind"] == "person":
            native[row["entity_id"]][row["language"]] += 1
    spelled: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for row in read(folder / "entities.csv"):
        if row["script"] != "Latn" or row["kind"] != "person" or row["role"] == "weak":
            continue
        key = (row["entity_id"], row["variant_group"])
        told.setdefault(key, (row["source"], row["lang_or_script_hint"]))
        plain = squash(row["name"])
        if len(plain) > 2:
            spelled[key].setdefault(plain, " ".join(row["name"].split()))
    out: Named = {}
    for key, names in spelled.items():
        source, hint = told[key]
        top = native[key[0]].most_common(1) if key[0] in native else []
        out[key] = (list(names.values()), source, language_of(hint, source, top[0][0] if top else ""))
    return out


def test_pairs(gold: Path) -> list[Pair]:
    """Positives, and negatives of kinds random, nearest and hard; the same for the same data."""
    rng = random.Random(SEED)
    named = persons(gold / "test")
    owner: dict[str, set[str]] = defaultdict(set)
    for (entity, _), (names, _, _) in named.items():
        for name in names:
            owner[sorted_tokens(name)].add(entity)
    positives: list[Pair] = []
    per_source: Counter[str] = Counter()
    keys = sorted(key for key, (names, _, _) in named.items() if len(names) > 1)
    rng.shuffle(keys)
    for key in keys:
        names, source, language = named[key]
        both = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        for a, b in rng.sample(both, min(PER_ENTITY, len(both))):
            if per_source[source] < PER_SOURCE:
                per_source[source] += 1
                positives.append(Pair(a, b, 1, "pos", source, language, key[0]))
    rng.shuffle(positives)
    out = positives[:POSITIVES]
    wanted = Counter(pair.source for pair in out)
    seen: set[tuple[str, str]] = set()
    flat = [(name, key) for key in sorted(named) for name in named[key][0]]

    def negative(a: str, ka: tuple[str, str], b: str, kb: tuple[str, str], kind: str) -> bool:
        plain_a, plain_b = sorted_tokens(a), sorted_tokens(b)
        if ka[0] == kb[0] or plain_a == plain_b or owner[plain_a] & owner[plain_b] or (plain_a, plain_b) in seen:
            return False
        seen.add((plain_a, plain_b))
        out.append(Pair(a, b, 0, kind, named[ka][1], named[ka][2], ka[0]))
        return True

    got = 0
    while got < RANDOM:
        got += negative(*rng.choice(flat), *rng.choice(flat), "random")
    pools: dict[str, list[tuple[str, tuple[str, str]]]] = defaultdict(list)
    for name, key in flat:
        pools[named[key][1]].append((name, key))
    for source, pool in sorted(pools.items()):
        if not wanted[source]:
            continue
        folded = [squash(name) for name, _ in pool]
        asked = rng.sample(range(len(pool)), min(len(pool), 2 * wanted[source]))
        got = 0
        for begin in range(0, len(asked), BLOCK):
            block = asked[begin : begin + BLOCK]
            near = process.cdist(
                [folded[k] for k in block], folded, scorer=JaroWinkler.similarity, workers=-1, dtype=np.float32
            )
            for row, k in enumerate(block):
                top = np.argpartition(-near[row], min(NEAREST, len(pool) - 1))[:NEAREST]
                for t in sorted(top.tolist(), key=lambda t, row=row: (-near[row, t], t)):  # type: ignore[misc]
                    if got < wanted[source] and negative(*pool[k], *pool[t], "nearest"):
                        got += 1
                        break
            if got >= wanted[source]:
                break
    listed = [
        Pair(row["name_a"], row["name_b"], 0, "hard", row["source"], "(listed)", row["id_a"])
        for row in read(gold / "test" / "hard_negatives.csv")
        if row["source"] in HARD and sorted_tokens(row["name_a"]) != sorted_tokens(row["name_b"])
    ]
    rng.shuffle(listed)
    out += listed[:LISTED]
    rng.shuffle(out)
    return out
