"""Real names in, made-up pairs out: what lists of a few thousand persons are too short, or too careful, to hold.

A list of a million holds many persons whose names differ in one similar part; the gold data hold few. Two kinds of
pairs made here keep a real name and exchange one part for another real name that is not its spelling. The gold data
count spellings that differ by marks alone as one (Božić, Bozic), so such pairs are made, too.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from fit_edits import unmarked
from golddata import SEED, Pair, read
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from namealign.kernel import akin
from namealign.knowledge import build_families
from namealign.model import Reading
from namealign.normalize import fold, normalize
from namealign.parse import parse
from namealign.tables import data_dir, read_aliases

# A stranger is borne by so many persons that its bearers cannot all be misspelled, and is as like as this.
BEARERS = 6
LIKENESS = 0.85
# Tokens whose letters say so much for one name may be spellings that no one person's record shows (Kristina, Cristina).
DOUBTFUL = 3.0
# A fifth of all token pairs are marked tokens: they must not set what other letters are worth.
UNMARKED_WEIGHT = 0.3
# ICAO Doc 9303 (passports), and the dj of South Slavic news.
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "đ": "dj"})


def plain(text: str) -> str:
    return fold(normalize(text)[0])


def tokens_of(name: str) -> list[str]:
    return [t.text for t in parse(Reading(normalize(name)[0])).tokens]


def unmarked_tokens(gold: Path) -> list[tuple[str, str, float]]:
    """Positive token pairs: each marked token of the dev persons, and the same as typed without marks, which are left
    out or, as in passports, make two letters of one.
    """
    marked = {
        token
        for r in read(gold / "dev" / "entities.csv")
        if r["kind"] == "person" and r["script"] == "Latn" and not r["name"].isascii()
        for token in tokens_of(r["name"])
        if not token.isascii()
    }
    typed = [(token, form) for token in sorted(marked) for form in (token, token.translate(TWO_LETTERS))]
    return [(token, form, UNMARKED_WEIGHT) for token, form in dict.fromkeys((t, unmarked(f)) for t, f in typed)]


def without_marks(pairs: list[Pair], count: int) -> list[Pair]:
    """Positives: a name that is written with marks, and the same without."""
    rng = random.Random(SEED)
    found = sorted({(p.group, p.a) for p in pairs if p.label and unmarked(plain(p.a)) != plain(p.a)})
    rng.shuffle(found)
    return [Pair(name, unmarked(name), 1, "made", "made", "made", group) for group, name in found[:count]]


def lookalikes(pairs: list[Pair], count: int) -> list[Pair]:
    """Negatives that lists of a few thousand persons are too short to hold: a short name against itself with one part
    exchanged for the nearest spelling of another element family (Khaled Mashal, Khalil Mashal).
    """
    rng = random.Random(SEED)
    rows = [row for row in read_aliases(data_dir() / "aliases.csv") if row.kind == "element"]
    family, hub, kin = build_families(rows, ())
    known = sorted(t for t, (_, rival) in family.items() if len(t) > 3 and rival < 0 and t.isascii() and t.isalpha())
    names = sorted({p.a for p in pairs if p.label and 2 <= len(tokens_of(p.a)) <= 3})
    rng.shuffle(names)
    out: list[Pair] = []
    for name in names:
        words = name.split()
        places = [k for k, w in enumerate(words) if w.lower() in family and len(w) > 3]
        if not places:
            continue
        k = rng.choice(places)
        own = words[k].lower()
        group = hub[family[own][0]]
        near = [t for t, _, _ in process.extract(own, known, scorer=JaroWinkler.similarity, limit=40)]
        mine = kin.get(own, 0)
        strangers = [t for t in near if hub[family[t][0]] != group and not akin(kin.get(t, 0), mine)][:3]
        if strangers:
            other = [*words[:k], rng.choice(strangers).capitalize(), *words[k + 1 :]]
            out.append(Pair(name, " ".join(other), 0, "made", "made", "made", name))
        if len(out) == count:
            break
    return out


def strangers(pairs: list[Pair], gold: Path, count: int, letters: Callable[[str, str], float]) -> list[Pair]:
    """Negatives of two common tokens that no person's spellings exchange: two names, however alike (Alina, Galina).

    `letters` gives the log-odds that two tokens are one by their letters alone.
    """
    rng = random.Random(SEED)
    persons: dict[str, set[str]] = defaultdict(set)
    for r in read(gold / "dev" / "entities.csv"):
        if r["kind"] == "person" and r["script"] == "Latn" and r["role"] != "weak":
            persons[r["entity_id"]].update(tokens_of(r["name"]))
    bearers = Counter(t for tokens in persons.values() for t in tokens if len(t) > 3 and t.isalpha())
    exchanged = {frozenset((a, b)) for tokens in persons.values() for a in tokens for b in tokens if a < b}
    exchanged |= {
        frozenset((plain(r["token_a"]), plain(r["token_b"]))) for r in read(gold / "dev" / "token_pairs_latin.csv")
    }
    rows = [row for row in read_aliases(data_dir() / "aliases.csv") if row.kind == "element"]
    family, hub, kin = build_families(rows, ())
    common = sorted(t for t, n in bearers.items() if n >= BEARERS)
    likeness = process.cdist(common, common, scorer=JaroWinkler.similarity, dtype=np.float32)
    found = []
    for i, a in enumerate(common):
        for j in np.argsort(-likeness[i], kind="stable")[:6]:
            b = common[j]
            if not a < b or likeness[i, j] < LIKENESS or frozenset((a, b)) in exchanged or letters(a, b) > DOUBTFUL:
                continue
            if akin(kin.get(a, 0), kin.get(b, 0)):
                continue
            if a in family and b in family and hub[family[a][0]] == hub[family[b][0]]:
                continue
            found.append((a, b))
    rng.shuffle(found)
    places: dict[str, list[tuple[list[str], int]]] = defaultdict(list)
    for name in sorted({p.a for p in pairs if p.label}):
        words = name.split()
        if 2 <= len(words) <= 3:
            for k, word in enumerate(words):
                places[plain(word)].append((words, k))
    out: list[Pair] = []
    for a, b in found:
        own, other = (a, b) if a in places else (b, a)
        if own in places and len(out) < count:
            words, k = rng.choice(places[own])
            name = " ".join(words)
            turned = " ".join([*words[:k], other.capitalize(), *words[k + 1 :]])
            out.append(Pair(name, turned, 0, "made", "made", "made", name))
    return out
