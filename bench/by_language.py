"""Quality by source language, weakest first: `python bench/by_language.py --gold FOLDER [--least 30] [--show 3]`.

Over the test pairs of `testpairs.py`: for each language with enough positives the best F1 (threshold chosen on that
language), F1 at the policy's match threshold, average precision, the share of positives said to be a match, a review or
different, and the share of near negatives that pass as a match. `--show N` lists each language's N worst positives and
negatives: look, do not tune.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from testpairs import test_pairs

from namealign import compare_many
from namealign.decide import Policy


def best_f1(y: np.ndarray, s: np.ndarray) -> tuple[float, float]:
    """Best F1 over all thresholds, and average precision; equal scores are cut together."""
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    hits = np.cumsum(y)
    cut = np.r_[s[1:] != s[:-1], True]
    said = np.arange(1, len(y) + 1)[cut]
    hits = hits[cut]
    precision, recall = hits / said, hits / max(1, y.sum())
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(f1.max()), float(np.sum(np.diff(np.r_[0, recall]) * precision))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder of the gold data; its test/ is read")
    parser.add_argument("--least", type=int, default=30, help="positives that a language must have")
    parser.add_argument("--show", type=int, default=0, help="worst positives and negatives to list per language")
    options = parser.parse_args()
    pairs = test_pairs(options.gold)
    y = np.array([pair.label for pair in pairs])
    s = np.asarray(compare_many([pair.a for pair in pairs], [pair.b for pair in pairs]))
    policy = Policy()
    by: dict[str, list[int]] = defaultdict(list)
    for k, pair in enumerate(pairs):
        by[pair.lang].append(k)
    rows = []
    for language, places in by.items():
        k = np.array(places)
        if y[k].sum() < options.least:
            continue
        one, other = s[k][y[k] == 1], s[k][y[k] == 0]
        said = s[k] >= policy.match
        f1 = 2 * float(y[k][said].sum()) / max(1.0, float(said.sum() + y[k].sum()))
        best, precision = best_f1(y[k], s[k])
        review = float(((one >= policy.review) & (one < policy.match)).mean())
        passed = float((other >= policy.match).mean()) if len(other) else 0.0
        rows.append(
            (f1, language, len(one), len(other), best, precision, float((one >= policy.match).mean()), review, passed)
        )
    rows.sort()
    head = f"{'pos':>6}{'neg':>6}{'F1':>8}{'best F1':>9}{'AP':>8}{'match':>8}{'review':>8}{'neg pass':>10}"
    print(f"{'language':32}{head}")
    for f1, language, ones, others, best, precision, match, review, passed in rows:
        figures = f"{ones:6}{others:6}{f1:8.4f}{best:9.4f}{precision:8.4f}{match:8.4f}{review:8.4f}{passed:10.4f}"
        print(f"{language:32}{figures}")
    for _, language, *_ in rows if options.show else []:
        print(f"\n{language}")
        worst = sorted(by[language], key=lambda k: s[k] if y[k] else 1.0 - s[k])
        for label, word in ((1, "missed"), (0, "passed")):
            for k in [k for k in worst if y[k] == label][: options.show]:
                print(f"  {word} {s[k]:.3f}  {pairs[k].a} | {pairs[k].b}")


if __name__ == "__main__":
    main()
