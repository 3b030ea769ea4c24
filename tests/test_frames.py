"""Parquet and Excel files are cleaned by name; their values stay."""

from pathlib import Path

import polars
import pytest
from fakes import FakeReconciler

from namealign.clean import clean
from namealign.errors import InputError

ROWS = {"id": ["01", "02", "03"], "name": ["Geelani", None, "Zed"], "n": [1, 2, 3]}


@pytest.fixture(params=[".parquet", ".xlsx"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / f"in{request.param}"
    frame = polars.DataFrame(ROWS)
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_excel(path)
    return path


def read(path: Path) -> polars.DataFrame:
    if path.suffix == ".csv":
        return polars.read_csv(path, infer_schema=False)
    return polars.read_parquet(path) if path.suffix == ".parquet" else polars.read_excel(path)


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx", ".csv"])
def test_values_stay_and_new_columns_stand_behind_them(source: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    summary = clean(source, "name", output=target, reconciler=FakeReconciler())  # type: ignore[arg-type]
    found = read(target)
    assert found["id"].to_list() == ["01", "02", "03"]
    assert found["name_canonical"].to_list() == ["GEELANI", None, None]
    assert found["name_outcome"].to_list() == ["match", None, "new"]
    assert summary.read.rows == 3


def test_cleaning_twice_changes_nothing(source: Path) -> None:
    clean(source, "name", output=source, reconciler=FakeReconciler())  # type: ignore[arg-type]
    once = read(source)
    clean(source, "name", output=source, reconciler=FakeReconciler())  # type: ignore[arg-type]
    assert read(source).equals(once)


def test_a_csv_may_become_a_parquet_file_with_its_leading_zeros(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("id,name\n007,Geelani\n")
    clean(source, "name", output=target, reconciler=FakeReconciler(), replace=True)  # type: ignore[arg-type]
    assert read(target).rows() == [("007", "GEELANI")]


def test_only_the_changed_rows(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    clean(source, "name", output=target, reconciler=FakeReconciler(), only_changed=True)  # type: ignore[arg-type]
    assert read(target)["id"].to_list() == ["01"]


def test_what_is_no_such_file_is_one_line(tmp_path: Path) -> None:
    for name in ("in.parquet", "in.xlsx"):
        source = tmp_path / name
        source.write_bytes(b"id,name\n")
        with pytest.raises(InputError, match=f"{name}: cannot be read: ") as caught:
            clean(source, "name", output=None, reconciler=FakeReconciler())  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
