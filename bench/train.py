"""Make the learned tables from the gold data: `python bench/train.py --gold FOLDER [--cv]`.

Reads `FOLDER/dev` only and writes `token_counts.csv`, `edit_costs.csv`, `name_origins.csv` and `comparison_trees.csv`,
each with its provenance on top. Seeded: the same data give the same tables again. `--cv` writes nothing: it prints what
cross-validation over entities says, with the letter operations learned anew in every fold.

A script and not a command: it needs scikit-learn and LightGBM (the extra `train`), which no user of the tables needs.
"""

from __future__ import annotations

import argparse
import tempfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import fit_edits
import fit_origins
import lightgbm
import numba as nb
import numpy as np
from golddata import Pair, name_pairs, read, token_pairs
from made_pairs import lookalikes, plain, strangers, tokens_of, unmarked_tokens, without_marks
from mined_pairs import mined

from namealign import bulk, kernel
from namealign.edit import EditModel, token_score
from namealign.encode import Facts, NameStore, Substrings, TokenStore
from namealign.knowledge import Knowledge, shipped_facts
from namealign.measure import FEATURES
from namealign.model import Reading
from namealign.normalize import normalize
from namealign.parse import parse
from namealign.trees import read_forest

FOLDS = 5
# The orders of the lists no longer change after as many.
ROUNDS = 8
# Each a hundredth of the pairs or less: enough that the trees learn what two known families, and what two common tokens
# mean, too few to move the calibration.
LOOKALIKES = 500
STRANGERS = 100
UNMARKED = 100
# Whole names and family names alone that a first forest takes for somebody in the table.
MINED = (600, 0)
# Chosen by cross-validation on dev: see bench/README.md.
TREES = {
    "n_estimators": 400,
    "num_leaves": 31,
    "learning_rate": 0.04,
    "min_child_samples": 100,
    "colsample_bytree": 0.5,
    "subsample": 0.7,
    "subsample_freq": 1,
    "reg_lambda": 5.0,
}


def clean_tokens(pairs: list[tuple[str, str, float]]) -> dict[tuple[str, str], float]:
    known = set(fit_edits.ALPHABET)
    out: dict[tuple[str, str], float] = {}
    for a, b, w in pairs:
        a, b = plain(a), plain(b)
        if a != b and min(len(a), len(b)) > 1 and max(len(a), len(b)) < 25 and set(a + b) <= known:
            key = (min(a, b), max(a, b))
            out[key] = max(out.get(key, 0.0), min(float(w), 2.0))
    return out


def single_differences(pairs: list[Pair]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Token pairs that alone part two names -> (label, fold) of each name pair they part."""
    known = set(fit_edits.ALPHABET)
    cache: dict[str, Counter[str]] = {}
    out: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for p in pairs:
        if p.kind in ("random", "made", "reversed"):
            continue
        for n in (p.a, p.b):
            if n not in cache:
                cache[n] = Counter(tokens_of(n))
        da = list((cache[p.a] - cache[p.b]).elements())
        db = list((cache[p.b] - cache[p.a]).elements())
        if len(da) == len(db) == 1 and min(len(da[0]), len(db[0])) > 1 and set(da[0] + db[0]) <= known:  # noqa: SIM102
            if max(len(da[0]), len(db[0])) < 25:
                out[(min(da[0], db[0]), max(da[0], db[0]))].append((p.label, fold_of(p)))
    return out


def fold_of(p: Pair) -> int:
    return fold_number(p.group)


def fold_number(entity: str) -> int:
    return zlib.crc32(entity.encode()) % FOLDS


def learn_edits(
    positives: dict[tuple[str, str], float],
    differences: dict[tuple[str, str], list[tuple[int, int]]],
    *,
    without: int | None = None,
) -> fit_edits.Edits:
    """Letter operations from token pairs; `without` a fold: what only that fold's names show is left out.

    Negatives weigh as much as positives in all, so that a score of 0 is undecided.
    """
    pos = {}
    for key, w in positives.items():
        where = {f for label, f in differences.get(key, ()) if label}
        if without is None or where != {without}:
            pos[key] = w
    neg = {}
    for key, seen in differences.items():
        n = sum(1 for label, f in seen if not label and f != without)
        if n and key not in positives and not any(label for label, _ in seen):
            neg[key] = 1.0
    even = sum(pos.values()) / sum(neg.values())
    neg = {key: w * even for key, w in neg.items()}
    return fit_edits.fit(
        [(a, b, w) for (a, b), w in sorted(pos.items())], [(a, b, w) for (a, b), w in sorted(neg.items())]
    )


@nb.njit
def _all_features(tokens, names, left, right, weights, size, ws, out):  # type: ignore[no-untyped-def]
    for k in range(len(left)):
        i = left[k]
        j = right[k]
        if not _precedes(tokens, names, i, tokens, names, j):
            i, j = j, i
        if names.first[i] < names.first[i + 1] and names.first[j] < names.first[j + 1]:
            _features(tokens, names, i, tokens, names, j, weights, size, ws, out[k])


_precedes = bulk.compiled["precedes"]
_features = bulk.compiled["features"]


def featurize(pairs: list[tuple[str, str]], edits: fit_edits.Edits, facts: Facts) -> np.ndarray:
    size = edits.substrings.size
    weights = np.rint(np.maximum(edits.weights / kernel.STEP, kernel.IMPOSSIBLE)).astype(np.int32)
    store = NameStore(TokenStore(Substrings(edits.substrings.known[1:]), facts))
    numbers: dict[str, int] = {}

    def number(name: str) -> int:
        if name not in numbers:
            numbers[name] = store.add(parse(Reading(normalize(name)[0])))
        return numbers[name]

    left = np.array([number(a) for a, _ in pairs])
    right = np.array([number(b) for _, b in pairs])
    tokens, names = bulk.pack_tokens(store.tokens), bulk.pack_names(store)
    out = np.zeros((len(pairs), len(FEATURES)))
    ws = bulk.workspace()
    _all_features(tokens, names, left, right, weights.reshape(-1), size, ws, out)
    return out


def learn_trees(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> lightgbm.LGBMClassifier:
    model = lightgbm.LGBMClassifier(**TREES, random_state=1, n_jobs=2, deterministic=True, verbose=-1)
    return model.fit(x, y, sample_weight=weight)


def report(tag: str, y: np.ndarray, s: np.ndarray, kinds: list[str]) -> None:
    order = np.argsort(-s, kind="stable")
    hits = np.cumsum(y[order])
    precision = hits / np.arange(1, len(y) + 1)
    recall = hits / y.sum()
    f1 = (2 * precision * recall / np.maximum(precision + recall, 1e-9)).max()
    ap = float(np.sum(np.diff(np.r_[0, recall]) * precision))
    near = np.sort(s[[k in ("nearest", "hard") for k in kinds]])[::-1]
    pos = s[y == 1]
    at = [(pos > near[int(share * len(near))]).mean() for share in (0.1, 0.01)]
    ece = 0.0
    for b in range(15):
        k = (s >= b / 15) & ((s < (b + 1) / 15) | (b == 14))
        if k.any():
            ece += abs(s[k].mean() - y[k].mean()) * k.mean()
    print(f"{tag}: F1 {f1:.4f} AP {ap:.4f} recall@10% {at[0]:.4f} recall@1% {at[1]:.4f} ECE {ece:.4f}", flush=True)


def with_strangers(pairs: list[Pair], gold: Path, edits: fit_edits.Edits, facts: Facts) -> list[Pair]:
    """The training pairs, names that two common tokens part, as the learned letters alone would not, and names that a
    first forest finds for people who are not in the table.
    """
    weights = np.rint(np.maximum(edits.weights / kernel.STEP, kernel.IMPOSSIBLE)).astype(np.int32).reshape(-1)
    model = EditModel(Substrings(edits.substrings.known[1:]), weights.tolist())
    pairs = pairs + strangers(pairs, gold, STRANGERS, lambda a, b: token_score(a, b, model))
    first = learn_trees(featurize([(p.a, p.b) for p in pairs], edits, facts), np.array([p.label for p in pairs]))
    with tempfile.TemporaryDirectory() as folder:
        write_trees(first, Path(folder), len(pairs))
        known = Knowledge(model, read_forest(Path(folder) / "comparison_trees.csv"), facts)
    return pairs + mined(gold, known, *MINED)


def cross_validate(gold: Path, pairs: list[Pair], positives: dict[tuple[str, str], float], facts: Facts) -> None:
    differences = single_differences(pairs)
    edits = learn_edits(positives, differences)
    taught = fit_origins.fit(fit_origins.teachers(gold, tokens_of), Substrings(edits.substrings.known[1:]))
    pairs = with_strangers(pairs, gold, edits, facts._replace(origins=taught.ravel().tolist()))
    y = np.array([p.label for p in pairs])
    folds = np.array([fold_of(p) for p in pairs])
    names = [(p.a, p.b) for p in pairs]
    score = np.zeros(len(pairs))
    for f in range(FOLDS):
        edits = learn_edits(positives, differences, without=f)
        taught = fit_origins.teachers(gold, tokens_of, lambda entity, f=f: fold_number(entity) == f)
        own = facts._replace(origins=fit_origins.fit(taught, Substrings(edits.substrings.known[1:])).ravel().tolist())
        x = featurize(names, edits, own)
        model = learn_trees(x[folds != f], y[folds != f])
        score[folds == f] = model.predict_proba(x[folds == f])[:, 1]
    report("cross-validated", y, score, [p.kind for p in pairs])


def by_end(ends: dict[tuple[str, str], list[tuple[str, str]]]) -> tuple[Counter[str], Counter[str]]:
    """How many bear each token as a given and as a family name, from the two ends of names by list and country.

    A list writes one order: that in which its tokens stand where most other lists have them, found by turns.
    """
    turned = dict.fromkeys(ends, False)
    given: Counter[str] = Counter()
    family: Counter[str] = Counter()
    for _ in range(ROUNDS):
        given, family = Counter(), Counter()
        for group, names in ends.items():
            for front, back in names:
                given[back if turned[group] else front] += 1
                family[front if turned[group] else back] += 1

        def leaning(token: str, given: Counter[str] = given, family: Counter[str] = family) -> float:
            return (given[token] - family[token]) / (given[token] + family[token] + 6)

        for group, names in ends.items():
            turned[group] = sum(leaning(front) - leaning(back) for front, back in names) < 0
    return given, family


def write_counts(gold: Path, out: Path) -> None:
    best: dict[str, set[str]] = defaultdict(set)
    ends: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for r in read(gold / "dev" / "entities.csv"):
        if r["script"] == "Latn" and r["kind"] == "person" and r["role"] != "weak":
            tokens = tokens_of(r["name"])
            if len(tokens) > 1 and r["entity_id"] not in best:
                ends[r["source"], r["lang_or_script_hint"]].append((tokens[0], tokens[-1]))
            best[r["entity_id"]].update(tokens)
    given, family = by_end(ends)
    counts = Counter(t for tokens in best.values() for t in tokens if len(t) > 1 and t.replace("'", "").isalpha())
    with open(out / "token_counts.csv", "w", encoding="utf-8") as file:
        file.write(
            "# How many persons bear a name token, in any spelling; tokens of fewer than 3 persons left out.\n"
            "# `given` and `family`: at which end of their names, where a list's own order says which end is which.\n"
            "# The row without a token says how many were counted. Made by bench/train.py from\n"
            f"# {SOURCES}.\n"
            f"token,persons,given,family\n,{len(best)},0,0\n"
        )
        file.writelines(f"{t},{n},{given[t]},{family[t]}\n" for t, n in sorted(counts.items()) if n >= 3)


SOURCES = (
    "EU, UN, OFAC and Canadian sanctions lists, EveryPolitician, Lok Dhaba (TCPD), ACL Anthology name variants, "
    "Syriaca.org (CC BY 3.0), and Democratic Commons"
)


def write_edits(edits: fit_edits.Edits, out: Path) -> None:
    with open(out / "edit_costs.csv", "w", encoding="utf-8") as file:
        file.write(
            "# Letter operations between two spellings of one name element, in log-odds, by position in the token.\n"
            "# Learned by bench/train.py: expectation-maximization, then logistic regression on hard negatives, from\n"
            f"# {SOURCES};\n"
            "# native spellings from NETransliteration (COLING 2018) and google_ar2en (Apache-2.0).\n"
            "left,right,first,inner,last\n"
        )
        file.writelines(f"{a},{b},{w[0]:g},{w[1]:g},{w[2]:g}\n" for a, b, *w in fit_edits.rows(edits))


def write_trees(model: lightgbm.LGBMClassifier, out: Path, pairs: int) -> None:
    """Nodes in one flat table; each carries the mean log-odds of its training pairs, so a path explains itself."""
    booster = model.booster_.dump_model()
    lines = [
        "# Boosted trees over the alignment features of namealign/measure.py: log-odds that two names are one.\n",
        f"# Learned by bench/train.py (LightGBM, {len(booster['tree_info'])} trees) on {pairs} pairs of names from\n",
        f"# {SOURCES}.\n",
        "# A node goes left when the feature is at most the threshold; `value` is a leaf's share of the log-odds,\n",
        "# and an inner node's mean.\n",
        "tree,node,feature,threshold,left,right,value\n",
    ]
    for t, info in enumerate(booster["tree_info"]):
        nodes: list[str] = []

        def walk(node: dict[str, object], nodes: list[str] = nodes, t: int = t) -> int:
            number = len(nodes)
            nodes.append("")
            if "split_feature" not in node:
                nodes[number] = f"{t},{number},,,,,{float(node['leaf_value']):.6g}\n"  # type: ignore[arg-type]
                return number
            left = walk(node["left_child"])  # type: ignore[arg-type]
            right = walk(node["right_child"])  # type: ignore[arg-type]
            name = FEATURES[int(node["split_feature"])]  # type: ignore[call-overload]
            nodes[number] = (
                f"{t},{number},{name},{float(node['threshold']):.6g},{left},{right},{float(node['internal_value']):.6g}\n"  # type: ignore[arg-type]
            )
            return number

        walk(info["tree_structure"])
        lines += nodes
    (out / "comparison_trees.csv").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True, help="folder of the gold data; its dev/ is read")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "data")
    parser.add_argument("--cv", action="store_true", help="cross-validate instead of writing tables")
    options = parser.parse_args()
    if not options.cv:
        write_counts(options.gold, options.out)
    pairs = name_pairs(options.gold)
    pairs += lookalikes(pairs, LOOKALIKES) + without_marks(pairs, UNMARKED)
    positives = clean_tokens(token_pairs(options.gold) + unmarked_tokens(options.gold))
    facts = shipped_facts()
    if options.cv:
        cross_validate(options.gold, pairs, positives, facts)
        return
    edits = learn_edits(positives, single_differences(pairs))
    write_edits(edits, options.out)
    substrings = Substrings(edits.substrings.known[1:])
    origins = fit_origins.fit(fit_origins.teachers(options.gold, tokens_of), substrings)
    fit_origins.write(origins, substrings, options.out / "name_origins.csv", SOURCES)
    facts = facts._replace(origins=origins.ravel().tolist())
    pairs = with_strangers(pairs, options.gold, edits, facts)
    y = np.array([p.label for p in pairs])
    x = featurize([(p.a, p.b) for p in pairs], edits, facts)
    model = learn_trees(x, y)
    report("in sample", y, model.predict_proba(x)[:, 1], [p.kind for p in pairs])
    write_trees(model, options.out, len(pairs))


if __name__ == "__main__":
    main()
