"""The Unicode Han Database and UniDic in, the Han reading tables and the foreign names of `data/romanization/` out.

    python tools/build_han_tables.py UNIHAN_FOLDER SYS_DIC

UNIHAN_FOLDER holds `Unihan_Readings.txt` and `Unihan_Variants.txt` (Unicode 15.0); SYS_DIC is the compiled dictionary
of unidic-lite 1.0.8 (UniDic 2.1.2, taken under its BSD licence). Only facts are taken: which character is read how,
which word is a surname, a given name or a place, and how it is read. Hand-written tables (`Hani-zh-surnames.csv`,
`Hani-variants-names.csv`, ...) are not touched.
"""

from __future__ import annotations

import csv
import re
import struct
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "data" / "romanization"
UNIHAN = (
    "Derived from the Unicode Han Database (Unihan), Unicode 15.0.0, (c) 1991-2022 Unicode, Inc. (see LICENSES.md).",
    "Made by tools/build_han_tables.py; do not edit: corrections go into the hand-written tables beside it.",
)
UNIDIC = (
    "Derived from UniDic 2.1.2, Copyright (c) 2011-2013, The UniDic Consortium, used under the 3-clause BSD licence:",
    "redistributions must keep this notice, the conditions and the disclaimer (see LICENSES.md).",
    "Made by tools/build_han_tables.py; do not edit. Readings in katakana, the most usual first (lowest word cost).",
    "common: 1 = the form occurs in UniDic's training corpora, 0 = it is listed only.",
)
# Beyond this cost UniDic gives a word its class's default: it was listed, never seen in the training text.
UNSEEN = {"姓": 9700, "名": 10600, "地名": 9190}
# A form has a few usual readings; the rest (節: マコト, タカシ, ...) would only blur the name.
READINGS = 3
# The lemma of a word from abroad: its usual kana and its spelling. 外国 (foreign) stands where none is noted.
_SPELLED = re.compile(r"[^-]+-([A-Za-z\u00c0-\u024f' .-]+)")
_LATIN = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


def unihan(path: Path, fields: set[str]) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("U+"):
            code, field, value = line.split("\t")
            if field in fields:
                table[field][_char(code)] = value
    return table


def _char(code: str) -> str:
    return chr(int(code.removeprefix("U+"), base=16))


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def write(name: str, provenance: Iterable[str], header: list[str], rows: Iterable[Iterable[str]]) -> None:
    path = OUT / name
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in provenance:
            file.write(f"# {line}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    print(f"{path.name}: {count} rows, {path.stat().st_size // 1024} KB")


def han_tables(folder: Path) -> None:
    readings = unihan(folder / "Unihan_Readings.txt", {"kMandarin", "kCantonese", "kHangul"})
    variants = unihan(folder / "Unihan_Variants.txt", {"kSimplifiedVariant"})["kSimplifiedVariant"]
    simplified = {}
    for char, value in variants.items():
        targets = [_char(code) for code in value.split()]
        # 乾 stays itself beside 干: where the old form lives on, the two are not one character.
        if char not in targets and ord(char) < 0x10000 and ord(targets[0]) < 0x10000:
            simplified[char] = targets[0]
    write(
        "Hani-simplified.csv",
        [*UNIHAN, "A traditional character and its simplified form (kSimplifiedVariant, the first)."],
        ["source", "target"],
        sorted(simplified.items()),
    )
    rows = []
    for code in range(0x3400, 0xA000):
        char = chr(code)
        mandarin = plain(readings["kMandarin"].get(char, "").split(" ")[0])
        cantonese = readings["kCantonese"].get(char, "").split(" ")[0].rstrip("123456")
        # kHangul marks 0 = KS X 1001, E = for education, N = for names; a name's reading wins.
        korean = [part.split(":") for part in readings["kHangul"].get(char, "").split()]
        korean.sort(key=lambda part: "E" not in part[1])
        hangul = korean[0][0] if korean else ""
        rare = code < 0x4E00 and not hangul
        if mandarin and not rare:
            rows.append([char, mandarin, cantonese, hangul])
    known = {row[0]: row[1:] for row in rows}
    rows = [row for row in rows if known.get(simplified.get(row[0], "")) != row[1:]]
    write(
        "Hani-readings.csv",
        [
            *UNIHAN,
            "kMandarin (pinyin, tone dropped), kCantonese (Jyutping, tone dropped), kHangul (the reading taught).",
        ],
        ["source", "mandarin", "cantonese", "korean"],
        rows,
    )


def proper_nouns(dictionary: Path) -> Iterator[tuple[int, list[str]]]:
    """Word cost and fields of the proper nouns of a compiled dictionary: 6 is the reading, 7 the lemma, 8 the form."""
    raw = dictionary.read_bytes()
    sizes = struct.unpack("<10I", raw[:40])
    start = 72 + sizes[6]
    tokens = raw[start : start + sizes[7]]
    features = raw[start + sizes[7] : start + sizes[7] + sizes[8]]
    for _, _, _, cost, offset, _ in struct.iter_unpack("<HHHhII", tokens):
        feature = features[offset : features.index(b"\0", offset)]
        if b"\xe5\x9b\xba\xe6\x9c\x89" in feature:  # 固有 (名詞)
            yield cost, next(csv.reader([feature.decode()]))


def unidic_tables(dictionary: Path) -> None:
    forms: dict[str, dict[str, dict[str, int]]] = {kind: defaultdict(dict) for kind in UNSEEN}
    for cost, field in proper_nouns(dictionary):
        kind = field[3] if field[2] == "人名" else field[2]
        form, reading = field[8], field[6]
        if kind in forms and any("一" <= c <= "鿿" for c in form) and reading != "*" and len(form) <= 6:
            costs = forms[kind][form]
            costs[reading] = min(cost, costs.get(reading, cost))
    for kind, name in (("姓", "Hani-ja-surnames.csv"), ("名", "Hani-ja-given.csv"), ("地名", "Hani-ja-places.csv")):
        rows = []
        for form, costs in sorted(forms[kind].items()):
            best = sorted(costs, key=lambda reading: costs[reading])[:READINGS]
            rows.append([form, " ".join(best), str(int(costs[best[0]] < UNSEEN[kind]))])
        write(name, UNIDIC, ["source", "kana", "common"], rows)


def foreign_table(dictionary: Path) -> None:
    """Foreign names and places in katakana, spelled as UniDic notes beside its headword (ジョン-John)."""
    costs: dict[tuple[str, str], int] = {}
    for cost, field in proper_nouns(dictionary):
        latin = _SPELLED.fullmatch(field[7])
        if latin is None or not all("ァ" <= c <= "ー" or c == "・" for c in field[8]):
            continue
        kana, spelled = field[8].split("・"), _folded(latin[1]).split()
        if len(kana) == 1:
            spelled = ["".join(spelled)]
        for pair in zip(kana, spelled, strict=True) if len(kana) == len(spelled) else ():
            if all(pair):
                costs[pair] = min(cost, costs.get(pair, cost))
    write(
        "Kana-loan-names.csv",
        [*UNIDIC[:3], "A foreign name or place in katakana and its spelling, the most usual first (lowest word cost)."],
        ["source", "target"],
        sorted(costs, key=lambda pair: (pair[0], costs[pair], pair[1])),
    )


def _folded(text: str) -> str:
    return "".join(c for c in plain(text.lower().translate(_LATIN)) if "a" <= c <= "z" or c in " -").replace("-", " ")


def kanji_table() -> None:
    """What a kanji reads at the head and at the tail of the given names of two kanji, from the table just made.

    A name is cut where its head and its tail are most often met in other names, each of one to three kana.
    """
    with (OUT / "Hani-ja-given.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
    names = [(form, kana.split(" ")[0]) for form, kana, _ in rows if len(form) == 2 and min(form) >= "\u4e00"]
    heads: Counter[tuple[str, str]] = Counter()
    tails: Counter[tuple[str, str]] = Counter()
    cuts = {name: [cut for cut in range(1, len(name[1])) if cut <= 3 and len(name[1]) - cut <= 3] for name in names}
    for form, kana in names:
        for cut in cuts[form, kana]:
            heads[form[0], kana[:cut]] += 1
            tails[form[1], kana[cut:]] += 1
    best: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = (Counter(), Counter())
    for form, kana in names:
        if cuts[form, kana]:
            cut = max(cuts[form, kana], key=lambda c: heads[form[0], kana[:c]] * tails[form[1], kana[c:]])
            best[0][form[0], kana[:cut]] += 1
            best[1][form[1], kana[cut:]] += 1
    chosen: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for table, counted in zip(chosen, best, strict=True):
        for (char, kana), _ in sorted(counted.items(), key=lambda item: (item[1], item[0])):
            table[char] = kana
    write(
        "Hani-ja-kanji.csv",
        [*UNIDIC[:3], "What a kanji most often reads at the head and at the tail of a given name of two kanji."],
        ["source", "head", "tail"],
        [[char, chosen[0].get(char, ""), chosen[1].get(char, "")] for char in sorted({*chosen[0], *chosen[1]})],
    )


if __name__ == "__main__":
    han_tables(Path(sys.argv[1]))
    unidic_tables(Path(sys.argv[2]))
    foreign_table(Path(sys.argv[2]))
    kanji_table()
