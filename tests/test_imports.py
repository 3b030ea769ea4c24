"""Imports point one way, and a lookup loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import namealign

PACKAGE = Path(namealign.__file__).parent

# ARCHITECTURE.md draws this list: a stage knows those above it and none below. Stages on one line are neighbours
# that do not know each other.
STAGES = [
    ["model", "errors"],
    ["packed"],
    ["tables", "files", "parts", "charset"],
    ["cache"],
    ["normalize"],
    ["romanize"],
    ["parse"],
    ["kernel"],
    ["alignment"],
    ["measure"],
    ["verdict"],
    ["trees"],
    ["encode"],
    ["edit"],
    ["knowledge"],
    ["candidates"],
    ["shelf"],
    ["redirects", "authority"],
    ["decide"],
    ["compare"],
    ["bulk"],
    ["journal"],
    ["search"],
    ["judgements"],
    ["reconciler"],
    ["replay"],
    ["cluster"],
    ["clean", "scan", "review", "curate"],
    ["tablefile"],
    ["usertable"],
    ["interchange", "learn"],
    ["indexing"],
    ["cli", "server", "integrations"],
]
# `compare_many` is the public name of work that `bulk` does, and imports it when it is called.
LATE = {("compare", "bulk")}
RANK = {name: rank for rank, names in enumerate(STAGES) for name in names}
HEAVY = {"typer", "numpy", "numba", "polars", "pandas", "sklearn", "lightgbm", "unidecode", "charset_normalizer"}
HEAVY |= {"sqlite3"}


def family(name: str) -> str:
    """The compiled modules (`bulk`, `bulk_read`, ...) are one stage, though not one file."""
    return "bulk" if name.startswith("bulk_") else name


def stage(path: Path) -> str:
    return family(path.relative_to(PACKAGE).with_suffix("").parts[0])


def imported(path: Path) -> set[str]:
    """The stages that a module imports, anywhere in it but for type checking only."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "namealign" else node.module or ""
                for alias in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {family(name.split(".")[1]) for name in names if name.startswith("namealign.")}
    return found


MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py" and path.parent != PACKAGE / "data"
)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p != PACKAGE / "__init__.py"], ids=lambda p: stage(p) + "/" + p.stem
)
def test_imports_point_one_way(path: Path) -> None:
    own = stage(path)
    assert own in RANK, f"{own} has no place in the list of stages"
    wrong = {n for n in imported(path) - {own} if RANK.get(n, 99) >= RANK[own] and (own, n) not in LATE}
    assert not wrong, f"{own} must not know {', '.join(sorted(wrong))}"


def test_romanize_and_cli_are_packages() -> None:
    assert (PACKAGE / "romanize" / "__init__.py").is_file()
    assert (PACKAGE / "cli" / "__init__.py").is_file()


def loaded_by(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in out.stdout.split()}


def test_importing_namealign_pulls_in_nothing_heavy() -> None:
    assert not loaded_by("import namealign") & HEAVY


def test_a_lookup_of_one_latin_name_pulls_in_nothing_heavy() -> None:
    code = "import namealign; namealign.Reconciler.from_names({'1': ['Jalil Jilani']}).lookup('Geelani')"
    assert not loaded_by(code) & HEAVY


def test_all_is_exact_and_every_public_name_is_documented() -> None:
    assert sorted(namealign.__all__) == sorted(set(namealign.__all__))
    for name in namealign.__all__:
        assert getattr(namealign, name).__doc__, f"{name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_says_what_enters_and_what_leaves(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"


def test_a_public_function_is_no_module_however_often_it_is_used() -> None:
    # The import system puts a submodule of the same name in a function's place.
    code = "import namealign\nfor _ in 1, 2:\n    assert callable(namealign.compare) and namealign.compare('a', 'a')"
    code += (
        "\nimport namealign.clean, namealign.cluster\nassert callable(namealign.clean) and callable(namealign.cluster)"
    )
    loaded_by(code)
