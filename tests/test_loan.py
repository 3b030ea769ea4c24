"""Loan tables: known words before learned letters, further known spellings, and the likeliest ways to join parts."""

from __future__ import annotations

import csv
import importlib.util
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.errors import TableError
from namealign.romanize import kana, loan
from namealign.romanize.loan import ALSO_KNOWN, KNOWN, LoanTable, likeliest

LETTERS = "before,unit,after,target,others\n,k,,c,k 50\n,a,,a,\n,r,,r,l 50\n,u,,,u 50\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a small loan table of its own."""
    (tmp_path / "romanization").mkdir()
    (tmp_path / "romanization" / "Test.csv").write_text(f"{LETTERS}カール,=,,charl,\n", encoding="utf-8")
    monkeypatch.setattr(loan, "data_dir", lambda: tmp_path)
    return tmp_path / "romanization"


def words(folder: Path, ending: str, *rows: str) -> None:
    (folder / f"Test-{ending}.csv").write_text("\n".join(["source,target", *rows, ""]), encoding="utf-8")


def test_words_written_by_hand_go_before_learned_ones_and_those_before_a_dictionarys(folder: Path) -> None:
    assert LoanTable.load("Test").words["カール"] == "charl"
    words(folder, "names", "カール,karl", "カール,carl", "アル,al")
    table = LoanTable.load("Test")
    assert (table.words["カール"], table.more["カール"]) == ("charl", ("karl", "carl"))
    assert (table.words["アル"], "アル" in table.more) == ("al", False)
    words(folder, "words", "カール,karel")
    table = LoanTable.load("Test")
    # What a word was by a table that goes after is still a known spelling of it.
    assert (table.words["カール"], table.more["カール"]) == ("karel", ("charl", "karl", "carl"))


def test_a_spelling_that_two_tables_have_is_known_once(folder: Path) -> None:
    words(folder, "words", "カール,charl")
    words(folder, "names", "カール,charl", "カール,carl")
    table = LoanTable.load("Test")
    assert (table.words["カール"], table.more["カール"]) == ("charl", ("carl",))


def test_known_spellings_come_first_the_further_ones_dearer_and_guesses_last(folder: Path) -> None:
    words(folder, "names", "カール,karl", "カール,carl")
    spelled = LoanTable.load("Test").spellings_of("カール", ["k", "a", "r", "u"], 6)
    assert spelled[:3] == (("charl", 0.0), ("karl", ALSO_KNOWN), ("carl", ALSO_KNOWN))
    # The letters alone give `car` first: a guess, and no known spelling is given twice.
    assert spelled[3] == ("car", KNOWN)
    assert len({text for text, _ in spelled}) == len(spelled) == 6


@pytest.mark.usefixtures("folder")
def test_a_word_that_no_table_knows_is_spelled_by_its_letters_only() -> None:
    table = LoanTable.load("Test")
    assert table.spellings_of("カラ", ["k", "a", "r", "a"], 1) == (("cara", 0.0),)
    assert table.more == {}


def test_others_that_are_not_letters_and_percentages_are_refused_with_path_and_line(folder: Path) -> None:
    (folder / "Test.csv").write_text(f"{LETTERS},m,,m,n often\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"Test\.csv:6: others 'n often'"):
        LoanTable.load("Test")


def test_both_spellings_that_a_dictionary_has_of_a_name_are_readings_of_it() -> None:
    table = loan.loan_table("Kana-loan")
    assert len(table.more) >= 100
    for word, (second, *_) in list(table.more.items())[:100]:
        assert {table.words[word], second} <= {reading.text for reading in kana.readings(word)}, word


_PARTS = st.lists(
    st.lists(st.tuples(st.text("ab", max_size=2), st.sampled_from((0.3, 0.5, 0.5, 1.0, 2.5))), max_size=4).map(
        lambda others: (("x", 0.0), *sorted(others, key=lambda other: other[1]))
    ),
    min_size=1,
    max_size=4,
)


@given(_PARTS, st.integers(1, 7))
def test_the_likeliest_texts_are_those_of_all_that_change_two_parts_at_most(
    parts: list[loan.Choice], most: int
) -> None:
    every: dict[str, float] = {}
    for chosen in product(*parts):
        if sum(choice != part[0] for choice, part in zip(chosen, parts, strict=True)) <= 2:
            text = "".join(letters for letters, _ in chosen)
            every[text] = min(sum(price for _, price in chosen), every.get(text, 99.0))
    found = likeliest(parts, most)
    assert len({text for text, _ in found}) == len(found) <= most
    assert found[0][0] == "x" * len(parts)
    assert [price for _, price in found] == pytest.approx(sorted(every.values())[:most])
    assert all(price == pytest.approx(every[text]) for text, price in found)


@pytest.fixture
def builder() -> ModuleType:
    """`tools/build_han_tables.py`, which only a checkout has."""
    path = Path(__file__).parent.parent / "tools" / "build_han_tables.py"
    if not path.exists():
        pytest.skip("no checkout")
    spec = importlib.util.spec_from_file_location("build_han_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def foreign_rows(
    builder: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch, *nouns: tuple[int, str, str]
) -> list[tuple[str, str]]:
    """What `foreign_table` writes of words that stand in the dictionary with a cost, a lemma and a form."""
    held = [(cost, [*[""] * 7, lemma, form]) for cost, lemma, form in nouns]
    monkeypatch.setattr(builder, "OUT", folder)
    monkeypatch.setattr(builder, "proper_nouns", lambda _: iter(held))
    builder.foreign_table(Path("unused"))
    with (folder / "Kana-loan-names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    assert rows[0] == ["source", "target"]
    return [(source, target) for source, target in rows[1:]]


def test_foreign_names_are_taken_with_the_most_usual_spelling_first(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = foreign_rows(
        builder, tmp_path, monkeypatch,
        (9000, "カール-Carl", "カール"), (5000, "カール-Karl", "カール"), (9500, "カール-Karl", "カール"),
    )  # fmt: skip
    assert rows == [("カール", "karl"), ("カール", "carl")]


def test_words_of_two_parts_are_taken_part_by_part_and_left_out_where_the_parts_do_not_pair_off(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = foreign_rows(
        builder, tmp_path, monkeypatch,
        (1, "サン・ローラン-Saint-Laurent", "サン・ローラン"), (1, "デ・ラ・ロサ-Delarosa", "デ・ラ・ロサ"),
        (1, "サンパウロ-São Paulo", "サンパウロ"),
    )  # fmt: skip
    assert rows == [("サン", "saint"), ("サンパウロ", "saopaulo"), ("ローラン", "laurent")]


def test_what_is_not_katakana_or_has_no_spelling_is_left_out(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = foreign_rows(
        builder, tmp_path, monkeypatch,
        (1, "ジョン-外国", "ジョン"), (1, "ジョン-John", "約翰"), (1, "ルネ-René", "ルネ"), (1, "東京", "トウキョウ"),
    )  # fmt: skip
    assert rows == [("ルネ", "rene")]
