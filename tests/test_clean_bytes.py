"""Cleaning adds columns and changes no other byte, whatever the file looks like."""

import csv
import io

import pytest
from awkward import CORPUS, Awkward
from fakes import cleaned
from hypothesis import given
from hypothesis import strategies as st

from namealign.clean import COLUMNS
from namealign.clean.dialect import Dialect
from namealign.clean.layout import Layout
from namealign.clean.records import Records

NAMES = [case.name for case in CORPUS]


def reference(text: str, delimiter: str, quote: str, newline: str) -> list[tuple[list[str], str]]:
    """Records as (raw fields, end), read one character at a time as Python's csv module reads: slow and plain."""
    records: list[tuple[list[str], str]] = []
    fields, state = [""], "start"
    for letter in text:
        if letter == newline and state != "quoted":
            end = newline
            if newline == "\n" and fields[-1].endswith("\r"):
                fields[-1], end = fields[-1][:-1], "\r\n"
            records.append((fields, end))
            fields, state = [""], "start"
        elif letter == delimiter and state != "quoted":
            fields.append("")
            state = "start"
        else:
            if letter == quote:
                state = {"start": "quoted", "quoted": "closed", "closed": "quoted"}.get(state, state)
            elif state != "quoted":
                state = "plain"
            fields[-1] += letter
    if fields != [""]:
        end = ""
        if newline == "\n" and fields[-1].endswith("\r"):
            fields[-1], end = fields[-1][:-1], "\r"
        records.append((fields, end))
    assert state != "quoted"
    return records


def dropped(new: str, old: str, delimiter: str, quote: str) -> str:
    """The cleaned text without its new columns, found by another way than they were added."""
    newline = "\r" if "\r" in old and "\n" not in old else "\n"
    before, after = (reference(text, delimiter, quote, newline) for text in (old, new))
    assert len(before) == len(after)
    width = len(before[0][0])
    out = ""
    for (old_fields, _), (new_fields, end) in zip(before, after, strict=True):
        if len(old_fields) == width and old_fields != [""]:
            assert len(new_fields) == width + len(COLUMNS)
            new_fields = new_fields[:width]
        out += delimiter.join(new_fields) + end
    return out


@pytest.mark.parametrize("case", CORPUS, ids=NAMES)
def test_an_awkward_file_is_understood(case: Awkward) -> None:
    written, summary = cleaned(case.data, case.column, layout=case.layout)
    assert summary.read.encoding.name == case.encoding
    assert (summary.read.rows, summary.read.ragged_rows) == (case.rows, case.ragged)
    assert len(written) > len(case.data)


@pytest.mark.parametrize("case", CORPUS, ids=NAMES)
def test_an_awkward_file_comes_back_whole_when_the_new_columns_are_dropped(case: Awkward) -> None:
    if len(case.data) > 500_000:
        pytest.skip("the reference reader takes a character at a time")
    if not case.layout.header:
        pytest.skip("the reference compares with the header's width")
    written, summary = cleaned(case.data, case.column, layout=case.layout)
    new, old = (data.decode(case.encoding, summary.read.encoding.errors) for data in (written, case.data))
    mark = "\ufeff" if old.startswith("\ufeff") else ""
    assert new.startswith(mark)
    assert mark + dropped(new[len(mark) :], old[len(mark) :], summary.read.delimiter, case.layout.quote) == old


@pytest.mark.parametrize("case", CORPUS, ids=NAMES)
def test_cleaning_a_cleaned_file_changes_nothing(case: Awkward) -> None:
    if not case.layout.header:
        pytest.skip("without a header nothing says that a column is an earlier run's")
    once, first = cleaned(case.data, case.column, layout=case.layout)
    layout = Layout(encoding=case.encoding, delimiter=first.read.delimiter, quote=case.layout.quote)
    twice, second = cleaned(once, case.column, layout=layout)
    assert twice == once
    assert second.outcomes == first.outcomes


_CELL = st.text(st.sampled_from("ab \r\n\";,'é\x00"), max_size=6)
_ROW = st.lists(_CELL, min_size=1, max_size=4)


@given(rows=st.lists(_ROW, max_size=6), text=st.text(st.sampled_from('ab,;"\r\n\t|'), max_size=30))
def test_any_text_comes_back_byte_for_byte_when_the_new_columns_are_dropped(rows: list[list[str]], text: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "name"])
    writer.writerows(rows)
    # Behind a well-made file whatever comes: stray quotes, mixed line ends, ragged rows.
    data = out.getvalue() + text
    try:
        expected = reference(data, ",", '"', "\n")
    except AssertionError:
        return  # a quote that never closes is refused, in a test of its own
    written, summary = cleaned(data.encode(), "name", layout=Layout(delimiter=","))
    assert dropped(written.decode(), data, ",", '"') == data
    regular = [fields for fields, _ in expected[1:] if fields != [""]]
    assert summary.read.rows == len(regular)
    assert summary.read.ragged_rows == sum(len(fields) != 2 for fields in regular)


_RECORDS = st.sampled_from(
    ["a,b\n", '"a",b\r\n', 'a,"b"\r\n', '"a\n","b\r\n"\n', "a\n", '"a",b,c\n', "\n", '"a"x,b\n', 'a"",b\r\n']
)


@given(
    text=st.text(st.sampled_from('ab,"\n'), max_size=40) | st.lists(_RECORDS, max_size=90).map("".join),
    block=st.integers(1, 400),
)
def test_records_are_the_same_however_the_file_is_cut_into_blocks_and_when_read_again(text: str, block: int) -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(block)

    try:
        expected = reference(text, ",", '"', "\n")
    except AssertionError:
        return
    records = Records(Dialect(b","), 2, [1], "x")
    chunks = list(records.chunks(Dribble(text.encode())))
    again = records.again(io.BytesIO(text.encode()), [records.piece(chunk) for chunk in chunks])
    assert [(c.lines, c.ends, c.end) for c in again] == [(c.lines, c.ends, c.end) for c in chunks]
    lines = [
        (line.decode(), end.decode()) for chunk in chunks for line, end in zip(chunk.lines, chunk.ends, strict=True)
    ]
    assert lines == [(",".join(fields), end) for fields, end in expected]
    values = [value.decode() if value is not None else None for chunk in chunks for value in chunk.values[0]]
    assert values == [fields[1] if len(fields) == 2 else None for fields, _ in expected]


@given(fields=st.lists(st.text(st.sampled_from('a"\n,;é '), max_size=8), min_size=2, max_size=5))
def test_a_new_cell_is_read_back_by_the_csv_module_as_it_was(fields: list[str]) -> None:
    dialect = Dialect(b",")
    line = b",".join(dialect.cell(field.encode()) for field in fields)
    assert next(csv.reader(io.StringIO(line.decode(), newline=""))) == fields
    assert [dialect.unquote(raw).decode() for raw in dialect.split(line)] == fields
