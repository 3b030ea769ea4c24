"""Names in an alphabet or abjad beside their Latin spelling in; `<Script>-<language>-names.csv` and `-loan.csv` out.

    python tools/learn_usual.py GOLD_DEV_FOLDER [he] [ar] [fa] [syr] [ru] [uk] [--half] [--out FOLDER]

Words are paired inside a name by how alike the rule table's reading and the Latin word are. `-names.csv` keeps the
words that several entities agree on and that the rules would write otherwise (ג'ון john, محمد mohammed): rows of the
table engine. `-loan.csv` is a decision list (see `learn_loans.py`) that guesses what no row holds: vowels above all.
`--half` learns from half of the entities (by hash), so that the other half can measure.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
import zlib
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools"))

from learn_loans import align, decision_list, fold  # noqa: E402

from namealign.normalize import normalize  # noqa: E402
from namealign.romanize.rules import Table, bare  # noqa: E402
from namealign.romanize.scripts import script_of  # noqa: E402
from namealign.romanize.usual import units  # noqa: E402

# Language to (script, table, languages of the gold that are learned together).
LEARNED = {
    "he": ("Hebr", "Hebr-he", ("he",)),
    "ar": ("Arab", "Arab-ar", ("ar", "arz")),
    "fa": ("Arab", "Arab-fa", ("fa",)),
    "syr": ("Syrc", "Syrc-syr", ("syr",)),
    "ru": ("Cyrl", "Cyrl-ru", ("ru",)),
    "uk": ("Cyrl", "Cyrl-uk", ("uk",)),
}
# Languages whose unwritten vowels are worth guessing; for the others the second reading found nothing.
GUESSED = ("he", "ar", "fa", "syr")
# These lists give one name as every EU language or atlas spells it; the commonest of those is nobody's spelling.
SPELLED_BY_LANGUAGE = ("eu_fsf_2025", "geonames_cities15000_2012")
# Where the script writes its vowels, a row is worth having for what the rules cannot guess (Джон john), not for every
# respelling of a home-grown name; of the thresholds 0.80, 0.85 and 0.90 this one did best on the training names.
FOREIGN = {"Cyrl": 0.85}
NAMES_HEAD = """\
# Usual Latin spellings of words of names, where they are not what the rules write; note: entities that agree.
# Learned by tools/learn_usual.py from names that public sources give in both scripts: Wikidata labels by way of
# netransliteration_coling2018 and EveryPolitician (CC0), google_ar2en (Apache-2.0), Syriaca.org (CC BY 3.0),
# GeoNames cities15000 of 2012 (CC BY), EU, UN, US and Canadian sanctions lists. Do not edit: run the script again.
"""
LOAN_HEAD = """\
# What Latin letters a letter of a name usually stands for, by its neighbours (# = edge of the word).
# Learned by tools/learn_usual.py from the sources that the table of names beside this one lists.
# Do not edit: run the script again.
"""
# A word is paired when its reading and the Latin word are this alike without their vowels: below it the pairs are
# translations and exonyms.
ALIKE = 0.6
WORD_SUPPORT = {"Cyrl": 5}  # else 3
CONTEXT_SUPPORT = 3
# Letters that stand for one another between romanizations, so that only the sound is compared.
_SKELETON = {
    "sch": "s",
    "tch": "c",
    "sh": "s",
    "ch": "c",
    "kh": "h",
    "gh": "g",
    "zh": "g",
    "dh": "d",
    "th": "t",
    "ts": "z",
    "tz": "z",
    "ph": "f",
    "ck": "k",
    "q": "k",
    "w": "v",
    "x": "ks",
    "c": "k",
    "j": "g",
}


def skeleton(word: str) -> str:
    for old, new in _SKELETON.items():
        word = word.replace(old, new)
    kept = "".join(c for c in word if c not in "aeiouy'- ")
    return "".join(c for at, c in enumerate(kept) if at == 0 or kept[at - 1] != c)


def alike(reading: str, latin: str) -> float:
    # ו and و are a vowel or v: the Latin word says which.
    return max(_alike(reading, latin), _alike(reading.replace("o", "v").replace("u", "v"), latin))


def _alike(reading: str, latin: str) -> float:
    left, right = skeleton(reading), skeleton(latin)
    consonants = SequenceMatcher(None, left, right, False).ratio() if left or right else 0.6
    return 0.7 * consonants + 0.3 * SequenceMatcher(None, reading, latin, False).ratio()


def one_name(word: str, script: str) -> str:
    """What the native spellings of one name share: Hebrew may write vowels, Arabic its hamza and dots."""
    if script == "Hebr":
        return re.sub("[אויה'׳]", "", word)
    return word.translate(str.maketrans("أإآىةیک", "ااايهيك")).replace("ء", "")


def collect(folder: Path, language: str, half: bool) -> dict[tuple[str, str], set[str]]:
    """(native word, Latin word) to the entities that pair them."""
    script, name, codes = LEARNED[language]
    table = Table.load(ROOT / "data" / "romanization" / f"{name}.csv", names=False)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    with (folder / "translit_pairs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if script == "Cyrl" and row["source"] in SPELLED_BY_LANGUAGE:
                continue
            if row["language"] not in codes or row["kind"] == "org" or script_of(row["native"]) != script:
                continue
            entity = row["entity_id"] or row["latin"]
            if half and zlib.crc32(entity.encode()) % 2:
                continue
            words = [bare(word) for word in normalize(row["native"])[0].replace("-", " ").replace(",", " ").split()]
            latin = fold(row["latin"].replace("'", "")).replace("-", " ").split()
            if script == "Arab":
                words = [word[2:] if word.startswith("ال") and len(word) > 4 else word for word in words]
                latin = [
                    word for word in latin if word not in ("al", "el", "ul", "as", "ad", "ar", "an", "ash", "at", "az")
                ]
            for word in words:
                reading = table.apply(word)[0]
                best = max(latin, key=lambda x: alike(reading, x), default="")
                if best and len(best) > 1 and len(word) > 1 and alike(reading, best) >= ALIKE:
                    found[word, best].add(entity)
    for file_name in ("element_variants.csv", "element_variants_foreign.csv"):
        with (folder / file_name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["script"] != script or (row["source_language"] or codes[0]) not in codes:
                    continue
                if half and zlib.crc32(row["element_id"].encode()) % 2:
                    continue
                word, latin_word = bare(normalize(row["native"])[0]), fold(row["variant"].replace("'", ""))
                if script == "Arab" and word.startswith("ال"):
                    continue
                if " " in word + latin_word or "-" in word or alike(table.apply(word)[0], latin_word) < ALIKE:
                    continue
                # An element's support counts the sources and names that write it so.
                found[word, latin_word] |= {f"{row['element_id']} {at}" for at in range(min(int(row["support"]), 9))}
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "romanization")
    parser.add_argument("languages", nargs="*", default=list(LEARNED))
    options = parser.parse_args()
    for language in options.languages:
        script, name, _ = LEARNED[language]
        table = Table.load(ROOT / "data" / "romanization" / f"{name}.csv", names=False)
        pairs = collect(options.folder, language, options.half)
        # Latvian and Lithuanian add an s to a name that others write without it.
        pairs = {
            key: entities
            for key, entities in pairs.items()
            if not (key[1][-1:] == "s" and (key[0], key[1][:-1]) in pairs)
        }
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for (word, latin), entities in pairs.items():
            spelled[word][latin] += len(entities)
        words = {}
        for word, seen in spelled.items():
            top = max(sorted(seen), key=lambda x: seen[x])
            if seen[top] >= WORD_SUPPORT.get(script, 3):
                words[word] = (top, seen[top])
        # Two native words with one usual spelling (حسن and حسان, both Hassan) stay apart: only the commoner has a row.
        owner: dict[str, tuple[int, str]] = {}
        for word, (top, count) in sorted(words.items()):
            owner[top] = max(owner.get(top, (0, "")), (count, word))
        limit = FOREIGN.get(script, 1.01)
        words = {
            w: (x, n)
            for w, (x, n) in words.items()
            if one_name(owner[x][1], script) == one_name(w, script) and table.apply(w)[0] != x
        }
        words = {w: (x, n) for w, (x, n) in words.items() if alike(table.apply(w)[0], x) < limit}
        with (options.out / f"{name}-names.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(NAMES_HEAD)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["source", "target", "before", "after", "note"])
            writer.writerows([word, top, "^", "$", count] for word, (top, count) in sorted(words.items()))
        learn = sorted((word, latin, math.sqrt(len(entities))) for (word, latin), entities in pairs.items())
        prepared = [(units(word), latin, weight) for word, latin, weight in learn if word.isalpha() or "'" in word]
        prepared = [item for item in prepared if len(item[1]) <= 4 * len(item[0]) and len(item[0]) < 14]
        best = align(prepared, 4)
        paths = [(path, weight) for path, (_, _, weight) in zip(best, prepared, strict=True) if path]
        rules = decision_list(paths, CONTEXT_SUPPORT)
        print(f"{language}: {len(pairs)} pairs, {len(paths)} aligned, {len(words)} words, {len(rules)} rules")
        if language not in GUESSED:
            continue
        with (options.out / f"{name}-loan.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(LOAN_HEAD)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["before", "unit", "after", "target"])
            writer.writerows((*key, target) for key, target in sorted(rules.items()))


if __name__ == "__main__":
    main()
