"""Korean, kana and Han names: their readings, and what `canonical` keeps apart."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.model import Reading
from namealign.romanize import han, hangul, japanese, kana
from namealign.tables import data_dir, read_rows

GOLDEN = Path(__file__).parent / "golden"
MODULES: dict[str, ModuleType] = {"hang": hangul, "kana": kana, "han": han}
TABLES = data_dir() / "romanization"


def cases(*kinds: str) -> list[tuple[str, str, str, str, str]]:
    found: list[tuple[str, str, str, str, str]] = []
    for script in MODULES:
        with (GOLDEN / f"romanize_{script}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(line for line in file if line[0] != "#") if row["kind"] in kinds]
        found += [(script, row["kind"], row["native"], row["other"], row["language"]) for row in rows]
    return found


def bare(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(("script", "kind", "native", "latin", "language"), cases("first", "among"))
def test_a_known_name_is_read_as_it_is_written(script: str, kind: str, native: str, latin: str, language: str) -> None:
    texts = [bare(reading.text) for reading in MODULES[script].readings(native, language or None)]
    assert bare(latin) in (texts[:1] if kind == "first" else texts)


@pytest.mark.parametrize(("script", "kind", "native", "other", "language"), cases("equal", "distinct"))
def test_canonical_joins_forms_of_one_name_and_keeps_others_apart(
    script: str, kind: str, native: str, other: str, language: str
) -> None:
    assert language == ""
    canonical = MODULES[script].canonical
    assert (canonical(native) == canonical(other)) is (kind == "equal")


@pytest.mark.parametrize("script", MODULES)
def test_every_script_has_ten_names_and_ten_pairs_kept_apart(script: str) -> None:
    assert sum(case[0] == script for case in cases("first", "among")) >= 10
    assert sum(case[0] == script for case in cases("distinct")) >= 10


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("マイケルジャクソン", "michael jackson"),
        ("ｳﾗｼﾞｰﾐﾙﾌﾟｰﾁﾝ", "vladimir putin"),
        ("ジャンリュックゴダール", "jean luc godard"),
        ("サンフランシスコ", "san francisco"),
    ],
)
def test_a_foreign_name_written_as_one_word_is_read_in_its_words_too(native: str, latin: str) -> None:
    assert latin in [reading.text for reading in kana.readings(native)]


@pytest.mark.parametrize(
    "native", ["マイケル", "シュワルツェネッガー", "まいけるじゃくそん", "マイケル・ジャクソン", "ア" * 40]
)
def test_a_known_word_and_words_parted_already_are_read_as_they_stand(native: str) -> None:
    words = len(native.split("・"))
    assert {len(reading.text.split(" ")) for reading in kana.readings(native)} == {words}


@pytest.mark.parametrize(
    "native", ["김정은", "벤 카슨", "ベン・カーソン", "习近平", "金正恩", "安倍晋三", "穆阿迈尔·卡扎菲"]
)
def test_readings_are_plain_lower_case_letters_few_and_all_different(native: str) -> None:
    module = hangul if native[0] >= "가" else kana if "\u3041" <= native[0] <= "\u30ff" else han
    found: list[Reading] = module.readings(native)
    assert 1 <= len(found) <= 6
    assert len({reading.text for reading in found}) == len(found)
    for reading in found:
        assert reading.vowels
        assert reading.steps == ()
        assert reading.standard
        assert all("a" <= char <= "z" or char in " -" for char in reading.text)


def test_steps_are_made_only_when_asked_for_and_join_to_the_reading() -> None:
    for module, native in ((hangul, "김정은"), (hangul, "벤 카슨"), (kana, "ベン・カーソン"), (han, "习近平")):
        for reading in module.readings(native, steps=True):
            assert "".join(step.after for step in reading.steps) == reading.text


def test_a_variant_form_is_a_step_of_its_own() -> None:
    first, *others = han.readings("習近平", steps=True)[0].steps
    assert (first.rule, first.before, first.after) == ("Hani-variants", "習近平", "习近平")
    assert "".join(step.after for step in others) == "xi jinping"


def test_a_language_narrows_the_readings_of_a_han_name() -> None:
    assert {reading.language for reading in han.readings("金正恩")} >= {"zh", "ko", "yue"}
    for language in ("zh", "yue", "ko"):
        assert {reading.language for reading in han.readings("金正恩", language)} == {language}


def test_kanji_with_kana_reach_han_through_kana() -> None:
    assert kana.readings("宇多田ヒカル")[0].text == "utada hikaru"


def test_simplified_and_traditional_names_read_alike() -> None:
    for old, new in (("習近平", "习近平"), ("陳國強", "陈国强"), ("歐陽龍", "欧阳龙"), ("渡邊謙", "渡辺謙")):
        assert [r.text for r in han.readings(old)] == [r.text for r in han.readings(new)]


def test_the_package_needs_no_other_library_for_these_scripts() -> None:
    code = (
        "import sys; sys.modules.update(pypinyin=None, fugashi=None, unidecode=None);"
        "from namealign.romanize import han, hangul, kana;"
        "print(han.readings('习近平')[0].text, hangul.readings('박근혜')[0].text, kana.readings('さくら')[0].text)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "xi jinping park keun-hye sakura"


def test_importing_the_modules_reads_none_of_their_tables() -> None:
    code = (
        "import builtins, io; seen = []; real = builtins.open;"
        "builtins.open = lambda *a, **k: (seen.append(str(a[0])), real(*a, **k))[1];"
        "import namealign.romanize.han, namealign.romanize.hangul, namealign.romanize.kana;"
        "print([name for name in seen if '/Han' in name or '/Kana' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_korean_surname_in_han_characters_has_its_spellings() -> None:
    spelled = {row[0] for _, row in read_rows(TABLES / "Hang-ko-surnames.csv", ("surname", "spellings"))}
    for line, (surname, sound) in read_rows(TABLES / "Hani-ko-surnames.csv", ("surname", "hangul")):
        assert sound in spelled, f"Hani-ko-surnames.csv:{line}: {surname}"


def test_tables_of_han_names_are_keyed_by_canonical_characters() -> None:
    tables = {"Hani-zh-surnames.csv": "surname", "Hani-ko-surnames.csv": "surname", "Hani-zh-names.csv": "source"}
    tables |= {"Hani-loan-characters.csv": "source", "Hani-loan-words.csv": "source"}
    for name, column in tables.items():
        seen = set()
        for line, (source,) in read_rows(TABLES / name, (column,)):
            assert han.canonical_characters(source) == source, f"{name}:{line}: {source}"
            assert source not in seen, f"{name}:{line}: {source} twice"
            seen.add(source)


def test_no_variant_character_leads_to_another_variant() -> None:
    for name in ("Hani-simplified.csv", "Hani-variants.csv"):
        for line, (source, target) in read_rows(TABLES / name, ("source", "target")):
            once = han.canonical_characters(source)
            assert han.canonical_characters(once) == once, f"{name}:{line}: {source} {target}"


def test_every_pinyin_syllable_has_a_wade_giles_form() -> None:
    known = {row[0] for _, row in read_rows(TABLES / "Hani-zh-syllables.csv", ("pinyin", "wade"))}
    for line, (source, mandarin) in read_rows(TABLES / "Hani-readings.csv", ("source", "mandarin")):
        assert mandarin in known, f"Hani-readings.csv:{line}: {source}"


def test_a_place_in_use_is_read_by_its_own_table() -> None:
    assert japanese.read_place("札幌") == ("sapporo", 2)
    assert japanese.read_place("没有") is None


HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3) | st.sampled_from(" ·"), max_size=12)
KANA = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x30FE) | st.sampled_from(" ・"), max_size=12)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from(" ·々のヶ"), max_size=8)


@given(HANGUL)
def test_any_hangul_is_read_and_canonical_is_stable(text: str) -> None:
    for reading in hangul.readings(text):
        assert reading.text.isascii()
    assert hangul.canonical(hangul.canonical(text)) == hangul.canonical(text)


@given(KANA)
def test_any_kana_are_read_and_canonical_is_stable(text: str) -> None:
    for reading in kana.readings(text):
        assert reading.text == reading.text.strip()
    assert kana.canonical(kana.canonical(text)) == kana.canonical(text)


@given(HAN)
def test_any_han_characters_are_read_and_canonical_is_stable(text: str) -> None:
    assert len(han.readings(text)) <= han.MOST
    assert han.canonical(han.canonical(text)) == han.canonical(text)


@given(HANGUL)
def test_every_syllable_of_a_hangul_word_leaves_a_vowel(text: str) -> None:
    word = "".join(char for char in text if char >= "가")
    if word:
        assert sum(char in "aeiou" for char in hangul.word(word)) >= len(word)
