"""`namealign compare`: two names, or a file of pairs, in; probability, outcome and reasons out."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import read_names
from namealign.errors import InputError
from namealign.model import Comparison

if TYPE_CHECKING:
    from namealign.judgements import Judgements

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare", epilog="Example: namealign compare 'Mohammed bin Salman' 'Salman bin Mohammed'")(compare)


def compare(
    names: Annotated[list[str] | None, typer.Argument(metavar="A B", help="Two names.")] = None,
    pairs: Annotated[
        str | None,
        typer.Option("--pairs", metavar="FILE", help="A CSV of pairs: columns left and right, or the first two."),
    ] = None,
    language: options.Language = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each pair.")] = False,
    table: Annotated[
        list[str] | None,
        typer.Option("--table", help="Your own alias table, whose decisions are kept to; may be repeated."),
    ] = None,
    decisions: options.Decisions = None,
) -> None:
    """Say how probable it is that two spellings are one name, and why."""
    judgements = options.judgements(decisions, table or [])
    if judgements is not None:
        judgements = judgements.moving(options.moved(table or []))
    if pairs is not None:
        if names:
            raise InputError("give two names or --pairs FILE, not both")
        _pairs(pairs, judgements, as_json=as_json)
        return
    given = list(read_names(names or []))
    if len(given) != 2:
        raise InputError(f"compare takes two names, not {len(given)}; quote a name that has spaces")
    from namealign.cli.words import explain, percent
    from namealign.compare import compare as compare_names
    from namealign.replay import judged

    found = compare_names(given[0], given[1], language=language)
    if judgements is not None:
        found = judged(found, judgements)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
        return
    typer.echo(f"{found.left} / {found.right}: {found.outcome}, {percent(found.probability)}")
    for line in explain(found.evidence):
        typer.echo(f"  {line}")


def _pairs(path: str, judgements: Judgements | None, *, as_json: bool) -> None:
    header, rows, left, right = _read_pairs(path)
    # Imported late: bulk scoring needs NumPy, and a mistake in the file should be told before that.
    from namealign.compare import compare_many
    from namealign.decide import Policy, outcome
    from namealign.replay import judged

    policy = Policy()
    found = compare_many([row[left] for row in rows], [row[right] for row in rows])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not as_json:
        writer.writerow([*header, "probability", "outcome"])
    for row, share in zip(rows, found, strict=True):
        pair = Comparison(row[left], row[right], float(share), outcome(float(share), policy))
        if judgements is not None:
            pair = judged(pair, judgements)
        if as_json:
            found_pair = {name: value for name, value in pair.to_dict().items() if name != "evidence"}
            out.write(json.dumps(found_pair, ensure_ascii=False) + "\n")
        else:
            writer.writerow([*row, f"{pair.probability:.3f}", str(pair.outcome)])
    typer.echo(out.getvalue(), nl=False)


def _read_pairs(path: str) -> tuple[list[str], list[list[str]], int, int]:
    from namealign.files import reading

    with reading(path) as (file, name):
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] = []
    rows: list[list[str]] = []
    try:
        header = next(reader, [])
        for row in reader:
            if row and len(row) != len(header):
                raise InputError(f"{name}:{reader.line_num}: {len(row)} fields where the header has {len(header)}")
            if row:
                rows.append(row)
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}: {error}") from error
    if len(header) < 2:
        raise InputError(f"{name}: needs a header line and two columns, left and right")
    named = "left" in header and "right" in header
    left, right = (header.index("left"), header.index("right")) if named else (0, 1)
    return header, rows, left, right
