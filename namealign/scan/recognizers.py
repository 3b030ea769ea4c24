"""A text in, spans that some other tool takes for names out; and how they join the candidates found here.

The built-in way needs none of this. spaCy's recogniser is used where the user has it and one of its models installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

from namealign.errors import InputError, MissingDependency
from namealign.model import Evidence, Kind
from namealign.scan.candidate import Candidate
from namealign.scan.words import fold_key, spans

__all__ = ["Recognizer", "add_spans", "spacy_recognizer"]

# From a text to (start, end, kind) of each name in it.
Recognizer = Callable[[str], Iterable[tuple[int, int, Kind]]]

# OntoNotes labels of the English models and CoNLL ones of most others.
_LABELS = {
    "PERSON": Kind.PERSON,
    "PER": Kind.PERSON,
    "GPE": Kind.PLACE,
    "LOC": Kind.PLACE,
    "FAC": Kind.PLACE,
    "ORG": Kind.ORGANIZATION,
}
# A recogniser's own F-score on names it was not trained on lies near this (CoNLL 2003 to other news).
TRUST = 0.8
# spaCy refuses longer texts unless told otherwise; nobody's article is longer.
_LONGEST = 1_000_000


def spacy_recognizer(model: str) -> Recognizer:
    """The recogniser of an installed spaCy model.

    Raises MissingDependency without spaCy, InputError without the model.
    """
    try:
        spacy = import_module("spacy")
    except ImportError:
        raise MissingDependency("--model needs spaCy; pip install spacy, and a model of it") from None
    try:
        pipeline = spacy.load(model)
    except OSError:
        raise InputError(f"{model}: no such spaCy model is installed; python -m spacy download {model}") from None

    def recognize(text: str) -> Iterable[tuple[int, int, Kind]]:
        for at in range(0, len(text), _LONGEST):
            for found in pipeline(text[at : at + _LONGEST]).ents:
                kind = _LABELS.get(found.label_)
                if kind is not None:
                    yield at + found.start_char, at + found.end_char, kind

    return recognize


def add_spans(candidates: Sequence[Candidate], text: str, found: Iterable[tuple[int, int, Kind]]) -> list[Candidate]:
    """The candidates and, where there is none, the spans; a weak candidate that the tool knows is weak no longer.

    >>> [c.words for c in add_spans([], "met Ann Roe.", [(4, 11, Kind.PERSON)])]
    [('ann', 'roe')]
    """
    out = list(candidates)
    for start, end, kind in found:
        while end > start and text[start].isspace():
            start += 1
        words = tuple(fold_key(text[start + a : start + b]) for a, b in spans(text[start:end]))
        if not words:
            continue
        over = [c for c in out if c.start < end and start < c.end]
        if any(not c.weak for c in over):
            continue
        out = [c for c in out if c not in over]
        out.append(Candidate(start, end, kind, words, (), "", TRUST, (Evidence("recognizer", text[start:end]),)))
    return sorted(out, key=lambda c: c.start)
