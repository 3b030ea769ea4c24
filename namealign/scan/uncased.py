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
from namealign.scan.words import Gap

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
            if form.people and not taken[i] and _stands_for_a_name(doc, i):
                out.append(make(doc, i, i + 1, Kind.PERSON, CAPITALS, Evidence("element", form.text), weak=True))
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
            and (
                forms[end].element
                or forms[end].particle
                or (titled is not None and end - i < 3)
                or (end == i + 1 and _is_family_name(doc, end))
            )
            and not forms[end].speech
            and not (end > i and (forms[end].prefixed or forms[end].text.endswith(_ACCUSATIVE)))
        ):
            end += 1
        elements = [k for k in range(i, end) if forms[k].element and not forms[k].particle]
        if titled is not None and elements and end - i >= 2:
            out.append(make(doc, i, end, Kind.PERSON, TITLE, titled))
        elif len(elements) >= 2 or (elements and end == i + 2 and _is_family_name(doc, i + 1)):
            out.append(make(doc, i, end, Kind.PERSON, ELEMENT, element(doc, elements[0])))
        elif end <= i + 1:
            out.append(make(doc, i, i + 1, Kind.PERSON, CAPITALS, Evidence("element", form.text), weak=True))
            end = i + 1
        i = max(end, i + 1)
    return out


def _stands_for_a_name(doc: Text, i: int) -> bool:
    """Whether an Arabic word for a people may be somebody's family name: no adjective to the word before it."""
    if i == 0 or doc.gap(i) is not Gap.SPACE:
        return True
    before = doc.forms[i - 1]
    return not before.key.startswith("ال") and before.titles is None and not before.common


def _is_family_name(doc: Text, i: int) -> bool:
    """Whether an unknown word with the article ends a name that a known given name begins."""
    form = doc.forms[i]
    if not form.key.startswith("ال") or form.common or form.titles is not None or not doc.forms[i - 1].element:
        return False
    after = doc.forms[i + 1] if i + 1 < len(doc.forms) else None
    return form.key.endswith("ي") or after is None or after.common or after.speech or doc.gap(i + 1) > Gap.APOSTROPHE
