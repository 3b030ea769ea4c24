"""The command line: a module for each command, which parses and prints; the work is done by the modules it calls.

Exit codes: 0 done, 1 done but a name is unknown (or rows wait for review, where that was asked), 2 bad input.
"""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from namealign.cli import aliases, clean, cluster, compare, index, lookup, review, romanize, scan
from namealign.cli.edge import Group

__all__ = ["app", "main"]

app = typer.Typer(
    name="namealign",
    cls=Group,
    help="Spellings of transliterated names in, one entity out: with a probability and the reasons for it.",
    epilog="Example: namealign lookup Geelani --explain",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"namealign {version('namealign')}")
        raise typer.Exit


@app.callback()
def _options(
    _wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


lookup.register(app)
compare.register(app)
clean.register(app)
review.register(app)
cluster.register(app)
romanize.register(app)
scan.register(app)
aliases.register(app)
index.register(app)


def main() -> None:
    """Run the command line: the entry point of the installed program."""
    # A polite kill unwinds like any error, so that half-written files are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    app()
