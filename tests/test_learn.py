"""A user's own table grows from decisions: by what follows from them, once, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from namealign.cli import app
from namealign.curate import check
from namealign.judgements import ConflictError, Judgement, Judgements
from namealign.learn import Learned, learn
from namealign.model import Entity
from namealign.reconciler import Reconciler
from namealign.replay import replay
from namealign.tables import ALIAS_COLUMNS, read_aliases

HEADER = ",".join(ALIAS_COLUMNS)
MINE = f"""# my names
{HEADER}
17,person,Jane Doe,Jane Doe,en,,
17,person,Jane Doe,J. Doe,,,
9,person,Zed Umber,Zed Umber,,,
old,redirect,17,Jane D.,,,
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(MINE)
    return path


def spellings(path: Path, entity: str) -> list[str]:
    return [row.alias for row in read_aliases(path) if row.entity_id == entity]


def taught(path: Path, *rows: Judgement, **more: object) -> Learned:
    return learn(path, Judgements(rows), shipped=False, **more)  # type: ignore[arg-type]


def test_a_name_judged_the_same_as_an_entity_becomes_its_spelling_with_who_and_when_and_why(mine: Path) -> None:
    taught(mine, Judgement("Jain  Dough", "same", "Jane Doe", "17", "ann", "2026-11-01T10:00:00Z", "she said so"))
    [row] = [row for row in read_aliases(mine) if row.alias == "Jain Dough"]
    assert (row.entity_id, row.kind, row.canonical) == ("17", "person", "Jane Doe")
    assert (row.source, row.note) == ("decision of ann, 2026-11-01T10:00:00Z", "she said so")
    assert not check(mine, house=False)


def test_what_is_the_same_as_such_a_name_is_learned_by_its_own_decision(mine: Path) -> None:
    rows = [Judgement("Jain", "same", "Dzhein", by="bob"), Judgement("Dzhein", "same", "", "old", by="ann")]
    taught(mine, *rows)
    sources = {row.alias: row.source for row in read_aliases(mine)}
    assert sources["Jain"] == "decision of bob"
    assert sources["Dzhein"] == "decision of ann"
    # The decision was about an id that has been merged.
    assert spellings(mine, "17")[-2:] == ["Dzhein", "Jain"]


def test_a_new_name_becomes_an_entity_with_all_that_is_the_same_as_it(mine: Path) -> None:
    done = taught(mine, Judgement("Кадыров", "same", "Kadyrov"), Judgement("Kadyrov", "new"), kind="organization")
    assert done.entities == 1
    assert [tuple(row[:4]) for row in done.added] == [
        ("own:kadyrov", "organization", "Kadyrov", "Kadyrov"),
        ("own:kadyrov", "organization", "Kadyrov", "Кадыров"),
    ]


def test_an_id_is_made_of_the_name_in_latin_letters_and_is_nobody_elses(mine: Path) -> None:
    text = MINE + "own:ramzan-kadyrov,place,Umberton,Umberton,,,\n"
    mine.write_text(text)
    done = taught(mine, Judgement("Рамзан Кадыров", "new"))
    assert done.added[0].entity_id == "own:ramzan-kadyrov-2"


def test_what_was_judged_different_or_unsure_or_of_nobody_known_adds_nothing(mine: Path) -> None:
    rows = [Judgement("A", "different", "", "17"), Judgement("B", "unsure", "", "17"), Judgement("C", "same", "D")]
    assert taught(mine, *rows).added == ()
    assert mine.read_text() == MINE


def test_a_spelling_in_other_case_or_space_is_known_already(mine: Path) -> None:
    done = taught(mine, Judgement("JANE   doe", "same", "", "17"), Judgement("zed umber", "new"))
    assert (done.added, done.already) == ((), 2)


def test_a_spelling_of_another_entity_is_shown_and_left_out_unless_asked_for(mine: Path) -> None:
    said = Judgement("J. Doe", "same", "", "9")
    [left] = taught(mine, said).left_out
    assert left.claim is not None
    assert (left.name, left.entity, left.claim.entity_id) == ("J. Doe", "9", "17")
    assert mine.read_text() == MINE
    assert taught(mine, said, anyway=True).added[0].entity_id == "9"


def test_a_new_name_that_was_said_not_to_be_its_namesake_is_left_out_unless_asked_for(mine: Path) -> None:
    said = Judgement("Zed Umber", "different", "", "9"), Judgement("Zed Umber", "new")
    assert [left.claim and left.claim.entity_id for left in taught(mine, *said).left_out] == ["9"]
    assert taught(mine, *said, anyway=True).added[0].entity_id == "own:zed-umber"
    assert taught(mine, *said, anyway=True).added == ()


def test_an_entity_that_no_table_has_is_told_and_one_of_an_index_is_learned(mine: Path) -> None:
    said = Judgement("Bo", "same", "Bob Orr", "Q1")
    assert [left.why for left in taught(mine, said).left_out] == ["no table has the entity"]
    listed = {"Q1": Entity("Q1", "place", "Bob Orr", ("Bob Orr", "Bobby"))}
    done = taught(mine, said, Judgement("BOBBY", "same", "", "Q1"), known=listed)
    assert ([tuple(row[:4]) for row in done.added], done.already) == ([("Q1", "place", "Bob Orr", "Bo")], 1)


def test_decisions_on_entities_that_were_merged_may_contradict_each_other(mine: Path) -> None:
    with pytest.raises(ConflictError):
        taught(mine, Judgement("A", "same", "", "old"), Judgement("A", "different", "", "17"))
    assert mine.read_text() == MINE


def test_columns_that_a_table_lacks_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("entity_id,kind,canonical,alias\r\n1,person,Ann Orr,Ann Orr")
    taught(path, Judgement("An Or", "same", "", "1", "me", "today", "why not"))
    assert path.read_bytes() == b"entity_id,kind,canonical,alias\r\n1,person,Ann Orr,Ann Orr\r\n1,person,Ann Orr,An Or"


NAMES = st.sampled_from(
    ["Ann Orr", "ANN ORR", "An Ore", "Jane Doe", "J. Doe", "Zed Umber", "Энн Орр", "Zet", "Umberton"]
)
ROWS = st.lists(
    st.builds(
        Judgement,
        NAMES,
        st.sampled_from(["same", "different", "new", "unsure"]),
        entity=st.sampled_from(["17", "9", "old", "gone"]),
    ).map(lambda row: Judgement(row.left, "new") if row.judgement == "new" else row)
    | st.builds(Judgement, NAMES, st.just("same"), NAMES),
    max_size=8,
)


@given(rows=ROWS)
def test_learning_twice_is_learning_once_and_what_was_there_stays(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Judgement]
) -> None:
    path = tmp_path_factory.mktemp("learn") / "mine.csv"
    path.write_text(MINE)
    try:
        tried = taught(path, *rows, dry_run=True)
        assert path.read_text() == MINE
        first = taught(path, *rows)
    except ConflictError:
        assert path.read_text() == MINE
        return
    assert first == tried
    after = path.read_text()
    kept = iter(after.splitlines())
    assert all(line in kept for line in MINE.splitlines())
    assert len(read_aliases(path)) == 4 + len(first.added)
    again = taught(path, *rows)
    assert again.added == ()
    assert len(again.left_out) == len(first.left_out)
    assert path.read_text() == after
    # What was learned is what the decisions said.
    judgements = Judgements(rows).moving({"old": "17"})
    known = Reconciler.load(path, shipped=False)
    for row in first.added:
        assert judgements.verdict(row.alias, row.entity_id) != "different"
        [decision] = replay(known, [row.alias], judgements).decisions
        assert (decision.outcome, decision.best and decision.best.entity.id) == ("match", row.entity_id)


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["aliases", "learn", *args])
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr


def test_the_command_finds_the_decisions_beside_the_table_and_says_what_it_did(mine: Path) -> None:
    beside = mine.with_name("mine.decisions.csv")
    beside.write_text("left,judgement,right,entity\nJain Dough,same,,17\nBo,new,,\nJ. Doe,same,,9\n")
    assert "2 spellings would be learned" in run("--table", str(mine), "--dry-run", code=1)
    assert mine.read_text() == MINE
    said = run("--table", str(mine), code=1)
    assert "'Jain Dough' is now a spelling of 17 (Jane Doe, person)" in said
    assert "2 spellings learned, 1 new entity, 0 known already" in said
    assert "left out: 'J. Doe' of 9 is 17 (Jane Doe)" in said


def test_without_decisions_there_is_nothing_to_learn_and_no_table_is_made(tmp_path: Path) -> None:
    said = run("--table", str(tmp_path / "mine.csv"), code=2)
    assert "mine.decisions.csv: No such file" in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_entities_of_an_index_are_learned_by_the_command(mine: Path, tmp_path: Path) -> None:
    people, index, decisions = (str(tmp_path / name) for name in ("people.csv", "people.idx", "d.csv"))
    Path(people).write_text("id,name\nQ1,Bob Orr\n")
    Path(decisions).write_text("left,judgement,right,entity\nBo,same,,Q1\n")
    CliRunner().invoke(app, ["index", "build", people, "-o", index])
    assert "no table has the entity" in run("--table", str(mine), "--decisions", decisions, code=1)
    assert "'Bo' is now a spelling of Q1" in run("--table", str(mine), "--decisions", decisions, "--index", index)
