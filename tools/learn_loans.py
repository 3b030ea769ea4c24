"""Names in Hangul, katakana or Han beside their Latin spelling in, the loan tables of `data/romanization/` out.

    python tools/learn_loans.py GOLD_DEV_FOLDER [--held-out] [hang] [kana] [hani]

Units of one script are aligned with zero to four Latin letters by expectation-maximization (Jiampojamarn et al. 2007,
many-to-many without insertions); from the best alignments a decision list is read: the letters that a unit stands for
in a context of up to two units on either side, and the next likeliest ones, where that context says something else
than a shorter one would.
`--held-out` learns from 90% of the words, prints what share of the other words comes back exactly, and writes nothing.
"""

from __future__ import annotations

import argparse
import csv
import sys
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from namealign.romanize import han, hangul, kana  # noqa: E402
from namealign.romanize.loan import EDGE, LoanTable  # noqa: E402
from namealign.tables import read_rows  # noqa: E402

PROVENANCE = """\
# What Latin letters a unit of a foreign name stands for, by its neighbours (# = edge of the word);
# unit `=`: a whole word.
# others: what else it stands for there (- is nothing), each with how often, in percent of the first.
# Learned by tools/learn_loans.py from names that public sources give in both scripts: Wikidata labels by way of
# netransliteration_coling2018 and EveryPolitician (CC0), GeoNames cities15000 of 2012 (CC BY),
# EU and UN sanctions lists.
# Do not edit: run the script again.
"""
OF_UNIDIC = """\
# And from the names of UniDic 2.1.2 in Kana-loan-names.csv, Copyright (c) 2011-2013, The UniDic Consortium, used under
# the 3-clause BSD licence (see LICENSES.md).
"""
Pairs = dict[tuple[str, str], float]
ROUNDS = 8
Key = tuple[str, str, str]
Others = dict[Key, str]
# A context is believed when it was seen so often, its counts smoothed by as many of the shorter one, and kept when its
# shares differ so much (the sum over spellings; 2 is the most). Measured on the half of the training names that was not
# learned from: the right name is first for 0.96 of Korean persons and 0.80 of places (0.93 and 0.79 at 0.3 and with one
# unit before); for Japanese ones both do the same.
CONTEXT_SUPPORT, SMOOTH, DIFFERENT = 3, 3.0, 0.15
# A spelling this much rarer than the first (in percent) is no guess worth a reading, nor is a fifth one.
LEAST_SHARE, MOST_OTHERS = 4, 4
# Held out by person, Hangul words come back exactly 35% of the time with no whole words, 51% with support 4 and 55%
# with 2 (kana: 21% and 22%).
WORD_SUPPORT = 2
_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a"}
)


def fold(text: str) -> str:
    text = unicodedata.normalize("NFD", text.lower().translate(_LATIN))
    return "".join(c for c in text if "a" <= c <= "z" or c in " -")


def collect(folder: Path, script: str) -> Pairs:
    """Weighted word pairs: a name counts once however many spellings it has."""
    member: Callable[[str], bool] = {
        "hang": lambda c: "가" <= c <= "힣",
        "kana": lambda c: "ァ" <= c <= "ー",
        "hani": lambda c: "一" <= c <= "鿿",
    }[script]
    by_native: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    with (folder / "translit_pairs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["same_token_count"] == "0" or row["kind"] not in ("person", "place"):
                continue
            native = unicodedata.normalize("NFKC", row["native"])
            if float(row["roman_sim"] or 0) < 0.55:
                continue
            words = han.words(native) if script == "hani" else [w for w in hangul._BREAK.split(native) if w]
            if not words or not all(member(c) for w in words for c in w):
                continue
            if script == "hani" and (len(words) == 1 and (row["kind"] == "person" or len(native) < 4)):
                continue
            if script == "hang" and len(words) == 1 and row["kind"] == "person":
                continue
            latin = fold(row["latin"]).replace("-", " ").split()
            if len(latin) == len(words) and (script != "hani" or sounds_alike(words, latin)):
                by_native[native, row["entity_id"]].append([w + "\t" + x for w, x in zip(words, latin, strict=True)])
    pairs: Pairs = defaultdict(float)
    for spellings in by_native.values():
        for spelling in spellings:
            for pair in spelling:
                word, latin_word = pair.split("\t")
                pairs[word, latin_word] += 1 / len(spellings)
    if script == "kana":  # a dictionary's pairs, one of each
        for source, target in dictionary():
            pairs[source, target] += 1.0
    foreign = folder / "element_variants_foreign.csv"
    scripts = {"hang": "Hang", "kana": "Jpan"}
    with foreign.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["script"] == scripts.get(script) and script == "kana":
                word = unicodedata.normalize("NFKC", row["native"])
                if all(member(c) for c in word):
                    for x in (fold(row["variant"]).replace("-", "").replace(" ", ""),):
                        pairs[word, x] += min(4, int(row["support"] or 1))
    return pairs


def dictionary() -> list[tuple[str, str]]:
    """The names of a dictionary in katakana and their spellings, each word's most usual one first."""
    path = ROOT / "data" / "romanization" / "Kana-loan-names.csv"
    return [(source, target) for _, (source, target) in read_rows(path, ("source", "target"))]


def sounds_alike(words: list[str], latin: list[str]) -> bool:
    """A foreign name, neither Chinese nor Japanese nor translated: nearer to the loan reading than to pinyin."""
    from rapidfuzz.distance import Levenshtein

    spelled = "".join(latin)
    loan = Levenshtein.normalized_similarity("".join(map(han._loan, words)), spelled)
    return loan > 0.4 and loan > Levenshtein.normalized_similarity("".join(map(han.pinyin, words)), spelled)


def align(pairs: list[tuple[list[str], str, float]], longest: int) -> list[list[tuple[str, str]]]:
    prob: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    best: list[list[tuple[str, str]]] = []
    for turn in range(ROUNDS + 1):
        count: dict[tuple[str, str], float] = defaultdict(float)
        last = turn == ROUNDS
        best = []
        for units, latin, weight in pairs:
            n, m = len(units), len(latin)
            fore = [[0.0] * (m + 1) for _ in range(n + 1)]
            back: list[list[int]] = [[-1] * (m + 1) for _ in range(n + 1)]
            fore[0][0] = 1.0
            for i in range(n):
                unit = units[i]
                row, following = fore[i], fore[i + 1]
                for j in range(m + 1):
                    here = row[j]
                    if here:
                        for k in range(j, min(m, j + longest) + 1):
                            p = prob[unit, latin[j:k]] if turn else (0.25 if k > j + 2 else 0.3 if k == j else 1.0)
                            if p > 1e-12:
                                if last:
                                    if here * p > following[k]:
                                        following[k] = here * p
                                        back[i + 1][k] = j
                                else:
                                    following[k] += here * p
            if last:
                path: list[tuple[str, str]] = []
                j = m
                for i in range(n, 0, -1):
                    if back[i][j] < 0:
                        path = []
                        break
                    path.append((units[i - 1], latin[back[i][j] : j]))
                    j = back[i][j]
                best.append(path[::-1])
                continue
            total = fore[n][m]
            if not total:
                continue
            rear = [[0.0] * (m + 1) for _ in range(n + 1)]
            rear[n][m] = 1.0
            for i in range(n - 1, -1, -1):
                unit = units[i]
                for j in range(m + 1):
                    value = 0.0
                    for k in range(j, min(m, j + longest) + 1):
                        behind = rear[i + 1][k]
                        if behind:
                            p = prob[unit, latin[j:k]] if turn else (0.25 if k > j + 2 else 0.3 if k == j else 1.0)
                            value += p * behind
                            if fore[i][j]:
                                count[unit, latin[j:k]] += weight * fore[i][j] * p * behind / total
                    rear[i][j] = value
        if not last:
            totals: dict[str, float] = defaultdict(float)
            for (unit, _), value in count.items():
                totals[unit] += value
            prob = defaultdict(float, {key: value / totals[key[0]] for key, value in count.items() if value > 1e-4})
    return best


def contexts(units: list[str], i: int) -> list[Key]:
    """From the shortest context to the longest, as `LoanTable.spell` asks in the opposite order."""
    p = [EDGE, EDGE, *units, EDGE, EDGE]
    i += 2
    left, right, unit = p[i - 1], p[i + 1], p[i]
    far, further = f"{p[i - 2]} {left}", f"{right} {p[i + 2]}"
    return [
        ("", unit, ""),
        (left, unit, ""),
        ("", unit, right),
        ("", unit, further),
        (left, unit, right),
        (far, unit, right),
        (left, unit, further),
        (far, unit, further),
    ]


def decision_list(aligned: list[tuple[list[tuple[str, str]], float]], support: int) -> dict[tuple[str, str, str], str]:
    counts: list[dict[tuple[str, str, str], Counter[str]]] = [defaultdict(Counter) for _ in range(8)]
    for path, weight in aligned:
        units = [unit for unit, _ in path]
        for i, (_, chunk) in enumerate(path):
            for level, key in enumerate(contexts(units, i)):
                counts[level][key][chunk] += weight  # type: ignore[assignment]
    rules: dict[tuple[str, str, str], str] = {}
    for key, seen in counts[0].items():
        rules[key] = max(sorted(seen), key=lambda c: seen[c])
    # Each longer context is kept only where it says something else than what the shorter ones would answer.
    instances: dict[tuple[str, str, str], set[tuple[str, ...]]] = defaultdict(set)
    for path, _ in aligned:
        units = [unit for unit, _ in path]
        for i in range(len(path)):
            chain = contexts(units, i)
            for level in range(1, 8):
                instances[chain[level]].add(tuple(map("\t".join, chain[:level])))
    for level in range(1, 8):
        for key, seen in sorted(counts[level].items()):
            total = sum(seen.values())
            target = max(sorted(seen), key=lambda c: seen[c])
            if total < support or (seen[target] < 0.5 * total and level > 3):
                continue
            answers = set()
            for chain_ in instances[key]:
                for text in reversed(chain_):
                    answer = rules.get(tuple(text.split("\t")))
                    if answer is not None:
                        answers.add(answer)
                        break
            if answers != {target}:
                rules[key] = target
    return rules


def widening(units: list[str], i: int) -> list[Key]:
    """Five of the eight contexts, each holding the one before it."""
    p = [EDGE, EDGE, *units, EDGE, EDGE]
    i += 2
    left, right, unit = p[i - 1], p[i + 1], p[i]
    far, further = f"{p[i - 2]} {left}", f"{right} {p[i + 2]}"
    return [("", unit, ""), ("", unit, right), (left, unit, right), (left, unit, further), (far, unit, further)]


def chances(aligned: list[tuple[list[tuple[str, str]], float]], support: int) -> tuple[dict[Key, str], Others]:
    """What a unit stands for in a context, as `decision_list` has it, and what else it may, in percent of the first.

    A context's counts are smoothed by the shares of the next shorter one, and it is kept only where it says something
    else than that one does.
    """
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    shorter: dict[Key, Key] = {}
    for path, weight in aligned:
        units = [unit for unit, _ in path]
        for i, (_, chunk) in enumerate(path):
            chain = widening(units, i)
            shorter.update(zip(chain[1:], chain, strict=False))
            for key in chain:
                counts[key][chunk] += weight  # type: ignore[assignment]
    kept: dict[Key, dict[str, float]] = {}
    for key in sorted(counts, key=lambda key: (len(f"{key[0]} {key[2]}".split()), key)):
        seen = counts[key]
        total = sum(seen.values())
        if key not in shorter:
            kept[key] = {chunk: n / total for chunk, n in seen.items()}
            continue
        below = shorter[key]
        while below not in kept:
            below = shorter[below]
        told = kept[below]
        shares = {c: (seen[c] + SMOOTH * told.get(c, 0.0)) / (total + SMOOTH) for c in sorted({*told, *seen})}
        if total >= support and sum(abs(share - told.get(c, 0.0)) for c, share in shares.items()) >= DIFFERENT:
            kept[key] = shares
    rules: dict[Key, str] = {}
    others: Others = {}
    for key, shares in kept.items():
        ranked = sorted(shares, key=lambda c: (-shares[c], c))
        rules[key] = ranked[0]
        percent = [(c, round(100 * shares[c] / shares[ranked[0]])) for c in ranked[1 : MOST_OTHERS + 1]]
        others[key] = " ".join(f"{c or '-'} {share}" for c, share in percent if share >= LEAST_SHARE)
    return rules, others


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("scripts", nargs="*", default=["hang", "kana", "hani"])
    options = parser.parse_args()
    units_of: dict[str, Callable[[str], list[str]]] = {"hang": hangul.jamo, "kana": kana.morae, "hani": list}
    longest = {"hang": 3, "kana": 4, "hani": 6}
    for script in options.scripts:
        pairs = collect(options.folder, script)
        held = {k for k in pairs if zlib.crc32(k[0].encode()) % 10 == 0} if options.held_out else set()
        learn = sorted((w, x, min(v, 1.0)) for (w, x), v in pairs.items() if (w, x) not in held and x)
        prepared = [(units_of[script](w), x, v) for w, x, v in learn]
        prepared = [(u, x, v) for u, x, v in prepared if len(x) <= longest[script] * len(u)]
        best = align(prepared, longest[script])
        paths = [(path, v) for path, (_, _, v) in zip(best, prepared, strict=True) if path]
        if script == "hani":  # so few names teach no second choices that help
            rules, others = decision_list(paths, 5), {}
        else:
            rules, others = chances(paths, CONTEXT_SUPPORT)
        table = LoanTable(rules, {})
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for (w, x), v in pairs.items():
            if (w, x) not in held:
                spelled[w][x] += v  # type: ignore[assignment]
        words = {}
        listed = dict(reversed(dictionary())) if script == "kana" else {}
        for w, seen in spelled.items():
            top = max(sorted(seen), key=lambda x: seen[x])
            if seen[top] >= WORD_SUPPORT and (listed.get(w) or table.spell(units_of[script](w))) != top:
                words[w] = top
        print(f"{script}: {len(pairs)} pairs, {len(paths)} aligned, {len(rules)} rules, {len(words)} words")
        if options.held_out:
            right = near = 0
            from rapidfuzz.distance import Levenshtein

            for w, x in held:
                made = table.spell(units_of[script](w))
                right += made == x
                near += Levenshtein.normalized_similarity(made, x)
            print(f"  held out {len(held)}: exact {right / len(held):.3f}, mean similarity {near / len(held):.3f}")
            continue
        stem = {"hang": "Hang-loan", "kana": "Kana-loan", "hani": "Hani-loan"}[script]
        with (ROOT / "data" / "romanization" / f"{stem}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(PROVENANCE + (OF_UNIDIC if script == "kana" else ""))
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["before", "unit", "after", "target", "others"])
            writer.writerows(
                [
                    *((*key, target, others.get(key, "")) for key, target in sorted(rules.items())),
                    *((w, "=", "", t, "") for w, t in sorted(words.items())),
                ]
            )


if __name__ == "__main__":
    main()
