"""Indic scripts: the golden spellings, what must stay apart, and the engine's rules as claims."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.model import Reading
from namealign.romanize._letters import load_letters
from namealign.romanize.brahmic import TABLES, readings

GOLDEN = Path(__file__).parent / "golden"
SCRIPTS = ("deva", "beng", "guru", "gujr", "orya", "tibt", "taml", "telu", "knda", "mlym", "sinh")


def _cases(kind: str) -> list[tuple[str, str, str, str]]:
    found = []
    for script in SCRIPTS:
        with (GOLDEN / f"romanize_{script}.csv").open(encoding="utf-8", newline="") as file:
            found += [
                (row["language"], row["native"], row["other"], row["note"])
                for row in csv.DictReader(file)
                if row["case"] == kind
            ]
    return found


def _texts(native: str, language: str | None) -> list[str]:
    plain = unicodedata.normalize("NFKC", native).replace("\u200c", "").replace("\u200d", "")
    return [reading.text for reading in readings(plain, language)]


@pytest.mark.parametrize(("language", "native", "latin", "note"), _cases("first"))
def test_the_best_reading_is_the_popular_spelling(language: str, native: str, latin: str, note: str) -> None:
    assert _texts(native, language)[0] == latin, note


@pytest.mark.parametrize(("language", "native", "latin", "note"), _cases("any"))
def test_a_further_reading_is_the_popular_spelling(language: str, native: str, latin: str, note: str) -> None:
    assert latin in _texts(native, language), note


@pytest.mark.parametrize(("language", "native", "other", "note"), _cases("apart"))
def test_two_names_share_no_reading(language: str, native: str, other: str, note: str) -> None:
    assert not set(_texts(native, language)) & set(_texts(other, language)), note


@pytest.mark.parametrize(
    ("language", "native", "latin"),
    [
        pytest.param(language, native, latin, marks=pytest.mark.xfail(reason=note, strict=True))
        for language, native, latin, note in _cases("gap")
    ],
)
def test_known_gaps(language: str, native: str, latin: str) -> None:
    assert _texts(native, language)[0] == latin


def test_every_script_has_ten_names_and_ten_pairs_that_stay_apart() -> None:
    for script in SCRIPTS:
        with (GOLDEN / f"romanize_{script}.csv").open(encoding="utf-8", newline="") as file:
            kinds = [row["case"] for row in csv.DictReader(file)]
        assert kinds.count("apart") >= 10, script
        assert kinds.count("first") + kinds.count("any") >= 10, script


def test_hindi_drops_the_inherent_vowel_at_the_end_and_between_single_consonants() -> None:
    assert _texts("देशमुख", "hi")[0] == "deshmukh"
    assert _texts("विक्रम", "hi")[0] == "vikram"


def test_nepali_keeps_the_inherent_vowel_inside_a_word() -> None:
    assert _texts("कमला", "ne")[0] == "kamala"
    assert _texts("कमला", "hi")[0] == "kamla"


def test_bengali_reads_its_inherent_vowel_as_a_and_then_as_o() -> None:
    assert _texts("নরেন্দ্র মোদি", "bn")[:2] == ["narendra modi", "norendro modi"]


def test_a_tamil_stop_is_spelled_by_its_place() -> None:
    assert _texts("கங்கா", "ta")[0] == "kanga"
    assert _texts("பம்பா", "ta")[0] == "pamba"


def test_tamil_and_english_initials_are_single_letters() -> None:
    assert _texts("மு. க. ஸ்டாலின்", "ta")[0] == "m. k. stalin"
    assert _texts("एम. के. स्टालिन", "hi")[0] == "m. k. stalin"


def test_without_a_language_each_language_of_the_script_is_tried_before_any_second_reading() -> None:
    found = readings("कमला")
    assert [(reading.language, reading.text) for reading in found] == [("hi", "kamla"), ("ne", "kamala")]


def test_a_language_of_another_script_is_no_hint() -> None:
    assert readings("मोदी", "ta") == readings("मोदी")


def test_steps_come_only_when_asked_and_spell_the_reading() -> None:
    (plain, *_), (explained, *_) = readings("विक्रम सिंह", "hi"), readings("विक्रम सिंह", "hi", steps=True)
    assert plain.steps == ()
    assert "".join(step.after for step in explained.steps) == plain.text.replace(" ", "")
    assert all(step.rule == f"Deva-hi:{step.before}" and step.source for step in explained.steps)


@pytest.mark.parametrize("name", [f"{script}-{language}" for script, names in TABLES.items() for language in names])
def test_every_table_loads_and_states_its_standard(name: str) -> None:
    table = load_letters(name)
    assert table.standard
    assert table.directives["language"] == name.partition("-")[2]
    assert table.rows


@given(
    st.text(
        alphabet=[chr(code) for code in (*range(0x0900, 0x0E00), *range(0x0F00, 0x0FD0))] + list(" .-1a"), max_size=24
    )
)
def test_any_run_gives_one_to_three_readings_in_plain_latin(run: str) -> None:
    plain = unicodedata.normalize("NFKC", run).lower()
    found = readings(plain)
    assert 1 <= len(found) <= 3
    assert all(isinstance(reading, Reading) and reading.text.isascii() and reading.vowels for reading in found)
    assert len({reading.text for reading in found}) == len(found)
