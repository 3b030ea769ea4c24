"""Judged words in, the unknown names in scripts with spaces and without capitals out."""

from __future__ import annotations

from namealign.model import Evidence, Kind
from namealign.scan.candidate import (
    CAPITALS,
    ELEMENT,
    TITLE,
    Candidate,
    element,
    make,
    title_at,
    title_before,
    title_before_adjective,
)
from namealign.scan.text import Text

__all__ = ["find"]


# An Arabic ending that hardly a name keeps in print.
_ACCUSATIVE = ("\u064b", "\u064b\u0627")


def find(doc: Text, taken: bytearray) -> list[Candidate]:
    """Unknown names in scripts with spaces and without capitals: after a title, or of several name elements."""
    out: list[Candidate] = []
    forms = doc.forms
    i = 0
    while i < len(forms):
        form = forms[i]
        if form.cased or form.dense or taken[i] or form.common:
            i += 1
            continue
        size, _ = title_at(doc, i, len(forms))
        if size:
            i += size
            continue
        titled = title_before(doc, i) or title_before_adjective(doc, i)
        end = i
        while (
            end < len(forms)
            and end - i < 5
            and not taken[end]
            and not forms[end].cased
            and not forms[end].dense
            and not forms[end].common
            and (end == i or doc.joined(end))
            and (forms[end].element or forms[end].particle or (titled is not None and end - i < 3))
            and not forms[end].speech
            and not (end > i and (forms[end].prefixed or forms[end].text.endswith(_ACCUSATIVE)))
        ):
            end += 1
        elements = [k for k in range(i, end) if forms[k].element and not forms[k].particle]
        if titled is not None and elements and end - i >= 2:
            out.append(make(doc, i, end, Kind.PERSON, TITLE, titled))
        elif len(elements) >= 2:
            out.append(make(doc, i, end, Kind.PERSON, ELEMENT, element(doc, elements[0])))
        elif end <= i + 1:
            out.append(make(doc, i, i + 1, Kind.PERSON, CAPITALS, Evidence("element", form.text), weak=True))
            end = i + 1
        i = max(end, i + 1)
    return out
