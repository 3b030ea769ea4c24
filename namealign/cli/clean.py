"""`namealign clean`: a table in, the same table with canonical names out, a summary on stderr."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import UNSETTLED, complain, keep_apart, progress, reconciler_for
from namealign.errors import InputError
from namealign.files import writable

if TYPE_CHECKING:
    from namealign.clean import CleanSummary
    from namealign.clean.annotate import Annotated as Read
    from namealign.reconciler import Reconciler

__all__ = ["register", "say_judged", "say_read"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("clean", epilog="Example: namealign clean ministers.csv -c minister -o cleaned.csv --review ask.csv")(
        clean
    )


def clean(
    source: Annotated[str, typer.Argument(metavar="IN", help="CSV, TSV, JSON Lines, Parquet or Excel; - is stdin.")],
    column: options.Columns = None,
    columns_as: Annotated[
        list[str] | None,
        typer.Option(
            "--columns-as", metavar="FIRST,LAST", help="Columns over which one name is split; may be repeated."
        ),
    ] = None,
    output: options.Output = "-",
    kind: options.Kinds = None,
    table: options.Tables = None,
    index: options.Index = None,
    only: options.Only = False,
    delimiter: options.Delimiter = None,
    tabs: options.Tabs = False,
    quote: options.Quote = '"',
    encoding: options.Encoding = None,
    no_header: options.NoHeader = False,
    zero: options.Zero = False,
    jsonl: options.JsonLines = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write over the input, all of it or nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put canonical names in place of the old ones and add no column.")
    ] = False,
    strict: options.Strict = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, only say what would be done.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print which names would become which; without --output write nothing else.")
    ] = False,
    only_changed: Annotated[
        bool, typer.Option("--only-changed", help="Leave out the rows whose names stay as they are.")
    ] = False,
    decisions: options.Decisions = None,
    review: Annotated[
        str | None, typer.Option("--review", metavar="FILE", help="Write the names that a person must decide there.")
    ] = None,
    again: options.Again = False,
    harmonize: Annotated[
        bool, typer.Option("--harmonize", help="Names that no table knows take the canonical spelling of their parts.")
    ] = False,
    report: Annotated[str | None, typer.Option("--report", metavar="FILE", help="The summary as JSON.")] = None,
    fail_on_review: Annotated[
        bool, typer.Option("--fail-on-review", help="Exit 1 if any name needs a person's decision.")
    ] = False,
) -> None:
    """Add canonical name, entity, probability and outcome beside each name. All other bytes stay as they are."""
    from namealign.clean import clean as clean_table

    columns: list[str | tuple[str, ...]] = [*(column or []), *(tuple(parts.split(",")) for parts in columns_as or [])]
    if not columns:
        raise InputError("which column? give it with --column (or --columns-as FIRST,LAST)")

    twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if twice is not None:
        raise InputError(f"column {twice if isinstance(twice, str) else ','.join(twice)!r} is given twice")

    if in_place:
        if output != "-" or source == "-":
            raise InputError("--in-place writes over IN, which must be a file, and takes no --output")
        output = source
    layout = options.layout(
        delimiter=delimiter, tabs=tabs, quote=quote, encoding=encoding, no_header=no_header, zero=zero, jsonl=jsonl
    )
    target = None if dry_run or (diff and output == "-") else output
    keep_apart(
        {"--output": None if output == source else target, "--review": review, "--report": report},
        {"IN": [source], **options.sources(decisions, table, index)},
    )
    if target is not None:
        writable(target)
    judgements = options.judgements(decisions, table or [])
    reconciler = reconciler_for(table or [], only=only, index=index or [])
    with progress("reconciling") as move:
        summary = clean_table(
            source,
            columns,
            output=target,
            reconciler=reconciler,
            kinds=kind or (),
            layout=layout,
            strict=strict,
            replace=replace,
            only_changed=only_changed,
            decisions=judgements,
            harmonize=harmonize,
            review=review is not None,
            again=again,
            progress=move,
        )
    if diff:
        _print_changes(summary)
    _say(summary)
    if review is not None:
        _write_review(summary, review, reconciler)
    if report is not None:
        from namealign.files import writing

        with writing(report) as file:
            file.write((json.dumps(summary.to_dict(), ensure_ascii=False, indent=2) + "\n").encode())
    if fail_on_review and any(outcomes["review"] for outcomes in summary.outcomes):
        raise typer.Exit(UNSETTLED)


def say_read(read: Read) -> None:
    """What a person should know about the input: guesses that were made, and rows that were left alone."""
    if read.encoding.how == "detected":
        complain(f"{read.path} was read as {read.encoding.name}; if that is wrong, give --encoding")
    if read.ragged_rows:
        shown = ", ".join(str(row.line) for row in read.ragged)
        more = ", ..." if read.ragged_rows > len(read.ragged) else ""
        rows = "row has" if read.ragged_rows == 1 else "rows have"
        complain(
            f"{read.path}: {read.ragged_rows} {rows} another number of fields and stay as they are: line {shown}{more}"
        )
    if read.unencodable:
        complain(f"{read.unencodable} new cells lost accents that {read.encoding.name} cannot write")
    if read.kept:
        complain(f"{read.kept} rows hold other text where the new columns are and stay as they are")


def say_judged(judged: int, lost: Sequence[tuple[str, str]]) -> None:
    """What earlier decisions did, and which of them could not be kept to."""
    if judged:
        complain(f"earlier decisions were kept to for {judged:,} distinct name{'s' if judged != 1 else ''}")
    for name, entity in lost:
        complain(f"{name!r} was decided to be {entity}, which no table has")


def _write_review(summary: CleanSummary, target: str, reconciler: Reconciler) -> None:
    from namealign.cli.words import reasons
    from namealign.review import questions, write_questions

    asked = questions(summary.uncertain, reconciler.policy, reasons)
    write_questions(target, asked)
    if target != "-":
        said = "1 name" if len(asked) == 1 else f"{len(asked):,} names"
        it = "it" if len(asked) == 1 else "them"
        hint = f"; namealign review {shlex.quote(target)} asks about {it}" if asked else ""
        complain(f"{said} to decide in {target}{hint}")


def _say(summary: CleanSummary) -> None:
    read = summary.read
    say_read(read)
    from namealign.clean import HARMONIZED

    say_judged(summary.judged, summary.lost)
    for column, names, rows, distinct in zip(read.columns, read.names, summary.outcomes, summary.distinct, strict=True):
        parts = [
            f"{rows[outcome]:,} {word} ({distinct[outcome]:,} names)"
            for outcome, word in (("match", "matched"), ("review", "to review"), ("new", "new"))
        ]
        if rows[HARMONIZED]:
            parts.append(f"{rows[HARMONIZED]:,} harmonized ({distinct[HARMONIZED]:,} names)")
        complain(f"{column}: {len(names):,} distinct names in {read.rows:,} rows: {', '.join(parts)}")


def _print_changes(summary: CleanSummary) -> None:
    """A pair of lines for each distinct name, those with most rows first."""
    several = len(summary.read.columns) > 1
    for change in summary.changes:
        rows = f"{change.rows:,} row{'s' if change.rows != 1 else ''}"
        doubt = "" if change.outcome == "match" else f", {change.outcome}"
        where = f"{change.column}: " if several else ""
        typer.echo(f"-{where}{change.name}")
        typer.echo(f"+{where}{change.canonical}  ({rows}, {change.probability}{doubt})")
