"""Entities and their spellings in, an indexed shelf of arrays out: `Shelf.build` for very many names.

The spellings are read in pieces by the compiled reader, so that no more than a piece of them stands in Python objects
at once; the arrays are those that `Shelf.build` would make.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from namealign.bulk_blocking import blocking
from namealign.bulk_read import Names, Reader, Texts, token_texts
from namealign.candidates import JOINED_KEYS, Index
from namealign.compare import Scorer
from namealign.kernel import INITIAL, SEAL_KANA, SEAL_SCRIPT
from namealign.model import Entity
from namealign.parts import Texts as Packed
from namealign.shelf import Shelf, StoredNames, StoredTokens, text_key

__all__ = ["Builder", "build_shelf"]

# Spellings read at once: a bound on memory.
PIECE = 50_000
# Tokens whose blocking keys are made at once.
BLOCK = 200_000


def build_shelf(rows: Iterable[tuple[Entity, Sequence[str]]], scorer: Scorer) -> Shelf:
    """`Shelf.build`, compiled."""
    builder = Builder(scorer)
    for entity, spellings in rows:
        number = builder.entity(entity.id, str(entity.kind), entity.canonical)
        for spelling in spellings:
            builder.add(number, spelling)
    return builder.shelf()


class Builder:
    """Takes spellings of entities, one after the other and in any order, and makes the shelf."""

    def __init__(self, scorer: Scorer) -> None:
        # What is read here is kept to the end: no token is forgotten.
        self._reads = Reader(scorer, keep=1 << 62)
        self._waiting: list[str] = []
        self._read: list[Texts] = []
        self._owner = array("i")
        self._aliases = _Growing()
        self._keys = array("I")
        self._ids, self._kinds, self._canonicals = _Growing(), _Growing(), _Growing()
        self.names = 0

    def entity(self, ident: str, kind: str, canonical: str) -> int:
        """A new entity; its number."""
        self._ids.append(ident)
        self._kinds.append(kind)
        self._canonicals.append(canonical)
        return len(self._ids) - 1

    def add(self, entity: int, spelling: str) -> None:
        """A spelling of an entity of this number."""
        self._owner.append(entity)
        self._aliases.append(spelling)
        self._keys.append(text_key(spelling))
        self._waiting.append(spelling)
        self.names += 1
        if len(self._waiting) >= PIECE:
            self._flush()

    def _flush(self) -> None:
        texts = self._reads.read(self._waiting, fill=False)
        # Of the store nothing is kept here: it grows, and is taken when all is read.
        self._read.append(texts._replace(tokens=()))  # type: ignore[arg-type]
        self._waiting = []

    def shelf(self, told: Callable[[str], None] = lambda _: None) -> Shelf:
        """The shelf of all that was added; `told` is called with what is being done."""
        if self._waiting or not self._read:
            self._flush()
        told("encoding")
        names, readings, same, script = self._names()
        # The spellings of an entity stand together, in the order they came in.
        owner = np.asarray(self._owner, np.int32)
        order = np.argsort(owner, kind="stable")
        aliases = self._aliases.packed()
        if len(order) and (np.diff(owner) < 0).any():
            place = np.empty(len(order), np.int32)
            place[order] = np.arange(len(order), dtype=np.int32)
            aliases = _permuted(aliases, order)
        else:
            place = np.arange(len(order), dtype=np.int32)
        alias_of = np.repeat(place, readings)
        owners = np.repeat(owner, readings)
        latin = np.zeros(len(self._ids), np.bool_)
        latin[owners[script <= 0]] = True
        aside = ((script > 0) & latin[owners]).astype(np.int8)
        tokens = self._tokens(names.unit)
        told("indexing")
        index = self._index(names, tokens)
        alias_first = np.zeros(len(self._ids) + 1, np.int64)
        np.cumsum(np.bincount(owner, minlength=len(self._ids)), out=alias_first[1:])
        return Shelf(
            StoredNames(**_views(names._asdict()), tokens=tokens), _view(same),
            _view(alias_of), _view(owners), _view(alias_first),
            *_sorted(np.repeat(np.asarray(self._keys, np.uint32), readings)),
            *self._identities(same, names.seal, alias_of), _view(aside), aliases,
            self._ids.packed(), self._kinds.packed(), self._canonicals.packed(), index, compiled=True,
        )  # fmt: skip

    def _identities(self, same: Any, seal: Any, alias_of: Any) -> tuple[Any, Any]:
        """Identities in order, those of kana by their letters among them, and the name of each."""
        kana = (seal & SEAL_SCRIPT == SEAL_KANA) & (np.diff(alias_of, prepend=-1) != 0)
        keys = np.concatenate([same, seal[kana]])
        name = np.concatenate([np.arange(len(same)), np.flatnonzero(kana)]).astype(np.int32)
        order = np.argsort(keys, kind="stable")
        return _view(keys[order]), _view(name[order])

    def _names(self) -> tuple[Names, Any, Any, Any]:
        """The names of all pieces as one store; the readings of each spelling; the readings' identities and scripts."""
        read, self._read = self._read, []
        sizes = np.concatenate([np.diff(piece.names.first) for piece in read])
        first = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=first[1:])
        unit, alt, join, flags, seal = (
            np.concatenate([getattr(piece.names, column) for piece in read])
            for column in ("unit", "alt", "join", "flags", "seal")
        )
        readings = np.concatenate([np.diff(piece.first) for piece in read])
        same = np.concatenate([piece.same for piece in read])
        script = np.concatenate([piece.script for piece in read])
        return Names(first, unit, alt, join, flags, seal), readings, same, script

    def _tokens(self, unit: Any) -> StoredTokens:
        """The tokens' columns, all filled, and their texts."""
        reads = self._reads
        count = int(reads.count[0])
        every = Texts(reads.tokens(), None, None, None, None, None, reads.longest)  # type: ignore[arg-type]
        filled = reads.encode_tokens(every, np.arange(count), np.unique(unit))
        starts = filled.tokens.starts[: count + 1]
        columns = {
            name: column[: count + 1] if name == "starts" else column[: 3 * int(starts[-1])]
            if name == "subs" else column[:count]
            for name, column in filled.tokens._asdict().items()
        }  # fmt: skip
        letters = reads.letters[: int(starts[-1])]
        size = 1 + (letters >= 0x80).astype(np.int64) + (letters >= 0x800) + (letters >= 0x10000)
        bounds = np.zeros(len(letters) + 1, np.int64)
        np.cumsum(size, out=bounds[1:])
        data = letters.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
        text = Packed(data, _view(bounds[starts]))
        return StoredTokens(**_views(columns), text=text, longest=int(filled.longest))

    def _index(self, names: Names, tokens: StoredTokens) -> Index:
        """`candidates.build_index`, over arrays."""
        reads = self._reads
        count = len(tokens.key)
        starts = np.asarray(tokens.starts)
        key_parts, token_parts = [], []
        single = np.zeros(count, np.bool_)
        single[names.unit] = True
        single[names.alt[names.alt >= 0]] = True
        for begin in range(0, count, BLOCK):
            todo = np.arange(begin, min(begin + BLOCK, count))
            texts = token_texts(reads.letters, starts, todo)
            keys = blocking(todo, texts, reads.letters, tokens, reads.known, reads.longest)
            many = np.diff(keys.first)
            owner = np.repeat(todo.astype(np.int32), many)
            rank = np.arange(len(owner)) - np.repeat(keys.first[:-1], many)
            kept = single[owner] | (rank < JOINED_KEYS) | (keys.key < 0)
            key_parts.append(keys.key[kept])
            token_parts.append(owner[kept])
        key, key_first, key_token = _grouped(key_parts, token_parts)
        sizes = np.diff(names.first)
        owner = np.repeat(np.arange(len(sizes)), sizes)
        every = np.concatenate([names.unit, names.alt, names.join]).astype(np.int64)
        posts = every * max(1, len(sizes)) + np.concatenate([owner, owner, owner])
        posts = np.unique(posts[every >= 0])
        post_first = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(posts // max(1, len(sizes)), minlength=count), out=post_first[1:])
        heads = np.bincount(owner[names.flags & INITIAL != 0], minlength=len(sizes)).astype(np.int8)
        weight = np.bincount(owner, 1.0 + np.asarray(tokens.rarity)[names.unit], minlength=len(sizes))
        return Index(
            _view(key), _view(key_first), _view(key_token), _view(post_first),
            _view((posts % max(1, len(sizes))).astype(np.int32)), _view(weight.astype(np.float64)),
            _view(heads),
        )  # fmt: skip


def _sorted(keys: Any) -> tuple[Any, Any]:
    """Keys in order, and where each of them stood."""
    order = np.argsort(keys, kind="stable")
    return _view(keys[order]), _view(order.astype(np.int32))


def _grouped(key_parts: list[Any], token_parts: list[Any]) -> tuple[Any, Any, Any]:
    """Distinct keys ascending, where each one's tokens begin, and the tokens, ascending under each key."""
    keys = np.concatenate(key_parts) if key_parts else np.empty(0, np.int64)
    tokens = np.concatenate(token_parts) if token_parts else np.empty(0, np.int32)
    key_parts.clear()
    token_parts.clear()
    order = np.argsort(keys, kind="stable")
    keys, tokens = keys[order], tokens[order]
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    places = np.flatnonzero(fresh)
    return keys[places], np.append(places, len(keys)), tokens


def _permuted(texts: Packed, order: Any) -> Packed:
    return Packed.of(texts[k] for k in order.tolist())


def _view(column: Any) -> Any:
    """The array as the standard library sees it, whose elements are plain numbers."""
    return memoryview(column)


def _views(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: _view(column) for name, column in columns.items()}


class _Growing:
    """Texts that are packed as they come."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.starts = array("q", [0])

    def append(self, text: str) -> None:
        self.data += text.encode("utf-8", "surrogatepass")
        self.starts.append(len(self.data))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def packed(self) -> Packed:
        return Packed(_view(self.data), _view(self.starts))
