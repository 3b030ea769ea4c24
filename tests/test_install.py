"""The tables are found from a checkout, an editable install and a wheel; the program runs from an unpacked wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WHERE = "from namealign.tables import data_dir; print(data_dir())"


def python(code: str, *paths: Path, isolated: bool = False) -> str:
    """Run code in a fresh interpreter that sees these folders first."""
    # -P keeps the working folder out of sys.path. -S leaves the editable install out too, which a .pth file adds.
    flags = ["-P", "-S"] if isolated else ["-P"]
    libraries = [path for path in sys.path if path.endswith("site-packages")] if isolated else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, paths), *libraries])}
    out = subprocess.run(
        [sys.executable, *flags, "-c", code], env=environment, cwd="/", capture_output=True, text=True, check=True
    )
    return out.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    # In a process of its own, because a build backend works in the project's folder.
    out = subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True)
    return folder / out.stdout.split()[-1]


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_checkout_finds_its_tables() -> None:
    assert python(WHERE, ROOT, isolated=True) == str(ROOT / "data")


def test_an_editable_install_finds_the_checkouts_tables() -> None:
    found = python("import namealign; print(namealign.__file__)")
    if Path(found).parent.parent != ROOT:
        pytest.skip("this environment has no editable install of the checkout")
    assert python(WHERE) == str(ROOT / "data")


def test_a_wheel_carries_every_table_and_the_type_marker(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tables = {path.relative_to(ROOT) for path in (ROOT / "data").rglob("*.csv")}
    assert {f"namealign/{table}" for table in map(str, tables)} <= names
    assert "namealign/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "bench/"))]


def test_an_unpacked_wheel_finds_its_own_tables_and_looks_a_name_up(unpacked: Path) -> None:
    assert python(WHERE, unpacked, isolated=True) == str(unpacked / "namealign" / "data")
    code = "import sys; sys.argv = ['namealign', 'lookup', 'Geelani']; from namealign.cli import main; main()"
    assert "Jalil Abbas Jilani" in python(code, unpacked, isolated=True)
