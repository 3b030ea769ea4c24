"""The gold data's folder in, training pairs out: names and tokens, positives and hard negatives, seeded.

The gold data (real name lists: sanctions lists, politicians, Indian candidates, authors, Syriac authors, GeoNames) are
not part of the project: every script takes their folder as `--gold`. Only `dev/` is read here.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

SEED = 20261123


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they are one, where the pair comes from and which fold of the cross-validation it is in."""

    a: str
    b: str
    label: int
    kind: str
    source: str
    lang: str
    group: str


def read(path: Path) -> Iterator[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def squash(text: str) -> str:
    """Case, marks and punctuation removed: what counts as one spelling when pairs are made."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    return " ".join(re.sub(r"[^\w]+|_", " ", text).split())


def sorted_tokens(text: str) -> str:
    return " ".join(sorted(squash(text).split()))


def entities(gold: Path, kinds: tuple[str, ...] = ("person",)) -> dict[tuple[str, str], dict[str, object]]:
    """(entity, group of respellings) -> distinct Latin spellings, source and hint."""
    out: dict[tuple[str, str], dict[str, object]] = {}
    for r in read(gold / "dev" / "entities.csv"):
        if r["script"] != "Latn" or r["kind"] not in kinds or r["role"] == "weak":
            continue
        e = out.setdefault(
            (r["entity_id"], r["variant_group"]),
            {"names": {}, "source": r["source"], "lang": r["lang_or_script_hint"], "kind": r["kind"]},
        )
        key = squash(r["name"])
        if len(key) > 2:
            e["names"].setdefault(key, " ".join(r["name"].split()))  # type: ignore[attr-defined]
    return {k: {**e, "names": list(e["names"].values())} for k, e in out.items() if e["names"]}  # type: ignore[attr-defined]


HARD = {"tcpd_same_ballot", "eu_fsf_persons", "everypolitician_same_term", "ofac_sdn_persons", "un_sc_persons"}


def name_pairs(gold: Path, *, nearest: int = 4, per_entity: int = 10, random_share: float = 0.3) -> list[Pair]:
    """Positives (two spellings of one person) and negatives (nearest in the same source, random, hard, made)."""
    rng = random.Random(SEED)
    ents = entities(gold)
    owner: dict[str, set[str]] = defaultdict(set)
    for (eid, _), e in ents.items():
        for n in e["names"]:  # type: ignore[attr-defined]
            owner[sorted_tokens(n)].add(eid)
    out: list[Pair] = []
    per_source: Counter[str] = Counter()
    keys = sorted(ents)
    rng.shuffle(keys)
    for k in keys:
        e = ents[k]
        v = list(e["names"])  # type: ignore[call-overload]
        pairs = [(a, b) for i, a in enumerate(v) for b in v[i + 1 :]]
        for a, b in rng.sample(pairs, min(per_entity, len(pairs))):
            out.append(Pair(a, b, 1, "pos", str(e["source"]), str(e["lang"]), k[0]))
            per_source[str(e["source"])] += 1
    positives = len(out)
    by_source: dict[str, list[tuple[str, tuple[str, str]]]] = defaultdict(list)
    for k in sorted(ents):
        for n in ents[k]["names"]:  # type: ignore[attr-defined]
            by_source[str(ents[k]["source"])].append((n, k))
    seen: set[tuple[str, str]] = set()

    def negative(a: str, ka: tuple[str, str], b: str, kb: tuple[str, str], kind: str) -> bool:
        ta, tb = sorted_tokens(a), sorted_tokens(b)
        if ka[0] == kb[0] or ta == tb or owner[ta] & owner[tb] or (ta, tb) in seen:
            return False
        seen.add((ta, tb))
        out.append(Pair(a, b, 0, kind, str(ents[ka]["source"]), str(ents[ka]["lang"]), ka[0]))
        return True

    for source, pool in by_source.items():
        folded = [squash(n) for n, _ in pool]
        want = per_source[source] * nearest // 2
        queries = [rng.randrange(len(pool)) for _ in range(min(want, 2 * len(pool)))]
        queries = sorted(set(queries))
        rng.shuffle(queries)
        got = 0
        for i in range(0, len(queries), 400):
            if got >= want:
                break
            block = queries[i : i + 400]
            m = process.cdist(
                [folded[q] for q in block], folded, scorer=JaroWinkler.similarity, workers=-1, dtype=np.float32
            )
            top = np.argpartition(-m, min(16, m.shape[1] - 1), axis=1)[:, :16]
            for r, q in enumerate(block):
                order = top[r][np.argsort(-m[r, top[r]], kind="stable")]
                taken = 0
                for t in order:
                    if negative(*pool[q], *pool[int(t)], "nearest"):
                        taken += 1
                        got += 1
                    if taken >= nearest:
                        break
    flat = [x for v in by_source.values() for x in v]
    n = 0
    while n < int(positives * random_share):
        n += negative(*rng.choice(flat), *rng.choice(flat), "random")
    for r in read(gold / "dev" / "hard_negatives.csv"):
        a, b = r["name_a"], r["name_b"]
        if r["source"] in HARD and sorted_tokens(a) != sorted_tokens(b):
            out.append(Pair(a, b, 0, "hard", r["source"], "hard", r["id_a"]))
    out += reversed_filiations(ents, rng)
    rng.shuffle(out)
    return out


_FILIATION = re.compile(r"^(\S+) (bin|ibn|ben|bint) (\S+)((?: .*)?)$", re.IGNORECASE)


def reversed_filiations(ents: dict[tuple[str, str], dict[str, object]], rng: random.Random) -> list[Pair]:
    """Negatives that the lists are too short to hold: `A bin B` against `B bin A`, father and son exchanged."""
    out = []
    for key in sorted(ents):
        for name in ents[key]["names"]:  # type: ignore[attr-defined]
            found = _FILIATION.match(name)
            if found and found[1].lower() != found[3].lower() and len(found[3]) > 3:
                swapped = f"{found[3]} {rng.choice((found[2], 'bin', 'ibn'))} {found[1]}{found[4]}"
                out.append(Pair(name, swapped, 0, "reversed", "made", "ar", key[0]))
                break
    return out


def token_pairs(gold: Path) -> list[tuple[str, str, float]]:
    """Positive token pairs (a, b, weight): seen interchanged inside entities, or spellings of one native token."""
    out: dict[tuple[str, str], float] = {}

    def add(a: str, b: str, w: float) -> None:
        if a != b and min(len(a), len(b)) > 1:
            key = (min(a, b), max(a, b))
            out[key] = max(out.get(key, 0.0), w)

    for r in read(gold / "dev" / "token_pairs_latin.csv"):
        add(r["token_a"], r["token_b"], 1.0 + 0.3 * np.log(float(r["n_entities"])))
    by: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for r in read(gold / "dev" / "element_variants.csv"):
        w = {"A": 1.0, "B": 1.0, "C": 0.5}[r["grade"]]
        by[r["element_id"]].append((r["variant"], w * (1.0 if float(r["support"]) > 1 else 0.7)))
    rng = random.Random(SEED)
    for _, v in sorted(by.items()):
        pairs = [(a, b, min(x, y)) for i, (a, x) in enumerate(v) for b, y in v[i + 1 :]]
        for a, b, w in rng.sample(pairs, min(8, len(pairs))):
            add(a, b, w)
    return [(a, b, w) for (a, b), w in sorted(out.items())]
