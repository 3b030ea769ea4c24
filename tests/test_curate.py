"""Every rule of the shipped alias table has a row that breaks it; the shipped table breaks none."""

from pathlib import Path

import pytest

from namealign.curate import check, stats
from namealign.tables import ALIAS_COLUMNS, data_dir

HEADER = ",".join(ALIAS_COLUMNS)
ANN = "per:ann,person,Ann,Ann,en,wikipedia:en,\n"
BOB = "per:bob,person,Bob,Bob,en,wikipedia:en,\n"


def problems(folder: Path, rows: str, *, house: bool = True) -> list[str]:
    path = folder / "t.csv"
    path.write_text(f"{HEADER}\n{rows}", encoding="utf-8")
    return [str(problem).removeprefix(f"{path}:") for problem in check(path, house=house)]


def test_a_good_table_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, ANN + BOB) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (BOB + ANN, "3: per:ann 'Ann' is not in order: it belongs before 'Bob'"),
        (ANN + ANN, "3: per:ann has the alias 'Ann' in line 2 already"),
        (
            "per:ann,person,Ann,Anne\u0301,en,s,\n" + ANN,
            "2: alias 'Anne\u0301' is not in Unicode's composed form (NFC)",
        ),
        ("Ann,person,Ann,Ann,en,s,\n", "2: entity_id 'Ann' is not like 'per:jalil-abbas-jilani'"),
        ("pl:ann,person,Ann,Ann,en,s,\n", "2: entity_id 'pl:ann' does not go with kind 'person'"),
        (
            "per:ann,human,Ann,Ann,en,s,\n",
            "2: kind 'human' is not one of person, place, organization, element, redirect",
        ),
        ("per:ann,person,Ann,Ann,en,,\n", "2: alias 'Ann' has no source"),
        ("per:ann,person,Ann, Ann,en,s,\n" + ANN, "2: alias ' Ann' has stray white space"),
        ("per:ann,person,Ann,An\x07n,en,s,\n" + ANN, "2: alias has the control character U+0007"),
        ("per:ann,person,Ann,Ann,english,s,\n", "2: language 'english' is not like 'en' or 'zh-hant'"),
        ("per:ann,person,Ann,Annie,en,s,\n", "2: per:ann has no row with its canonical spelling 'Ann' as alias"),
        (ANN + "per:ann,person,Anna,Anna,en,s,\n", "3: per:ann is 'Anna' here and 'Ann' in line 2"),
    ],
)
def test_a_broken_rule_is_named_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    assert said in problems(tmp_path, rows)


def test_a_spelling_of_two_people_needs_a_note_on_both(tmp_path: Path) -> None:
    shared = "per:ann,person,Ann,Ann,en,s,{}\nper:bob,person,Bob,Bob,en,s,\nper:bob,person,Bob,ann,en,s,{}\n"
    assert len(problems(tmp_path, shared.format("", ""))) == 2
    assert len(problems(tmp_path, shared.format("a note", ""))) == 1
    assert problems(tmp_path, shared.format("a note", "another")) == []


def test_an_element_may_share_a_persons_spelling(tmp_path: Path) -> None:
    assert problems(tmp_path, "el:ann,element,Ann,Ann,en,s,\n" + ANN) == []


def test_a_users_own_table_is_spared_the_house_rules(tmp_path: Path) -> None:
    rows = "17,person,Bob,Bob,,,\n16,person,Ann,Ann,,,\n"
    assert problems(tmp_path, rows, house=False) == []
    assert problems(tmp_path, rows)


def test_stats_count_entities_once_and_every_spelling(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{HEADER}\n{ANN}per:ann,person,Ann,Anna,de,s,\n{BOB}", encoding="utf-8")
    found = stats(path)
    assert (found.entities["person"], found.rows["person"], found.languages["en"]) == (2, 3, 2)


def test_the_shipped_alias_table_has_no_problems() -> None:
    assert [str(problem) for problem in check(data_dir() / "aliases.csv")] == []
