"""`namealign scan`: articles in, who is named where and under which spellings out."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import complain, keep_apart, progress, reconciler_for
from namealign.errors import InputError
from namealign.files import writing

if TYPE_CHECKING:
    from namealign.scan import Document, Mention, Scan
    from namealign.scan.inputs import Plain
    from namealign.scan.recognizers import Recognizer

__all__ = ["register"]

_CSV = ("document", "start", "end", "surface", "kind", "entity", "name", "probability", "candidates", "reason")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scan", epilog="Example: namealign scan first.txt second.txt --html report.html")(scan)


def scan(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="IN...", help="Text, Markdown, HTML, PDF, DOCX, CSV, JSONL, a folder; - is stdin."),
    ],
    column: Annotated[
        str | None,
        typer.Option(
            "--column",
            "--text-column",
            "-c",
            help="The inputs are CSV or JSON Lines; this column (or number) is the text.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each mention.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV with a row for each mention.")] = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write a page that shows the articles and their names.")
    ] = None,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Give the text back with canonical spellings, all else as it was.")
    ] = False,
    output: options.Output = "-",
    kind: Annotated[
        list[options.Listed] | None, typer.Option("--kind", help="Only names of this kind; may be repeated.")
    ] = None,
    table: options.Tables = None,
    only: options.Only = False,
    delimiter: options.Delimiter = None,
    tabs: options.Tabs = False,
    quote: options.Quote = '"',
    encoding: options.Encoding = None,
    jsonl: options.JsonLines = False,
    model: Annotated[
        str | None, typer.Option("--model", help="A spaCy model that is installed; its persons are found too.")
    ] = None,
) -> None:
    """Find the names in running text: known ones under any spelling, unknown ones too, joined across documents."""
    from namealign.scan import Document
    from namealign.scan import scan as scan_documents
    from namealign.scan.inputs import Cells, documents, paths
    from namealign.scan.lexicon import Lexicon

    if sum((as_json, as_csv, rewrite)) > 1:
        raise InputError("--json, --csv and --rewrite are three outputs; choose one")
    files = paths(sources)
    beside = as_json or as_csv or rewrite or html is None
    keep_apart(
        {"--output": output if beside and not rewrite else None, "--html": html},
        {"IN": files, "--table": options.sources(None, table)["--table"]},
    )
    plain = _plain(files, column, encoding, output) if rewrite else {}
    texts: dict[str, str] = {}
    reconciler = reconciler_for(table or [], only=only)
    lexicon = Lexicon.of(reconciler, gazetteer=not only)
    # The tables stay until the end of the process: the garbage collector need not look at them again.
    gc.freeze()
    told = options.layout(delimiter=delimiter, tabs=tabs, quote=quote, encoding=encoding, no_header=False, zero=False)
    cells = Cells(told.delimiter, told.quote)
    given = (Document(*item) for item in ((f, p.text) for f, p in plain.items()))
    read = given if plain else documents(files, column=column, encoding=encoding, cells=cells, jsonl=jsonl)
    with progress("reading") as move, progress("settling") as settled:
        found = scan_documents(
            _watched(files, read, texts if html is not None else None, move),
            reconciler=reconciler,
            lexicon=lexicon,
            recognizer=_recognizer(model),
            settled=settled,
        )
    if kind:
        found = replace(found, mentions=tuple(m for m in found.mentions if str(m.kind) in kind))
    if html is not None:
        from namealign.cli.scan_report import page

        with writing(html) as file:
            file.write(page(found, texts).encode("utf-8", "replace"))
        complain(f"{html}: {len(found.documents):,} documents, {len(found.entities):,} names")
    if rewrite:
        _rewrite(plain, found, output)
    elif as_json or as_csv or html is None:
        with writing(output) as file:
            for piece in _json(found) if as_json else _csv(found) if as_csv else _wrapped(_table(found), output):
                file.write(piece.encode())


def _watched(
    files: list[str],
    documents: Iterable[Document],
    texts: dict[str, str] | None,
    move: Callable[[int, int], None] | None,
) -> Iterator[Document]:
    """The documents, with the bar moved by the bytes read: all that is known of the work ahead. A pipe has no bar."""
    total = sum(os.path.getsize(f) for f in files if os.path.isfile(f))
    read = 0
    for document in documents:
        if texts is not None:
            texts[document.name] = document.text
        yield document
        read += len(document.text.encode("utf-8", "replace"))
        if move is not None and total:
            move(min(read, total), total)


def _recognizer(model: str | None) -> Recognizer | None:
    if model is None:
        return None
    from namealign.scan.recognizers import spacy_recognizer

    return spacy_recognizer(model)


def _json(found: Scan) -> list[str]:
    return [json.dumps(m.to_dict(), ensure_ascii=False) + "\n" for m in found.mentions]


def _csv(found: Scan) -> list[str]:
    from namealign.cli.scan_report import reason

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for m in found.mentions:
        writer.writerow(
            [m.document, m.start, m.end, m.surface, m.kind, m.entity.id if m.entity else "",
             m.entity.name if m.entity else "", f"{m.probability:.3f}", "; ".join(m.candidates), reason(m)]
        )  # fmt: skip
    return [out.getvalue()]


def _table(found: Scan) -> list[str]:
    """Entities with the spellings that each document uses."""
    out: list[str] = []
    by_entity: dict[str, dict[str, dict[str, int]]] = {}
    open_ones: list[Mention] = []
    for m in found.mentions:
        if m.entity is None:
            open_ones.append(m)
            continue
        uses = by_entity.setdefault(m.entity.id, {}).setdefault(m.document, {})
        uses[m.surface] = uses.get(m.surface, 0) + 1
    from namealign.cli.scan_report import short_names

    short = short_names(found.documents)
    for entity in found.entities:
        out.append(f"{entity.name}  ({entity.kind}, {entity.id})\n")
        for document, uses in by_entity[entity.id].items():
            said = ", ".join(" ".join(s.split()) + (f" x{n}" if n > 1 else "") for s, n in uses.items())
            out.append(f"    {short[document]}: {said}\n")
    out += [
        f"ambiguous: {m.surface} in {short[m.document]} at {m.start} may be {' or '.join(m.candidates)}\n"
        for m in open_ones
    ]
    if not found.mentions:
        complain("no names found")
    return out


def _wrapped(lines: list[str], output: str) -> list[str]:
    """Lines as wide as the terminal, what goes on indented; a file or a pipe gets them whole."""
    if output != "-" or not sys.stdout.isatty():
        return lines
    width = max(40, shutil.get_terminal_size().columns)
    return [
        textwrap.fill(
            line.strip(),
            width,
            initial_indent=" " * (len(line) - len(line.lstrip(" "))),
            subsequent_indent=" " * 8,
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
        for line in lines
    ]


def _plain(files: list[str], column: str | None, encoding: str | None, output: str) -> dict[str, Plain]:
    """The texts to rewrite, with what gives their bytes back; refuses what could not be written."""
    from namealign.files import reading
    from namealign.scan.inputs import PLAIN, decode

    wrong = [f for f in files if column is not None or (f != "-" and Path(f).suffix.lower() not in PLAIN)]
    if wrong:
        raise InputError(f"{wrong[0]}: --rewrite takes text and Markdown, whose bytes it can give back")
    if len(files) > 1 and (output == "-" or not os.path.isdir(output)):
        raise InputError("--rewrite of several files needs a folder to write to: --output FOLDER")
    if len({os.path.basename(f) for f in files}) < len(files):
        raise InputError("two of these files have the same name and would be written over each other")
    if "-" in files and output != "-" and os.path.isdir(output):
        raise InputError("a text from stdin needs a file to write to, not a folder")
    out = {}
    for source in files:
        with reading(source) as (file, name):
            out[source] = decode(file.read(), name, encoding)
    return out


def _rewrite(plain: dict[str, Plain], found: Scan, output: str) -> None:
    from namealign.scan.rewrite import rewrite

    by_document: dict[str, list[Mention]] = {}
    for mention in found.mentions:
        by_document.setdefault(mention.document, []).append(mention)
    for source, text in plain.items():
        target = os.path.join(output, os.path.basename(source)) if os.path.isdir(output) else output
        new = rewrite(text.text, by_document.get(source, []))
        with writing(target) as file:
            file.write(text.encode(new, source))
