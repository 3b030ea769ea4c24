"""Judged words in, the unknown names in runs of capitalised words out."""

from __future__ import annotations

from namealign.model import Evidence, Kind
from namealign.scan.candidate import (
    CAPITALS,
    ELEMENT,
    HEAD,
    LOCATION,
    SPEECH,
    TITLE,
    Candidate,
    element,
    make,
    speech_beside,
    title_apart,
    title_at,
    title_before,
)
from namealign.scan.known import Hit, kind_of, listed
from namealign.scan.text import Text
from namealign.scan.words import Gap

__all__ = ["find"]

# Particles of one language that are English words between two names oftener than a part of one.
_FUNCTION = frozenset(
    ("and", "an", "as", "at", "by", "in", "is", "of", "on", "or", "to", "e", "i", "y", "en", "und", "et")
)
# The longest chain of particles in European names: de los, van der, de la.
_PARTICLES = 3
_LINKS = frozenset(("of", "for", "and", "the", "de", "du", "des", "la", "le", "für", "y", "del", "и", "по"))


def find(doc: Text, taken: bytearray, lone: dict[int, Hit]) -> list[Candidate]:
    """Names among the runs of capitalised words that the listed names leave."""
    out: list[Candidate] = []
    forms = doc.forms
    i = 0
    while i < len(forms):
        if not forms[i].capital or taken[i]:
            i += 1
            continue
        end = _run_end(doc, i, taken)
        turned = _turned(doc, i, end, taken)
        if turned is not None:
            out.append(turned)
            end = next(k for k in range(end, len(forms) + 1) if k == len(forms) or doc.at[k][0] >= turned.end)
            i = end
            continue
        out += _run(doc, i, end, lone)
        i = end
    return out


def _run_end(doc: Text, i: int, taken: bytearray) -> int:
    forms = doc.forms
    end = i + 1
    while end < len(forms) and not taken[end] and (doc.joined(end) or doc.ampersand(end)):
        if doc.gap(end) is Gap.APOSTROPHE and not forms[end].capital:
            break
        if (forms[end].capital and doc.joined(end)) or (doc.hyphen(end) and _second_half(doc, end)):
            end += 1
        elif after := _behind_particles(doc, end, taken):
            end = after
        elif doc.ampersand(end) and forms[end].capital and forms[end].company:
            end += 1
        else:
            break
    return end


def _behind_particles(doc: Text, i: int, taken: bytearray) -> int:
    """Where a run goes on behind small particles: Ibarra de la Torre, Ludwig van der Rohe; 0 where it does not."""
    forms = doc.forms
    end = i
    while (
        end < min(i + _PARTICLES, len(forms) - 1)
        and not forms[end].capital
        and forms[end].particle
        and not taken[end]
        and doc.joined(end + 1)
        and (forms[end].key not in _FUNCTION or doc.hyphen(end + 1))
    ):
        end += 1
    return end + 1 if end > i and forms[end].capital and not taken[end] else 0


def _turned(doc: Text, first: int, last: int, taken: bytearray) -> Candidate | None:
    """RAHMANI, Abdul Qayum: a family name in capitals, a comma, and what precedes it in speech."""
    forms = doc.forms
    if (
        not all(f.shouted and (f.particle or (len(f.key) > 2 and not f.common)) for f in forms[first:last] if f.capital)
        or last >= len(forms)
        or doc.gap(last) is not Gap.COMMA
        or not forms[last].capital
        or forms[last].shouted
        or taken[last]
        or doc.headline[first]
    ):
        return None
    end = _run_end(doc, last, taken)
    if not all(forms[i].element for i in (last, end - 1)) and not any(f.element for f in forms[first:end]):
        return None
    if any(f.common or f.organization or f.place for f in forms[last:end]):
        return None
    return make(doc, first, end, Kind.PERSON, ELEMENT, element(doc, last))


def _second_half(doc: Text, i: int) -> bool:
    """Whether a small word behind a hyphen is part of a name: Kim Jong-un, Lai Ching-te; not Iran-backed."""
    form = doc.forms[i]
    return form.cased and not form.common and (len(form.key) <= 4 or form.element) and not form.particle


def _run(doc: Text, first: int, last: int, lone: dict[int, Hit]) -> list[Candidate]:
    """The names in one run of capitalised words."""
    forms = doc.forms
    heads = [i for i in range(first, last) if forms[i].organization]
    if heads:
        found = _organization(doc, first, last, lone)
        if found is not None:
            return found
    # Titles, weekdays, peoples and the first words of sentences part a run into names.
    out: list[Candidate] = []
    i = first
    titled: Evidence | None = title_before(doc, first) or title_apart(doc, first)
    while i < last:
        size, phrase = title_at(doc, i, last)
        if size and (i + size < last or forms[i].common or i + size == last):
            if i + size == last and size == 1 and i > first and forms[i].element and not forms[i].common:
                pass
            else:
                titled = Evidence("title", phrase, "")
                i += size
                continue
        if not forms[i].capital and (i + 1 >= last or _is_plain(doc, i + 1)):
            i += 1
            continue
        acronym = i in lone and forms[i].shouted and lone[i].aliases[0].shouted
        if _is_plain(doc, i) and not acronym:
            if forms[i].key != "the":
                titled = titled if forms[i].key in ("former", "late", "new") else None
            i += 1
            continue
        end = i + 1
        while (
            not acronym
            and end < last
            and not _is_plain(doc, end)
            and not (title_at(doc, end, last)[0] and not forms[end].element)
        ):
            end += 1
        while end > i + 1 and forms[end - 1].particle and not forms[end - 1].capital:
            end -= 1
        out += _name(doc, i, end, lone, titled)
        titled = None
        i = end
    return out


def _is_plain(doc: Text, i: int) -> bool:
    """Whether a capitalised word of a run names nobody by itself."""
    form = doc.forms[i]
    if form.particle and (not form.capital or _leads(doc, i)):
        return False
    if form.initial and doc.gap(i + 1) is Gap.DOT:
        return False
    if form.common or (doc.at[i][0] and doc.text[doc.at[i][0] - 1].isdigit()):
        return True
    if form.script == "Cyrl" and doc.begins(i) and not form.element and doc.lexicon.is_plain_form(form):
        return True
    return doc.begins(i) and form.key in doc.lower and not form.element


def _leads(doc: Text, i: int) -> bool:
    """Whether a capitalised particle begins a family name: Del Pino, Al-Shamsi; not In Moscow."""
    after = doc.forms[i + 1] if i + 1 < len(doc.forms) and doc.joined(i + 1) else None
    return (
        after is not None
        and (after.capital or after.particle)
        and not after.common
        and (doc.forms[i].key not in _FUNCTION or doc.hyphen(i + 1))
    )


def _is_group(doc: Text, first: int, last: int, titled: Evidence | None) -> bool:
    """Whether a small word behind an unknown one says what it is: the Maute group."""
    forms = doc.forms
    return (
        titled is None
        and first > 0
        and last - first == 1
        and last < len(forms)
        and forms[first - 1].key == "the"
        and forms[last].organization
        and not forms[last].capital
        and not forms[first].common
        and doc.gap(last) is Gap.SPACE
    )


def _organization(doc: Text, first: int, last: int, lone: dict[int, Hit]) -> list[Candidate] | None:
    """A run with a word like Ministry in it: one organization, with what `of` and `for` add to it."""
    forms = doc.forms
    start = first
    while start < last and (forms[start].common or doc.begins(start)) and not forms[start].organization:
        if not (forms[start].common or forms[start].key in doc.lower):
            break
        start += 1
    if start == last:
        return None
    end = last
    while end + 1 < len(forms) and doc.joined(end) and doc.joined(end + 1):
        step = 1 if forms[end].key in _LINKS else 0
        if step and forms[end + 1].key in _LINKS and end + 2 < len(forms) and doc.joined(end + 2):
            step = 2
        after = end + step
        if not step or not forms[after].capital or after in lone:
            break
        if forms[after].common and not forms[start].organization and not forms[end - 1].organization:
            break
        while after < len(forms) and forms[after].capital and doc.joined(after) and after not in lone:
            after += 1
        end = after
    while end > start and forms[end - 1].common and not forms[end - 1].organization and end > last:
        end -= 1
    # One word by itself (the Ministry) names nobody; neither does a sentence's first word before a common one.
    if end - start < 2 or not any(forms[i].organization for i in range(start, end)):
        return None
    if all(forms[i].common or forms[i].organization for i in range(start, end)) and end - start < 3:
        return None
    if any(doc.headline[i] for i in range(start, end)):
        return None
    out = [make(doc, start, end, Kind.ORGANIZATION, HEAD, Evidence("head", forms[start].text, ""))]
    return ([listed(doc, lone[i]) for i in range(first, start) if i in lone]) + out


def _name(doc: Text, first: int, last: int, lone: dict[int, Hit], titled: Evidence | None) -> list[Candidate]:
    """A run free of titles and plain words: listed names of one word, or an unknown name."""
    forms = doc.forms
    if last - first == 1:
        hit = lone.get(first)
        if hit is not None:
            return [listed(doc, hit)] if not doc.headline[first] or not forms[first].common else []
    else:
        places = [i for i in range(first, last) if i in lone and kind_of(doc, lone[i]) is not Kind.PERSON]
        for i in places:
            # Chad Smith is a man, Oman Air none; a place inside a run that is no name element stands for itself.
            if titled is None and not (forms[i].element and i == first):
                before = i
                while before > first and forms[before - 1].particle and not forms[before - 1].capital:
                    before -= 1
                return (
                    (_name(doc, first, before, lone, None) if before > first else [])
                    + [listed(doc, lone[i])]
                    + (_name(doc, i + 1, last, lone, None) if i + 1 < last else [])
                )
        if titled is not None and first in places and lone[first].inflected:
            # The Prime Minister of Poland, Donald Tusk: Slavic languages put the country's genitive between.
            return [listed(doc, lone[first]), *_name(doc, first + 1, last, lone, titled)]
        if titled is None and doc.headline[first] and not all(forms[i].element for i in range(first, last)):
            # In title case, what stands beside a listed name need not be a part of it.
            return [listed(doc, lone[i]) for i in range(first, last) if i in lone]
    speech = speech_beside(doc, first, last)
    elements = [i for i in range(first, last) if forms[i].element]
    headline = bool(doc.headline[first])
    letters = max(len(forms[i].key) for i in range(first, last))
    size = sum(not forms[i].particle or i == last - 1 for i in range(first, last))
    if letters < 2 and titled is None:
        return []
    if last - first > 1 and forms[last - 1].company and not headline:
        return [make(doc, first, last, Kind.ORGANIZATION, HEAD, Evidence("head", forms[last - 1].text, ""))]
    if first and forms[first - 1].legal and doc.gap(first) is not Gap.COMMA:
        return [make(doc, first, last, Kind.ORGANIZATION, TITLE, Evidence("head", forms[first - 1].text, ""))]
    if doc.vessel(first, last):
        return []
    if _is_group(doc, first, last, titled):
        return [make(doc, first, last, Kind.ORGANIZATION, LOCATION, Evidence("head", forms[last].text, ""))]
    if titled is not None:
        return [make(doc, first, last, Kind.PERSON, TITLE, titled)]
    speaker = doc.text[doc.at[last - 1][1] : doc.at[last - 1][1] + 1] == ":" and doc.begins(first)
    if size == 1:
        placed = (
            first > 0
            and doc.gap(first) is Gap.SPACE
            and doc.lexicon.is_location(forms[first - 1])
            and (not forms[first].element or forms[first].ending)
        )
        weak = doc.begins(first) or headline or not forms[first].element or speaker
        if (
            speech is not None
            and not forms[first].shouted
            and not headline
            and (not doc.begins(first) or forms[first].element)
        ):
            return [make(doc, first, last, Kind.PERSON, SPEECH, speech)]
        if not weak and not placed and forms[first].key not in doc.lower:
            return [make(doc, first, last, Kind.PERSON, CAPITALS, element(doc, first))]
        if (
            placed
            and not headline
            and not doc.begins(first)
            and not forms[first].shouted
            and forms[first].key not in doc.lower
            and len(forms[first].key) > 3
        ):
            return [make(doc, first, last, Kind.PLACE, LOCATION, Evidence("location", forms[first - 1].text, ""))]
        return [make(doc, first, last, Kind.PERSON, CAPITALS, Evidence("capitals"), weak=True)]
    if forms[last - 1].place and not headline and not forms[last - 1].element:
        return [make(doc, first, last, Kind.PLACE, HEAD, Evidence("head", forms[last - 1].text, ""))]
    if speech is not None and (elements or not headline):
        return [make(doc, first, last, Kind.PERSON, SPEECH, speech)]
    if elements:
        weak = headline and len(elements) < size
        return [make(doc, first, last, Kind.PERSON, ELEMENT, element(doc, elements[0]), weak=weak)]
    return [make(doc, first, last, Kind.PERSON, CAPITALS, Evidence("capitals"), weak=headline)]
