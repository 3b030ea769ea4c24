"""What people decided and an alias table in, the table with the spellings that follow from it out.

A name judged the same as an entity is a spelling of it, and so is every name judged the same as that name. A name that
was said to be in no table becomes an entity of its own. What was judged different or unsure adds nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import NamedTuple

from namealign.errors import InputError
from namealign.judgements import Identity, Judgement, Judgements, Verdict
from namealign.model import Entity, Kind
from namealign.parse import read
from namealign.tables import AliasRow
from namealign.usertable import Claim, Known, changing, shipped_names, spelled

__all__ = ["Learned", "LeftOut", "learn"]

# An id is read by people, too; the longest that ship have some 60 letters.
_LONGEST_ID = 60


class LeftOut(NamedTuple):
    """A name that was not learned: `entity` is whose it was judged to be ("" for an entity of its own). Either `claim`
    is who has the spelling already, or `why` says what is amiss: "no table has the entity", or that it is no name.
    """

    name: str
    entity: str
    claim: Claim | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a table has learned: the rows that came, how many entities are new, how many judged names it (or the shipped
    table) knew as what they were judged to be, and what was left out.
    """

    path: str
    added: tuple[AliasRow, ...]
    entities: int
    already: int
    left_out: tuple[LeftOut, ...]


def learn(
    path: str | PathLike[str],
    judgements: Judgements,
    *,
    kind: Kind | str = Kind.PERSON,
    known: Mapping[str, Entity] | None = None,
    shipped: bool = True,
    anyway: bool = False,
    dry_run: bool = False,
) -> Learned:
    """Add to a user's own table what was decided; the same decisions again add nothing. Whole or not at all.

    `source` of a row says whose decision it was and when, `note` why. A new entity is of the kind `kind`, is called as
    the name that was judged new, and has an id made of that (`own:jane-doe`). Entities may be those of the table, of
    the shipped one (if `shipped`), or `known` by their ids, as those of an index. What another entity of the kind has
    as its spelling is left out, unless `anyway`. With `dry_run` nothing is written.

    Raises ConflictError where decisions on entities that the table has merged contradict each other.
    """
    with changing(path) as table:
        work = _Work(
            Known.of(table.path, table.rows),
            shipped_names(table.path) if shipped else Known(""),
            {} if known is None else known,
            table.redirects,
            str(kind),
            anyway,
        )
        work.judgements = judgements.moving(work.redirects)
        for identity in work.judgements.identities():
            work.take(identity)
        lacking = {column: "" for column in ("source", "note") if column not in table.columns}
        added = [row._replace(**lacking) for row in work.added]
        if not dry_run:
            table.insert(added)
    return Learned(table.path, tuple(added), work.entities, work.already, tuple(work.left_out))


@dataclass(slots=True)
class _Work:
    """One pass over the decisions, against all that is known."""

    own: Known
    shipped: Known
    known: Mapping[str, Entity]
    redirects: dict[str, str]
    kind: str
    anyway: bool
    judgements: Judgements = field(default_factory=Judgements)
    added: list[AliasRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    entities: int = 0
    already: int = 0

    def take(self, identity: Identity) -> None:
        """Learn the names of one identity."""
        names = []
        for name, said in identity.names:
            try:
                names.append((spelled(name), said))
            except InputError as error:
                self.left_out.append(LeftOut(name, identity.entity, why=str(error)))
        if not names:
            return
        entity = self._entity(identity.entity) if identity.entity else self._listed(names)
        if entity is None and identity.entity:
            self.left_out += [LeftOut(name, identity.entity, why="no table has the entity") for name, _ in names]
            return
        if entity is None:
            entity = self._new(names)
            if entity is None:
                return
        for name, said in names:
            self._add(entity, name, said)

    def _entity(self, key: str) -> AliasRow | None:
        """A row that says kind and canonical spelling of an entity."""
        if row := self.own.entities.get(key) or self.shipped.entities.get(key):
            return row
        found = self.known.get(key)
        return None if found is None else AliasRow(key, str(found.kind), found.canonical, found.canonical)

    def _listed(self, names: Iterable[tuple[str, Judgement]]) -> AliasRow | None:
        """Whom the table has listed under one of these names since somebody said that nobody was; not who was refused.
        Of several it is nobody.
        """
        found = {
            self._owner(row): row
            for name, _ in names
            for kind in Kind
            for row in self.own.claims.get((kind, name.casefold()), ())
            if kind is not Kind.ELEMENT and self.judgements.verdict(name, self._owner(row)) != Verdict.DIFFERENT
        }
        if len(found) != 1:
            return None
        [(key, row)] = found.items()
        return row._replace(entity_id=key)

    def _new(self, names: list[tuple[str, Judgement]]) -> AliasRow | None:
        """A new entity, called as the first of its names; None where another entity is called so."""
        name, _ = names[0]
        row = AliasRow(self._id(name), self.kind, name, name)
        if claim := self._rival(row):
            self.left_out += [LeftOut(other, "", claim) for other, _ in names]
            return None
        self.entities += 1
        return row

    def _add(self, entity: AliasRow, name: str, said: Judgement) -> None:
        row = AliasRow(entity.entity_id, entity.kind, entity.canonical, name, "", _source(said), _text(said.why))
        if self._has(row):
            self.already += 1
        elif claim := self._rival(row):
            self.left_out.append(LeftOut(name, row.entity_id, claim))
        else:
            self.own.learn(row)
            self.added.append(row)

    def _has(self, row: AliasRow) -> bool:
        """Whether the row's entity has its spelling, in whatever case."""
        spelling = row.alias.casefold()
        listed = self.known.get(row.entity_id)
        more = () if listed is None else (listed.canonical, *listed.aliases)
        return any(spelling == other.casefold() for other in more) or any(
            self._owner(other) == row.entity_id
            for table in (self.own, self.shipped)
            for other in table.claims.get((row.kind, spelling), ())
        )

    def _owner(self, row: AliasRow) -> str:
        return self.redirects.get(row.entity_id, row.entity_id)

    def _rival(self, row: AliasRow) -> Claim | None:
        if self.anyway:
            return None
        return self.own.rival(row, self.redirects) or self.shipped.rival(row, self.redirects)

    def _id(self, name: str) -> str:
        """An id for a new entity, the same for the same name wherever the decisions are learned."""
        return next(key for key in _ids(name) if not self._taken(key))

    def _taken(self, key: str) -> bool:
        return key in self.redirects or self._entity(key) is not None


def _ids(name: str) -> Iterator[str]:
    readings = read(name)
    latin = readings[0].reading.text if readings else name
    letters = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
    stem = "own:" + (re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_ID].rstrip("-") or "name")
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _source(said: Judgement) -> str:
    """Whose decision it was, and when."""
    who = " ".join(filter(None, ("decision", said.by and f"of {said.by}")))
    return _text(", ".join(filter(None, (who, said.at))))


def _text(cell: str) -> str:
    return unicodedata.normalize("NFC", " ".join(cell.split()))
