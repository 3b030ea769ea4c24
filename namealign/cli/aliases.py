"""`namealign aliases`: alias tables in, their problems or their counts out."""

from __future__ import annotations

import os
from collections import Counter
from typing import Annotated

import typer

from namealign.cli import usertable
from namealign.cli.edge import BAD_INPUT, complain

__all__ = ["register"]

_FILES = typer.Argument(metavar="FILE...", help="Alias tables; without one the shipped table.", show_default=False)
_CHECKED = typer.Argument(
    metavar="FILE...", help="Alias tables; without one the shipped table and your own.", show_default=False
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(name="aliases", help="Your own table of names, and checks of any.", no_args_is_help=True)
    usertable.register(group)
    group.command("check", epilog="Example: namealign aliases check mine.csv")(check)
    group.command("stats", epilog="Example: namealign aliases stats")(stats)
    app.add_typer(group)


def check(
    files: Annotated[list[str] | None, _CHECKED] = None,
    house: Annotated[
        bool, typer.Option("--house", help="Apply the shipped table's rules to your own: order, ids, sources.")
    ] = False,
    scores: Annotated[
        bool | None,
        typer.Option(
            "--scores/--no-scores",
            help="Also name elements' spellings that the scorer would call different names, if the table did not tell"
            " it; done for the shipped table if not said.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Lint alias tables: every problem as path:line: problem. Exits 2 if there is any."""
    from namealign.curate import check as check_table
    from namealign.tables import data_dir, read_rows, user_table

    shipped = str(data_dir() / "aliases.csv")
    own = user_table()
    paths = files or [shipped, *([str(own)] if own is not None and own.exists() else [])]
    found = 0
    for path in paths:
        ours = os.path.exists(path) and os.path.samefile(path, shipped)
        released = [key for _, (key,) in read_rows(data_dir() / "released_ids.csv", ("entity_id",))] if ours else []
        scored = ours if scores is None else scores
        for problem in check_table(path, house=house or ours, released=released, scores=scored):
            typer.echo(str(problem))
            found += 1
    if found:
        complain(f"{found} problem{'s' if found != 1 else ''}")
        raise typer.Exit(BAD_INPUT)


def stats(files: Annotated[list[str] | None, _FILES] = None) -> None:
    """Count entities, spellings, languages and sources."""
    from namealign.curate import stats as count
    from namealign.tables import data_dir

    for path in files or [str(data_dir() / "aliases.csv")]:
        found = count(path)
        entities, rows = sum(found.entities.values()), sum(found.rows.values())
        typer.echo(f"{path}: {entities:,} entities, {rows:,} spellings")
        for kind, number in found.entities.most_common():
            typer.echo(f"  {kind:<14}{number:>8,} entities {found.rows[kind]:>8,} spellings")
        typer.echo(f"  languages: {_listed(found.languages)}")
        typer.echo(f"  scripts: {_listed(found.scripts)}")
        typer.echo(f"  sources: {_listed(found.sources)}")


def _listed(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name or '(none)'} {number:,}" for name, number in counts.most_common(12))
    return f"{shown}, and {len(counts) - 12} more" if len(counts) > 12 else shown
