"""Readings of the tabled scripts against golden cases, and what must hold of any text."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import namealign.romanize as romanize
from namealign.errors import InputError, TableError
from namealign.normalize import normalize
from namealign.romanize import readings, script_of, told
from namealign.romanize.rules import Table
from namealign.romanize.scripts import runs
from namealign.tables import data_dir

GOLDEN = Path(__file__).parent / "golden"
TABLES = sorted(
    path
    for path in (data_dir() / "romanization").glob("*.csv")
    if re.fullmatch(r"(Arab|Hebr|Syrc|Cyrl|Grek|Geor|Armn|Thaa)-[a-z]+(-foreign)?", path.stem)
)
SCRIPTS = ("arab", "hebr", "syrc", "cyrl", "grek", "geor", "armn", "thaa")


def cases(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts(native: str, language: str | None = None) -> list[str]:
    return [reading.text for reading in readings(normalize(native)[0], language)]


@pytest.mark.parametrize(
    "case",
    [case for script in SCRIPTS for case in cases(f"romanize_{script}.csv")],
    ids=lambda case: f"{case['language']}-{case['latin']}",
)
def test_a_well_known_name_reads_as_people_write_it(case: dict[str, str]) -> None:
    assert case["latin"] in texts(case["native"], case["language"])


@pytest.mark.parametrize("case", cases("romanize_distinct.csv"), ids=lambda case: f"{case['left']}-{case['right']}")
def test_two_names_of_one_script_stay_two_after_romanization(case: dict[str, str]) -> None:
    assert not set(texts(case["left"])) & set(texts(case["right"]))


@pytest.mark.parametrize("case", cases("romanize_told.csv"), ids=lambda case: case["native"])
def test_letters_of_one_language_tell_it(case: dict[str, str]) -> None:
    found = [reading.language for reading in readings(normalize(case["native"])[0])]
    assert list(dict.fromkeys(found)) == case["languages"].split()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_table_loads_and_says_where_it_comes_from(path: Path) -> None:
    table = Table.load(path)
    assert table.rules
    head = path.read_text(encoding="utf-8").split("source,target", 1)[0]
    assert re.search(r"^# .*Base", head, re.MULTILINE), "no provenance"
    assert path.stem.endswith("-base") or (table.language and table.standard)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_table_has_ten_golden_names(path: Path) -> None:
    if path.stem.endswith(("-base", "-foreign")):
        return
    script, language = path.stem.lower().split("-")
    assert sum(case["language"] == language for case in cases(f"romanize_{script}.csv")) >= 10


def test_every_language_has_a_reader_that_is_there() -> None:
    for rows in romanize._by_script().values():
        for row in rows:
            if not row.reader.islower():
                assert romanize._table(row.reader).rules, row.reader


def test_latin_passes_unchanged_as_one_reading() -> None:
    for text in ("muammar gaddafi", "müller", "o'brien-smith, j.", "", "42"):
        (reading,) = readings(text)
        assert (reading.text, reading.language, reading.standard, reading.vowels) == (text, "", "", True)


def test_an_unknown_hint_names_the_choices() -> None:
    with pytest.raises(InputError, match=r"klingon.*ar, "):
        readings("محمد", "klingon")


def test_a_hint_for_another_script_is_ignored() -> None:
    assert readings("владимир путин", "he") == readings("владимир путин")


def test_a_hint_narrows_the_readings() -> None:
    assert {reading.language for reading in readings("محمد قاسم")} == {"ar", "fa"}
    assert {reading.language for reading in readings("محمد قاسم", "fa")} == {"fa"}


def test_only_scripts_that_leave_vowels_out_say_so() -> None:
    assert not readings("محمد")[0].vowels
    assert not readings("משה")[0].vowels
    assert readings("мустафа")[0].vowels
    assert all(reading.vowels for reading in readings("عەبدوڵڵا"))


def test_harakat_and_shadda_are_read_where_they_are_written() -> None:
    assert Table.load(data_dir() / "romanization" / "Arab-ar.csv", names=False).apply("مُحَمَّد")[0] == "muhammad"


def test_a_text_of_two_scripts_reads_run_by_run() -> None:
    assert texts("Лео Messi", "ru") == ["leo messi"]
    assert "".join(run for _, run in runs("Лео Messi, עמיר 12")) == "Лео Messi, עמיר 12"


@pytest.mark.parametrize("case", cases("romanize_mixed.csv"), ids=lambda case: case["native"])
def test_latin_letters_in_a_native_name_are_words_where_something_or_the_script_parts_them(
    case: dict[str, str],
) -> None:
    assert texts(case["native"])[0] == case["latin"]


@given(
    st.lists(st.sampled_from(("ジョン", "존", "乔治", "Джон", "جون", "ჯონ")), min_size=1, max_size=2),
    st.sampled_from("DFGRWZ"),
)
def test_an_initial_stays_one_letter_between_whatever_names(names: list[str], initial: str) -> None:
    for text in texts(f"{names[0]}・{initial}・{names[-1]}"):
        assert initial.lower() in text.split(" ")


def test_a_script_without_a_table_falls_to_unidecode() -> None:
    (reading,) = readings("ⴰⵎⴰⵣⵉⵖ")
    assert reading.standard in ("Unidecode", "")
    assert reading.text


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["source,target"], "no column before"),
        (["source,target,before,after,note", ",b,,,"], ":2: source is empty"),
        (["source,target,before,after,note", "ж,ž,,,"], ":2: target 'ž'"),
        (["source,target,before,after,note", "ж,j,,,", "ж,zh,,,"], ":3: 'ж' in this context is already on line 2"),
    ],
)
def test_a_malformed_table_is_refused_with_path_and_line(tmp_path: Path, lines: list[str], problem: str) -> None:
    path = tmp_path / "Cyrl-xx.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match=re.escape(problem)):
        Table.load(path)


_TABLED = st.text(
    st.one_of(
        st.sampled_from("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњђћџѓќѕқңғұөүҷӣӯәһӕ"),
        st.sampled_from("اآأإبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکكگلمنںوهہھةيىیئؤءےټډړښځڕڵۆێەَُِّْ"),
        st.sampled_from("אבגדהוזחטיכךלמםנןסעפףצץקרשת׳'"),
        st.sampled_from("ܐܒܓܕܗܘܙܚܛܝܟܠܡܢܣܥܦܨܩܪܫܬ"),
        st.sampled_from("αάβγδεέζηήθιίϊκλμνξοόπρσςτυύφχψωώ"),
        st.sampled_from("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"),
        st.sampled_from("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև"),
        st.sampled_from(" -'"),
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_no_text_makes_it_raise(text: str) -> None:
    found = readings(normalize(text)[0])
    assert 1 <= len(found) <= 6
    assert found == readings(normalize(text)[0])
    assert len({reading.text for reading in found}) == len(found)


@settings(max_examples=500, deadline=None)
@given(_TABLED)
def test_tabled_letters_read_as_plain_latin_letters(text: str) -> None:
    for reading in readings(text):
        assert re.fullmatch(r"[a-z' \-]*", reading.text)


@settings(max_examples=300, deadline=None)
@given(_TABLED)
def test_the_steps_joined_are_the_reading(text: str) -> None:
    plain = readings(text)
    stepped = readings(text, steps=True)
    assert [reading.text for reading in plain] == [reading.text for reading in stepped]
    if len({script_of(char) for char in text if char.isalpha()}) == 1 and script_of(text) != "Latn":
        for reading in stepped:
            assert "".join(step.after for step in reading.steps) == reading.text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(max_codepoint=0x24F), max_size=30))
def test_latin_letters_pass_whatever_stands_around_them(text: str) -> None:
    if all(script_of(char) == "Latn" for char in text) and not told(text):
        assert readings(text)[0].text == text


@pytest.mark.parametrize(
    ("written", "sounds"),
    [
        ("ntora mpakogianni", "dora bakoyanni"),
        ("ntoumpai", "dubai"),
        ("mpratislaba", "bratislava"),
        ("mpan'nkoui", "bangui"),
        ("giochanesmpournk", "yochanesburg"),
    ],
)
def test_latin_letters_that_stand_for_greek_ones_are_read_by_sound_too(written: str, sounds: str) -> None:
    assert texts(written) == [written, sounds]


@pytest.mark.parametrize("name", ["antonio campbell", "frank grant", "tzipi livni", "olympia", "ankara", "montreal"])
def test_a_name_that_only_holds_such_letters_is_read_once(name: str) -> None:
    assert texts(name) == [name]


def test_a_georgian_nominative_is_read_without_its_ending_too() -> None:
    assert texts("კლინტონი") == ["klintoni", "klinton"]
    assert texts("ივანიშვილი") == ["ivanishvili"]


def test_ukrainian_reads_the_g_of_foreigners_both_ways() -> None:
    assert texts("агадір", "uk") == ["ahadir", "agadir"]
    assert texts("київ", "uk") == ["kyiv"]


def test_a_final_yeh_without_dots_and_a_final_heh_are_looked_up_as_the_letters_they_stand_for() -> None:
    assert texts("محمد على")[0] == "mohammed ali"
    assert texts("فاطمه")[0] == texts("فاطمة")[0]
    assert texts("موسى")[0] == "musa"


@pytest.mark.parametrize(("text", "reading"), [("მარია€", "maria"), ("марк ₽", "mark "), ("5€ марк", "5 mark")])
def test_a_symbol_reads_as_nothing(text: str, reading: str) -> None:
    assert texts(text)[0] == reading
