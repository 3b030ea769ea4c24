"""The commands of `namealign aliases` that change, show and copy the user's own table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import UNSETTLED, complain, keep_apart
from namealign.errors import InputError
from namealign.model import Kind

if TYPE_CHECKING:
    from namealign.tables import AliasRow

__all__ = ["register"]

# Refused rows of an import that are shown; the rest are counted.
_SHOWN = 10

_Table = Annotated[
    str | None,
    typer.Option(
        "--table",
        help="The table. Without it your own: the file that NAMEALIGN_ALIASES names, else aliases.csv in your folder"
        " of settings (on Linux ~/.config/namealign). lookup, clean and the others read that one, too.",
    ),
]
_Language = Annotated[str | None, typer.Option("--language", help="The language that spells it so: an ISO 639 code.")]
_Anyway = Annotated[
    bool, typer.Option("--anyway", help="Also where another entity of the kind has the spelling already.")
]


class Form(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    JSONL = "jsonl"


class ListFormat(StrEnum):
    """What `import` reads."""

    OPENSANCTIONS = "opensanctions"
    WIKIDATA = "wikidata"
    PLAIN = "plain"
    JSONL = "jsonl"


def register(group: typer.Typer) -> None:
    """Add the commands to the group."""
    group.command("add", epilog="Example: namealign aliases add 'Jane Q. Doe' --id 17 --canonical 'Jane Doe'")(add)
    group.command("remove", epilog="Example: namealign aliases remove 'Jane Q. Doe' --id 17")(remove)
    group.command("merge", epilog="Example: namealign aliases merge 18 17")(merge)
    group.command("list", epilog="Example: namealign aliases list doe")(list_)
    group.command("export", epilog="Example: namealign aliases export --format jsonl -o mine.jsonl")(export)
    group.command("import", epilog="Example: namealign aliases import targets.simple.csv --table sanctions.csv")(
        import_
    )
    group.command("learn", epilog="Example: namealign aliases learn --table mine.csv --decisions decisions.csv")(learn)


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The spelling.")],
    entity_id: Annotated[
        str, typer.Option("--id", help="Whose: an id of your table, of the shipped one, or a new one.")
    ],
    kind: Annotated[Kind | None, typer.Option("--kind", help="What a new entity is; a person if not said.")] = None,
    canonical: Annotated[
        str | None, typer.Option("--canonical", help="What a new entity is called; NAME if not said.")
    ] = None,
    language: _Language = None,
    source: Annotated[str, typer.Option("--source", help="Where the spelling stands.")] = "",
    note: Annotated[str, typer.Option("--note", help="What others should know of it.")] = "",
    table: _Table = None,
    anyway: _Anyway = False,
) -> None:
    """Add a spelling to your own table. A spelling that another entity has is refused, and shown."""
    from namealign.usertable import add as add_row

    path = _path(table, make=True)
    more = {"language": language or "", "source": source, "note": note}
    change = add_row(path, name, entity_id, kind=kind, canonical=canonical, anyway=anyway, **more)
    if not change.added:
        complain(f"{path}: {change.entity_id} has that spelling already; nothing was changed")
    for row in change.added:
        complain(f"{path}: {row.alias!r} is now a spelling of {row.entity_id} ({row.canonical}, {row.kind})")


def remove(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The spelling; without one, all of --id.")] = None,
    entity_id: Annotated[str | None, typer.Option("--id", help="Whose spelling, or which entity.")] = None,
    language: _Language = None,
    table: _Table = None,
) -> None:
    """Take a spelling, or a whole entity, out of your own table."""
    from namealign.usertable import remove as remove_rows

    path = _path(table)
    change = remove_rows(path, name, entity_id=entity_id, language=language)
    names = ", ".join(repr(row.alias) for row in change.removed[:_SHOWN])
    more = f" and {len(change.removed) - _SHOWN} more" if len(change.removed) > _SHOWN else ""
    complain(f"{path}: removed {names}{more} of {change.entity_id}")
    if change.left and any(row.alias == row.canonical for row in change.removed):
        complain(f"it is still what {change.entity_id} is called in its other rows, and is found as that")


def merge(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id that goes; it will lead to the other.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id that stays, of your table or the shipped one.")],
    table: _Table = None,
) -> None:
    """Make two entities one. OLD stays known: a row of the kind `redirect` leads it to NEW, in all that you look up."""
    from namealign.tables import REDIRECT
    from namealign.usertable import merge as merge_entities

    path = _path(table, make=True)
    change = merge_entities(path, old, new)
    moved = sum(row.kind != REDIRECT for row in change.added)
    complain(f"{path}: {old} is now {change.entity_id}; {moved} spelling{'s' if moved != 1 else ''} moved")


def list_(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Letters that a spelling holds.")] = "",
    entity_id: Annotated[str | None, typer.Option("--id", help="Only this entity, under its old id too.")] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only entities of this kind.")] = None,
    table: _Table = None,
) -> None:
    """Show your own table, entity by entity. Exits 1 if nothing is found."""
    from namealign.tables import REDIRECT, follow

    path = _path(table)
    rows = _rows(path)
    leads = follow({row.entity_id: row.canonical for row in rows if row.kind == REDIRECT})
    wanted = leads.get(entity_id, entity_id) if entity_id is not None else None
    entities: dict[str, list[AliasRow]] = {}
    for row in rows:
        if row.kind != REDIRECT and wanted in (None, row.entity_id) and kind in (None, row.kind):
            entities.setdefault(row.entity_id, []).append(row)
    found = [
        held
        for held in entities.values()
        if any(query.casefold() in row.alias.casefold() for row in held)
        or query.casefold() in held[0].canonical.casefold()
    ]
    old: dict[str, list[str]] = {}
    for row in rows:
        if row.entity_id in leads:
            old.setdefault(leads[row.entity_id], []).append(row.entity_id)
    for held in found:
        _show(held, old.get(held[0].entity_id, []))
    # Ids that lead into the shipped table have no entity here to stand beside.
    for target, ids in old.items():
        if target not in entities and not query and kind is None and wanted in (None, target):
            typer.echo(f"{target}  (not in this table), before: {', '.join(ids)}")
            found.append([])
    if not found:
        complain(f"{path}: nothing found")
        raise typer.Exit(UNSETTLED)


def _show(rows: Sequence[AliasRow], old: Sequence[str]) -> None:
    before = f"  (before: {', '.join(old)})" if old else ""
    typer.echo(f"{rows[0].entity_id}  {rows[0].canonical}  {rows[0].kind}{before}")
    for row in rows:
        said = "; ".join(filter(None, (row.language, row.source, row.note)))
        if row.alias != row.canonical or said:
            typer.echo(f"    {row.alias}" + (f"  ({said})" if said else ""))


def export(
    output: options.Output = "-",
    form: Annotated[
        Form | None,
        typer.Option("--format", help="A plain list (id and name first), or an object a line; else by OUT's name."),
    ] = None,
    table: _Table = None,
) -> None:
    """Copy your own table as a list that `import`, and much else, reads."""
    from namealign.files import writing
    from namealign.interchange import json_lines, plain

    if form is None:
        form = Form.JSONL if output.lower().endswith((".jsonl", ".ndjson")) else Form.CSV
    path = _path(table)
    keep_apart({"--output": output}, {"--table": [path]})
    rows = _rows(path)
    with writing(output) as file:
        for piece in json_lines(rows) if form is Form.JSONL else plain(rows):
            file.write(piece.encode())


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="OpenSanctions' targets.simple.csv, a Wikidata result (CSV or JSON; item, itemLabel, itemAltLabel or"
            " alias), a list with id and name, or what export wrote; - is stdin.",
        ),
    ],
    form: Annotated[ListFormat | None, typer.Option("--format", help="Found out by the header if not given.")] = None,
    kind: Annotated[
        Kind, typer.Option("--kind", help="What the entities are where the list does not say it.")
    ] = Kind.PERSON,
    table: _Table = None,
    anyway: _Anyway = False,
) -> None:
    """Add a list of names to your own table, which is made if need be. Exits 1 if rows were left out as conflicts."""
    from namealign.interchange import NameList
    from namealign.tables import REDIRECT
    from namealign.usertable import import_rows

    path = _path(table, make=True)
    names = NameList(source, format=form, kind=kind)
    done = import_rows(path, names, anyway=anyway)
    there = f", {done.already:,} were there already" if done.already else ""
    complain(f"{path}: {done.added:,} rows added, {done.entities:,} new entities{there} ({names.format})")
    for reason, number in names.skipped.most_common():
        complain(f"{names.path}: left out {number:,} rows {reason}")
    if done.shared:
        complain(
            f"{done.shared:,} of the new spellings are also those of entities of the shipped table: such a name goes to"
            " review. `aliases merge` makes two entities one, --only leaves the shipped table out"
        )
    for row, claim in done.refused[:_SHOWN]:
        what = f"{row.alias!r} of {row.entity_id}"
        if row.kind == REDIRECT:
            what = f"that {row.entity_id} is now {row.canonical}: it"
        named = f" ({claim.canonical})" if claim.canonical else ""
        complain(f"left out: {what} is {claim.entity_id}{named} in {claim.table}")
    if done.refused:
        if len(done.refused) > _SHOWN:
            complain(f"left out: {len(done.refused) - _SHOWN:,} more such rows")
        complain("--anyway takes spellings in that two entities share")
        raise typer.Exit(UNSETTLED)


def learn(
    decisions: options.Decisions = None,
    table: _Table = None,
    index: Annotated[
        list[str] | None,
        typer.Option("--index", metavar="INDEX", help="Where entities are that no table lists; may be repeated."),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="The shipped table counts for nothing.")] = False,
    kind: Annotated[Kind, typer.Option("--kind", help="What a name that was judged new is.")] = Kind.PERSON,
    anyway: _Anyway = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, only say what would be done.")] = False,
) -> None:
    """Add the spellings that people decided to your own table: a `same` as one of its entity, a `new` as an entity.

    What is known already is passed over, what another entity has is shown and left out: then it exits 1.
    """
    from namealign.learn import learn as learn_decisions

    path = _path(table, make=not dry_run)
    judgements = options.judgements(decisions, [path], begins=True)
    if judgements is None:
        [where] = options.decision_files(decisions, [path])
        raise InputError(f"{where}: No such file; decisions are what `namealign review` writes")
    known = {}
    if index:
        from namealign.reconciler import Reconciler

        wanted = {identity.entity for identity in judgements.identities()}
        known = Reconciler.load(shipped=False, index=index).find(wanted)
    more = {"known": known, "shipped": not only, "anyway": anyway, "dry_run": dry_run}
    done = learn_decisions(path, judgements, kind=kind, **more)  # type: ignore[arg-type]
    now = "would be" if dry_run else "is now"
    for row in done.added[:_SHOWN]:
        complain(f"{path}: {row.alias!r} {now} a spelling of {row.entity_id} ({row.canonical}, {row.kind})")
    if len(done.added) > _SHOWN:
        complain(f"{path}: and {len(done.added) - _SHOWN:,} more")
    new, spellings = _number(done.entities, "new entity", "new entities"), _number(len(done.added), "spelling")
    complain(f"{path}: {spellings} {'would be ' if dry_run else ''}learned, {new}, {done.already:,} known already")
    for name, entity, claim, why in done.left_out[:_SHOWN]:
        whose = f"of {entity}" if entity else "as a new entity"
        said = f" is {claim.entity_id} ({claim.canonical}) in {claim.table}" if claim else f": {why}"
        complain(f"left out: {name!r} {whose}{said}")
    if done.left_out:
        if len(done.left_out) > _SHOWN:
            complain(f"left out: {len(done.left_out) - _SHOWN:,} more")
        if any(claim for _, _, claim, _ in done.left_out):
            complain("--anyway takes spellings in that two entities share")
        raise typer.Exit(UNSETTLED)


def _number(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _path(table: str | None, *, make: bool = False) -> str:
    """The table that is meant; with `make`, the folder of the user's own is made."""
    from namealign.tables import user_table

    if table is not None:
        return table
    own = user_table()
    if own is None:
        raise InputError("which table? NAMEALIGN_ALIASES is empty, so give one with --table")
    if make:
        own.parent.mkdir(parents=True, exist_ok=True)
    return str(own)


def _rows(path: str) -> list[AliasRow]:
    from namealign.tables import read_aliases

    if not Path(path).exists():
        raise InputError(f"{os.fspath(path)}: No such file; `namealign aliases add` makes it")
    return read_aliases(path)
