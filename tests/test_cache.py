"""What is compiled from the tables is kept, never stale, never half written, and never needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

import namealign.cache as cache
from namealign.parts import Part

CODE = """
import sys
from namealign.cache import cached
parts = cached("thing", lambda: [("numbers", "q", (7).to_bytes(8, "little")), ("text", "", b"x" * 3_000_000)])
assert parts["numbers"][0] == 7 and len(parts["text"]) == 3_000_000
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NAMEALIGN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    """Counts how often it is asked to build."""

    def __init__(self, number: int = 7) -> None:
        self.times = 0
        self.number = number

    def __call__(self) -> list[Part]:
        self.times += 1
        return [("numbers", "q", array("q", [self.number]).tobytes()), ("text", "", b"names")]


def read(build: Builder) -> int:
    parts = cache.cached("thing", build)
    assert bytes(parts["text"]) == b"names"
    number: int = parts["numbers"][0]
    return number


def test_what_is_built_once_is_read_the_second_time(folder: Path) -> None:
    build = Builder()
    assert [read(build), read(build)] == [7, 7]
    assert build.times == 1
    assert len(list(folder.iterdir())) == 1


def test_a_changed_table_makes_it_new_and_the_old_file_goes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = tmp_path / "data"
    (tables / "romanization").mkdir(parents=True)
    table = tables / "aliases.csv"
    table.write_text("a\n1\n", encoding="utf-8")
    monkeypatch.setattr(cache, "data_dir", lambda: tables)
    assert read(Builder(1)) == 1
    # Same size, another moment; then the same moment, another size.
    os.utime(table, ns=(1, 1))
    assert read(Builder(2)) == 2
    table.write_text("a\n12\n", encoding="utf-8")
    os.utime(table, ns=(1, 1))
    assert read(Builder(3)) == 3
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_corrupt_file_is_built_again(folder: Path, content: bytes) -> None:
    build = Builder()
    read(build)
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert read(build) == 7
    assert read(build) == 7
    assert build.times == 2


def test_a_truncated_file_is_built_again(folder: Path) -> None:
    build = Builder()
    read(build)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert read(build) == 7


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser writes anywhere")
def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o500)
    build = Builder()
    assert [read(build), read(build)] == [7, 7]
    assert build.times == 2


def test_a_path_that_cannot_be_a_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("NAMEALIGN_CACHE", str(tmp_path / "file" / "below"))
    build = Builder()
    assert [read(build), read(build)] == [7, 7]


def test_processes_that_start_at_once_do_not_harm_one_another(folder: Path) -> None:
    environment = {**os.environ, "NAMEALIGN_CACHE": str(folder)}
    running = [
        subprocess.Popen([sys.executable, "-c", CODE], env=environment, stderr=subprocess.PIPE) for _ in range(4)
    ]
    assert [(p.communicate()[1], p.returncode) for p in running] == [(b"", 0)] * 4
    assert len([p for p in folder.iterdir() if p.suffix == ".parts"]) == 1
    assert not [p for p in folder.iterdir() if p.suffix == ".part"]


def test_a_build_that_fails_leaves_nothing_behind(folder: Path) -> None:
    def fail() -> list[Part]:
        raise RuntimeError("no tables")

    with pytest.raises(RuntimeError):
        cache.cached("thing", fail)
    assert not folder.exists() or not list(folder.iterdir())


def test_the_folder_is_the_platforms_own_unless_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NAMEALIGN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache.cache_folder() == tmp_path / "namealign"
    monkeypatch.setenv("NAMEALIGN_CACHE", str(tmp_path / "mine"))
    assert cache.cache_folder() == tmp_path / "mine"


def test_the_shipped_tables_are_read_from_the_cache_by_the_second_process(tmp_path: Path) -> None:
    code = "from namealign.knowledge import knowledge; print(knowledge().facts.persons)"
    environment = {**os.environ, "NAMEALIGN_CACHE": str(tmp_path / "c")}
    run = [sys.executable, "-c", code]
    first = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    (kept,) = (tmp_path / "c").iterdir()
    moment = kept.stat().st_mtime_ns
    assert subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout == first
    assert kept.stat().st_mtime_ns == moment
    shutil.rmtree(tmp_path / "c")
