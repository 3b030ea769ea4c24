"""JSON Lines get new keys and keep their other bytes."""

import json

import pytest
from fakes import cleaned

from namealign.clean.layout import Layout
from namealign.errors import InputError

JSONL = Layout(jsonl=True)
LINES = (
    b'{"id": 1, "name": "Geelani"}\n'
    b'{ "name" : "Ti\\u006d", "n":[1,{"a":"}"}]  } \r\n'
    b"\n"
    b'{"id": 3}\n'
    b"{}\n"
    b'{"name": null}\n'
    b'{"name": "Kadyrov \\"K\\"","x":1.50}'
)


def test_new_keys_stand_at_the_end_of_each_line() -> None:
    written, summary = cleaned(LINES, "name", layout=JSONL)
    lines = written.split(b"\n")
    assert lines[0] == (
        b'{"id": 1, "name": "Geelani", "name_canonical": "GEELANI", "name_entity": "per:x", '
        b'"name_probability": "0.987", "name_outcome": "match"}'
    )
    assert lines[1].startswith(b'{ "name" : "Ti\\u006d", "n":[1,{"a":"}"}]  , "name_canonical": null')
    assert lines[1].endswith(b'"name_outcome": "new"} \r')
    assert lines[2] == b""
    assert json.loads(lines[3])["name_outcome"] is None
    assert json.loads(lines[6])["name_canonical"] == 'KADYROV "K"'
    assert (summary.read.rows, summary.outcomes[0]["match"], summary.outcomes[0]["new"]) == (6, 2, 1)


def test_cleaning_twice_changes_nothing_and_the_keys_come_off_again() -> None:
    once, _ = cleaned(LINES, "name", layout=JSONL)
    twice, _ = cleaned(once, "name", layout=JSONL)
    assert twice == once


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"name": "A"}\n{"name": \n', ":2: no JSON"),
        (b'{"name": "A"}\n[1]\n', ":2: a list where an object is needed"),
        (b'{"name": 7}\n', ":1: 'name' is 7, which is no text"),
        (b'{"name": "\xff"}\n', ":1: byte 0xff is not UTF-8"),
        (b'{"other": "A"}\n', ": no line has a text under the key 'name'"),
        (b'{"name_entity": 1, "name": "A"}\n', ":1: has one of the new keys already"),
    ],
)
def test_a_bad_line_is_told_with_its_number(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=r"^<stream>" + said.replace("[", r"\[")):
        cleaned(data, "name", layout=JSONL)
