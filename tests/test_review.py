"""A person is asked once: every answer is on disk before the next question, and is kept to month after month."""

import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app
from namealign.errors import InputError
from namealign.journal import Journal, beside
from namealign.judgements import Judgement, Judgements
from namealign.review import Candidate, Question, Session, read_questions, write_questions

RUNNER = CliRunner()
HEAD = "left,judgement,right,entity,by,at,why\n"

# Jalil and Jamil Abbas Jilani share a spelling, so it is for a person to say whose it is.
TABLE = """entity_id,kind,canonical,alias
1,person,Jalil Abbas Jilani,Jalil Abbas Jilani
1,person,Jalil Abbas Jilani,J. A. Jilani
2,person,Jamil Abbas Jilani,Jamil Abbas Jilani
2,person,Jamil Abbas Jilani,J. A. Jilani
3,person,Ramzan Kadyrov,Ramzan Kadyrov
3,person,Ramzan Kadyrov,Kadyrov
4,person,Akhmad Kadyrov,Akhmad Kadyrov
4,person,Akhmad Kadyrov,Kadyrov
5,person,Hosni Mubarak,Hosni Mubarak
5,person,Hosni Mubarak,Mubarak
6,person,Suzanne Mubarak,Suzanne Mubarak
6,person,Suzanne Mubarak,Mubarak
"""
JANUARY = "id,name\n" + "1,J. A. Jilani\n" * 3 + "2,KADYROV\n3,Kadyrov\n4,Mubarak\n5,Hosni Mubarak\n"
FEBRUARY = "id,name\n1,j. a.  jilani\n2,Kadyrov\n3,MUBARAK\n4,Akhmad Kadyrov\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


@pytest.fixture
def ask(tmp_path: Path) -> str:
    return str(tmp_path / "ask.csv")


def run(*args: str, stdin: str = "", code: int = 0) -> tuple[str, str]:
    result = RUNNER.invoke(app, list(args), input=stdin)
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def cleaned(text: str, ask: str, table: str, *more: str) -> list[dict[str, str]]:
    out, _ = run("clean", "-", "-c", "name", "--table", table, "--only", "--review", ask, *more, stdin=text)
    return list(csv.DictReader(io.StringIO(out)))


def names_in(ask: str) -> list[str]:
    return [question.name for question in read_questions(ask)]


def outcomes(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["name_outcome"], row["name_entity"]) for row in rows]


def test_january_is_decided_once_and_february_asks_nothing_again(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    # Most frequent first, and spellings that differ in case only are one question.
    assert names_in(ask) == ["J. A. Jilani", "KADYROV", "Mubarak"]
    out, err = run("review", ask, "--table", table, "--by", "me", stdin="2\ndifferent\nn\n", code=1)
    assert "KADYROV  (2 rows)" in out
    assert f"3 answers in {beside(table)}; 1 still open" in err
    # After the first Kadyrov was refused, the other one was asked about.
    assert "1  Akhmad Kadyrov  (person, 4, 100%)" in out

    kept = Judgements.read(beside(table))
    assert kept.entity_of("J. A. Jilani") == "2"
    assert kept.is_new("kadyrov")
    _, err = run("review", ask, "--table", table, stdin="unsure\n")
    assert "nothing is open" in err

    again = cleaned(FEBRUARY, ask, table)
    assert names_in(ask) == []
    assert outcomes(again) == [("match", "2"), ("new", ""), ("review", "5"), ("match", "4")]
    # What was left unsure is asked again only if that is wanted.
    cleaned(FEBRUARY, ask, table, "--again")
    assert names_in(ask) == ["MUBARAK"]


def test_cleaning_what_was_cleaned_by_decisions_changes_nothing(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    run("review", ask, "--table", table, stdin="s\nn\nu\n")
    for more in ((), ("--replace",), ("--harmonize",), ("--harmonize", "--replace")):
        once, _ = run("clean", "-", "-c", "name", "--table", table, *more, stdin=JANUARY)
        twice, _ = run("clean", "-", "-c", "name", "--table", table, *more, stdin=once)
        assert twice == once


def test_the_same_answers_give_the_same_file_whoever_reads_it(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    run("review", ask, "--table", table, "--by", "me", "--why", "asked him", stdin="1\nq\n", code=1)
    [head, row] = list(csv.reader(Path(beside(table)).read_text(encoding="utf-8").splitlines()))
    assert head == HEAD.strip().split(",")
    assert row[:5] == ["J. A. Jilani", "same", "Jalil Abbas Jilani", "1", "me"]
    assert row[6] == "asked him"
    assert time.strptime(row[5], "%Y-%m-%dT%H:%M:%SZ")


def test_who_stops_goes_on_where_he_stopped(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    _, err = run("review", ask, "--table", table, stdin="s\nq\n", code=1)
    assert "1 answer in" in err
    assert "2 still open" in err
    out, _ = run("review", ask, "--table", table, stdin="skip\nk\n", code=1)
    assert "J. A. Jilani" not in out
    assert "2 of 3: KADYROV" in out


def test_undo_takes_an_answer_out_of_the_file(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    out, _ = run("review", ask, "--table", table, stdin="z\nd\nn\nk\nz\nz\nz\n1\nq\n", code=1)
    assert "there is nothing to undo" in out
    kept = Judgements.read(beside(table))
    assert len(kept) == 1
    assert kept.entity_of("J. A. Jilani") == "1"


def test_what_follows_from_earlier_answers_is_not_asked(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    Path(beside(table)).write_text(HEAD + "J. A. Jilani,same,The Ambassador,,,,\nThe Ambassador,different,,1,,,\n")
    out, _ = run("review", ask, "--table", table, stdin="s\nq\n", code=1)
    assert "1  Jamil Abbas Jilani" in out


def test_an_answer_that_contradicts_an_earlier_one_is_shown_and_not_written(table: str, ask: str) -> None:
    Path(ask).write_text("name,canonical,entity\nA,B,\n")
    Path(beside(table)).write_text(HEAD + "A,new,,,,,\nB,same,,1,,,\n")
    out, _ = run("review", ask, "--table", table, stdin="s\nz\nk\n", code=1)
    assert f"that cannot be: {beside(table)}:2: 'A' is new here, but 1 by line 4 and line 3" in out
    assert "there is nothing to undo" in out
    assert len(Judgements.read(beside(table))) == 2


def test_what_is_no_answer_stops_a_script_and_keeps_what_was_answered(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    _, err = run("review", ask, "--table", table, stdin="same\n\nperhaps\n", code=2)
    assert "<stdin>:3: 'perhaps' is no answer; answers are same, different" in err
    assert len(Judgements.read(beside(table))) == 1
    _, err = run("review", ask, "--table", table, stdin="7\n", code=2)
    assert "there is no candidate 7" in err


def test_differing_parts_are_marked(table: str, ask: str) -> None:
    Path(ask).write_text("name,canonical,entity,reason\nJaleel Geelani,Jalil Jilani,1,why not\nКадыров,Kadyrof,3,\n")
    out, _ = run("review", ask, "--table", table, stdin="k\n", code=1)
    assert "       Jal[ee]l [Gee]lani\n       Jal[i]l [Ji]lani\n     why not\n" in out
    assert "       kadyro[v]  (Кадыров)\n       Kadyro[f]\n" in out


def test_review_says_where_answers_would_go(ask: str) -> None:
    Path(ask).write_text("name,canonical,entity\nA,B,1\n")
    _, err = run("review", ask, code=2)
    assert "give --decisions FILE" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: no column name, canonical, entity"),
        ("name,canonical,entity\nA,B\n", ":2: another number of fields"),
        ("name,canonical,entity\n,B,1\n", ":2: a name and a candidate are needed"),
        ("name,canonical,entity,rows\nA,B,1,many\n", ":2: rows is 'many', which is no number"),
        ('name,canonical,entity\n"A,B,1\n', ":1: unexpected end of data"),
    ],
)
def test_a_malformed_file_of_questions_is_refused_with_its_line(text: str, said: str, ask: str) -> None:
    Path(ask).write_text(text)
    with pytest.raises(InputError) as found:
        read_questions(ask)
    assert f"{ask}{said}" in str(found.value)


def test_questions_come_back_as_they_were_written(ask: str) -> None:
    asked = [
        Question('A "b"\nc', 3, (Candidate("X, Y", "1", "person", "X", "0.600", "why; not"), Candidate("Z", "2"))),
        Question("D", 1, (Candidate("E"),)),
    ]
    write_questions(ask, asked)
    assert read_questions(ask) == asked


def session(tmp_path: Path, asked: list[Question], *known: Judgement) -> Session:
    return Session(asked, Judgements(known), Journal(tmp_path / "d.csv"), now=lambda: "now")


def test_two_names_can_be_asked_about_too(tmp_path: Path) -> None:
    at = session(tmp_path, [Question("A", 1, (Candidate("B"),)), Question("B", 1, (Candidate("A"),))])
    at.different()
    assert at.current() is None
    assert Judgements.read(tmp_path / "d.csv").between("A", "B") == "different"


def test_contradicting_decisions_are_shown_a_line_each_and_stop_the_run(tmp_path: Path, table: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text(HEAD + "A,same,B,,,,\nA,different,B,,,,\nC,new,,,,,\nC,same,,1,,,\n")
    for command in (["clean", "-", "-c", "name"], ["cluster", "-", "-c", "name"], ["lookup", "A"]):
        _, err = run(*command, "--table", table, "--decisions", str(path), stdin="name\nA\n", code=2)
        lines = err.splitlines()
        assert lines[0] == f"namealign: {path}:3: 'A' is different from 'B' here, but the same by line 2"
        assert lines[1] == f"namealign: {path}:4: 'C' is new here, but 1 by line 5"
        assert "contradict" in lines[2]


def test_a_file_of_decisions_that_is_not_there_yet_is_told(tmp_path: Path, table: str) -> None:
    _, err = run(
        "clean", "-", "-c", "name", "--table", table, "--decisions", str(tmp_path / "d.csv"), stdin="name\nA\n"
    )
    assert f"{tmp_path / 'd.csv'} is not there yet: nothing is decided" in err


def test_a_decision_for_an_entity_that_no_table_has_is_told(table: str) -> None:
    Path(beside(table)).write_text(HEAD + "Kadyrov,same,Somebody,99,,,\n")
    _, err = run("clean", "-", "-c", "name", "--table", table, "--only", stdin="name\nKadyrov\n")
    assert "'Kadyrov' was decided to be 99, which no table has" in err


def test_cluster_keeps_to_decisions(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    names = ["Zed Zzyzx", "Ann Otherby", "Zedd Zzyzx", "Muammar Qaddafy", "Moammar Kadhafy"]
    path.write_text(HEAD + "Zed Zzyzx,same,ANN OTHERBY,,,,\nMuammar Qaddafy,different,Moammar Kadhafy,,,,\n")
    (tmp_path / "empty.csv").write_text("entity_id,kind,canonical,alias\n1,person,No One,No One\n")
    args = ["cluster", "-", "-c", "name", "--table", str(tmp_path / "empty.csv"), "--only"]
    data = "name\n" + "\n".join(names) + "\n"
    free, _ = run(*args, stdin=data)
    bound, _ = run(*args, "--decisions", str(path), stdin=data)
    before, after = ([row["name_cluster"] for row in csv.DictReader(io.StringIO(out))] for out in (free, bound))
    assert before[3] == before[4]
    assert before[0] != before[1]
    assert after[3] != after[4]
    assert after[0] == after[1] == after[2]


def test_lookup_and_compare_keep_to_decisions(tmp_path: Path, table: str) -> None:
    Path(beside(table)).write_text(HEAD + "Kadyrov,same,,4,,,\nMubarak,different,,5,,,\nA B,same,C D,,,,\n")
    out, _ = run("lookup", "kadyrov", "--table", table, "--only", "--explain")
    assert out.splitlines()[1].split() == ["1.00", "match", "Akhmad", "Kadyrov", "person", "4", "as", "Kadyrov"]
    assert "a person decided that they are one" in out
    assert "Ramzan" not in out
    out, _ = run("lookup", "Mubarak", "--table", table, "--only")
    assert "Suzanne" in out
    assert "Hosni" not in out
    out, _ = run("compare", "a b", "C D", "--decisions", beside(table))
    assert out.startswith("a b / C D: match, 100%")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("left,right\nA B,C D\nA B,E F\n")
    out, _ = run("compare", "--pairs", str(pairs), "--decisions", beside(table))
    assert out.splitlines()[1] == "A B,C D,1.000,match"


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interrupt_loses_no_answer(table: str, ask: str) -> None:
    cleaned(JANUARY, ask, table)
    command = [sys.executable, "-m", "namealign", "review", ask, "--table", table]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}, **pipes) as process:  # type: ignore[call-overload]
        process.stdin.write("s\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith("2 of 3"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "interrupted; 1 answer in" in err
    assert Judgements.read(beside(table)).entity_of("J. A. Jilani") == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_in_a_terminal_one_key_is_an_answer_and_the_parts_that_differ_have_a_colour(table: str, ask: str) -> None:
    import pty
    import select
    import termios

    Path(ask).write_text("name,canonical,entity\nJaleel,Jalil,1\nRamzon,Ramzan,3\nHosny,Hosni,5\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "namealign", "review", ask, "--table", table]
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    shown = b""
    last = time.monotonic() + 120

    def press(key: bytes) -> None:
        """Wait for the next prompt, and until a key is waited for: what is typed before is thrown away."""
        nonlocal shown
        prompts = shown.count(b"q quit: ")
        while shown.count(b"q quit: ") == prompts or termios.tcgetattr(theirs)[3] & termios.ICANON:
            assert time.monotonic() < last, shown
            if select.select([ours], [], [], 0.02)[0]:
                shown += os.read(ours, 1 << 16)
        os.write(ours, key)

    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=env) as process:
        press(b"?")
        press(b"s")
        press(b"n")
        assert Judgements.read(beside(table)).entity_of("Jaleel") == "1"
        press(b"\x03")
        assert process.stderr is not None
        err = process.stderr.read().decode()
    os.close(ours)
    os.close(theirs)
    assert b"quit: ?" in shown
    assert b"\x1b[1;33mo\x1b[0m" in shown
    assert process.returncode == 130
    assert f"interrupted; 2 answers in {beside(table)}; 1 still open" in err


def test_a_merged_entity_is_decided_by_what_was_decided_before(table: str, ask: str) -> None:
    own = ["--table", table]
    Path(beside(table)).write_text(HEAD + "Mister J,same,Jalil,1,,,\nKadyrov,different,,3,,,\n")
    run("aliases", "merge", "1", "2", *own)
    run("aliases", "merge", "3", "4", *own)
    assert outcomes(cleaned("name\nMister J\nKadyrov\n", ask, table)) == [("match", "2"), ("new", "")]
    Path(beside(table)).write_text(HEAD + "Mister J,same,Jalil,1,,,\nMISTER J,different,Jamil,2,,,\n")
    _, err = run("clean", "-", "-c", "name", *own, stdin="name\nMister J\n", code=2)
    assert f"{beside(table)}:3: 'MISTER J' is different from 2 here, but the same by line 2" in err


def test_without_a_table_decisions_are_kept_beside_ones_own(
    tmp_path: Path, ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "settings" / "aliases.csv"
    monkeypatch.setenv("NAMEALIGN_ALIASES", str(own))
    Path(ask).write_text("name,canonical,entity\nThe Sheikh of Nowhere,Hosni Mubarak,per:hosni-mubarak\n")
    run("review", ask, stdin="s\n")
    assert Judgements.read(tmp_path / "settings" / "aliases.decisions.csv").entity_of("the sheikh of nowhere")
    out, _ = run("clean", "-", "-c", "name", stdin="name\nThe Sheikh of Nowhere\n")
    assert ",per:hosni-mubarak,1.000,match" in out


def test_a_column_of_one_kind_is_matched_to_entities_of_that_kind_only(table: str) -> None:
    path = Path(table)
    path.write_text(path.read_text() + "7,place,Kadyrov,Kadyrov\n8,organization,Mubarak,Mubarak\n")
    data = "name\nKadyrov\nMubarak\nHosni Mubarak\n"
    options = ["-", "-c", "name", "--table", table, "--only"]

    def entities(*args: str) -> list[str]:
        out, _ = run(*args, stdin=data)
        return [row["name_entity"] for row in csv.DictReader(io.StringIO(out))]

    assert entities("clean", *options, "--kind", "place") == ["7", "", ""]
    assert entities("cluster", *options, "--kind", "organization")[1] == "8"
    # What a person decided holds, whatever kind was asked for.
    Path(beside(table)).write_text(HEAD + "Mubarak,same,,8,,,\n")
    assert entities("clean", *options, "--kind", "person")[1:] == ["8", "5"]


def test_compare_keeps_to_the_decisions_beside_a_table_and_to_its_merged_ids(table: str) -> None:
    path = Path(table)
    path.write_text(path.read_text() + "old,redirect,3,Ramzan\n")
    Path(beside(table)).write_text(HEAD + "Foo,same,,old,,,\nBar,same,,3,,,\n")
    out, _ = run("compare", "foo", "BAR", "--table", table)
    assert out.startswith("foo / BAR: match, 100%")


def test_a_compressed_file_of_decisions_is_kept_to_and_cannot_grow(table: str, ask: str, tmp_path: Path) -> None:
    path = tmp_path / "d.csv.gz"
    path.write_bytes(gzip.compress((HEAD + "Kadyrov,same,,4,,,\n").encode()))
    assert outcomes(cleaned("name\nKADYROV\n", ask, table, "--decisions", str(path))) == [("match", "4")]
    before = path.read_bytes()
    Path(ask).write_text("name,canonical,entity\nMubarak,Hosni Mubarak,5\n")
    _, err = run("review", ask, "--decisions", str(path), stdin="s\n", code=2)
    assert "cannot be compressed; unpack it first" in err
    assert path.read_bytes() == before


def test_decisions_are_a_file_and_not_a_stream(table: str) -> None:
    _, err = run("clean", "-", "-c", "name", "--table", table, "--decisions", "-", stdin="name\nMubarak\n", code=2)
    assert "--decisions is a file" in err
