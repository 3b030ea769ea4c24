"""`namealign lookup`: names in, ranked entities out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import UNSETTLED, complain, read_names, reconciler_for
from namealign.model import Entity, Kind, Match, Outcome

if TYPE_CHECKING:
    from namealign.judgements import Judgements
    from namealign.reconciler import Reconciler

__all__ = ["register"]

# Who else bears an element: enough to recognize the name by, few enough to read.
_BEARERS = 5
# Name elements told beside the entities, and how many more matches are asked for so that none of them hides an entity.
_ELEMENTS = 2
_ELEMENTS_SEEN = 10


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
    index: options.Index = None,
    only: options.Only = False,
    decisions: options.Decisions = None,
) -> None:
    """Find the entities that a name may be, best first. A name that nobody knows exits 1."""
    judgements = options.judgements(decisions, table or [])
    reconciler = reconciler_for(table or [], only=only, index=index or [])
    unknown = False
    for number, name in enumerate(read_names(names)):
        found = reconciler.lookup(name, limit=limit + _ELEMENTS_SEEN, kind=kind, language=language)
        known = [match for match in found if match.probability >= reconciler.policy.review]
        if judgements is not None and judgements.touched(name):
            known = _judged(name, known, reconciler, judgements, language)
        said = _outcomes(name, known, found, reconciler)
        if kind is None:
            entities = [match for match in known if match.entity.kind != Kind.ELEMENT][:limit]
            elements = [match for match in known if match not in entities and said[match.entity.id] == Outcome.MATCH]
            elements = [match for match in elements if match.entity.kind == Kind.ELEMENT][:_ELEMENTS]
        else:
            entities, elements = known[:limit], []
        if as_json:
            _print_json(name, entities, elements, found[:limit], reconciler, said)
        elif entities or elements:
            typer.echo(f"\n{name}" if number else name)
            _show(entities, elements, reconciler, said, explain=explain)
        if not (entities or elements):
            unknown = True
            _say_closest(name, found, explain=explain)
    if unknown:
        raise typer.Exit(UNSETTLED)


def _judged(
    name: str, known: Sequence[Match], reconciler: Reconciler, judgements: Judgements, language: str | None
) -> list[Match]:
    """The matches of a name as people judged them; name elements are nobody, so nobody has judged them."""
    from namealign.cli.clean import say_judged
    from namealign.replay import CANDIDATES, replay

    answers = replay(reconciler, [name], judgements, limit=CANDIDATES, language=language)
    say_judged(0, answers.lost)
    found = answers.decisions[0]
    left = [match for match in (found.best, *found.others) if match and found.outcome != Outcome.NEW]
    kept = [match for match in left if match.probability >= reconciler.policy.review]
    return [*kept, *(match for match in known if match.entity.kind == Kind.ELEMENT)]


def _outcomes(name: str, known: Sequence[Match], found: Sequence[Match], reconciler: Reconciler) -> dict[str, str]:
    """What is said of each entity, by its id. Persons, places, organizations are rivals: a name is one of them."""
    from namealign.decide import outcome, outcome_among

    policy = reconciler.policy
    weak = [match for match in found if match.probability < policy.review]
    shares = [match.probability for match in (*known, *weak) if match.entity.kind != Kind.ELEMENT]
    return {
        match.entity.id: str(
            outcome(match.probability, policy)
            if match.entity.kind == Kind.ELEMENT
            else outcome_among(name, match.probability, shares, policy)
        )
        for match in known
    }


def _print_json(
    name: str,
    entities: Sequence[Match],
    elements: Sequence[Match],
    closest: Sequence[Match],
    reconciler: Reconciler,
    said: Mapping[str, str],
) -> None:
    outcome = said[entities[0].entity.id] if entities else str(Outcome.NEW)
    answer = {
        "name": name,
        "outcome": outcome,
        "matches": [match.to_dict() for match in entities],
        "elements": [
            {**match.to_dict(), "bearers": [bearer.id for bearer in reconciler.bearers(match.entity.id)]}
            for match in elements
        ],
        "closest": [] if entities else [match.to_dict() for match in closest],
    }
    typer.echo(json.dumps(answer, ensure_ascii=False))


def _show(
    entities: Sequence[Match],
    elements: Sequence[Match],
    reconciler: Reconciler,
    said: Mapping[str, str],
    *,
    explain: bool,
) -> None:
    """A line for each entity, then the name elements: what several have in common is not an answer of its own."""
    from namealign.cli.words import explain as reasons

    matches = [*entities, *elements]
    width = max(len(match.entity.canonical) for match in matches)
    for match in matches:
        entity, element = match.entity, match.entity.kind == Kind.ELEMENT
        kind = "name element" if element else str(entity.kind)
        alias = "" if match.alias == entity.canonical else f"  as {match.alias}"
        weighed = f"{match.probability:.2f} {said[entity.id]:<6}"
        typer.echo(f"  {weighed}  {entity.canonical:<{width}}  {kind}  {entity.id}{alias}")
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
