"""A user's own table changes where it was told to and nowhere else, and no change is ever lost or halved."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from namealign.cli import app
from namealign.curate import check
from namealign.errors import InputError, TableError
from namealign.files import locked
from namealign.reconciler import Reconciler
from namealign.tables import ALIAS_COLUMNS, AliasRow, read_aliases, user_table
from namealign.usertable import TableFile, add, import_rows, merge, remove

HEADER = ",".join(ALIAS_COLUMNS)
MINE = f"""# my names
# since 2024
{HEADER}
17,person,Jane Doe,Jane Doe,en,,
17,person,Jane Doe,Jane Q. Doe,,,"as she signs, mostly"
9,person,Zed Umber,Zed Umber,,,

12,place,Umberton,Umberton,,,
"""


def mine(folder: Path, text: str | bytes = MINE) -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["aliases", *args])
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout


def test_a_spelling_comes_behind_its_entitys_last_row(tmp_path: Path) -> None:
    path = mine(tmp_path)
    change = add(path, "  J.  Doe ", "17", note='the "short" one')
    assert change.added == (AliasRow("17", "person", "Jane Doe", "J. Doe", "", "", 'the "short" one'),)
    lines = MINE.splitlines(keepends=True)
    assert path.read_text().splitlines(keepends=True) == [
        *lines[:5],
        '17,person,Jane Doe,J. Doe,,,"the ""short"" one"\n',
        *lines[5:],
    ]


def test_a_new_entity_comes_at_the_end_with_a_row_for_what_it_is_called(tmp_path: Path) -> None:
    path = mine(tmp_path)
    add(path, "Wye Oakes", "20", kind="place", canonical="Wye Oaks")
    assert path.read_text() == MINE + "20,place,Wye Oaks,Wye Oaks,,,\n20,place,Wye Oaks,Wye Oakes,,,\n"


def test_a_sorted_table_stays_sorted(tmp_path: Path) -> None:
    path = mine(tmp_path, f"{HEADER}\n1,person,Ann Orr,Ann Orr,,,\n3,person,Cid Orr,Cid Orr,,,\n")
    add(path, "Bob Orr", "2")
    add(path, "Abe Orr", "1")
    merge(path, "2", "3")
    assert [row.alias for row in read_aliases(path)] == ["Abe Orr", "Ann Orr", "Bob Orr", "Bob Orr", "Cid Orr"]
    assert list(read_aliases(path)) == sorted(read_aliases(path))


def test_a_table_is_made_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    add(path, "Jane Doe", "17")
    assert path.read_text() == f"{HEADER}\n17,person,Jane Doe,Jane Doe,,,\n"
    assert os.listdir(tmp_path) == ["new.csv"]


def test_a_spelling_that_is_there_changes_nothing(tmp_path: Path) -> None:
    path = mine(tmp_path)
    before = path.stat()
    assert add(path, "Jane Doe", "17").added == ()
    assert (path.read_text(), path.stat().st_mtime_ns) == (MINE, before.st_mtime_ns)


def test_of_an_id_that_ships_kind_and_canonical_spelling_are_known(tmp_path: Path) -> None:
    path = mine(tmp_path)
    (row,) = add(path, "Jalil A. Jilany", "per:jalil-abbas-jilani").added
    assert row.canonical == "Jalil Abbas Jilani"


@pytest.mark.parametrize(
    ("name", "entity_id", "more", "said"),
    [
        ("jane doe", "18", {}, "'jane doe' is a spelling of 17 (Jane Doe) in"),
        ("Jalil Abbas Jilani", "18", {}, "is a spelling of per:jalil-abbas-jilani (Jalil Abbas Jilani) in the shipped"),
        ("J. Doe", "17", {"kind": "place"}, "17 is 'person', not 'place'; leave --kind out"),
        ("J. Doe", "17", {"canonical": "Janet Doe"}, "17 is 'Jane Doe', not 'Janet Doe'"),
        ("?!", "18", {}, "'?!' has no letter in it"),
        ("Bell\x07a", "18", {}, "control character U+0007"),
        ("x" * 2000, "18", {}, "a name of 2,000 characters"),
        ("J. Doe", "17", {"language": "English"}, "language 'English' is not like 'en'"),
    ],
)
def test_what_cannot_be_added_is_told_and_changes_nothing(
    tmp_path: Path, name: str, entity_id: str, more: dict[str, str], said: str
) -> None:
    path = mine(tmp_path)
    with pytest.raises(InputError) as caught:
        add(path, name, entity_id, **more)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert path.read_text() == MINE


def test_two_entities_share_a_spelling_only_where_the_user_says_so(tmp_path: Path) -> None:
    path = mine(tmp_path)
    add(path, "Jane Doe", "18", anyway=True)
    assert [row.entity_id for row in read_aliases(path) if row.alias == "Jane Doe"] == ["17", "18"]
    assert "one row needs a note" in str(check(path, house=False)[0])
    with pytest.raises(InputError, match="is a spelling of 17, 18; say which with --id"):
        remove(path, "Jane Doe")
    remove(path, "Jane Doe", entity_id="18")
    assert path.read_text() == MINE


def test_a_column_that_the_table_lacks_is_told(tmp_path: Path) -> None:
    text = "alias,canonical,kind,entity_id,colour\nAnn Orr,Ann Orr,person,1,red\n"
    path = mine(tmp_path, text)
    with pytest.raises(InputError, match="has no column note for 'x'; write it into the header"):
        add(path, "Annie Orr", "1", note="x")
    add(path, "Annie Orr", "1")
    assert path.read_text() == text + "Annie Orr,Ann Orr,person,1,\n"


def test_a_malformed_table_is_left_alone(tmp_path: Path) -> None:
    path = mine(tmp_path, MINE + "13,persona,X,X,,,\n")
    with pytest.raises(TableError, match="kind 'persona'"):
        add(path, "J. Doe", "17")
    assert path.read_text() == MINE + "13,persona,X,X,,,\n"


def test_an_entity_goes_whole_and_takes_its_redirects_along(tmp_path: Path) -> None:
    path = mine(tmp_path)
    merge(path, "9", "17")
    assert len(remove(path, entity_id="9").removed) == 4
    assert {row.entity_id for row in read_aliases(path)} == {"12"}
    with pytest.raises(InputError, match="has no row with the name 'Nobody'"):
        remove(path, "Nobody")


def test_merged_entities_are_one_under_the_new_id_and_the_old_one_leads_there(tmp_path: Path) -> None:
    path = mine(tmp_path)
    merge(path, "17", "9")
    assert path.read_text() == (
        f"# my names\n# since 2024\n{HEADER}\n9,person,Zed Umber,Jane Doe,en,,\n"
        '9,person,Zed Umber,Jane Q. Doe,,,"as she signs, mostly"\n9,person,Zed Umber,Zed Umber,,,\n\n'
        "12,place,Umberton,Umberton,,,\n17,redirect,9,Jane Doe,,,\n"
    )
    best = Reconciler.load(path, shipped=False).lookup("Jane Doe")[0]
    assert (best.entity.id, best.entity.canonical) == ("9", "Zed Umber")
    assert add(path, "Janie Doe", "17").entity_id == "9"
    assert check(path, house=False) == []


def test_a_chain_of_merges_leads_to_its_end(tmp_path: Path) -> None:
    path = mine(tmp_path)
    add(path, "Ann Orr", "30")
    merge(path, "30", "9")
    merge(path, "9", "17")
    assert TableFile(path).redirects == {"30": "17", "9": "17"}
    assert {(row.entity_id, row.canonical) for row in read_aliases(path) if row.kind == "redirect"} == {
        ("30", "17"),
        ("9", "17"),
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("17", "17", "17 and 17 are one entity already"),
        ("17", "12", "17 is a person and 12 a place"),
        ("17", "77", "has no entity 77, nor has the shipped table"),
    ],
)
def test_what_cannot_be_merged_is_told_and_changes_nothing(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = mine(tmp_path)
    with pytest.raises(InputError, match=said):
        merge(path, old, new)
    assert path.read_text() == MINE


def test_two_shipped_entities_can_be_merged_by_a_users_redirect_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    merge(path, "per:jalil-abbas-jilani", "per:ramzan-kadyrov")
    assert len(read_aliases(path)) == 1
    found = Reconciler.load(path)
    assert "per:jalil-abbas-jilani" not in {match.entity.id for match in found.lookup("Jalil Abbas Jilani", limit=20)}
    best = found.lookup("Jalil Abbas Jilani")[0]
    assert (best.entity.id, best.entity.canonical, best.alias) == (
        "per:ramzan-kadyrov",
        "Ramzan Kadyrov",
        "Jalil Abbas Jilani",
    )
    assert "per:jalil-abbas-jilani" not in {entity.id for entity in found.entities}


def test_a_redirect_out_of_all_tables_shows_the_id_it_leads_to(tmp_path: Path) -> None:
    path = mine(tmp_path, MINE + "9x,person,Ed Vale,Ed Vale,,,\n")
    other = tmp_path / "other.csv"
    other.write_text(f"{HEADER}\n9x,redirect,99,Ed Vale,,,\n")
    assert Reconciler.load(path, other, shipped=False).lookup("Ed Vale")[0].entity.id == "99"


def test_a_circle_of_redirects_is_found_and_followed_by_nobody(tmp_path: Path) -> None:
    path = mine(tmp_path, f"{HEADER}\n1,redirect,2,A B,,,\n2,redirect,1,C D,,,\n3,person,Ann Orr,Ann Orr,,,\n")
    assert [str(p).partition("csv:")[2] for p in check(path, house=False)] == [
        "2: 1 leads to 2, which leads back to it",
        "3: 2 leads to 1, which leads back to it",
    ]
    assert Reconciler.load(path, shipped=False).lookup("Ann Orr")[0].entity.id == "3"


# What a file may look like that add must give back: any order of columns, line ends, BOM, quotes, blank lines.
_NAME = st.text(st.sampled_from("aéß ب,'\"字\n-"), min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A table that can be read, written by any hand."""
    columns = [*draw(st.permutations(ALIAS_COLUMNS)), *draw(st.sampled_from([[], ["colour"]]))]
    entities = [(str(i), draw(st.sampled_from(["person", "place"])), draw(_NAME)) for i in range(3)]
    rows = draw(st.lists(st.tuples(st.sampled_from(entities), _NAME, st.sampled_from(["", "en"])), max_size=8))
    newline, quoting = draw(st.sampled_from(["\n", "\r\n", "\r"])), draw(st.sampled_from([0, 1]))

    def written(fields: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n", quoting=quoting).writerow(fields)  # type: ignore[arg-type]
        return out.getvalue().removesuffix("\r\n") + newline

    text = "".join(f"# {line}{newline}" for line in draw(st.lists(st.sampled_from(["mine", "ünï"]), max_size=2)))
    text += written(columns)
    for (entity_id, kind, canonical), alias, language in dict.fromkeys(rows):
        given = dict(zip(ALIAS_COLUMNS, (entity_id, kind, canonical, alias, language, "", ""), strict=True))
        text += written([given.get(column, "red") for column in columns]) + newline * draw(st.integers(0, 1))
    if draw(st.booleans()) and not text.endswith(newline * 2):
        text = text.removesuffix(newline)
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


@given(data=tables(), entity=st.integers(0, 4), name=_NAME, language=st.sampled_from(["", "de"]))
def test_what_is_added_and_removed_again_leaves_no_byte_changed(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, entity: int, name: str, language: str
) -> None:
    assume(any(map(str.isalpha, name)))
    path = mine(tmp_path_factory.mktemp("own"), data)
    added = add(path, name, str(entity), language=language, anyway=True).added
    if added:
        assert path.read_bytes() != data
        assert read_aliases(path) != []
        remove(path, name, entity_id=str(entity), language=language)
    assert path.read_bytes() == data


@given(data=tables(), names=st.lists(_NAME, min_size=1, max_size=3))
def test_added_rows_are_all_that_a_table_gets(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, names: list[str]
) -> None:
    path = mine(tmp_path_factory.mktemp("own"), data)
    before = read_aliases(path)
    new = [AliasRow("7", "person", names[0], name) for name in dict.fromkeys(names)]
    done = import_rows(path, new, anyway=True, shipped=False)
    after = read_aliases(path)
    assert [row for row in after if row.entity_id != "7"] == before
    assert sorted(row for row in after if row.entity_id == "7") == sorted(new)
    assert import_rows(path, new, shipped=False).already == done.added == len(new)


_ADDER = """
import sys
from namealign.usertable import add
for i in range(int(sys.argv[3])):
    add(sys.argv[1], f"Name {sys.argv[2]} " + "abcdefghij"[i], sys.argv[2])
"""


def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = mine(tmp_path)
    command = [sys.executable, "-c", _ADDER, str(path)]
    processes = [subprocess.Popen([*command, who, "4"]) for who in ("p", "q", "r")]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    assert sum(row.alias.startswith("Name ") for row in read_aliases(path)) == 12
    assert os.listdir(tmp_path) == ["mine.csv"]


def test_a_table_that_somebody_else_changes_is_waited_for_and_then_told(tmp_path: Path) -> None:
    path = mine(tmp_path)
    with locked(path), pytest.raises(InputError, match="another process has been changing it"):  # noqa: SIM117
        with locked(path, patience=0.05):
            pass
    with locked(path, patience=0.05):
        pass
    assert os.listdir(tmp_path) == ["mine.csv"]


def test_a_lock_that_a_killed_process_left_stops_nobody(tmp_path: Path) -> None:
    path = mine(tmp_path)
    (tmp_path / ".mine.csv.lock").touch()
    add(path, "J. Doe", "17")
    assert os.listdir(tmp_path) == ["mine.csv"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own table, by the environment."""
    path = tmp_path / "settings" / "aliases.csv"
    monkeypatch.setenv("NAMEALIGN_ALIASES", str(path))
    return path


def test_the_own_table_is_made_read_by_lookup_and_told_apart_from_none(own: Path) -> None:
    assert "makes it" in CliRunner().invoke(app, ["aliases", "list"]).stderr
    run("add", "Quill Vandermeer", "--id", "17", "--language", "nl")
    assert own.read_text().endswith("17,person,Quill Vandermeer,Quill Vandermeer,nl,,\n")
    result = CliRunner().invoke(app, ["lookup", "Kwil Vandermeer", "--only"])
    assert "Quill Vandermeer  person  17" in result.stdout
    assert run("list", "vander") == "17  Quill Vandermeer  person\n    Quill Vandermeer  (nl)\n"
    run("list", "nobody", code=1)
    run("remove", "--id", "17")
    assert own.read_text() == f"{HEADER}\n"


def test_a_table_that_is_named_stands_instead_of_the_own_one(own: Path, tmp_path: Path) -> None:
    run("add", "Quill Vandermeer", "--id", "17")
    path = mine(tmp_path)
    assert "17  as" not in CliRunner().invoke(app, ["lookup", "Vandermeer", "--table", str(path), "--only"]).stdout
    run("add", "J. Doe", "--id", "17", "--table", str(path))
    assert "J. Doe" not in own.read_text()


def test_without_a_word_it_lies_in_the_folder_of_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAMEALIGN_ALIASES", "")
    assert user_table() is None
    monkeypatch.delenv("NAMEALIGN_ALIASES")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_table() == tmp_path / "namealign" / "aliases.csv"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    assert user_table() == tmp_path / "roaming" / "namealign" / "aliases.csv"
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_table() == tmp_path / "Library" / "Application Support" / "namealign" / "aliases.csv"


@pytest.mark.usefixtures("own")
def test_merge_is_told_and_an_old_id_is_listed_under_the_new_one() -> None:
    run("add", "Quill Vandermeer", "--id", "17")
    run("add", "Pat Vandermeer", "--id", "18")
    run("merge", "18", "17")
    assert run("list", "--id", "18") == "17  Quill Vandermeer  person  (before: 18)\n    Pat Vandermeer\n"
    assert "are one entity already" in CliRunner().invoke(app, ["aliases", "merge", "17", "18"]).stderr


def test_check_reads_the_own_table_too(own: Path) -> None:
    run("add", "Quill Vandermeer", "--id", "17")
    own.write_text(own.read_text() + "17,person,Quill Vandermeer, Quill,,,\n")
    assert "stray white space" in run("check", "--no-scores", code=2)


def test_a_change_of_the_own_table_is_seen_though_it_is_kept_indexed(own: Path) -> None:
    def found() -> str:
        return CliRunner().invoke(app, ["lookup", "Quill Vandermeer", "--only"]).stdout

    run("add", "Quill Vandermeer", "--id", "17")
    assert "person  17" in found()
    assert "person  17" in found()
    own.write_text(own.read_text().replace("17,", "18,"))
    assert "person  18" in found()
    own.write_text("entity_id,kind\n")
    result = CliRunner().invoke(app, ["lookup", "Quill", "--only"])
    assert (result.exit_code, "no column canonical" in result.stderr) == (2, True)
