"""The data that travels between the stages: steps, readings, tokens, names, evidence, comparisons, entities, decisions.

Everything is immutable, holds reasons as data and knows nothing of how it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = [
    "Comparison",
    "Decision",
    "Entity",
    "Evidence",
    "Kind",
    "Match",
    "Name",
    "Outcome",
    "Reading",
    "Role",
    "Step",
    "Token",
]


class Kind(StrEnum):
    """What an entity of a table is. An element is a name part that many people bear."""

    PERSON = "person"
    PLACE = "place"
    ORGANIZATION = "organization"
    ELEMENT = "element"


class Outcome(StrEnum):
    """What a probability means for the user. `new` is only said of a name that was looked up."""

    MATCH = "match"
    REVIEW = "review"
    NEW = "new"
    DIFFERENT = "different"


class Role(StrEnum):
    """What a token does in a name."""

    NAME = "name"
    ARTICLE = "article"
    PARTICLE = "particle"
    HONORIFIC = "honorific"
    INITIAL = "initial"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied to a text: what it is called, what stood before and after it, and by which standard."""

    rule: str
    before: str
    after: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One Latin reading of a text.

    `vowels` is False where the script leaves short vowels unwritten (Arabic, Hebrew, Syriac), so that a
    vowel missing on this side says nothing. `language` is an ISO 639 code, "" where the text was Latin already.
    """

    text: str
    language: str = ""
    standard: str = ""
    vowels: bool = True
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a name: lower-case letters, its role, and the spelling it came from."""

    text: str
    role: Role
    original: str


@dataclass(frozen=True, slots=True)
class Name:
    """A parsed name: one reading of one text, as tokens in the order written."""

    original: str
    tokens: tuple[Token, ...]
    reading: Reading
    script: str = "Latn"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against, in log-odds (`weight` > 0 speaks for one name, < 0 against).

    `kind` says what met what: "same", "variant", "family", "cognate", "nickname", "initial", "joined", "omitted",
    "contradicts", "order", "particle", "rarity", "prior", ... `left` and `right` are the tokens ("" where a side has
    none); `operations` are the letter operations (`ee:i`, `g:j`, `h:` for a dropped h).
    """

    kind: str
    left: str = ""
    right: str = ""
    operations: tuple[str, ...] = ()
    weight: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The evidence as plain JSON types."""
        return {
            "kind": self.kind,
            "left": self.left,
            "right": self.right,
            "operations": list(self.operations),
            "weight": round(self.weight, 6),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two names compared: a calibrated probability that they are one name, and the evidence that made it."""

    left: str
    right: str
    probability: float
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain JSON types."""
        return {
            "left": self.left,
            "right": self.right,
            "probability": round(self.probability, 6),
            "outcome": str(self.outcome),
            "evidence": [e.to_dict() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Entity:
    """One person, place, organization or name element of a table, with its canonical spelling."""

    id: str
    kind: Kind | str
    canonical: str
    aliases: tuple[str, ...] = field(default=(), compare=False)


class Match:
    """One entity that a looked-up name may be: the alias that came closest, how probable, and why.

    `evidence` may be given as a function; it is then called when somebody asks for the reasons, because weighing them
    costs more than finding the match.
    """

    __slots__ = ("_evidence", "alias", "entity", "probability")

    def __init__(
        self,
        entity: Entity,
        alias: str,
        probability: float,
        evidence: tuple[Evidence, ...] | Callable[[], tuple[Evidence, ...]] = (),
    ) -> None:
        self.entity = entity
        self.alias = alias
        self.probability = probability
        self._evidence = evidence

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The reasons; their weights sum to the log-odds of the probability."""
        if not isinstance(self._evidence, tuple):
            self._evidence = self._evidence()
        return self._evidence

    def __repr__(self) -> str:
        return f"Match({self.entity.id!r}, {self.alias!r}, {self.probability:.4f})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Match):
            return NotImplemented
        return (self.entity, self.alias, self.probability) == (other.entity, other.alias, other.probability)

    def __hash__(self) -> int:
        return hash((self.entity, self.alias, self.probability))

    def to_dict(self) -> dict[str, Any]:
        """The match as plain JSON types."""
        return {
            "id": self.entity.id,
            "kind": str(self.entity.kind),
            "canonical": self.entity.canonical,
            "alias": self.alias,
            "probability": round(self.probability, 6),
            "evidence": [e.to_dict() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one looked-up name: match, review or new, the best entity and the runners-up."""

    name: str
    outcome: Outcome
    best: Match | None = None
    others: tuple[Match, ...] = ()
