"""The data of a scan: documents and what was found in them. Immutable, reasons as data, JSON types on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from namealign.model import Evidence, Kind

__all__ = ["Document", "Found", "Mention", "Scan"]

_ORDER = (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE)


class Document(NamedTuple):
    """A text to scan and the name that results call it by. Offsets count the characters of `text`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody or something that the documents name: an entity of the table, or a `new:` one that no table lists."""

    id: str
    kind: Kind
    name: str

    @property
    def listed(self) -> bool:
        """Whether a table has it."""
        return not self.id.startswith("new:")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text names somebody.

    `entity` is None where several compete; their names are in `candidates` then. `probability` is that the mention
    means `entity` (or, if there is none, that it is a name at all).
    """

    document: str
    start: int
    end: int
    surface: str
    kind: Kind
    entity: Found | None
    probability: float
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The mention as plain JSON types."""
        return {
            "document": self.document,
            "start": self.start,
            "end": self.end,
            "surface": self.surface,
            "kind": str(self.kind),
            "entity": self.entity.id if self.entity else None,
            "name": self.entity.name if self.entity else None,
            "probability": round(self.probability, 4),
            "candidates": list(self.candidates),
            "evidence": [e.to_dict() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Scan:
    """All that was found: the documents' names in order, and the mentions in the order of the texts."""

    documents: tuple[str, ...]
    mentions: tuple[Mention, ...]

    @property
    def entities(self) -> list[Found]:
        """Everything found: persons, organizations, places; of each kind those in most documents first."""
        count: dict[str, int] = {}
        seen: dict[str, Found] = {}
        where: dict[str, set[str]] = {}
        for mention in self.mentions:
            if mention.entity is not None:
                key = mention.entity.id
                seen[key] = mention.entity
                count[key] = count.get(key, 0) + 1
                where.setdefault(key, set()).add(mention.document)
        return [
            seen[key] for key in sorted(seen, key=lambda k: (_ORDER.index(seen[k].kind), -len(where[k]), -count[k], k))
        ]
