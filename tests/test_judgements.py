"""What people decided is kept in a file that loses nothing, and means the same whatever the order of its rows."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.errors import TableError
from namealign.journal import Journal
from namealign.judgements import ConflictError, Judgement, Judgements, Verdict, name_key

HEAD = "left,judgement,right,entity,by,at,why\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "decisions.csv"


def test_a_name_is_known_whatever_its_case_space_and_unicode_form() -> None:
    kept = Judgements([Judgement("José  GARCÍA", "same", "", "per:1")])
    for written in ("Jose\u0301 Garci\u0301a", " josé garcía ", "José\u00a0García"):
        assert kept.verdict(written, "per:1") == "same"
    assert kept.verdict("Jose Garcia", "per:1") is None


def test_the_same_as_the_same_is_the_same_and_what_differs_from_one_differs_from_all() -> None:
    kept = Judgements(
        [
            Judgement("A", "same", "B"),
            Judgement("B", "same", "C"),
            Judgement("C", "different", "D"),
            Judgement("D", "same", "E"),
        ]
    )
    assert kept.between("A", "C") == "same"
    assert kept.between("A", "E") == kept.between("e", "b") == "different"
    assert kept.between("A", "X") is None


def test_a_name_that_is_one_entity_is_no_other_entity() -> None:
    kept = Judgements([Judgement("A", "same", "", "per:1"), Judgement("B", "same", "", "per:2")])
    assert kept.verdict("A", "per:2") == "different"
    assert kept.between("A", "B") == "different"


def test_an_entity_is_never_taken_for_a_name_that_is_written_like_its_id() -> None:
    kept = Judgements([Judgement("A", "same", "", "x")])
    assert kept.between("A", "x") is None


def test_a_certain_judgement_outweighs_an_unsure_one_in_any_order() -> None:
    rows = [Judgement("A", "unsure", "", "per:1"), Judgement("A", "different", "", "per:1")]
    assert Judgements(rows).verdict("A", "per:1") == Judgements(rows[::-1]).verdict("A", "per:1") == "different"


CONFLICTS = {
    "same and different": ("A,same,B\nA,different,b\n", "3: 'A' is different from 'b' here, but the same by line 2"),
    "a chain that meets a different": (
        "A,same,B\nA,different,C\nB,same,C\n",
        "3: 'A' is different from 'C' here, but the same by line 2 and line 4",
    ),
    "two entities": ("A,same,,1\nB,same,A\nB,same,,2\n", "4: 'B' is 2 here, but 1 by line 3 and line 2"),
    "new and an entity": ("A,new\nA,same,,1\n", "2: 'A' is new here, but 1 by line 3"),
    "a name against itself": ("A,different,a\n", "2: 'A' is different from 'a' here, but they are one name"),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_shown_with_the_lines_that_make_it(name: str, path: Path) -> None:
    rows, said = CONFLICTS[name]
    path.write_text(HEAD + "".join(row + "," * (6 - row.count(",")) + "\n" for row in rows.splitlines()))
    with pytest.raises(ConflictError) as found:
        Judgements.read(path)
    assert found.value.problems == (f"{path}:{said}",)


def test_a_conflict_between_two_files_names_both(tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text(HEAD + "A,same,B,,,,\n")
    other.write_text(HEAD + "A,different,B,,,,\n")
    with pytest.raises(ConflictError, match=f"{other}:2: .* the same by {one}:2"):
        Judgements.read(one, other)


MALFORMED = {
    "# nothing yet\n": "is empty; a header line is needed",
    "a,b\n1,2\n": ":1: no column left, judgement; the columns are a, b",
    HEAD + "A,maybe,B,,,,\n": ":2: judgement 'maybe' is not one of same, different, unsure, new",
    HEAD + "A,same,B,,,\n": ":2: 6 fields where the header has 7",
    HEAD + "# a note\nA,same,,,,,\n": ":3: right and entity are both empty",
    HEAD + "A,new,B,,,,\n": ":2: 'new' is said of a name alone",
    HEAD + ",new,,,,,\n": ":2: left is empty",
    HEAD + 'A,"same,B,,,,\n': ":2: ",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_file_is_refused_with_its_line(text: str, path: Path) -> None:
    path.write_text(text)
    with pytest.raises(TableError, match=f"^{path}") as found:
        Judgements.read(path)
    assert MALFORMED[text] in str(found.value)


def test_a_byte_that_is_not_utf_8_is_told_with_its_line(path: Path) -> None:
    path.write_bytes(HEAD.encode() + b"Jos\xe9,new,,,,,\n")
    with pytest.raises(TableError, match=r":2: byte 0xe9 is not UTF-8"):
        Judgements.read(path)


def test_a_file_that_a_person_edited_is_read(path: Path) -> None:
    path.write_bytes(
        b"\xef\xbb\xbf# ours\r\nwhy,judgement,left,entity\r\n\r\n# January\r\n"
        b'"two\nlines",same,"Jilani, Jalil",per:1\r\n,new,"#1 Dad",'
    )
    kept = Judgements.read(path)
    assert len(kept) == 2
    assert kept.verdict("Jilani, Jalil", "per:1") == "same"
    assert kept.is_new("#1 dad")


def test_a_file_that_is_not_there_holds_no_judgement(path: Path) -> None:
    assert len(Judgements.read(path)) == 0
    path.touch()
    assert len(Judgements.read(path)) == 0


def test_appending_keeps_order_comments_columns_line_ends_and_a_missing_last_newline(path: Path) -> None:
    before = b"\xef\xbb\xbf# ours\r\nwhy,judgement,left,mark,right\r\n# January\r\nx,same,A,!,B"
    path.write_bytes(before)
    Journal(path).append([Judgement("C\n D", Verdict.DIFFERENT, "E, F", by="me", why='a "reason"')])
    assert path.read_bytes() == before + b'\r\n"a ""reason""",different,C D,,"E, F"\r\n'


def test_what_is_taken_back_leaves_the_file_as_it_was(path: Path) -> None:
    path.write_bytes(before := HEAD.encode() + b"A,new,,,,,")
    journal = Journal(path)
    assert not journal.undo()
    journal.append([Judgement("B", Verdict.NEW)])
    after = path.read_bytes()
    journal.append([Judgement("C", Verdict.NEW)])
    assert journal.undo()
    assert path.read_bytes() == after
    assert journal.undo()
    assert path.read_bytes() == before


def test_what_is_taken_back_is_ones_own_also_when_another_has_written_since(path: Path) -> None:
    mine, other = Journal(path), Journal(path)
    mine.append([Judgement("A", Verdict.NEW)])
    other.append([Judgement("AA", Verdict.NEW)])
    assert mine.changed()
    assert not mine.changed()
    assert mine.undo()
    assert path.read_text() == HEAD + "AA,new,,,,,\n"
    # Who has edited the row has taken it over.
    mine.append([Judgement("A", Verdict.NEW)])
    path.write_text(path.read_text().replace("\nA,new", "\nA,same,B"))
    assert not mine.undo()
    assert path.read_text() == HEAD + "AA,new,,,,,\nA,same,B,,,,,\n"


def test_a_link_and_the_files_mode_stay(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.csv"
    target.write_text(HEAD)
    target.chmod(0o640)
    path.symlink_to(target)
    Journal(path).append([Judgement("A", Verdict.NEW)])
    assert path.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert len(Judgements.read(path)) == 1


_NAME = st.sampled_from("abcdef")
_ROW = st.builds(
    lambda left, verdict, right, entity: (
        Judgement(left, verdict) if verdict == "new" else Judgement(left, verdict, right, entity)
    ),
    _NAME,
    st.sampled_from([str(v) for v in Verdict]),
    _NAME,
    st.sampled_from(["", "", "1", "2", "3"]),
)


def said(kept: Judgements) -> list[object]:
    return [
        *(kept.between(a, b) for a, b in combinations("abcdef", 2)),
        *(kept.verdict(a, e) for a in "abcdef" for e in "123"),
        *((kept.is_new(a), kept.entity_of(a)) for a in "abcdef"),
        kept.pairs("abcdef"),
    ]


@given(rows=st.lists(_ROW, max_size=12), seed=st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(rows: list[Judgement], seed: int) -> None:
    mixed = random.Random(seed).sample(rows, len(rows))
    try:
        one = Judgements(rows)
    except ConflictError:
        with pytest.raises(ConflictError):
            Judgements(mixed)
        return
    assert said(one) == said(Judgements(mixed)) == said(Judgements([*rows, *rows]))


@given(rows=st.lists(_ROW, max_size=12))
def test_verdicts_never_contradict_each_other(rows: list[Judgement]) -> None:
    try:
        kept = Judgements(rows)
    except ConflictError:
        return
    for row in rows:
        if row.judgement == "new":
            assert kept.is_new(row.left)
        elif row.judgement != "unsure":
            found = kept.verdict(row.left, row.entity) if row.entity else kept.between(row.left, row.right)
            assert found == row.judgement
    for a, b, c in combinations("abcdef", 3):
        if kept.between(a, b) == "same" and kept.between(b, c) in ("same", "different"):
            assert kept.between(a, c) == kept.between(b, c)


_CELL = st.text(st.characters(codec="utf-8"), max_size=8)


@given(cells=st.lists(st.tuples(_CELL.filter(lambda text: bool(name_key(text))), _CELL), min_size=1, max_size=5))
def test_any_text_is_read_back_as_it_was_appended_but_for_white_space(
    cells: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "decisions.csv"
    rows = [Judgement(left, Verdict.NEW, why=why) for left, why in cells]
    for row in rows:
        Journal(path).append([row])
    kept = Judgements.read(path)
    assert len(kept) == len(rows)
    assert all(kept.is_new(left) for left, _ in cells)


APPENDER = """
import sys
from namealign.journal import Journal, Judgement
journal = Journal(sys.argv[1])
for number in range(10 ** 6):
    journal.append([Judgement(f"name {number}", "different", "x" * 300, f"per:{number}"), Judgement(f"name {number}", "new")])
    print(number, flush=True)
"""  # noqa: E501


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_loses_no_answer_that_it_gave_and_leaves_no_half_of_one(path: Path) -> None:
    rng = random.Random(20260101)
    for _ in range(6):
        path.unlink(missing_ok=True)
        command = [sys.executable, "-c", APPENDER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ}) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            said = process.stdout.read().split()
        last = int(said[-1]) if said else 0
        kept = Judgements.read(path)
        assert len(kept) % 2 == 0
        assert len(kept) >= 2 * (last + 1)
        # Whoever goes on is not stopped by what the dead one left.
        Journal(path).append([Judgement("later", Verdict.NEW)])
