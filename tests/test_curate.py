"""Every rule of the shipped alias table has a row that breaks it; the shipped table breaks none."""

from pathlib import Path

import pytest

from namealign.curate import check, stats, strangers
from namealign.tables import ALIAS_COLUMNS, AliasRow, data_dir, read_rows

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
    assert found.scripts == {"Latn": 3}


def test_the_shipped_alias_table_has_no_problems() -> None:
    released = [key for _, (key,) in read_rows(data_dir() / "released_ids.csv", ("entity_id",))]
    assert [str(problem) for problem in check(data_dir() / "aliases.csv", released=released)] == []


def test_whoever_the_scorer_would_call_another_name_has_a_note_in_the_shipped_table() -> None:
    rows = [(line, AliasRow._make(row)) for line, row in read_rows(data_dir() / "aliases.csv", ALIAS_COLUMNS)]
    assert [stranger.row.alias for stranger in strangers(rows) if not stranger.row.note] == []


def test_a_spelling_that_nothing_but_the_table_joins_to_its_element_needs_a_note(tmp_path: Path) -> None:
    names = ["Geelani", "Jilani", "Kowalchuk", "Kovalchuk", "جیلانی"]
    path = tmp_path / "t.csv"

    def found(*notes: str) -> list[str]:
        noted = zip(names, notes or [""] * 5, strict=True)
        path.write_text(f"{HEADER}\n" + "".join(f"el:x,element,Jilani,{n},en,s,{note}\n" for n, note in noted))
        return [str(p).removeprefix(f"{path}:") for p in check(path, house=False, scores=True)]

    assert [problem[:28] for problem in found()] == ["4: 'Kowalchuk' is unlike 'Ji", "5: 'Kovalchuk' is unlike 'Ji"]
    assert "as the scorer has it (0.0" in found()[0]
    assert found("", "", "he took it", "he took it", "") == []
    path.write_text(f"{HEADER}\nper:x,person,Jilani,Kowalchuk,en,s,\n")
    assert check(path, house=False, scores=True) == []


def test_a_released_id_may_become_a_redirect_and_must_not_vanish(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{HEADER}\n{ANN}per:anna,redirect,per:ann,Anna,,,\n")
    assert check(path, released=["per:ann", "per:anna"]) == []
    (problem,) = check(path, released=["per:bob"])
    assert str(problem).endswith(":1: per:bob was released and is gone; a row `redirect` leads it on")


def test_a_shipped_redirect_must_lead_somewhere(tmp_path: Path) -> None:
    assert problems(tmp_path, ANN + "per:bob,redirect,per:cid,Bob,,,\n") == [
        "3: per:bob leads to per:cid, which is not there"
    ]
    assert problems(tmp_path, ANN + "per:bob,redirect,per:cid,Bob,,,\n", house=False) == []


def test_an_unknown_column_is_told_and_a_users_only_if_it_looks_misspelled(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("entity_id,kind,canonical,alias,langauge,source,colour\nper:a,person,A B,A B,en,s,red\n")
    said = [str(p).removeprefix(f"{path}:1: ") for p in check(path, house=False)]
    assert said == [f"column 'langauge' is not one of {', '.join(ALIAS_COLUMNS)}; is 'language' meant?"]
    assert len(check(path)) == 2
