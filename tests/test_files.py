"""An output file is the old one or the new one, never half of either."""

import io
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from namealign.errors import InputError
from namealign.files import reading, writing


def test_an_error_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), writing(target) as file:
        file.write(b"half of the ne" + bytes(1 // 0))
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_an_existing_file_keeps_its_mode_and_a_link_its_place(tmp_path: Path) -> None:
    target, link = tmp_path / "out.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with writing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_gets_the_mode_that_any_program_would_give_it(tmp_path: Path) -> None:
    with writing(tmp_path / "ours"):
        pass
    (tmp_path / "any").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_what_is_no_regular_file_is_written_to_directly() -> None:
    with writing("/dev/null") as file:
        file.write(b"x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_folder_or_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"), writing(tmp_path):
        pass
    with pytest.raises(InputError, match="No such file"), writing(tmp_path / "none" / "out.csv"):
        pass


def test_a_stream_that_cannot_be_read_twice_is_spooled() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with reading(Pipe(b"a,b\n")) as (file, _):
        assert file.read() == b"a,b\n"
        file.seek(0)
        assert file.read() == b"a,b\n"


_SLOW_WRITER = """
import sys, time
from namealign.files import writing
with writing(sys.argv[1]) as file:
    print("begun", flush=True)
    for _ in range(400):
        file.write(b"new line\\n" * 1000)
        time.sleep(0.001)
"""


def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    new = b"new line\n" * 400_000
    for delay in (0.0, 0.05, 0.2, 0.45):
        target.write_bytes(b"old")
        process = subprocess.Popen([sys.executable, "-c", _SLOW_WRITER, str(target)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert target.read_bytes() in (b"old", new)
