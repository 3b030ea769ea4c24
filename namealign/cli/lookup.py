"""`namealign lookup`: names in, ranked entities out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import UNSETTLED, complain, read_names, reconciler_for
from namealign.model import Entity, Kind, Match

if TYPE_CHECKING:
    from namealign.reconciler import Reconciler

__all__ = ["register"]

# Who else bears an element: enough to recognize the name by, few enough to read.
_BEARERS = 5


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lookup", epilog="Example: namealign lookup Geelani 'Amir Abdullahian' --explain")(lookup)


def lookup(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names; - reads one a line from stdin.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which part met which, and what was left over.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each name.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many entities for each name.")] = 5,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only entities of this kind.")] = None,
    language: options.Language = None,
    table: options.Tables = None,
    only: options.Only = False,
) -> None:
    """Find the entities that a name may be, best first. A name that nobody knows exits 1."""
    from namealign.model import Outcome

    reconciler = reconciler_for(table or [], only=only)
    unknown = False
    for number, name in enumerate(read_names(names)):
        matches = reconciler.lookup(name, limit=limit, kind=str(kind) if kind else None, language=language)
        known = [match for match in matches if match.probability >= reconciler.policy.review]
        if as_json:
            outcome = _said(known[0], reconciler) if known else str(Outcome.NEW)
            shown = [match.to_dict() for match in matches]
            typer.echo(json.dumps({"name": name, "outcome": outcome, "matches": shown}, ensure_ascii=False))
        elif known:
            if number:
                typer.echo("")
            _show(name, known, reconciler, explain=explain)
        if not known:
            unknown = True
            _say_closest(name, matches, explain=explain)
    if unknown:
        raise typer.Exit(UNSETTLED)


def _said(match: Match, reconciler: Reconciler) -> str:
    from namealign.decide import outcome

    return str(outcome(match.probability, reconciler.policy))


def _show(name: str, matches: Sequence[Match], reconciler: Reconciler, *, explain: bool) -> None:
    from namealign.cli.words import explain as reasons

    typer.echo(name)
    width = max(len(match.entity.canonical) for match in matches)
    # People and places first: an element is what they have in common, not an answer of its own.
    for match in sorted(matches, key=lambda match: match.entity.kind == Kind.ELEMENT):
        entity, element = match.entity, match.entity.kind == Kind.ELEMENT
        kind = "name element" if element else str(entity.kind)
        alias = "" if match.alias == entity.canonical else f"  as {match.alias}"
        said = f"{match.probability:.2f} {_said(match, reconciler):<6}"
        typer.echo(f"  {said}  {entity.canonical:<{width}}  {kind}  {entity.id}{alias}")
        for line in reasons(match.evidence) if explain else ():
            typer.echo(f"         {line}")
        bearers = reconciler.bearers(entity.id, limit=_BEARERS + 1) if element else []
        if bearers:
            typer.echo(f"         borne by {_listed(bearers)}")


def _listed(bearers: Sequence[Entity]) -> str:
    shown = ", ".join(bearer.canonical for bearer in bearers[:_BEARERS])
    return f"{shown} and others" if len(bearers) > _BEARERS else shown


def _say_closest(name: str, matches: Sequence[Match], *, explain: bool) -> None:
    from namealign.cli.words import sentence

    if not matches:
        complain(f"nobody knows {name!r}, and nothing comes close")
        return
    best = matches[0]
    reason = ""
    if explain and best.evidence:
        reason = "; " + sentence(min(best.evidence, key=lambda found: found.weight))
    complain(
        f"nobody knows {name!r}; closest is {best.entity.canonical} ({best.entity.id}, {best.probability:.2f}){reason}"
    )
