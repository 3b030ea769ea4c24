"""A compressed table is cleaned as what is in it; a bomb, a broken or an ambiguous archive is refused in one line."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from awkward import CORPUS, Awkward
from fakes import FakeReconciler, cleaned
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from namealign import packed
from namealign.clean import clean
from namealign.cli import app
from namealign.errors import InputError, TableError
from namealign.files import reading, writing
from namealign.tables import read_aliases

PLAIN = b"id,name\r\n07,Geelani\r\n2,Jilani"
TABLE = "entity_id,kind,canonical,alias\n1,person,Ann Smith,Ann Smith\n"


def zipped(data: bytes, *names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in names or ("table.csv",):
            archive.writestr(name, data)
    return out.getvalue()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress}
SMALL = [case for case in CORPUS if len(case.data) < 500_000]


@pytest.mark.parametrize("how", PACK)
@pytest.mark.parametrize("case", SMALL[::7], ids=lambda case: case.name)
def test_an_awkward_file_is_the_same_when_it_is_compressed(case: Awkward, how: str) -> None:
    assert (
        cleaned(PACK[how](case.data), case.column, layout=case.layout)[0]
        == (cleaned(case.data, case.column, layout=case.layout)[0])
    )


@given(data=st.binary(max_size=200), how=st.sampled_from([None, *PACK]))
def test_what_is_read_is_what_was_packed(data: bytes, how: str | None) -> None:
    # A plain file that begins as a compressed one does is not this test's.
    if how is None and packed._how(data[:10]):
        return
    with reading(io.BytesIO(PACK[how](data) if how else data)) as (file, _):
        assert file.read() == data
        file.seek(0)
        assert file.read() == data


@pytest.mark.parametrize("how", UNPACK)
def test_an_output_is_compressed_as_its_name_says_and_always_alike(tmp_path: Path, how: str) -> None:
    source, target, plain = tmp_path / f"in.csv.{how}", tmp_path / f"out.csv.{how}", tmp_path / "out.csv"
    source.write_bytes(PACK[how](PLAIN))
    for output in (target, plain):
        clean(source, "name", output=output, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert UNPACK[how](target.read_bytes()) == plain.read_bytes()
    first = target.read_bytes()
    os.utime(source, (1, 1))
    clean(source, "name", output=target, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert target.read_bytes() == first
    clean(source, "name", output=source, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert UNPACK[how](source.read_bytes()) == plain.read_bytes()


def test_json_lines_and_tabs_are_known_behind_the_ending(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl.gz"
    lines.write_bytes(gzip.compress(b'{"name": "Geelani"}\n'))
    out = io.BytesIO()
    clean(lines, "name", output=out, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert out.getvalue().startswith(b'{"name": "Geelani", "name_canonical": "GEELANI"')


def test_an_error_while_writing_leaves_the_old_compressed_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv.gz"
    target.write_bytes(gzip.compress(b"old"))
    with pytest.raises(ZeroDivisionError), writing(target) as file:
        file.write(b"half of the ne" + bytes(1 // 0))
    assert gzip.decompress(target.read_bytes()) == b"old"
    assert os.listdir(tmp_path) == ["out.csv.gz"]


def bomb(how: str) -> bytes:
    return PACK[how](b"name\n" + bytes(packed.HARMLESS + (1 << 20)))


@pytest.mark.parametrize("how", PACK)
def test_a_bomb_is_refused_long_before_it_has_unpacked(tmp_path: Path, how: str) -> None:
    source = tmp_path / f"in.csv.{how}"
    source.write_bytes(bomb(how))
    (tmp_path / "table.csv").write_text(TABLE)
    command = ["clean", str(source), "-c", "name", "-o", str(tmp_path / "out.csv")]
    result = CliRunner().invoke(app, [*command, "--table", str(tmp_path / "table.csv"), "--only"])
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert f"in.csv.{how}: unpacks to more than 200 times its size, as a decompression bomb does" in line
    assert not (tmp_path / "out.csv").exists()


def test_a_stream_that_is_a_bomb_is_refused() -> None:
    with pytest.raises(InputError, match=r"<stream>: unpacks to more than 200 times"):
        cleaned(bomb("gz"), "name")


def test_an_honest_ratio_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 1000)
    with pytest.raises(InputError, match="unpacks to more than 0 GB"):
        cleaned(gzip.compress(os.urandom(600).hex().encode()), "name")


def test_a_table_of_one_row_for_ever_is_no_bomb_while_it_is_small() -> None:
    data = b"id,name\n" + b"7,Jaleel Abbas Jilani\n" * 100_000
    small = lzma.compress(data)
    assert len(small) * packed.RATIO < len(data)
    assert cleaned(small, "name")[1].read.rows == 100_000


@pytest.mark.parametrize("name", ["in.xlsx", "in.ods"])
def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    pytest.importorskip("polars")
    source = tmp_path / name
    source.write_bytes(zipped(bytes(packed.HARMLESS + (1 << 20)), "xl/worksheets/sheet1.xml"))
    with pytest.raises(InputError, match="unpacks to more than 200 times"):
        clean(source, "name", output=None, reconciler=FakeReconciler())  # type: ignore[arg-type]


def test_a_document_that_is_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    from namealign.scan.inputs import documents

    pytest.importorskip("docx")
    source = tmp_path / "in.docx"
    source.write_bytes(zipped(bytes(packed.HARMLESS + (1 << 20)), "word/document.xml"))
    with pytest.raises(InputError, match="unpacks to more than 200 times"):
        list(documents([str(source)]))


def test_a_container_that_lies_of_its_sizes_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(bytes(1 << 20), "a.xml")
    small = data.replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert small != data
    # Such a small one can do no harm and is left to whoever reads it.
    packed.bounded(io.BytesIO(small), "x.xlsx")
    monkeypatch.setattr(packed, "MOST_WHOLE", 1 << 20)
    with pytest.raises(InputError, match=r"x\.xlsx: is broken"):
        packed.bounded(io.BytesIO(small), "x.xlsx")


def test_text_in_a_compressed_file_is_scanned(tmp_path: Path) -> None:
    from namealign.scan.inputs import documents, paths

    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"Geelani spoke."))
    assert [d.text for d in documents(paths([str(tmp_path)]))] == ["Geelani spoke."]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped(PLAIN, "a.csv", "b.csv"), "holds 2 files (a.csv, b.csv); unpack it and give the one that is meant"),
        (zipped(PLAIN, "[Content_Types].xml", "x"), "is an Office file; name it for what it is"),
        (gzip.compress(PLAIN)[:-4], "ends in the middle of its compressed data"),
        (gzip.compress(PLAIN * 50)[:-20] + bytes(20), "is broken: "),
        (lzma.compress(PLAIN)[:-4], "ends in the middle of its compressed data"),
        (zipped(PLAIN)[:-30], "is broken: File is not a zip file"),
        (b"\x28\xb5\x2f\xfd rest", "is compressed with Zstandard, which is not read; unpack it first"),
    ],
)
def test_what_cannot_be_unpacked_is_told_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        cleaned(data, "name")
    assert f"<stream>: {said}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_archive_may_hold_what_a_system_adds() -> None:
    data = zipped(PLAIN, "table.csv", "__MACOSX/._table.csv")
    assert cleaned(data, "name")[0] == cleaned(PLAIN, "name")[0]


@pytest.mark.parametrize("name", ["out.csv.zip", "out.csv.zst", "out.xlsx.gz"])
def test_what_is_not_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"{name}: "):
        clean(io.BytesIO(PLAIN), "name", output=tmp_path / name, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_an_alias_table_is_read_compressed(tmp_path: Path) -> None:
    rows = "entity_id,kind,canonical,alias\n1,person,José Peña,José Peña\n"
    for ending, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        table = tmp_path / f"table.csv.{ending}"
        table.write_bytes(pack(rows.encode()))
        assert [row.canonical for row in read_aliases(table)] == ["José Peña"]
    table.write_bytes(lzma.compress(rows.encode("latin-1")))
    with pytest.raises(TableError, match=r"table\.csv\.xz:2: byte 0xe9 is not UTF-8"):
        read_aliases(table)
