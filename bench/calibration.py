"""Whether a probability means what it says: `python bench/calibration.py --gold FOLDER [--bins 15]`.

Prints a reliability table over the test pairs of `testpairs.py` (for each bin of probabilities: how many pairs, the
mean probability, the share that are one person), the expected calibration error, and precision and recall at the
policy's thresholds and around them, so that the thresholds can be stated. Three fifths of the pairs are negatives, most
of them the nearest names of other people: on such pairs a precision is lower than on names drawn at random.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from testpairs import test_pairs

from namealign import compare_many
from namealign.decide import Policy


def calibration_error(y: np.ndarray, s: np.ndarray, bins: int) -> float:
    """Expected calibration error over bins of equal width."""
    total = 0.0
    where = np.minimum((s * bins).astype(int), bins - 1)
    for b in range(bins):
        k = where == b
        if k.any():
            total += abs(s[k].mean() - y[k].mean()) * k.mean()
    return float(total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder of the gold data; its test/ is read")
    parser.add_argument("--bins", type=int, default=15)
    options = parser.parse_args()
    pairs = test_pairs(options.gold)
    y = np.array([pair.label for pair in pairs])
    kinds = np.array([pair.kind for pair in pairs])
    s = np.asarray(compare_many([pair.a for pair in pairs], [pair.b for pair in pairs]))
    counts = ", ".join(f"{int((kinds == kind).sum())} {kind}" for kind in ("pos", "random", "nearest", "hard"))
    print(f"{len(pairs)} pairs: {counts}\n")
    print(f"{'probability':>13}{'pairs':>8}{'mean':>8}{'one person':>12}")
    where = np.minimum((s * options.bins).astype(int), options.bins - 1)
    for b in range(options.bins):
        k = where == b
        span = f"{b / options.bins:.2f}-{(b + 1) / options.bins:.2f}"
        if k.any():
            print(f"{span:>13}{int(k.sum()):8}{s[k].mean():8.3f}{y[k].mean():12.3f}")
    print(f"\nexpected calibration error, {options.bins} bins: {calibration_error(y, s, options.bins):.4f}")
    for kind in ("random", "nearest", "hard"):
        k = (kinds == kind) | (kinds == "pos")
        print(f"  positives and {kind} negatives alone: {calibration_error(y[k], s[k], options.bins):.4f}")
    order = np.argsort(-s, kind="stable")
    precise = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    near = np.sort(s[(kinds == "nearest") | (kinds == "hard")])[::-1]
    passed = [float((s[y == 1] > near[int(share * len(near))]).mean()) for share in (0.1, 0.01)]
    print(
        f"\naverage precision {float(precise[y[order] == 1].mean()):.4f}; recall where 10% of the near negatives pass"
    )
    print(f"{passed[0]:.4f}, where 1% pass {passed[1]:.4f}")
    policy = Policy()
    print(f"\npolicy: match from {policy.match}, review from {policy.review}")
    head = f"{'threshold':>10}{'precision':>11}{'recall':>8}{'F1':>8}"
    print(f"{head}{'nearest pass':>14}{'hard pass':>11}{'random pass':>13}")
    for t in sorted({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, policy.match, policy.review}):
        said = s >= t
        hits = int((said & (y == 1)).sum())
        precision, recall = hits / max(1, int(said.sum())), hits / int(y.sum())
        through = [float(said[kinds == kind].mean()) for kind in ("nearest", "hard", "random")]
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        mark = " <- match" if t == policy.match else " <- review" if t == policy.review else ""
        print(
            f"{t:10.2f}{precision:11.4f}{recall:8.4f}{f1:8.4f}{through[0]:14.4f}{through[1]:11.4f}{through[2]:13.4f}{mark}"
        )
    band = (s >= policy.review) & (s < policy.match)
    print(f"review band: {band.mean():.4f} of the pairs, {y[band].mean() if band.any() else 0:.3f} of them one person")


if __name__ == "__main__":
    main()
