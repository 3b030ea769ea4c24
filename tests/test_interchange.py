"""Lists that others keep come in as rows of an alias table, and what goes out comes in again as it was."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app
from namealign.curate import check
from namealign.errors import InputError
from namealign.interchange import NameList, json_lines, plain
from namealign.tables import ALIAS_COLUMNS, AliasRow, read_aliases

HEADER = ",".join(ALIAS_COLUMNS)

SANCTIONS = '''"id","schema","name","aliases","birth_date","countries"
"NK-1","Person","Quill Vandermeer","""Kwill Vandermeer"";""Vandermeer; Q.""","1960","nl"
"NK-2","Company","Umbermoor Trading","Umbermoor;Umber Moor Ltd","",""
"NK-3","Vessel","Umber Star","","",""
"NK-4","Person","Wye Oakes","","",""
'''
RESULT = """item,itemLabel,itemAltLabel
http://example.org/entity/Q7,Quill Vandermeer,"Kwill Vandermeer, Q. Vandermeer"
http://example.org/entity/Q8,Q8,Wye Oakes
"""
BINDINGS = {
    "head": {"vars": ["item", "itemLabel", "alias"]},
    "results": {
        "bindings": [
            {
                "item": {"type": "uri", "value": "http://example.org/entity/Q7"},
                "itemLabel": {"xml:lang": label, "type": "literal", "value": name},
                "alias": {"xml:lang": "ru", "type": "literal", "value": "Квилл"},
            }
            for label, name in (("nl", "Kwil Vandermeer"), ("en", "Quill Vandermeer"), ("simple", "Quill V."))
        ]
    },
}


def read(data: str, **options: str) -> list[AliasRow]:
    return list(NameList(io.BytesIO(data.encode()), **options))


def run(*args: str, code: int = 0, stdin: str | None = None) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["aliases", *args], input=stdin)
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout, result.stderr


def test_opensanctions_gives_kinds_by_schema_and_aliases_one_by_one() -> None:
    names = NameList(io.BytesIO(SANCTIONS.encode()))
    rows = list(names)
    assert [(row.entity_id, row.kind, row.canonical, row.alias) for row in rows] == [
        ("NK-1", "person", "Quill Vandermeer", "Quill Vandermeer"),
        ("NK-1", "person", "Quill Vandermeer", "Kwill Vandermeer"),
        ("NK-1", "person", "Quill Vandermeer", "Vandermeer; Q."),
        ("NK-2", "organization", "Umbermoor Trading", "Umbermoor Trading"),
        ("NK-2", "organization", "Umbermoor Trading", "Umbermoor"),
        ("NK-2", "organization", "Umbermoor Trading", "Umber Moor Ltd"),
        ("NK-4", "person", "Wye Oakes", "Wye Oakes"),
    ]
    assert {row.source for row in rows} == {"opensanctions"}
    assert (names.format, dict(names.skipped)) == ("opensanctions", {"of the schema Vessel": 1})


def test_a_wikidata_csv_gives_labels_and_their_joined_aliases() -> None:
    rows = read(RESULT)
    assert [(row.entity_id, row.canonical, row.alias, row.source) for row in rows] == [
        ("Q7", "Quill Vandermeer", "Quill Vandermeer", "wikidata:Q7"),
        ("Q8", "Wye Oakes", "Wye Oakes", "wikidata:Q8"),
        ("Q7", "Quill Vandermeer", "Kwill Vandermeer", "wikidata:Q7"),
        ("Q7", "Quill Vandermeer", "Q. Vandermeer", "wikidata:Q7"),
    ]


def test_a_wikidata_json_gives_each_spelling_once_with_its_language() -> None:
    rows = read(json.dumps(BINDINGS), kind="place")
    assert [(row.kind, row.canonical, row.alias, row.language) for row in rows] == [
        ("place", "Quill Vandermeer", "Quill Vandermeer", "en"),
        ("place", "Quill Vandermeer", "Kwil Vandermeer", "nl"),
        ("place", "Quill Vandermeer", "Квилл", "ru"),
        ("place", "Quill Vandermeer", "Quill V.", ""),
    ]


def test_a_wikidata_list_of_objects_is_read_too() -> None:
    rows = read(json.dumps([{"item": "http://example.org/Q7", "itemLabel": "Quill Vandermeer", "alias": "Kwill"}]))
    assert [(row.entity_id, row.alias) for row in rows] == [("Q7", "Quill Vandermeer"), ("Q7", "Kwill")]


@pytest.mark.parametrize(
    "text",
    [
        "id,name\n1,Quill Vandermeer\n1, Kwill  Vandermeer\n",
        "\ufeffname;id;colour\r\nQuill Vandermeer;1;red\r\nKwill Vandermeer;1;\r\n",
        "entity_id\tcanonical\talias\n1\tQuill Vandermeer\tQuill Vandermeer\n1\t\tKwill Vandermeer\n",
    ],
)
def test_a_plain_list_may_have_any_order_delimiter_and_bom(text: str) -> None:
    assert read(text) == [
        AliasRow("1", "person", "Quill Vandermeer", "Quill Vandermeer"),
        AliasRow("1", "person", "Quill Vandermeer", "Kwill Vandermeer"),
    ]


def test_a_plain_list_without_a_header_is_read_when_it_is_said_to_be_one() -> None:
    assert [row.alias for row in read("1,Quill Vandermeer\n2,Wye Oakes\n", format="plain")] == [
        "Quill Vandermeer",
        "Wye Oakes",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("nr,who\n1,Ann\n", ":1: the columns nr, who are of no list known here"),
        ("id,name\n1,Ann,x\n", ":2: 3 fields where the header has 2"),
        ("id,name\n,Ann\n", ":2: 'Ann' has no id"),
        ("id,name,kind\n1,Ann,dog\n", ":2: kind 'dog' is not one of person"),
        ('id,name\n1,"Ann\n', ":2: unexpected end of data"),
        ('{"results": 3}', "is no result of a Wikidata query"),
        ('{"item": \n', ":2: no JSON"),
        ('{"id": "1"}\n', ":1: no 'names'"),
        ('{"id": "1", "names": ["Ann"]}\n{"id": \n', ":2: not an object with id and names"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_utf8_are_told() -> None:
    with pytest.raises(InputError, match=r"byte 0xe9 after line .* is not UTF-8"):
        list(NameList(io.BytesIO(b"id,name\n1,Ren\xe9\n")))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(
        f"{HEADER}\n5,person,Ann Orr,Ann Orr,en,wikipedia:en,\n5,person,Ann Orr,Annie Orr,,,as a girl\n"
        "6,place,Umberton,Umberton,,,\n4,redirect,5,An Or,,,\n"
    )
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_comes_in_again_as_it_was(tmp_path: Path, table: Path, form: str) -> None:
    listed, copy = tmp_path / f"list.{form}", tmp_path / "copy.csv"
    run("export", "--table", str(table), "-o", str(listed))
    run("import", str(listed), "--table", str(copy))
    assert sorted(read_aliases(copy)) == sorted(read_aliases(table))
    assert run("export", "--table", str(table), "--format", form)[0] == listed.read_text()


def test_an_exported_list_begins_with_id_and_name(table: Path) -> None:
    rows = read_aliases(table)
    assert [line.split(",")[:2] for line in "".join(plain(rows)).splitlines()[:2]] == [["id", "name"], ["5", "Ann Orr"]]
    assert json.loads(next(iter(json_lines(rows)))) == {
        "id": "5",
        "kind": "person",
        "canonical": "Ann Orr",
        "names": [
            {"name": "Ann Orr", "language": "en", "source": "wikipedia:en"},
            {"name": "Annie Orr", "note": "as a girl"},
        ],
    }


def test_an_import_says_what_came_in_and_a_second_one_adds_nothing(tmp_path: Path, table: Path) -> None:
    listed = tmp_path / "targets.simple.csv"
    listed.write_text(SANCTIONS)
    said = run("import", str(listed), "--table", str(table))[1]
    assert "7 rows added, 3 new entities (opensanctions)" in said
    assert "left out 1 rows of the schema Vessel" in said
    once = table.read_bytes()
    assert "0 rows added, 0 new entities, 7 were there already" in run("import", str(listed), "--table", str(table))[1]
    assert table.read_bytes() == once
    assert check(table, house=False) == []


def test_an_import_shows_conflicts_and_takes_in_the_rest(table: Path) -> None:
    text = "id,name\n7,Ann Orr\n7,Anna Orr\n5,Ann Orr Senior\n6,Somebody\n"
    said = run("import", "-", "--table", str(table), stdin=text, code=1)[1]
    assert "left out: 'Ann Orr' of 7 is 5 (Ann Orr) in" in said
    assert "left out: 'Somebody' of 6 is 6 (a place there) in" in said
    # An entity whose canonical spelling was refused is not called by it in its other rows either.
    assert [(row.entity_id, row.canonical, row.alias) for row in read_aliases(table) if "Orr" in row.alias] == [
        ("5", "Ann Orr", "Ann Orr"),
        ("5", "Ann Orr", "Annie Orr"),
        ("5", "Ann Orr", "Ann Orr Senior"),
        ("7", "Anna Orr", "Anna Orr"),
    ]
    run("import", "-", "--table", str(table), "--anyway", stdin="id,name\n8,Ann Orr\n")
    assert [row.entity_id for row in read_aliases(table) if row.alias == "Ann Orr"] == ["5", "8"]


def test_an_import_of_names_that_ship_says_so(table: Path) -> None:
    said = run("import", "-", "--table", str(table), stdin="id,name\n9,Jalil Abbas Jilani\n")[1]
    assert "1 of the new spellings are also those of entities of the shipped table" in said


def test_an_id_that_was_merged_is_imported_under_the_new_one(table: Path) -> None:
    run("import", "-", "--table", str(table), stdin="id,name\n4,Anne Orr\n")
    assert AliasRow("5", "person", "Ann Orr", "Anne Orr") in read_aliases(table)


def test_a_redirect_that_cannot_come_in_is_shown(tmp_path: Path) -> None:
    table, listed = tmp_path / "mine.csv", tmp_path / "list.csv"
    head = "id,name,kind,canonical\n"
    listed.write_text(f"{head}1,Ann Orr,person,Ann Orr\n2,An Or,redirect,1\n3,Bob,redirect,1\n4,Cid,redirect,1\n")
    table.write_text(
        "entity_id,kind,canonical,alias\n1,person,Ann Orr,Ann Orr\n2,person,An Or,An Or\n"
        "3,redirect,9,Bob\n4,redirect,1,C\n"
    )
    before = table.read_text()
    result = CliRunner().invoke(app, ["aliases", "import", str(listed), "--table", str(table)])
    assert result.exit_code == 1
    assert table.read_text() == before
    assert "0 rows added, 0 new entities, 2 were there already" in result.stderr
    assert f"left out: that 2 is now 1: it is 2 (An Or) in {table}" in result.stderr
    assert f"left out: that 3 is now 1: it is 9 in {table}" in result.stderr
