"""`namealign index build` and `index info`: a table of entities in, an index for large lookups out."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import complain, keep_apart, progress
from namealign.errors import InputError
from namealign.model import Kind

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Build and describe an index of a large table of entities.")
    group.command("build", epilog="Example: namealign index build people.csv --id qid -c name -o people.idx")(build)
    group.command("info", epilog="Example: namealign index info people.idx")(info)
    app.add_typer(group, name="index")


def build(
    source: Annotated[
        str, typer.Argument(metavar="AUTHORITY", help="CSV, TSV, JSON Lines, Parquet or Excel; - is stdin.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="INDEX", help="The file to write.")],
    ident: Annotated[
        str | None, typer.Option("--id", help="The column that tells entities apart. Told by its header if not given.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", "-c", help="A column with names; may be repeated. Told by its header if not given."),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="What the entities are; else a column `kind`, else persons.")
    ] = None,
    split: Annotated[str, typer.Option("--split", metavar="TEXT", help="Parts a cell of several names, as ';'.")] = "",
    delimiter: options.Delimiter = None,
    tabs: options.Tabs = False,
    quote: options.Quote = '"',
    encoding: options.Encoding = None,
    no_header: options.NoHeader = False,
    zero: options.Zero = False,
    jsonl: options.JsonLines = False,
    strict: options.Strict = False,
) -> None:
    """Index a table of entities, one or more names each, for `--index` of lookup and clean."""
    from namealign.indexing import build_index

    layout = options.layout(
        delimiter=delimiter, tabs=tabs, quote=quote, encoding=encoding, no_header=no_header, zero=zero, jsonl=jsonl
    )
    if output == "-":
        raise InputError("an index is a file: give --output a name, not -")
    keep_apart({"--output": output}, {"AUTHORITY": [source]})
    with progress("reading") as move:
        built = build_index(
            source,
            output,
            id=ident,
            columns=column or [],
            kind=kind,
            split=split,
            layout=layout,
            strict=strict,
            progress=move,
            doing=lambda what: None if move is None else typer.echo(f"\r\x1b[K{what} ...", nl=False, err=True),
        )
    names = ", ".join(built.chosen.names)
    complain(
        f"{built.path}: {built.names:,} names ({names}) of {built.entities:,} entities ({built.chosen.ident}) "
        f"in {built.rows:,} rows; {os.path.getsize(built.path) / 1e6:,.0f} MB, {built.seconds:,.0f} s"
    )
    if built.nameless:
        rows = "row holds no name and is" if built.nameless == 1 else "rows hold no name and are"
        complain(f"{built.nameless:,} {rows} not in the index")
    if built.redirects:
        ids = "old id of a merged entity leads" if built.redirects == 1 else "old ids of merged entities lead"
        complain(f"{built.redirects:,} {ids} to what it was merged into")
    if built.lost:
        ids = "old id of a merged entity is" if built.lost == 1 else "old ids of merged entities are"
        complain(f"{built.lost:,} {ids} not in the index: the column canonical, which says where it leads, is not read")
    if built.ragged_rows:
        shown = ", ".join(map(str, built.ragged_lines)) + (
            ", ..." if built.ragged_rows > len(built.ragged_lines) else ""
        )
        complain(f"{built.ragged_rows:,} rows have another number of fields and are not in the index: line {shown}")


def info(index: Annotated[str, typer.Argument(metavar="INDEX", help="A file that `index build` wrote.")]) -> None:
    """Say what is in an index, and whether this version can read it."""
    from namealign.authority import about, usable

    told = about(index)
    for key in ("source", "id column", "name columns", "rows", "entities", "names", "tokens", "version", "built"):
        if key in told:
            value = f"{int(told[key]):,}" if told[key].isdigit() else told[key]
            typer.echo(f"{key:<13} {value}")
    typer.echo(f"{'size':<13} {os.path.getsize(index) / 1e6:,.0f} MB")
    problem = usable(told)
    typer.echo(f"{'usable':<13} {problem or 'yes'}")
