"""Every command does what its help says, on the shipped table or on a user's own."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app

RUNNER = CliRunner()

TABLE = """entity_id,kind,canonical,alias
1,person,Jalil Abbas Jilani,Jalil Abbas Jilani
1,person,Jalil Abbas Jilani,Geelani
2,person,Ramzan Kadyrov,Ramzan Kadyrov
2,person,Ramzan Kadyrov,Рамзан Кадыров
3,place,Balochistan,Balochistan
4,element,Jilani,Jilani
4,element,Jilani,Geelani
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


@pytest.fixture
def own(table: str) -> list[str]:
    return ["--table", table, "--only"]


def run(*args: str, stdin: str | bytes | None = None, code: int = 0) -> str:
    result = RUNNER.invoke(app, list(args), input=stdin)
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout


def test_version_names_the_program() -> None:
    assert run("--version").startswith("namealign 0.")


@pytest.mark.parametrize(
    "command",
    ["lookup", "compare", "clean", "cluster", "romanize"]
    + [f"aliases {name}" for name in ("add", "remove", "merge", "list", "export", "import", "check", "stats")],
)
def test_every_help_has_an_example_that_names_its_command(command: str) -> None:
    text = " ".join(run(*command.split(), "--help").split())
    assert f"Example: namealign {command} " in text or text.endswith(f"Example: namealign {command}")


def test_lookup_ranks_entities_and_names_the_element_and_its_bearers(own: list[str]) -> None:
    lines = run("lookup", "Geelani", *own).splitlines()
    assert lines[0] == "Geelani"
    assert "Jalil Abbas Jilani  person  1  as Geelani" in lines[1]
    assert "name element  4" in lines[2]
    assert lines[3].split() == ["borne", "by", "Jalil", "Abbas", "Jilani"]


def test_lookup_explains_in_words(own: list[str]) -> None:
    text = run("lookup", "Jaleel Abbas Jilani", "--explain", *own)
    assert "Jaleel is Jalil: ee for i" in text


def test_lookup_json_is_one_object_a_line(own: list[str]) -> None:
    lines = run("lookup", "Geelani", "Kadyrov Ramzan", "--json", *own).splitlines()
    first, second = map(json.loads, lines)
    assert first["matches"][0]["id"] == "1"
    assert first["elements"][0]["bearers"] == ["1"]
    assert second["matches"][0]["canonical"] == "Ramzan Kadyrov"


def test_lookup_reads_names_from_stdin_and_skips_blank_lines(own: list[str]) -> None:
    text = run("lookup", "-", *own, stdin="Geelani\n\nBalochistan\n")
    assert text.index("Geelani") < text.index("Balochistan")


def test_lookup_narrows_by_kind(own: list[str]) -> None:
    assert "person" not in run("lookup", "Geelani", "--kind", "element", *own)


def test_a_name_nobody_knows_exits_1_and_says_what_came_closest(own: list[str]) -> None:
    result = RUNNER.invoke(app, ["lookup", "Baluchi", *own])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "nobody knows 'Baluchi'" in result.stderr


def test_one_unknown_name_among_known_ones_still_exits_1(own: list[str]) -> None:
    assert "Jalil Abbas Jilani" in run("lookup", "Geelani", "Qwxzzz", *own, code=1)


def test_the_users_table_stands_beside_the_shipped_one(table: str) -> None:
    text = run("lookup", "Geelani", "--table", table)
    assert "  1  as Geelani" in text
    assert "per:jalil-abbas-jilani" in text


def test_compare_says_probability_outcome_and_reasons() -> None:
    text = run("compare", "Geelani", "Jilani")
    assert text.startswith("Geelani / Jilani: match, ")
    assert "Geelani is Jilani: G for J, ee for i" in text
    assert json.loads(run("compare", "Geelani", "Jilani", "--json"))["outcome"] == "match"


def test_compare_scores_a_file_of_pairs_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("n,left,right\n1,Geelani,Jilani\n2,Vladimir Putin,Angela Merkel\n", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run("compare", "--pairs", str(path)))))
    assert [(row["n"], row["outcome"]) for row in rows] == [("1", "match"), ("2", "different")]
    assert 0.0 <= float(rows[1]["probability"]) < 0.1


def test_clean_writes_beside_and_reports_on_stderr(tmp_path: Path, own: list[str]) -> None:
    source, target, report = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "report.json"
    source.write_bytes(b"id,minister\r\n01,Geelani\r\n02,Nobody Atall\r\n03,\r\n")
    result = RUNNER.invoke(
        app, ["clean", str(source), "-c", "minister", "-o", str(target), "--report", str(report), *own]
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "minister: 2 distinct names in 3 rows: 1 matched (1 names), 0 to review" in result.stderr
    assert target.read_bytes() == (
        b"id,minister,minister_canonical,minister_entity,minister_probability,minister_outcome\r\n"
        b"01,Geelani,Jalil Abbas Jilani,1,1.000,match\r\n"
        b"02,Nobody Atall,,,,new\r\n"
        b"03,,,,,\r\n"
    )
    found = json.loads(report.read_text())
    assert found["columns"][0]["rows_by_outcome"] == {"match": 1, "new": 1}


def test_clean_streams_from_stdin_to_stdout(own: list[str]) -> None:
    text = run("clean", "-", "-c", "name", *own, stdin="name\nGeelani\n")
    assert text.splitlines()[1] == "Geelani,Jalil Abbas Jilani,1,1.000,match"


def test_clean_takes_several_columns_and_csvkits_options(own: list[str]) -> None:
    text = run("clean", "-", "-c", "0", "-c", "1", "-t", "-H", "--zero", *own, stdin="Geelani\tКадыров Рамзан\n")
    assert text.rstrip().split("\t")[2:4] == ["Jalil Abbas Jilani", "1"]
    assert text.rstrip().split("\t")[6:8] == ["Ramzan Kadyrov", "2"]


def test_clean_in_place_replaces_only_what_matched(tmp_path: Path, own: list[str]) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b'id,name\n1,"Geelani"\n2,"Nobody, Atall"\n')
    run("clean", str(source), "-c", "name", "--in-place", "--replace", *own)
    assert source.read_bytes() == b'id,name\n1,Jalil Abbas Jilani\n2,"Nobody, Atall"\n'


def test_clean_dry_run_writes_nothing(tmp_path: Path, own: list[str]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"name\nGeelani\n")
    assert run("clean", str(source), "-c", "name", "-o", str(target), "--dry-run", *own) == ""
    assert not target.exists()


def test_clean_exits_1_under_fail_on_review_only_if_something_waits(tmp_path: Path, own: list[str]) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"name\nGeelani\n")
    run("clean", str(source), "-c", "name", "--fail-on-review", *own)


def test_cluster_groups_strangers_and_keeps_the_tables_entities(own: list[str]) -> None:
    data = "name\nMuammar Gaddafi\nMoammar Kadhafi\nMuammar Gaddafi\nGeelani\nHosni Mubarak\n"
    rows = list(csv.DictReader(io.StringIO(run("cluster", "-", "-c", "name", *own, stdin=data))))
    assert [row["name_canonical"] for row in rows] == [*["Muammar Gaddafi"] * 3, "Jalil Abbas Jilani", "Hosni Mubarak"]
    assert [row["name_cluster"] for row in rows[:3]] == ["1", "1", "1"]
    assert [row["name_entity"] for row in rows] == ["", "", "", "1", ""]


def test_romanize_reads_scripts_and_shows_every_reading() -> None:
    assert run("romanize", "Кадыров").strip().casefold() == "kadyrov"
    assert all(line.count("\t") == 2 for line in run("romanize", "Кадыров", "--all").splitlines())
    assert json.loads(run("romanize", "Кадыров", "--json"))["readings"]


def test_aliases_check_prints_each_problem_with_its_line(tmp_path: Path, table: str) -> None:
    assert run("aliases", "check", table) == ""
    bad = tmp_path / "bad.csv"
    bad.write_text(TABLE + "1,person,Someone Else,Geelani,,,\n".replace(",,,", ""), encoding="utf-8")
    said = run("aliases", "check", str(bad), code=2)
    assert f"{bad}:9: 1 is 'Someone Else' here and 'Jalil Abbas Jilani' in line 2" in said


def test_aliases_stats_count_entities_and_spellings(table: str) -> None:
    assert f"{table}: 4 entities, 7 spellings" in run("aliases", "stats", table)


def test_clean_diff_shows_what_would_become_of_each_name_and_writes_nothing(own: list[str]) -> None:
    text = run("clean", "-", "-c", "name", "--diff", *own, stdin="name\nRamzan Kadyrov\nGeelani\nGeelani\nXqz\n")
    assert text == "-Geelani\n+Jalil Abbas Jilani  (2 rows, 1.000)\n"


def test_clean_only_changed_leaves_out_what_stays(own: list[str]) -> None:
    data = 'id,name\n1,Ramzan Kadyrov\n2,"Geelani"\n3\n4,Nobody\n5,Geelani'
    text = run("clean", "-", "-c", "name", "--only-changed", "--replace", *own, stdin=data)
    assert text == "id,name\n2,Jalil Abbas Jilani\n5,Jalil Abbas Jilani\n"


def test_clean_joins_a_name_that_is_split_over_columns(own: list[str]) -> None:
    data = 'last,first,x\nKadyrov,Ramzan,1\n"Kadyrov", "Ramzan",2\nx\n,,3\n'
    text = run("clean", "-", "--columns-as", "first,last", *own, stdin=data)
    assert text.splitlines() == [
        "last,first,x,first_last_canonical,first_last_entity,first_last_probability,first_last_outcome",
        "Kadyrov,Ramzan,1,Ramzan Kadyrov,2,1.000,match",
        '"Kadyrov", "Ramzan",2,Ramzan Kadyrov,2,1.000,match',
        "x",
        ",,3,,,,",
    ]
    assert run("clean", "-", "--columns-as", "first,last", *own, stdin=text) == text
