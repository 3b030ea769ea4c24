"""Thai, Lao, Burmese, Khmer and Ethiopic: the golden spellings, what must stay apart, and the rules as claims."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.model import Reading
from namealign.romanize import burmese, ethiopic, khmer, lao, thai
from namealign.romanize._letters import load_letters

GOLDEN = Path(__file__).parent / "golden"
READERS: dict[str, Callable[..., list[Reading]]] = {
    "thai": thai.readings,
    "laoo": lao.readings,
    "mymr": burmese.readings,
    "khmr": khmer.readings,
    "ethi": ethiopic.readings,
}
TABLES = ("Thai-th", "Laoo-lo", "Mymr-my", "Khmr-km", "Ethi-am")


def _cases(kind: str) -> list[tuple[str, str, str, str]]:
    found = []
    for script in READERS:
        with (GOLDEN / f"romanize_{script}.csv").open(encoding="utf-8", newline="") as file:
            found += [
                (script, row["native"], row["other"], row["note"])
                for row in csv.DictReader(file)
                if row["case"] == kind
            ]
    return found


def _texts(script: str, native: str) -> list[str]:
    return [reading.text for reading in READERS[script](unicodedata.normalize("NFKC", native))]


@pytest.mark.parametrize(("script", "native", "latin", "note"), _cases("first"))
def test_the_best_reading_is_the_popular_spelling(script: str, native: str, latin: str, note: str) -> None:
    assert _texts(script, native)[0] == latin, note


@pytest.mark.parametrize(("script", "native", "latin", "note"), _cases("any"))
def test_a_further_reading_is_the_popular_spelling(script: str, native: str, latin: str, note: str) -> None:
    assert latin in _texts(script, native), note


@pytest.mark.parametrize(("script", "native", "other", "note"), _cases("apart"))
def test_two_names_share_no_reading(script: str, native: str, other: str, note: str) -> None:
    assert not set(_texts(script, native)) & set(_texts(script, other)), note


@pytest.mark.parametrize(
    ("script", "native", "latin"),
    [
        pytest.param(script, native, latin, marks=pytest.mark.xfail(reason=note, strict=True))
        for script, native, latin, note in _cases("gap")
    ],
)
def test_known_gaps(script: str, native: str, latin: str) -> None:
    assert _texts(script, native)[0] == latin


def test_every_script_has_ten_names_and_ten_pairs_that_stay_apart() -> None:
    for script in READERS:
        with (GOLDEN / f"romanize_{script}.csv").open(encoding="utf-8", newline="") as file:
            kinds = [row["case"] for row in csv.DictReader(file)]
        assert kinds.count("apart") >= 10, script
        assert kinds.count("first") + kinds.count("any") >= 10, script


def test_a_thai_vowel_is_spoken_after_the_consonant_it_stands_before() -> None:
    assert _texts("thai", "เชียงใหม่")[0] == "chiangmai"


def test_a_silenced_thai_letter_is_silent_in_thai_names_and_spoken_in_foreign_ones() -> None:
    assert _texts("thai", "แทตเชอร์") == ["thaetchoe", "daetchoe", "tatcher"]


def test_a_thai_consonant_that_a_vowel_follows_closes_no_syllable() -> None:
    assert _texts("thai", "ถนน")[0] == "thanon"
    assert _texts("thai", "สมชาย")[0] == "somchai"


def test_the_first_word_of_a_thai_place_stands_apart() -> None:
    assert _texts("thai", "บางปะอิน")[0] == "bang pain"


def test_a_burmese_stacked_letter_closes_the_syllable_before_it() -> None:
    assert _texts("mymr", "မန္တလေး")[:2] == ["man ta le", "mandalay"]


def test_the_series_of_a_khmer_consonant_decides_its_vowel_and_a_shifter_changes_it() -> None:
    assert _texts("khmr", "កា")[0] == "ka"
    assert _texts("khmr", "គា")[0] == "kea"
    assert _texts("khmr", "ម៉ា")[0] == "ma"


def test_homophone_ethiopic_letters_read_alike() -> None:
    assert _texts("ethi", "ዐቢይ አሕመድ") == _texts("ethi", "አቢይ አህመድ")
    assert _texts("ethi", "ሠናይት") == _texts("ethi", "ሰናይት")
    assert _texts("ethi", "ፀሐይ") == _texts("ethi", "ጸሀይ")


def test_the_sixth_ethiopic_order_is_a_vowel_only_where_consonants_would_pile_up() -> None:
    assert _texts("ethi", "ግርማ")[0] == "girma"
    assert _texts("ethi", "ማርያም")[0] == "maryam"


@pytest.mark.parametrize("script", READERS)
def test_steps_come_only_when_asked_and_spell_the_reading(script: str) -> None:
    native = {"thai": "สมชาย", "laoo": "ບາງກອກ", "mymr": "နေဝင်း", "khmr": "អង្គរ", "ethi": "ግርማ"}[script]
    plain, explained = READERS[script](native)[0], READERS[script](native, steps=True)[0]
    assert plain.steps == ()
    assert "".join(step.after for step in explained.steps) == plain.text.replace(" ", "")
    assert "".join(step.before for step in explained.steps) == native
    assert all(step.source == plain.standard for step in explained.steps)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_loads_and_states_its_standard(name: str) -> None:
    table = load_letters(name)
    assert table.standard
    assert table.directives["language"] == name.partition("-")[2]


_BLOCKS = {
    "thai": range(0x0E01, 0x0E5C),
    "laoo": range(0x0E81, 0x0EE0),
    "mymr": range(0x1000, 0x10A0),
    "khmr": range(0x1780, 0x17FA),
    "ethi": range(0x1200, 0x1380),
}


@pytest.mark.parametrize("script", READERS)
@given(data=st.data())
def test_any_run_gives_a_few_readings_in_plain_latin(script: str, data: st.DataObject) -> None:
    letters = [chr(code) for code in _BLOCKS[script]]
    run = data.draw(st.text(alphabet=[*letters, *" .-1a"], max_size=24))
    found = READERS[script](unicodedata.normalize("NFKC", run).lower())
    assert 1 <= len(found) <= 4
    assert all(reading.text.isascii() and reading.vowels for reading in found)
    assert len({reading.text for reading in found}) == len(found)
