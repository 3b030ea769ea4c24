"""`namealign aliases`: alias tables in, their problems or their counts out."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from namealign.cli.edge import BAD_INPUT, complain

__all__ = ["register"]

_FILES = typer.Argument(metavar="[FILE...]", help="Alias tables; without one the shipped table.", show_default=False)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(name="aliases", help="Check and count alias tables.", no_args_is_help=True)
    group.command("check", epilog="Example: namealign aliases check mine.csv")(check)
    group.command("stats", epilog="Example: namealign aliases stats")(stats)
    app.add_typer(group)


def check(
    files: Annotated[list[str] | None, _FILES] = None,
    house: Annotated[
        bool, typer.Option("--house", help="Apply the shipped table's rules to your own: order, ids, sources.")
    ] = False,
) -> None:
    """Lint alias tables: every problem as path:line: problem. Exits 2 if there is any."""
    from namealign.curate import check as check_table
    from namealign.tables import data_dir

    shipped = str(data_dir() / "aliases.csv")
    found = 0
    for path in files or [shipped]:
        for problem in check_table(path, house=house or path == shipped):
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
        typer.echo(f"  sources: {_listed(found.sources)}")


def _listed(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name or '(none)'} {number:,}" for name, number in counts.most_common(12))
    return f"{shown}, and {len(counts) - 12} more" if len(counts) > 12 else shown
