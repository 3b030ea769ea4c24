"""Bad input is one line on stderr and exit code 2; nothing is lost and nothing is half written."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from array import array
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app
from namealign.reconciler import Reconciler

GOOD_TABLE = "entity_id,kind,canonical,alias\n1,person,Ann Smith,Ann Smith\n"


def complaint(*args: str, stdin: bytes | None = None) -> str:
    result = CliRunner().invoke(app, list(args), input=stdin)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(GOOD_TABLE)
    return str(path)


@pytest.mark.parametrize(
    ("data", "column", "said"),
    [
        (b"", "name", "in.csv: is empty"),
        (b"\n", "name", "in.csv:1: the first line is empty"),
        (b"id,minister\n1,Ann\n", "name", "in.csv:1: no column 'name'; the columns are id, minister"),
        (b"Ann,1\nBob,2\n", "name", "in.csv:1: no column 'name'; the columns are Ann, 1"),
        (b"name,name\nAnn,Bob\n", "name", "in.csv:1: 2 columns are called 'name'; give a number instead: 1, 2"),
        (b'id,name\n1,Ann\n2,"Bob\n3,Cid\n', "name", "in.csv:3: a quote opens here and never closes"),
        (b'id,name\n1,Ann\n"2\n3","Bob\n3,Cid\n', "name", "in.csv:4: a quote opens here and never closes"),
        ("name\nJosé Ñandú\nFrançois\n".encode() + b"Andr\xe9\n", "name", "in.csv:4: byte 0xe9 is not UTF-8"),
    ],
)
def test_a_bad_table_is_told_with_file_and_line(
    tmp_path: Path, table: str, data: bytes, column: str, said: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(data)
    target.write_bytes(b"old")
    line = complaint("clean", str(source), "-c", column, "-o", str(target), "--table", table, "--only")
    assert said in line
    assert target.read_bytes() == b"old"
    assert source.read_bytes() == data
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out.csv", "table.csv"]


def test_an_encoding_that_does_not_fit_is_told_with_file_and_line(tmp_path: Path, table: str) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"id,name\n1,Ann\n2,J\xe9\n")
    line = complaint("clean", str(source), "-c", "name", "-e", "utf-8", "--table", table, "--only")
    assert "in.csv:3: byte 0xe9 is not utf-8" in line
    assert "no encoding is called 'klingon'" in complaint("clean", str(source), "-c", "name", "-e", "klingon")


def test_a_ragged_row_stops_only_the_strict(tmp_path: Path, table: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"id,name\n1,Ann Smith\n2\n3,x,y\n")
    options = ["-c", "name", "-o", str(target), "--table", table, "--only"]
    assert "in.csv:3: 1 fields where the header has 2" in complaint("clean", str(source), *options, "--strict")
    assert not target.exists()
    result = CliRunner().invoke(app, ["clean", str(source), *options])
    assert result.exit_code == 0
    assert "2 rows have another number of fields and stay as they are: line 3, 4" in result.stderr
    assert target.read_bytes().endswith(b"\n2\n3,x,y\n")


def test_a_cell_of_a_megabyte_is_kept_and_is_no_name(tmp_path: Path, table: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    big = b"Ann " * 250_000
    source.write_bytes(b"id,name\n1," + big + b"\n2,Ann Smith\n")
    result = CliRunner().invoke(
        app, ["clean", str(source), "-c", "name", "-o", str(target), "--table", table, "--only"]
    )
    assert result.exit_code == 0
    assert target.read_bytes().split(b"\n")[1] == b"1," + big + b",,,,new"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["lookup", "?!..."], "'?!...' has no letter in it"),
        (["lookup", ""], "'' has no letter in it"),
        (["lookup", "x" * 5000], "a name of 5,000 characters"),
        (["compare", "Ann"], "compare takes two names, not 1"),
        (["compare", "Ann", "--", "--"], "'--' has no letter in it"),
        (["clean", "none.csv", "-c", "x"], "none.csv: No such file"),
        (["clean", "none.csv"], "which column? give it with --column"),
        (["clean", "-", "-c", "x", "--in-place"], "--in-place writes over IN"),
        (["lookup", "Ann", "--table", "none.csv"], "none.csv: No such file"),
        (["lookup", "Ann", "--only"], "--only leaves no table"),
        (["lookup", "Ann", "--kind", "dog"], "'dog' is not one of"),
        (["aliases", "check", "none.csv"], "none.csv: No such file"),
        (["compare", "--pairs", "none.csv"], "none.csv: No such file"),
        (["frobnicate"], "No such command 'frobnicate'."),
    ],
)
def test_a_bad_command_line_is_one_line(args: list[str], said: str) -> None:
    assert said in complaint(*args)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,person,Ann Smith,Ann Smith\n", "table.csv:3: 1 already has the alias 'Ann Smith'"),
        ("1,person,Ann Smythe,Annie\n", "table.csv:3: 1 is 'Ann Smythe' here and 'Ann Smith' in an earlier row"),
        ("1,place,Ann Smith,Annie\n", "table.csv:3: 1 is 'place' here and 'person' in an earlier row"),
        ("2,person,Bob\n", "table.csv:3: 3 fields where the header has 4"),
    ],
)
def test_a_duplicate_or_contradictory_alias_row_is_told_with_file_and_line(
    tmp_path: Path, table: str, rows: str, said: str
) -> None:
    Path(table).write_text(GOOD_TABLE + rows)
    assert said in complaint("lookup", "Ann", "--table", table, "--only")
    (tmp_path / "in.csv").write_text("name\nAnn\n")
    assert said in complaint("clean", str(tmp_path / "in.csv"), "-c", "name", "--table", table, "--only")


def test_pairs_need_two_columns_and_even_rows() -> None:
    assert "needs a header line and two columns" in complaint("compare", "--pairs", "-", stdin=b"a\nx\n")
    assert "<stdin>:3: 1 fields" in complaint("compare", "--pairs", "-", stdin=b"a,b\nx,y\nz\n")


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, table: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text("name\n" + "Ann Smith\n" * 200_000)
    command = [sys.executable, "-m", "namealign", "clean", str(source), "-c", "name", "--table", table, "--only"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 0
    assert "Traceback" not in said
    assert "Broken" not in said


@pytest.mark.parametrize("option", ["--output", "--review", "--report"])
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("none/out.csv", "No such file"),
        (".", "is a directory"),
        ("in.csv/out.csv", "Not a directory"),
        ("out.zip", ".zip is not written"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_any_work(
    tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch, option: str, place: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("name\nAnn\n")
    # No table is loaded: that alone may take a minute.
    monkeypatch.setattr(Reconciler, "load", classmethod(lambda *_args, **_more: pytest.fail("work was begun")))
    found = complaint("clean", "in.csv", "-c", "name", "--table", table, "--only", option, place)
    assert found.startswith(f"namealign: {place}: ")
    assert said in found
    assert sorted(os.listdir()) == ["in.csv", Path(table).name]


def test_every_other_output_is_tried_before_the_work_too(tmp_path: Path, table: str) -> None:
    source, nowhere = tmp_path / "in.csv", str(tmp_path / "none/out")
    source.write_text("name,canonical,entity\nAnn,Ann Smith,1\n")
    for args in (
        ["cluster", str(source), "-c", "name", "--report", nowhere],
        ["scan", str(source), "-c", "name", "--html", nowhere],
        ["clean", str(source), "-c", "name", "--review", nowhere, "--dry-run"],
        ["review", str(source), "--decisions", nowhere],
    ):
        assert f"{nowhere}: No such file" in complaint(*args, "--table", table)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_leaves_the_old_file_whole_and_no_litter(
    tmp_path: Path, table: str, how: signal.Signals
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    os.mkfifo(source)
    target.write_bytes(b"old")
    command = [sys.executable, "-m", "namealign", "clean", str(source), "-c", "name", "--table", table, "--only"]
    process = subprocess.Popen([*command, "-o", str(target)], stderr=subprocess.PIPE)
    # Opened for both, so that a program that never comes to read cannot make the test wait for ever.
    pipe = os.open(source, os.O_RDWR)
    os.write(pipe, b"name\n" + b"Ann Smith\n" * 1000)
    waiting = array("i", [1])
    while waiting[0] and process.poll() is None:
        time.sleep(0.01)
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)
    process.send_signal(how)
    said = process.communicate(timeout=60)[1].decode()
    os.close(pipe)
    assert process.returncode in (130, 143)
    assert "Traceback" not in said
    assert target.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out.csv", "table.csv"]


NAMES = b"name\nAnn Smith\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["clean", "in.csv", "-c", "name", "-o", "out.csv", "--review", "in.csv"], "--review would write over in.csv"),
        (["clean", "in.csv", "-c", "name", "--in-place", "--review", "in.csv"], "--review would write over in.csv"),
        (["clean", "in.csv", "-c", "name", "-o", "out.csv", "--report", "./out.csv"], "which is also --output"),
        (["clean", "in.csv", "-c", "name", "-o", "table.csv"], "--output would write over table.csv"),
        (["clean", "in.csv", "-c", "name", "--decisions", "d.csv", "--review", "d.csv"], "which is also --decisions"),
        (["clean", "in.csv", "-c", "name", "--review", "-"], "--review would write over stdout"),
        (
            ["cluster", "in.csv", "-c", "name", "-o", "out.csv", "--report", "in.csv"],
            "--report would write over in.csv",
        ),
        (["scan", "in.csv", "-c", "name", "--html", "in.csv"], "--html would write over in.csv"),
        (["scan", "in.csv", "-c", "name", "--json", "--html", "h", "-o", "h"], "--html would write over h"),
    ],
)
def test_no_output_takes_the_place_of_what_the_run_reads_or_of_another_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    held = {"in.csv": NAMES, "d.csv": b"left,judgement,right,entity\n", "table.csv": GOOD_TABLE.encode()}
    for name, data in held.items():
        Path(name).write_bytes(data)
    assert said in complaint(*args, "--table", "table.csv", "--only")
    assert {name: Path(name).read_bytes() for name in os.listdir()} == held


def test_an_own_table_is_not_exported_over_itself(table: str) -> None:
    assert "--output would write over" in complaint("aliases", "export", "--table", table, "-o", table)
    assert Path(table).read_text() == GOOD_TABLE


def test_a_device_takes_several_outputs_and_the_input_may_be_written_anew(tmp_path: Path, table: str) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(NAMES)
    nowhere = ["--review", os.devnull, "--report", os.devnull, "--table", table, "--only"]
    done = CliRunner().invoke(app, ["clean", str(source), "-c", "name", "-o", str(source), *nowhere])
    assert done.exit_code == 0, done.output
    assert b"Ann Smith,Ann Smith,1," in source.read_bytes()


def test_a_column_given_twice_is_refused(tmp_path: Path, table: str) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(NAMES)
    line = complaint("clean", str(source), "-c", "name", "-c", "name", "--table", table, "--only")
    assert "column 'name' is given twice" in line


def test_names_on_stdin_that_are_not_utf8_are_told_with_their_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "namealign", "lookup", "-"], input=b"Ann\xe9\n", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.decode() == "namealign: <stdin>:1: byte 0xe9 is not UTF-8; convert the names to UTF-8\n"


def test_a_folder_is_no_index(tmp_path: Path) -> None:
    assert "is a directory; an index is one file" in complaint("index", "info", str(tmp_path))


def test_lookup_says_which_decision_leads_to_no_table(tmp_path: Path, table: str) -> None:
    decisions = tmp_path / "d.csv"
    decisions.write_text("left,judgement,right,entity\nAnn Smith,same,,99\n")
    done = CliRunner().invoke(app, ["lookup", "Ann Smith", "--table", table, "--only", "--decisions", str(decisions)])
    assert "'Ann Smith' was decided to be 99, which no table has" in done.stderr
