"""An alias table and a change to it in, the same file with that change and no other out.

A change is written whole or not at all, and one process at a time makes one, so that two that add at once lose nothing.
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from namealign.curate import row_problems
from namealign.errors import InputError
from namealign.files import locked, writing
from namealign.model import Kind
from namealign.tablefile import TableFile
from namealign.tables import REDIRECT, AliasRow, data_dir, read_aliases

__all__ = [
    "Change", "Claim", "Imported", "Known",
    "add", "changing", "import_rows", "merge", "remove", "shipped_names", "spelled",
]  # fmt: skip

# Longer ones are texts, as for a name that is looked up.
_LONGEST = 1000


class Claim(NamedTuple):
    """A spelling that another entity of the same kind has already; `table` is the file that says so."""

    alias: str
    entity_id: str
    canonical: str
    table: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a table: the rows that came, the rows that went, the id that was meant in the end, and how many
    rows it has now.
    """

    path: str
    entity_id: str = ""
    added: tuple[AliasRow, ...] = ()
    removed: tuple[AliasRow, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: rows added, entities that were not there before, rows that were; rows left out because
    another entity claims the spelling (or the id has another kind, or a redirect's old id leads elsewhere or is an
    entity), each with that claim; and how many of the rows added are also spellings of entities of the shipped table.
    """

    added: int
    entities: int
    already: int
    refused: tuple[tuple[AliasRow, Claim], ...]
    shared: int


@contextmanager
def changing(path: str | os.PathLike[str]) -> Iterator[TableFile]:
    """A table, alone: what the block changes is written at its end, whole or not at all."""
    with locked(path):
        table = TableFile(path)
        yield table
        if table.changed:
            with writing(path) as file:
                file.write(table.to_bytes())


@dataclass(slots=True)
class Known:
    """What some rows say of entities: kind and canonical spelling by id, and who claims a spelling."""

    table: str
    entities: dict[str, AliasRow] = field(default_factory=dict)
    claims: defaultdict[tuple[str, str], list[AliasRow]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, table: str, rows: Iterable[AliasRow]) -> Known:
        known = cls(table)
        for row in rows:
            known.learn(row)
        return known

    def learn(self, row: AliasRow) -> None:
        if row.kind != REDIRECT:
            self.entities.setdefault(row.entity_id, row)
            # A canonical spelling is looked up though it may have no row of its own.
            for spelling in {row.alias.casefold(), row.canonical.casefold()}:
                self.claims[row.kind, spelling].append(row)

    def rival(self, row: AliasRow, redirects: dict[str, str]) -> Claim | None:
        """Another entity of the row's kind with its spelling."""
        for other in self.claims.get((row.kind, row.alias.casefold()), ()):
            owner = redirects.get(other.entity_id, other.entity_id)
            if owner != row.entity_id:
                return Claim(row.alias, owner, other.canonical, self.table)
        return None


def shipped_names(path: str) -> Known:
    """The shipped table, unless it is the one to be changed."""
    if os.path.exists(path) and os.path.samefile(path, data_dir() / "aliases.csv"):
        return Known("")
    return _every_shipped()


@lru_cache(maxsize=1)
def _every_shipped() -> Known:
    return Known.of("the shipped table", read_aliases(data_dir() / "aliases.csv"))


def spelled(name: str) -> str:
    """A name as tables have it: composed (NFC), without white space around it or twice inside.

    Raises InputError for what is no name.
    """
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(map(str.isalpha, text)):
        raise InputError(f"{name!r} has no letter in it")
    if len(text) > _LONGEST:
        raise InputError(f"a name of {len(text):,} characters ({text[:30]!r}...) is no name; at most {_LONGEST:,}")
    return text


def _sound(row: AliasRow) -> None:
    """Raise InputError if a row breaks the rules of a user's own table."""
    problems = row_problems(row, house=False)
    if problems:
        raise InputError(problems[0])


def add(
    path: str | os.PathLike[str],
    name: str,
    entity_id: str,
    *,
    kind: Kind | str | None = None,
    canonical: str | None = None,
    language: str = "",
    source: str = "",
    note: str = "",
    anyway: bool = False,
) -> Change:
    """Add a spelling of an entity; the table is made where there is none.

    Kind and canonical spelling are those that the table, or the shipped one, has for the id; of a new entity they are
    person and the name itself. A new entity with another canonical spelling gets a row for that, too. A row that is
    there already changes nothing.

    Raises InputError: no name, another kind or canonical spelling than the id has, or (unless `anyway`) a spelling that
    another entity of this kind claims, in the table or in the shipped one.
    """
    alias = spelled(name)
    with changing(path) as table:
        redirects = table.redirects
        entity_id = redirects.get(entity_id, entity_id)
        own, shipped = Known.of(table.path, table.rows), shipped_names(table.path)
        known = own.entities.get(entity_id) or shipped.entities.get(entity_id)
        given = spelled(canonical) if canonical is not None else None
        if known is None:
            kind, canonical = str(kind or Kind.PERSON), given or alias
        else:
            for what, wanted, found in (("kind", kind, known.kind), ("canonical", given, known.canonical)):
                if wanted not in (None, found):
                    raise InputError(f"{table.path}: {entity_id} is {found!r}, not {wanted!r}; leave --{what} out")
            kind, canonical = known.kind, known.canonical
        row = AliasRow(entity_id, kind, canonical, alias, language, source, note)
        # What the table says of the entity already is not for this row to mend.
        _sound(row if known is None else row._replace(canonical=alias))
        if any(r.entity_id == entity_id and r.alias == alias and language in ("", r.language) for r in table.rows):
            return Change(table.path, entity_id)
        new = [row]
        if known is None and canonical != alias:
            new.insert(0, row._replace(alias=canonical))
        if not anyway:
            for one in new:
                if claim := own.rival(one, redirects) or shipped.rival(one, redirects):
                    raise InputError(
                        f"{one.alias!r} is a spelling of {claim.entity_id} ({claim.canonical}) in {claim.table};"
                        " nothing was added. `aliases merge` makes two entities one, --anyway lets both have it"
                    )
        table.insert(new)
    return Change(table.path, entity_id, added=tuple(new))


def remove(
    path: str | os.PathLike[str],
    name: str | None = None,
    *,
    entity_id: str | None = None,
    language: str | None = None,
) -> Change:
    """Take a spelling out (of one entity, in one language, if these are given), or all rows of an entity.

    An entity that goes takes along the redirects that lead to it. Raises InputError: nothing there by that name, or
    several entities have it and none was named.
    """
    if name is None and entity_id is None:
        raise InputError("what is to be removed? give a name, an --id, or both")
    if not os.path.exists(path):
        raise InputError(f"{os.fspath(path)}: No such file; nothing to remove")
    alias = unicodedata.normalize("NFC", " ".join(name.split())) if name is not None else None
    with changing(path) as table:
        rows = list(table.rows)
        redirects = table.redirects
        wanted = redirects.get(entity_id, entity_id) if entity_id is not None else None
        gone = [
            row
            for row in rows
            if row.kind != REDIRECT
            and wanted in (None, row.entity_id)
            and alias in (None, row.alias)
            and language in (None, row.language)
        ]
        if not gone:
            what = " ".join(filter(None, (f"the name {alias!r}" if alias else "", f"of {wanted}" if wanted else "")))
            raise InputError(f"{table.path}: has no row with {what.removeprefix('of ')}; `aliases list` shows them")
        owners = sorted({row.entity_id for row in gone})
        if len(owners) > 1:
            raise InputError(f"{table.path}: {alias!r} is a spelling of {', '.join(owners)}; say which with --id")
        left = sum(row.entity_id == owners[0] for row in rows) - len(gone)
        if not left:
            gone += [row for row in rows if row.kind == REDIRECT and redirects.get(row.entity_id) == owners[0]]
        table.delete(gone)
    return Change(table.path, owners[0], removed=tuple(gone), left=left)


def merge(path: str | os.PathLike[str], old: str, new: str) -> Change:
    """Make two entities one, under the id of the second: its rows stay as they are, the other's become its own.

    A row of the kind "redirect" stays behind, so that the old id still leads to the entity; it also leads there from
    the shipped table, whose own rows stay as they are. Redirects to the old id are turned to the new one.

    Raises InputError: an id that neither table has, entities of two kinds, an id that was merged before.
    """
    with changing(path) as table:
        rows = list(table.rows)
        redirects = table.redirects
        target = redirects.get(new, new)
        if old in redirects:
            raise InputError(f"{table.path}: {old} was merged into {redirects[old]} already")
        if old == target:
            raise InputError(f"{old} and {new} are one entity already")
        own, shipped = Known.of(table.path, rows), shipped_names(table.path)
        both = []
        for entity_id in (old, target):
            known = own.entities.get(entity_id) or shipped.entities.get(entity_id)
            if known is None:
                raise InputError(f"{table.path}: has no entity {entity_id}, nor has the shipped table")
            both.append(known)
        was, now = both
        if was.kind != now.kind:
            raise InputError(f"{old} is a {was.kind} and {target} a {now.kind}: these cannot be one entity")
        held = {(row.alias, row.language) for row in rows if row.entity_id == target}
        changes: dict[AliasRow, AliasRow | None] = {}
        moved = [row for row in rows if row.entity_id == old]
        for row in moved:
            fresh = (row.alias, row.language) not in held
            held.add((row.alias, row.language))
            changes[row] = row._replace(entity_id=target, kind=now.kind, canonical=now.canonical) if fresh else None
        for row in rows:
            if row.kind == REDIRECT and redirects.get(row.entity_id) == old:
                changes[row] = row._replace(canonical=target)
        table.replace(changes)
        left = AliasRow(old, REDIRECT, target, was.canonical)
        table.insert([left])
    added = (*(row for row in changes.values() if row is not None), left)
    return Change(table.path, target, added=added, removed=tuple(changes))


def import_rows(
    path: str | os.PathLike[str], rows: Iterable[AliasRow], *, anyway: bool = False, shipped: bool = True
) -> Imported:
    """Add many rows at once; a second import of the same list adds nothing.

    An entity that the table has keeps its canonical spelling. A row is left out where its id has another kind, or
    (unless `anyway`) where another entity of its kind has the spelling; the others of the list still come in. With
    `shipped`, what the shipped table has too is counted.
    """
    added: list[AliasRow] = []
    refused: list[tuple[AliasRow, Claim]] = []
    already = shared = entities = 0
    nameless: set[tuple[str, str, str]] = set()
    with changing(path) as table:
        redirects = table.redirects
        own = Known.of(table.path, table.rows)
        theirs = shipped_names(table.path) if shipped else Known("")
        held = {(row.entity_id, row.alias, row.language) for row in table.rows}
        lacking = {column: "" for column in ("language", "source", "note") if column not in table.columns}
        for listed in rows:
            if listed.kind == REDIRECT:
                target = redirects.get(listed.canonical, listed.canonical)
                there = own.entities.get(listed.entity_id)
                if redirects.get(listed.entity_id, target) != target:
                    refused.append((listed, Claim(listed.alias, redirects[listed.entity_id], "", table.path)))
                elif there is not None:
                    refused.append((listed, Claim(listed.alias, listed.entity_id, there.canonical, table.path)))
                elif listed.entity_id in redirects:
                    already += 1
                else:
                    redirects[listed.entity_id] = target
                    added.append(listed)
                continue
            row = listed._replace(entity_id=redirects.get(listed.entity_id, listed.entity_id), **lacking)
            known = own.entities.get(row.entity_id)
            if known is not None:
                if known.kind != row.kind:
                    claim = Claim(row.alias, row.entity_id, f"a {known.kind} there", table.path)
                    refused.append((row, claim))
                    continue
                row = row._replace(canonical=known.canonical)
            if (row.entity_id, row.alias, row.language) in held:
                already += 1
                continue
            claim_or_none = None if anyway else own.rival(row, redirects)
            if claim_or_none is not None:
                refused.append((row, claim_or_none))
                if row.alias == row.canonical:
                    # Otherwise the canonical column would give the entity the very spelling that it was refused.
                    nameless.add((row.kind, row.canonical, row.entity_id))
                continue
            if known is None and (row.kind, row.canonical, row.entity_id) in nameless:
                row = row._replace(canonical=row.alias)
            entities += known is None
            shared += theirs.rival(row, redirects) is not None
            held.add((row.entity_id, row.alias, row.language))
            own.learn(row)
            added.append(row)
        table.insert(added)
    return Imported(len(added), entities, already, tuple(refused), shared)
