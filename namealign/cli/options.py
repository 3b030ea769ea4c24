"""Options that several commands share, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from namealign.clean.layout import Layout

__all__ = [
    "Columns",
    "Delimiter",
    "Encoding",
    "Index",
    "Language",
    "NoHeader",
    "Only",
    "Output",
    "Quote",
    "Strict",
    "Tables",
    "Tabs",
    "Zero",
    "layout",
]

Columns = Annotated[
    list[str] | None, typer.Option("--column", "-c", help="The column with the names, or its number; may be repeated.")
]
Delimiter = Annotated[str | None, typer.Option("--delimiter", "-d", help="Found out if not given.")]
Encoding = Annotated[str | None, typer.Option("--encoding", "-e", help="Found out if not given.")]
Index = Annotated[
    list[str] | None,
    typer.Option("--index", metavar="INDEX", help="An index that `index build` made; may be repeated."),
]
Language = Annotated[str | None, typer.Option("--language", help="The names' language, as an ISO 639 code.")]
NoHeader = Annotated[bool, typer.Option("--no-header-row", "-H", help="The first line is data.")]
Only = Annotated[bool, typer.Option("--only", help="Look in your own tables and indexes only.")]
Output = Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="Where to write; - is stdout.")]
Quote = Annotated[str, typer.Option("--quotechar", "-q", help="The quote character; '' if there is none.")]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at a row with too few or too many fields.")]
Tables = Annotated[list[str] | None, typer.Option("--table", help="Your own alias table; may be repeated.")]
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
