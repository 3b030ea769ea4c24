"""Running text in, who is named where and under which spelling out.

    documents → words → mentions (known by the tables, unknown by capitals and titles) → linked within a document
      → joined across documents → Scan

`inputs` reads files into documents; `rewrite` puts canonical spellings in place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from namealign.model import Evidence, Kind
from namealign.reconciler import Reconciler
from namealign.scan.across import Joined, Unknown, resolve
from namealign.scan.lexicon import Lexicon
from namealign.scan.link import Group, Linker
from namealign.scan.mentions import find
from namealign.scan.model import Document, Found, Mention, Scan
from namealign.scan.recognizers import Recognizer, add_spans

__all__ = ["Document", "Found", "Mention", "Scan", "scan"]

_SPACES = re.compile(r"\s+")


class _Kept(NamedTuple):
    """A mention while the entities of the unknown names are not settled: as little as can be kept of it."""

    document: int
    start: int
    end: int
    surface: str
    kind: Kind
    who: int | Unknown | None
    rivals: tuple[int | Unknown, ...]
    probability: float
    evidence: tuple[Evidence, ...]


def scan(
    documents: Iterable[Document | tuple[str, str]],
    *,
    reconciler: Reconciler | None = None,
    gazetteer: bool = True,
    lexicon: Lexicon | None = None,
    recognizer: Recognizer | None = None,
    progress: Callable[[int, int], None] | None = None,
    settled: Callable[[int, int], None] | None = None,
) -> Scan:
    """Find who the documents name, and which names are one entity.

    `documents` are (name, text) pairs, read once and not kept. `gazetteer=False` leaves out the shipped places and
    organizations that the reconciler does not have. `recognizer` gives spans that some other tool takes for names
    (`recognizers.spacy_recognizer`); they are used where the text's own rules found none. `progress` is called with
    (documents done, documents known of), then `settled` with (unknown names looked up in the table, all of them).

    >>> people = Reconciler.from_names({"per:jilani": ["Jalil Abbas Jilani"]})
    >>> found = scan([("a.txt", "Foreign Minister Jalil Abbas Geelani met Antoine Levesque.")], reconciler=people)
    >>> [(m.surface, m.entity.id) for m in found.mentions]
    [('Jalil Abbas Geelani', 'per:jilani'), ('Antoine Levesque', 'new:antoine-levesque')]
    """
    reconciler = reconciler or Reconciler.load()
    lexicon = lexicon or Lexicon.of(reconciler, gazetteer=gazetteer)
    linker = Linker(lexicon, reconciler.policy)
    names: list[str] = []
    kept: list[_Kept] = []
    unknown: Counter[Unknown] = Counter()
    surfaces: dict[str, str] = {}
    apart: set[frozenset[Unknown | int]] = set()
    total = len(documents) if isinstance(documents, list | tuple) else 0
    for number, (name, text) in enumerate(documents):
        names.append(name)
        for item in _document(number, text, linker, surfaces, apart, recognizer):
            kept.append(item)
            if isinstance(item.who, Unknown):
                unknown[item.who] += 1
            for rival in item.rivals:
                if isinstance(rival, Unknown):
                    unknown[rival] += 0
        if progress is not None:
            progress(number + 1, max(total, number + 1))
    joined = resolve(unknown, reconciler, linker, apart, progress=settled)
    return Scan(tuple(names), tuple(_mention(item, names, lexicon, joined) for item in kept))


def _document(
    number: int,
    text: str,
    linker: Linker,
    surfaces: dict[str, str],
    apart: set[frozenset[Unknown | int]],
    recognizer: Recognizer | None,
) -> Iterable[_Kept]:
    shared: dict[int, int | Unknown] = {}
    candidates = find(text, linker.lexicon)
    if recognizer is not None:
        candidates = add_spans(candidates, text, recognizer(text))
    linked = linker.link(text, candidates)

    def who(group: Group) -> int | Unknown:
        if group.entity is not None:
            return group.entity
        if group.number not in shared:
            shared[group.number] = Unknown(group.kind, _SPACES.sub(" ", group.surface))
        return shared[group.number]

    apart.update(frozenset((who(a), who(b))) for a, b in linker.relatives(linked))
    for item in linked:
        c = item.candidate
        surface = text[c.start : c.end]
        yield _Kept(
            number,
            c.start,
            c.end,
            surfaces.setdefault(surface, surface),
            c.kind,
            None if item.group is None else who(item.group),
            (*map(who, item.rivals), *item.owners),
            item.probability,
            item.evidence,
        )


def _mention(item: _Kept, names: list[str], lexicon: Lexicon, joined: dict[Unknown, Joined]) -> Mention:
    def found(key: int | Unknown) -> Joined:
        if isinstance(key, Unknown):
            return joined[key]
        entity = lexicon.entities[key]
        return Joined(Found(entity.id, Kind(entity.kind), entity.canonical), 1.0)

    if item.who is None:
        candidates = tuple(sorted({found(key).found.name for key in item.rivals}))
        return Mention(
            names[item.document], item.start, item.end, item.surface, item.kind, None, item.probability, item.evidence,
            candidates,
        )  # fmt: skip
    meant = found(item.who)
    return Mention(
        names[item.document], item.start, item.end, item.surface, item.kind, meant.found,
        item.probability * meant.probability, item.evidence + meant.evidence,
    )  # fmt: skip
