"""One text in, the names in it out (`Candidate`s): known ones by the trie, unknown ones by capitals and neighbours.

Nothing is linked here; a candidate says which entities own its spelling and why it is taken for a name.
"""

from __future__ import annotations

from namealign.model import Kind
from namealign.scan import dense, runs, uncased
from namealign.scan.candidate import Candidate
from namealign.scan.known import Hit, goes_on, kind_of, known, listed
from namealign.scan.lexicon import Lexicon
from namealign.scan.text import Text

__all__ = ["find"]


# A longer text is cut at an empty line, or else at a space, so that its words never lie in memory all at once.
LONGEST = 1_000_000


def find(text: str, lexicon: Lexicon) -> list[Candidate]:
    """The candidates of a text, in order, without overlap."""
    if len(text) <= LONGEST:
        return _find(text, lexicon)
    out: list[Candidate] = []
    start = 0
    while start < len(text):
        end = _cut(text, start)
        out += [c._replace(start=c.start + start, end=c.end + start) for c in _find(text[start:end], lexicon)]
        start = end
    return out


def _cut(text: str, start: int) -> int:
    """Where the next piece of a long text ends."""
    last = start + LONGEST
    if last >= len(text):
        return len(text)
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, start + LONGEST // 2, last)
        if at > 0:
            return at + len(mark)
    return last


def _find(text: str, lexicon: Lexicon) -> list[Candidate]:
    doc = Text(text, lexicon)
    taken = bytearray(len(doc.at))
    out: list[Candidate] = []
    lone: dict[int, Hit] = {}
    for hit in known(doc):
        if hit.end - hit.start == 1 and doc.forms[hit.start].cased:
            lone[hit.start] = hit
            continue
        if kind_of(doc, hit) is Kind.PERSON and (goes_on(doc, hit.end) or goes_on(doc, hit.start - 1, before=True)):
            continue
        out.append(listed(doc, hit))
        for i in range(hit.start, hit.end):
            taken[i] = 1
    out += runs.find(doc, taken, lone)
    out += uncased.find(doc, taken)
    out += dense.find(doc, taken)
    return sorted(out, key=lambda c: c.start)
