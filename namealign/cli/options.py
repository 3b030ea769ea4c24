"""Options that several commands share, said once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli.edge import BAD_INPUT, complain
from namealign.errors import InputError

if TYPE_CHECKING:
    from namealign.clean.layout import Layout
    from namealign.judgements import Judgements

__all__ = [
    "Again",
    "Columns",
    "Decisions",
    "Delimiter",
    "Encoding",
    "Index",
    "JsonLines",
    "Kinds",
    "Language",
    "Listed",
    "NoHeader",
    "Only",
    "Output",
    "Quote",
    "Strict",
    "Tables",
    "Tabs",
    "Zero",
    "decision_files",
    "judgements",
    "layout",
    "moved",
    "sources",
]

Again = Annotated[bool, typer.Option("--again", help="Ask again about what was answered unsure.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", "-c", help="The column with the names, or its number; may be repeated.")
]
Decisions = Annotated[
    str | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="What people decided, as review writes it; if not given, mine.decisions.csv beside mine.csv, your table.",
    ),
]
Delimiter = Annotated[str | None, typer.Option("--delimiter", "-d", help="Found out if not given.")]
Encoding = Annotated[str | None, typer.Option("--encoding", "-e", help="Found out if not given.")]
Index = Annotated[
    list[str] | None,
    typer.Option("--index", metavar="INDEX", help="An index that `index build` made; may be repeated."),
]


class Listed(StrEnum):
    """The kinds that a whole name may be of."""

    PERSON = "person"
    PLACE = "place"
    ORGANIZATION = "organization"


Kinds = Annotated[
    list[Listed] | None, typer.Option("--kind", help="Match names to entities of this kind only; may be repeated.")
]
JsonLines = Annotated[
    bool, typer.Option("--jsonl", help="The input is JSON Lines, as a name in .jsonl or .ndjson says by itself.")
]
Language = Annotated[str | None, typer.Option("--language", help="The names' language, as an ISO 639 code.")]
NoHeader = Annotated[bool, typer.Option("--no-header-row", "-H", help="The first line is data.")]
Only = Annotated[bool, typer.Option("--only", help="Look in your own tables and indexes only.")]
Output = Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="Where to write; - is stdout.")]
Quote = Annotated[str, typer.Option("--quotechar", "-q", help="The quote character; '' if there is none.")]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at a row with too few or too many fields.")]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        help="Your own alias table; may be repeated. Without it the one of `namealign aliases`, if there is one.",
    ),
]
Tabs = Annotated[bool, typer.Option("--tabs", "-t", help="The delimiter is a tab.")]
Zero = Annotated[bool, typer.Option("--zero", help="Column numbers begin at 0, not 1.")]


def layout(
    *,
    delimiter: str | None,
    tabs: bool,
    quote: str,
    encoding: str | None,
    no_header: bool,
    zero: bool,
    jsonl: bool = False,
) -> Layout:
    """The options of csvkit's users as a Layout."""
    from namealign.clean.layout import Layout

    if delimiter is not None:
        delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
    return Layout(
        delimiter="\t" if tabs else delimiter,
        quote=quote,
        encoding=encoding,
        header=not no_header,
        zero=zero,
        jsonl=jsonl,
    )


def decision_files(decisions: str | None, tables: Sequence[str]) -> list[str]:
    """The files of judgements to go by: the one given, else those beside the user's tables. The first gets new ones."""
    from namealign.journal import beside
    from namealign.tables import user_table

    if decisions == "-":
        raise InputError("--decisions is a file that is kept: give it a name, not -")
    if decisions is not None:
        return [decisions]
    own = None if tables else user_table()
    return [beside(table) for table in (tables if own is None else [own])]


def sources(
    decisions: str | None, tables: Sequence[str] | None, indexes: Sequence[str] | None = None
) -> dict[str, Sequence[str]]:
    """What a command reads beside its input, by option: no output may go there."""
    from namealign.tables import user_table

    own = None if tables or indexes else user_table()
    return {
        "--table": (tables or []) if own is None else [str(own)],
        "--index": indexes or [],
        "--decisions": decision_files(decisions, tables or []),
    }


def moved(tables: Sequence[str]) -> dict[str, str]:
    """The ids that the user's tables have merged into others, and where each leads."""
    from namealign.tables import REDIRECT, follow, read_aliases, user_table

    own = None if tables else user_table()
    used = tables if own is None else [str(own)] if own.exists() else []
    rows = (row for path in used for row in read_aliases(path))
    return follow({row.entity_id: row.canonical for row in rows if row.kind == REDIRECT})


def judgements(decisions: str | None, tables: Sequence[str], *, begins: bool = False) -> Judgements | None:
    """What people decided, None if there is no file of it; `begins` where this run may be the file's first.

    Judgements that contradict each other are shown, a line for each, and end the program.
    """
    from namealign.judgements import ConflictError, Judgements

    paths = decision_files(decisions, tables)
    found = [path for path in paths if os.path.exists(path)]
    if decisions is not None and not found and not begins:
        complain(f"{decisions} is not there yet: nothing is decided")
    try:
        return Judgements.read(*found) if found else None
    except ConflictError as error:
        for problem in error.problems:
            complain(problem)
        complain("decisions contradict each other: take out the wrong ones")
        raise typer.Exit(BAD_INPUT) from None
