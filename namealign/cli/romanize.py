"""`namealign romanize`: text in any script in, its Latin readings out."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import read_names

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("romanize", epilog="Example: namealign romanize Кадыров --all")(romanize)


def romanize(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Names; - reads one a line from stdin.")],
    language: options.Language = None,
    every: Annotated[bool, typer.Option("--all", help="Every reading, with its language and standard.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each text.")] = False,
) -> None:
    """Write a name in Latin letters: the likeliest reading, or all of them."""
    from namealign.normalize import normalize
    from namealign.romanize import readings

    for text in read_names(texts):
        plain, _ = normalize(text)
        found = readings(plain, language)
        if as_json:
            shown = [
                {"text": r.text, "language": r.language, "standard": r.standard, "vowels": r.vowels} for r in found
            ]
            typer.echo(json.dumps({"text": text, "readings": shown}, ensure_ascii=False))
        elif every:
            for reading in found:
                unwritten = "" if reading.vowels else "  (short vowels are not written)"
                typer.echo(f"{reading.text}\t{reading.language}\t{reading.standard}{unwritten}")
        else:
            typer.echo(found[0].text if found else plain)
