"""Entities and their spellings in, an indexed shelf to look names up in out: in memory, or one file.

A shelf is flat arrays (names, tokens, keys, postings) and texts. Saved, each array is one blob, so that a lookup reads
it back in one piece and a bulk job hands it to NumPy without a copy.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from namealign.candidates import Index, build_index
from namealign.encode import NameStore, token_key
from namealign.errors import TableError
from namealign.kernel import SEAL_KANA, SEAL_SCRIPT
from namealign.model import Entity, Kind, Name
from namealign.parse import ENTIRE, SEVERAL, identity, read
from namealign.parts import Part, Texts, read_parts, write_parts

__all__ = ["Shelf", "from_parts", "identity_key", "kana_of", "load", "parts_of", "save", "text_key"]

_KINDS = frozenset(map(str, Kind))
FORMAT = "namealign shelf 8"


def identity_key(name: Name) -> int:
    """The key of a reading as a whole: names with equal keys are identical."""
    return token_key(identity(name))


def text_key(text: str) -> int:
    """The key of a spelling, letter by letter; two spellings may have one."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def kana_of(seal: Sequence[int], alias_of: Sequence[int]) -> list[int]:
    """The first readings of the spellings in kana."""
    return [
        k for k, key in enumerate(seal) if key & SEAL_SCRIPT == SEAL_KANA and (k == 0 or alias_of[k - 1] != alias_of[k])
    ]


class StoredTokens(NamedTuple):
    """A token store read back: the kernel's columns, and the texts."""

    subs: Sequence[int]
    starts: Sequence[int]
    key: Sequence[int]
    rarity: Sequence[float]
    family: Sequence[int]
    rival: Sequence[int]
    hub: Sequence[int]
    rival_hub: Sequence[int]
    kin: Sequence[int]
    stem: Sequence[int]
    gender: Sequence[int]
    code: Sequence[int]
    head: Sequence[int]
    classes: Sequence[int]
    consonants: Sequence[int]
    origin: Sequence[int]
    given: Sequence[int]
    text: Sequence[str]
    longest: int


class StoredNames(NamedTuple):
    """A name store read back."""

    first: Sequence[int]
    unit: Sequence[int]
    alt: Sequence[int]
    join: Sequence[int]
    flags: Sequence[int]
    seal: Sequence[int]
    tokens: StoredTokens


_TOKEN_TYPES = {
    "subs": "h", "starts": "q", "key": "q", "rarity": "d", "family": "i", "rival": "i", "hub": "i",
    "rival_hub": "i", "kin": "q", "stem": "q", "gender": "b", "code": "q", "head": "i", "classes": "i",
    "consonants": "b", "origin": "q", "given": "b",
}  # fmt: skip
_NAME_TYPES = {"first": "q", "unit": "i", "alt": "i", "join": "i", "flags": "i", "seal": "q"}
_INDEX_TYPES = {
    "key": "q", "key_first": "q", "key_token": "i", "post_first": "q", "post_name": "i", "weight": "d",
    "heads": "b",
}  # fmt: skip
_SHELF_TYPES = {
    "same": "q", "alias_of": "i", "owner": "i", "alias_first": "q", "text_key": "I", "text_name": "i", "same_key": "q",
    "same_name": "i", "aside": "b",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """Indexed names and what they belong to.

    Name `k` is one reading of spelling `alias_of[k]` of entity `owner[k]`; the spellings of entity `e` are
    `alias_first[e]`..`alias_first[e + 1]` of `aliases`. `compiled` says that the arrays were made by compiled code,
    `elements` that an entity may be a name element. `aside` is 1 for a spelling in another script than Latin
    of an entity that has a Latin one. Two orders of the names find what is spelled just so: `text_name`
    by the `text_key` of their spellings, `same_name` by their identities, `same_key` (kana by their letters, too).
    """

    names: Any
    same: Sequence[int]
    alias_of: Sequence[int]
    owner: Sequence[int]
    alias_first: Sequence[int]
    text_key: Sequence[int]
    text_name: Sequence[int]
    same_key: Sequence[int]
    same_name: Sequence[int]
    aside: Sequence[int]
    aliases: Sequence[str]
    ids: Sequence[str]
    kinds: Sequence[str]
    canonicals: Sequence[str]
    index: Index
    compiled: bool = False
    elements: bool = True

    def entity(self, number: int) -> Entity:
        """The entity of a number, with all its spellings."""
        kind = self.kinds[number]
        spellings = tuple(self.aliases[self.alias_first[number] : self.alias_first[number + 1]])
        return Entity(self.ids[number], Kind(kind) if kind in _KINDS else kind, self.canonicals[number], spellings)

    def spelled(self, text: str) -> list[int]:
        """The names that a spelling has here: its readings, in their order. Empty where no entity is spelled so."""
        wanted = text_key(text)
        found: list[int] = []
        for at in range(bisect_left(self.text_key, wanted), len(self.text_key)):
            name = self.text_name[at]
            if self.text_key[at] != wanted or (found and self.alias_of[name] != self.alias_of[found[0]]):
                break
            if found or self.aliases[self.alias_of[name]] == text:
                found.append(name)
        return found

    def identical(self, same: int, most: int) -> Sequence[int]:
        """The first `most` names of an identity."""
        begin = bisect_left(self.same_key, same)
        end = bisect_right(self.same_key, same, begin, min(len(self.same_key), begin + most))
        return self.same_name[begin:end]

    @classmethod
    def build(cls, rows: Iterable[tuple[Entity, Sequence[str]]], names: NameStore) -> Shelf:
        """Read, encode and index every spelling of every entity, in order, into an empty name store."""
        same: list[int] = []
        alias_of: list[int] = []
        owner: list[int] = []
        aside: list[int] = []
        aliases: list[str] = []
        alias_first = [0]
        entities: list[Entity] = []
        for entity, spellings in rows:
            begin = len(owner)
            for spelling in spellings:
                for name in read(spelling):
                    names.add(name)
                    same.append(identity_key(name))
                    alias_of.append(len(aliases))
                    owner.append(len(entities))
                    aside.append(name.script not in ("Latn", SEVERAL, ENTIRE))
                aliases.append(spelling)
            if all(aside[begin:]):
                aside[begin:] = [False] * (len(aside) - begin)
            entities.append(entity)
            alias_first.append(len(aliases))
        text = [text_key(aliases[alias]) for alias in alias_of]
        by_text = sorted(range(len(text)), key=text.__getitem__)
        # The same kana are found by their letters, too: by those of the first reading.
        known = [*same, *(names.seal[k] for k in kana_of(names.seal, alias_of))]
        place = [*range(len(same)), *kana_of(names.seal, alias_of)]
        by_same = sorted(range(len(known)), key=known.__getitem__)
        return cls(
            names, same, alias_of, owner, alias_first, [text[k] for k in by_text], by_text, [known[k] for k in by_same],
            [place[k] for k in by_same], aside, aliases,
            [e.id for e in entities], [str(e.kind) for e in entities], [e.canonical for e in entities],
            build_index(names),
        )  # fmt: skip


def parts_of(shelf: Shelf) -> Iterable[Part]:
    """A shelf as (name, type code, bytes) parts."""
    yield "format", "", FORMAT.encode()
    tokens = shelf.names.tokens
    for group, holder, types in (
        ("token", tokens, _TOKEN_TYPES),
        ("name", shelf.names, _NAME_TYPES),
        ("index", shelf.index, _INDEX_TYPES),
        ("shelf", shelf, _SHELF_TYPES),
    ):
        for column, code in types.items():
            yield f"{group}.{column}", code, _bytes(code, getattr(holder, column))
    yield "token.longest", "q", array("q", [tokens.longest]).tobytes()
    for name, texts in (
        ("token.text", tokens.text),
        ("shelf.aliases", shelf.aliases),
        ("shelf.ids", shelf.ids),
        ("shelf.kinds", shelf.kinds),
        ("shelf.canonicals", shelf.canonicals),
    ):
        packed = texts if isinstance(texts, Texts) else Texts.of(texts)
        yield name, "", bytes(packed.data)
        yield f"{name}.starts", "q", _bytes("q", packed.starts)


def _bytes(code: str, column: Sequence[Any]) -> bytes:
    """The bytes of a list, or of what is an array of this type already."""
    view = column if isinstance(column, memoryview) else memoryview(column) if isinstance(column, array) else None
    if view is not None and view.itemsize == array(code).itemsize and (view.format in "bhilq") == (code in "bhilq"):
        return view.tobytes()
    return array(code, column).tobytes()


def save(shelf: Shelf, path: Path) -> None:
    """Save a shelf as one file, whole or not at all."""
    write_parts(path, parts_of(shelf))


def from_parts(parts: dict[str, Any], path: Path) -> Shelf:
    """A shelf from the parts of a file."""
    if parts.get("format") != FORMAT.encode():
        raise TableError(f"{path}: not an index of this version of namealign; build it again")

    def texts(name: str) -> Texts:
        return Texts(parts[name], parts[f"{name}.starts"])

    tokens = StoredTokens(
        **{column: parts[f"token.{column}"] for column in _TOKEN_TYPES},
        text=texts("token.text"),
        longest=parts["token.longest"][0],
    )
    names = StoredNames(**{column: parts[f"name.{column}"] for column in _NAME_TYPES}, tokens=tokens)
    index = Index(**{column: parts[f"index.{column}"] for column in _INDEX_TYPES})
    columns = {column: parts[f"shelf.{column}"] for column in _SHELF_TYPES}
    return Shelf(
        names, aliases=texts("shelf.aliases"), ids=texts("shelf.ids"), kinds=texts("shelf.kinds"),
        canonicals=texts("shelf.canonicals"), index=index, **columns,
    )  # fmt: skip


def load(path: Path) -> Shelf:
    """Load a saved shelf. Raises TableError when the file is none."""
    return from_parts(read_parts(path), path)
