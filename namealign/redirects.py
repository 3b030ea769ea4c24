"""Shelves in, the same shelves out with every id that was merged into another shown as that other.

A row of the kind "redirect" stands on its shelf as an entity without a name: its id is the old one, its canonical
spelling the new id. It holds for all shelves that are looked in together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import overload

from namealign.shelf import Shelf
from namealign.tables import REDIRECT, follow

__all__ = ["leads", "redirected"]


def leads(shelves: Iterable[Shelf]) -> dict[str, str]:
    """The ids that were merged into others, and where each leads: a look at the last entity of each shelf."""
    found: dict[str, str] = {}
    for shelf in shelves:
        # They stand last on each shelf.
        for number in range(len(shelf.ids) - 1, -1, -1):
            if shelf.kinds[number] != REDIRECT:
                break
            found[shelf.ids[number]] = shelf.canonicals[number]
    return follow(found)


def redirected(shelves: Sequence[Shelf], moved: Mapping[str, str]) -> list[Shelf]:
    """The shelves with the ids that `leads` found; untouched where there is none."""
    if not moved:
        return list(shelves)
    names = _Names(shelves, moved)
    return [replace(shelf, ids=_Ids(shelf.ids, moved), canonicals=_Canonicals(shelf, names)) for shelf in shelves]


class _Names:
    """What the entities that others were merged into are called, looked up once."""

    def __init__(self, shelves: Sequence[Shelf], leads: Mapping[str, str]) -> None:
        self.shelves, self.leads = shelves, leads
        self.known: dict[str, str | None] = {}

    def of(self, old: str) -> str | None:
        """None for an id that leads nowhere, or to an entity that no shelf has."""
        target = self.leads.get(old)
        if target is None:
            return None
        if target not in self.known:
            self.known[target] = next(
                (shelf.canonicals[i] for shelf in self.shelves for i, key in enumerate(shelf.ids) if key == target),
                None,
            )
        return self.known[target]


class _View(Sequence[str]):
    def __init__(self, base: Sequence[str]) -> None:
        self.base = base

    def __len__(self) -> int:
        return len(self.base)

    def at(self, place: int) -> str:
        """The text at a place."""
        raise NotImplementedError

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self.at(k) for k in range(*place.indices(len(self)))]
        return self.at(place)


class _Ids(_View):
    """A shelf's ids, new ones for old."""

    def __init__(self, base: Sequence[str], leads: Mapping[str, str]) -> None:
        super().__init__(base)
        self.leads = leads

    def at(self, place: int) -> str:
        key = self.base[place]
        return self.leads.get(key, key)


class _Canonicals(_View):
    """A shelf's canonical spellings, that of the new id for the old one's."""

    def __init__(self, shelf: Shelf, names: _Names) -> None:
        super().__init__(shelf.canonicals)
        self.ids, self.names = shelf.ids, names

    def at(self, place: int) -> str:
        return self.names.of(self.ids[place]) or self.base[place]
