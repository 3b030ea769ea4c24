"""What the documents show and claim is so."""

import doctest
import re
import shlex
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(\$ .*?)```", README, re.DOTALL)
# A command, what an `echo` gives it to read, and what the document shows of its output.
COMMAND = re.compile(r"^\$ (?:echo (.*?) \| )?namealign (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.mark.parametrize("block", CONSOLE, ids=[COMMAND.findall(block)[0][1].split()[0] for block in CONSOLE])
def test_the_readmes_console_examples_print_what_it_shows(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    commands = COMMAND.findall(block)
    assert len(commands) == block.count("$ ")
    for said, command, shown in commands:
        result = CliRunner().invoke(app, shlex.split(command), input=said)
        assert result.exit_code == 0
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert doctest.OutputChecker().check_output(shown, result.output, flags), result.output


def test_the_readmes_python_examples_run() -> None:
    assert len(CONSOLE) == 5
    found = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.attempted >= 3
    assert found.failed == 0


def test_every_dependency_has_its_line_in_the_architecture() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9-]+", requirement)
        assert name is not None
        assert f"`{name[0]}`" in text, f"{name[0]} has no line in ARCHITECTURE.md"


def test_every_stage_has_its_row_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in (ROOT / "namealign").iterdir():
        if path.name.startswith("_") or path.name in ("data", "py.typed"):
            continue
        name = f"{path.name}/" if path.is_dir() else re.sub(r"^bulk_.*", "bulk_*.py", path.name)
        assert f"`{name}`" in text, f"{name} has no row in ARCHITECTURE.md"


def test_every_table_is_described_in_the_data_folders_readme() -> None:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    patterns = re.findall(r"`([\w*/.-]+\.csv)`", text)
    for path in (ROOT / "data").rglob("*.csv"):
        name = path.relative_to(ROOT / "data").as_posix()
        assert any(fnmatch(name, pattern) for pattern in patterns), f"{name} is not described in data/README.md"


def test_no_document_names_a_place_of_one_machine() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "data").glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]:
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text, path
        assert str(Path.home()) + "/" not in text, path


def test_every_command_is_in_the_readme() -> None:
    for line in CliRunner().invoke(app, ["--help"]).stdout.partition("Commands:")[2].splitlines():
        if match := re.match(r"  ([a-z]+) ", line):
            assert re.search(rf"namealign\s+{match[1]}", README), f"{match[1]} is not in README.md"
