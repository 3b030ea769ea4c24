"""`namealign cluster`: a table in, the same table with groups of names out."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from namealign.cli import options
from namealign.cli.clean import say_judged, say_read
from namealign.cli.edge import complain, keep_apart, progress, reconciler_for
from namealign.errors import InputError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cluster", epilog="Example: namealign cluster donors.csv -c name -o grouped.csv")(cluster)


def cluster(
    source: Annotated[str, typer.Argument(metavar="IN", help="CSV, TSV, JSON Lines, Parquet or Excel; - is stdin.")],
    column: options.Columns = None,
    output: options.Output = "-",
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0.0, max=1.0, help="Probability from which two names are one.")
    ] = None,
    kind: options.Kinds = None,
    table: options.Tables = None,
    index: options.Index = None,
    only: options.Only = False,
    decisions: options.Decisions = None,
    delimiter: options.Delimiter = None,
    tabs: options.Tabs = False,
    quote: options.Quote = '"',
    encoding: options.Encoding = None,
    no_header: options.NoHeader = False,
    zero: options.Zero = False,
    jsonl: options.JsonLines = False,
    strict: options.Strict = False,
    report: Annotated[str | None, typer.Option("--report", metavar="FILE", help="The summary as JSON.")] = None,
) -> None:
    """Group the names that no table lists, with a canonical spelling for each group. Listed names keep theirs."""
    from namealign.clean.groups import cluster_column

    if not column:
        raise InputError("which column? give it with --column")
    layout = options.layout(
        delimiter=delimiter, tabs=tabs, quote=quote, encoding=encoding, no_header=no_header, zero=zero, jsonl=jsonl
    )
    keep_apart(
        {"--output": None if output == source else output, "--report": report},
        {"IN": [source], **options.sources(decisions, table, index)},
    )
    judgements = options.judgements(decisions, table or [])
    with progress("reconciling") as move:
        summary = cluster_column(
            source,
            column,
            output=output,
            reconciler=reconciler_for(table or [], only=only, index=index or []),
            kinds=kind or (),
            threshold=threshold,
            layout=layout,
            strict=strict,
            judgements=judgements,
            progress=move,
        )
    say_read(summary.read)
    say_judged(summary.judged, summary.lost)
    names = sum(map(len, summary.read.names))
    complain(f"{names:,} distinct names in {summary.clusters:,} groups, {summary.entities:,} of them in the table")
    if any(summary.left_out):
        keys, cut, pairs = summary.left_out
        complain(
            f"caps left out {keys:,} keys that too many name parts share, {pairs:,} pairs beyond the best of a name, "
            f"and part of what {cut:,} names with a very common rarest part could meet; some groups may lack a member"
        )
    if report is not None:
        from namealign.files import writing

        with writing(report) as file:
            file.write((json.dumps(summary.to_dict(), ensure_ascii=False, indent=2) + "\n").encode())
