"""What a finder makes of a place in a text: a `Candidate`, and the reasons that stand beside a name."""

from __future__ import annotations

from typing import NamedTuple

from namealign.model import Evidence, Kind
from namealign.scan.lexicon import END
from namealign.scan.text import Text
from namealign.scan.words import Gap

__all__ = [
    "Candidate",
    "element",
    "make",
    "speech_beside",
    "title_apart",
    "title_at",
    "title_before",
    "title_before_adjective",
]

# How sure a reason makes us that an unknown run of capitals is a name of its kind: chosen by eye in steps of a tenth
# so that a title outweighs a verb and a verb a mere capital; tests/scan measures what they lead to.
TITLE, SPEECH, ELEMENT, HEAD, LOCATION, CAPITALS = 0.95, 0.9, 0.85, 0.9, 0.6, 0.6


class Candidate(NamedTuple):
    """A place in a text that names somebody: its words, the owners of its spelling, and what made it a name.

    `weak` marks a single unknown word that is a name only if the document has a longer one that it is short for.
    """

    start: int
    end: int
    kind: Kind
    words: tuple[str, ...]
    owners: tuple[int, ...]
    alias: str
    probability: float
    reasons: tuple[Evidence, ...]
    weak: bool = False
    inflected: bool = False


def make(
    doc: Text, first: int, last: int, kind: Kind, probability: float, reason: Evidence, *, weak: bool = False
) -> Candidate:
    words = tuple(f.key for f in doc.forms[first:last])
    return Candidate(doc.at[first][0], doc.at[last - 1][1], kind, words, (), "", probability, (reason,), weak)


def element(doc: Text, i: int) -> Evidence:
    return Evidence("element", doc.forms[i].text, "")


def title_at(doc: Text, at: int, last: int) -> tuple[int, str]:
    """The longest title that begins at a word: how many words, and the title."""
    node = doc.forms[at].titles
    size, phrase = 0, ""
    i = at + 1
    while node is not None:
        if END in node and not doc.hyphen(i):
            size, phrase = i - at, node[END]
        if i >= last or not doc.joined(i):
            break
        node = node.get(doc.forms[i].key)
        i += 1
    return size, phrase


def title_before(doc: Text, at: int) -> Evidence | None:
    """The title whose last word stands right before a word, in small letters or none."""
    for size in (4, 3, 2, 1):
        start = at - size
        if start < 0 or any(not doc.joined(i) for i in range(start + 1, at + 1)):
            continue
        found, phrase = title_at(doc, start, at)
        if found == size:
            return Evidence("title", phrase, "")
    return None


def title_apart(doc: Text, at: int) -> Evidence | None:
    """The kinship or office that a comma parts from the name: `his daughter, Niamh`."""
    if at < 2 or doc.gap(at) is not Gap.COMMA:
        return None
    for size in (3, 2, 1):
        start = at - size
        if start < 1 or any(not doc.joined(i) for i in range(start, at)) or not doc.forms[start - 1].possessive:
            continue
        found, phrase = title_at(doc, start, at)
        if found == size:
            return Evidence("title", phrase, "")
    return None


def title_before_adjective(doc: Text, at: int) -> Evidence | None:
    """Arabic puts the people between the title and the name: the Foreign Minister, the Russian, Sergei Lavrov."""
    for back in range(1, 3):
        if at - back < 1 or not doc.forms[at - back].common or not doc.joined(at - back + 1):
            return None
        if titled := title_before(doc, at - back):
            return titled
    return None


def speech_beside(doc: Text, first: int, last: int) -> Evidence | None:
    """A verb of speech beside a run: `said X`, `X said`."""
    forms = doc.forms
    if last < len(forms) and forms[last].speech and doc.gap(last) is Gap.SPACE:
        return Evidence("speech", forms[last].text, "")
    if first and forms[first - 1].speech and doc.gap(first) is Gap.SPACE:
        return Evidence("speech", forms[first - 1].text, "")
    return None
