"""An index of a large table: any table in, one file out, and lookups in it are lookups in the table."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign import Reconciler
from namealign.authority import Column, about, open_shelf
from namealign.cli import app
from namealign.errors import InputError, TableError
from namealign.indexing import build_index

ROWS = [
    ("Q1", "Muammar Gaddafi", "Moammar Kadhafi; معمر القذافي"),
    ("Q2", "Hosni Mubarak", ""),
    ("Q3", "Ramzan Kadyrov", "Рамзан Кадыров"),
    ("Q1", "Muammar Qaddafi", ""),
]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    lines = ["qid,name,aliases", *(",".join(f'"{cell}"' for cell in row) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def index(people: Path, tmp_path: Path) -> Path:
    build_index(people, tmp_path / "people.idx", split=";")
    return tmp_path / "people.idx"


def run(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(a) for a in args])
    return done.exit_code, done.output


def test_columns_are_told_by_their_headers_and_rows_of_one_id_are_one_entity(people: Path, tmp_path: Path) -> None:
    built = build_index(people, tmp_path / "people.idx", split=";")
    assert (built.chosen.ident, list(built.chosen.names)) == ("qid", ["name", "aliases"])
    assert (built.rows, built.entities, built.names) == (4, 3, 7)
    known = Reconciler.load(shipped=False, index=tmp_path / "people.idx")
    assert [(e.id, e.canonical, len(e.aliases)) for e in known.entities] == [
        ("Q1", "Muammar Gaddafi", 4),
        ("Q2", "Hosni Mubarak", 1),
        ("Q3", "Ramzan Kadyrov", 2),
    ]


@pytest.mark.parametrize("name", ["Mouamar Kaddafi", "Hosny Mubarak", "Ramsan Kadyrow", "Кадыров", "Nobody Atall"])
def test_an_index_answers_as_the_same_names_in_memory(index: Path, name: str) -> None:
    names: dict[str, list[str]] = {}
    for ident, canonical, aliases in ROWS:
        names.setdefault(ident, []).extend(filter(None, [canonical, *map(str.strip, aliases.split(";"))]))
    stored, held = Reconciler.load(shipped=False, index=index), Reconciler.from_names(names)
    alone = [(m.entity, m.alias, m.probability) for m in held.lookup(name)]
    assert [(m.entity, m.alias, m.probability) for m in stored.lookup(name)] == alone
    # The compiled search, over the same file.
    decided = stored.lookup_many([name, *(f"Filler {a}{b}" for a in "abcdefgh" for b in "abcdefgh")], limit=5)[0]
    found = [m for m in (decided.best, *decided.others) if m is not None]
    assert [m.entity.id for m in found] == [entity.id for entity, _, _ in alone][: len(found)]


def test_an_index_stands_beside_the_shipped_table(index: Path) -> None:
    known = Reconciler.load(index=[index])
    assert {"Q1", "per:muammar-gaddafi"} <= {m.entity.id for m in known.lookup("Moammar Kadhafi")}
    assert [e.id for e in known.bearers("el:jilani", limit=1)]


def test_lookup_and_clean_take_an_index(index: Path, tmp_path: Path) -> None:
    code, out = run("lookup", "Husni Mubarak", "--index", index, "--only")
    assert (code, "Q2" in out) == (0, True)
    table = tmp_path / "table.csv"
    table.write_text("who\nHusni Mubarak\nNobody Atall\n", encoding="utf-8")
    assert run("clean", table, "-c", "who", "--index", index, "--only", "-o", tmp_path / "out.csv")[0] == 0
    assert "Husni Mubarak,Hosni Mubarak,Q2," in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", [".jsonl", ".tsv", ".parquet", ".xlsx"])
def test_any_table_can_be_indexed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"people{suffix}"
    if suffix == ".jsonl":
        lines = [{"id": i, "name": n, "aliases": [a.strip() for a in other.split(";")]} for i, n, other in ROWS]
        path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    elif suffix == ".tsv":
        path.write_text("id\tname\taliases\n" + "\n".join("\t".join(row) for row in ROWS), encoding="utf-8")
    else:
        polars = pytest.importorskip("polars")
        frame = polars.DataFrame(ROWS, schema=["id", "name", "aliases"], orient="row")
        (frame.write_parquet if suffix == ".parquet" else frame.write_excel)(path)
    code, out = run("index", "build", path, "--split", ";", "-o", tmp_path / "people.idx")
    assert code == 0, out
    assert about(tmp_path / "people.idx")["names"] == "7"
    assert [m.entity.id for m in Reconciler.load(shipped=False, index=tmp_path / "people.idx").lookup("Kadyrow")] == [
        "Q3"
    ]


def test_info_says_what_is_in_an_index(index: Path) -> None:
    code, out = run("index", "info", index)
    assert code == 0
    for said in ("people.csv", "name, aliases", "qid", "usable        yes"):
        assert said in out


@pytest.mark.parametrize(
    ("table", "options", "problem"),
    [
        ("a,b\n1,2\n", (), "which column is the id"),
        ("id,b\n1,2\n", (), "which columns hold names"),
        ("id,name\n,Ali\n", (), "people.csv:2: 'Ali' has no id"),
        ("id,name\n1,Ali\n", ("-c", "nom"), "no column 'nom'"),
        ("id,name\n1,\n", (), "no row holds a name"),
        ("id,name,kind\n1,Ali,dog\n", (), "kind 'dog' is not one of"),
        ("id,name\n1,Ali,x\n2,B\n", ("--strict",), "people.csv:2: 3 fields where the header has 2"),
        ("", (), "is empty"),
    ],
)
def test_a_bad_table_is_one_line_and_harms_no_index(
    tmp_path: Path, table: str, options: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "people.csv").write_text(table, encoding="utf-8")
    old = tmp_path / "people.idx"
    old.write_bytes(b"what was there")
    code, out = run("index", "build", tmp_path / "people.csv", "-o", old, *options)
    assert (code, len(out.strip().splitlines())) == (2, 1), out
    assert problem in out
    assert old.read_bytes() == b"what was there"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["people.csv", "people.idx"]


def test_rows_of_another_width_are_told_of_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,Ali\n2,B,x\n3,Omar\n", encoding="utf-8")
    code, out = run("index", "build", tmp_path / "people.csv", "-o", tmp_path / "people.idx")
    assert code == 0
    assert "line 3" in out
    assert about(tmp_path / "people.idx")["entities"] == "2"


def test_an_index_of_another_version_is_refused_with_what_to_do(index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("UPDATE about SET value = 'older' WHERE key = 'reading'")
    database.close()
    with pytest.raises(TableError, match="build it again with `namealign index build`"):
        open_shelf(index)
    assert "build it again" in run("index", "info", index)[1]


@pytest.mark.parametrize("content", [b"", b"id,name\n1,Ali\n", b"SQLite format 3\x00" + bytes(200)])
def test_what_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.idx"
    path.write_bytes(content)
    code, out = run("lookup", "Ali", "--index", path, "--only")
    assert (code, len(out.strip().splitlines())) == (2, 1), out


def test_a_cut_or_missing_index_is_refused(index: Path, tmp_path: Path) -> None:
    index.write_bytes(index.read_bytes()[: -1 << 15])
    with pytest.raises(TableError):
        open_shelf(index)
    with pytest.raises(TableError, match="no such file"):
        open_shelf(tmp_path / "none.idx")


def test_a_folder_that_is_not_there_is_told_before_the_work(people: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        build_index(people, tmp_path / "none" / "people.idx")


def test_a_column_reads_no_more_than_it_is_asked_for() -> None:
    numbers = list(range(10_000))
    data = memoryview(b"".join(n.to_bytes(8, "little") for n in numbers))
    read: list[int] = []

    def fetch(piece: int) -> bytes:
        read.append(piece)
        return bytes(data[piece * 16320 : (piece + 1) * 16320])

    column = Column(fetch, "q", len(data))
    assert (len(column), column[0], column[9_999], column[2039:2042]) == (10_000, 0, 9_999, [2039, 2040, 2041])
    assert read == [0, 4, 1]
    assert list(column.whole()) == numbers
    with pytest.raises(IndexError):
        column[10_000]


def test_a_header_in_a_code_page_is_read_as_the_rows_are(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_bytes("id,prénom usité,name\n1,François,José María Peña\n2,Zoé,André Gérard\n".encode("cp1252"))
    build_index(people, tmp_path / "people.idx")
    known = Reconciler.load(shipped=False, index=tmp_path / "people.idx")
    assert [e.canonical for e in known.entities] == ["José María Peña", "André Gérard"]


def test_old_ids_of_a_table_with_merged_entities_lead_to_the_new_ones(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(
        "entity_id,kind,canonical,alias\n17,person,Jane Doe,Jane Doe\n17,person,Jane Doe,Janet Doe\n"
        "18,redirect,17,Janet Doe\n16,redirect,18,Janie Doe\nper:kim-jong-un,redirect,17,Kim Jong-un\n"
    )
    decisions = tmp_path / "d.csv"
    decisions.write_text("left,judgement,right,entity\nXavier Quux,same,,16\n")
    (tmp_path / "in.csv").write_text("name\nXavier Quux\nJanet Doe\nKim Jong-un\n")
    for more, said in (
        ([], "3 old ids of merged entities lead to"),
        (["--kind", "person"], "3 old ids of merged entities lead to"),
        (["-c", "alias", "-c", "canonical"], "3 old ids of merged entities lead to"),
    ):
        index = tmp_path / "mine.idx"
        code, told = run("index", "build", table, "-o", index, *more)
        assert (code, said in told) == (0, True), told
        known = Reconciler.load(shipped=False, index=index)
        assert known.moved == {"18": "17", "16": "17", "per:kim-jong-un": "17"}
        assert [e.id for e in known.entities] == ["17"]
        # An entity of the shipped table that was merged into one of the index is shown as that.
        out = tmp_path / "out.csv"
        code, told = run(
            "clean", tmp_path / "in.csv", "-c", "name", "--index", index, "--decisions", decisions, "-o", out
        )
        assert code == 0, told
        assert out.read_text().splitlines()[1:] == [
            "Xavier Quux,Jane Doe,17,1.000,match",
            "Janet Doe,Jane Doe,17,1.000,match",
            "Kim Jong-un,Jane Doe,17,1.000,match",
        ]
    code, told = run("index", "build", table, "-o", index, "-c", "alias")
    assert "3 old ids of merged entities are not in the index" in told
    assert Reconciler.load(shipped=False, index=index).moved == {}


def test_an_index_never_takes_the_place_of_its_table(people: Path) -> None:
    before = people.read_bytes()
    assert run("index", "build", people, "-o", people)[0] == 2
    assert run("index", "build", people, "-o", "-")[0] == 2
    assert people.read_bytes() == before
