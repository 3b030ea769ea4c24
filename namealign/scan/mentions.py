"""One text in, the names in it out (`Candidate`s): known ones by the trie, unknown ones by capitals and neighbours.

Nothing is linked here; a candidate says which entities own its spelling and why it is taken for a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from namealign.model import Evidence, Kind
from namealign.scan import dense
from namealign.scan.lexicon import END, Alias, Form, Lexicon
from namealign.scan.words import Gap, gap_kind, spans

__all__ = ["Candidate", "Text", "find"]

# How sure a reason makes us that an unknown run of capitals is a name of its kind: chosen by eye in steps of a tenth
# so that a title outweighs a verb and a verb a mere capital; tests/scan measures what they lead to.
TITLE, SPEECH, ELEMENT, HEAD, LOCATION, CAPITALS = 0.95, 0.9, 0.85, 0.9, 0.6, 0.6
# Particles of one language that are English words between two names oftener than a part of one.
_FUNCTION = frozenset(
    ("and", "an", "as", "at", "by", "in", "is", "of", "on", "or", "to", "e", "i", "y", "en", "und", "et")
)
_LINKS = frozenset(("of", "for", "and", "the", "de", "du", "des", "la", "le", "für", "y", "del", "и", "по"))


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


class Text:
    """A text cut into judged words, with the kinds of the gaps between them on request."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.at = spans(text)
        form = lexicon.form
        self.forms: list[Form] = [form(text[a:b]) for a, b in self.at]
        self.lower = {f.key for f in set(self.forms) if f.cased and not f.capital}
        self.headline = _headlines(self)
        cased = sum(f.cased for f in self.forms)
        capitals = sum(f.capital for f in self.forms)
        # Text typed without capitals (or in nothing else) says nothing by them.
        self.caseless = cased > 20 and (capitals < cased / 200 or capitals > 0.9 * cased)

    def gap(self, i: int) -> Gap:
        """What lies before word `i`."""
        if i == 0:
            return Gap.SENTENCE
        if i >= len(self.at):
            return Gap.SENTENCE
        return gap_kind(self.text[self.at[i - 1][1] : self.at[i][0]])

    def joined(self, i: int) -> bool:
        """Whether word `i` may go on the name that word `i - 1` is part of."""
        gap = self.gap(i)
        if gap is Gap.DOT:
            before = self.forms[i - 1]
            return before.initial or (before.titles is not None and len(before.key) <= 4)
        return gap is Gap.SPACE or gap is Gap.NONE or gap is Gap.APOSTROPHE

    def hyphen(self, i: int) -> bool:
        """Whether a hyphen ties word `i` to the one before."""
        return 0 < i < len(self.at) and self.text[self.at[i - 1][1] : self.at[i][0]] in ("-", "\u2010", "\u2011")

    def plural(self, i: int) -> bool:
        """Whether a possessive plural's apostrophe stands before word `i`, as in a listed name: Workers' Party."""
        return self.text[self.at[i - 1][1] : self.at[i][0]] in ("' ", "\u2019 ")

    def begins(self, i: int) -> bool:
        """Whether word `i` may have its capital from its place: a sentence's start."""
        gap = self.gap(i)
        return gap is Gap.SENTENCE or (gap is Gap.DOT and not self.joined(i))


def find(text: str, lexicon: Lexicon) -> list[Candidate]:
    """The candidates of a text, in order, without overlap."""
    doc = Text(text, lexicon)
    known = _known(doc)
    taken = bytearray(len(doc.at))
    out: list[Candidate] = []
    lone: dict[int, _Hit] = {}
    for hit in known:
        if hit.end - hit.start == 1 and doc.forms[hit.start].cased:
            lone[hit.start] = hit
            continue
        if _kind(doc, hit) is Kind.PERSON and (_goes_on(doc, hit.end) or _goes_on(doc, hit.start - 1, before=True)):
            continue
        out.append(_listed(doc, hit))
        for i in range(hit.start, hit.end):
            taken[i] = 1
    out += _runs(doc, taken, lone)
    out += _uncased(doc, taken)
    out += dense.find(doc, taken, Candidate)
    return sorted(out, key=lambda c: c.start)


def _goes_on(doc: Text, i: int, *, before: bool = False) -> bool:
    """Whether the word beside a listed person's name makes it another's: a further name element."""
    if not 0 <= i < len(doc.forms) or not doc.joined(i + before):
        return False
    form = doc.forms[i]
    if not form.element or form.common or form.dense or form.titles is not None or form.organization or form.speech:
        return False
    if form.cased:
        return form.capital and len(form.key) > 1 and not doc.headline[i]
    # Without capitals an element is often an ordinary word; a family name with its article is not.
    return not before and form.script == "Arab" and form.key.startswith("ال")


class _Hit(NamedTuple):
    start: int
    end: int
    cut: int
    inflected: bool
    aliases: tuple[Alias, ...]


def _known(doc: Text) -> list[_Hit]:
    """Longest listed names from the left, without overlap."""
    hits: list[_Hit] = []
    i = 0
    count = len(doc.forms)
    while i < count:
        form = doc.forms[i]
        best: _Hit | None = None
        if form.roots and not (form.dense and dense.inside(doc, i)):
            for start in form.roots:
                hit = _walk(doc, i, i + 1, start.node, start.cut, start.inflected)
                if hit is not None and (best is None or (hit.end, not hit.inflected) > (best.end, not best.inflected)):
                    best = hit
        if best is None:
            i += 1
        else:
            hits.append(best)
            i = best.end
    return hits


def _walk(doc: Text, first: int, at: int, node: object, cut: int, inflected: bool) -> _Hit | None:
    """The longest listed name from a node on."""
    best: _Hit | None = None
    assert isinstance(node, dict)
    if at < len(doc.forms) and (doc.joined(at) or doc.plural(at)):
        for key, prefix, changed in doc.forms[at].keys:
            if prefix == 0 and (child := node.get(key)) is not None:
                hit = _walk(doc, first, at + 1, child, cut, inflected or changed)
                if hit is not None and (best is None or hit.end > best.end):
                    best = hit
    elif at < len(doc.forms) and doc.gap(at) is Gap.DOT and (child := node.get(doc.forms[at].key)) is not None:
        # U.S. and the like: letters with full stops inside a listed name.
        best = _walk(doc, first, at + 1, child, cut, inflected)
    if best is None and END in node:
        aliases = tuple(alias for alias in node[END] if _written(doc, first, at, alias, inflected))
        if aliases:
            return _Hit(first, at, cut, inflected, aliases)
    return best


def _written(doc: Text, first: int, last: int, alias: Alias, inflected: bool) -> bool:
    """Whether the words are written as a name: capitals where the listed spelling has them."""
    forms = doc.forms[first:last]
    if forms[0].dense:
        return dense.stands_alone(doc, first, last, alias.text)
    if not forms[0].cased:
        # A single short or common word of a script without capitals is too easily another word.
        return len(forms) > 1 or (not forms[0].common and len(forms[0].key) >= (4 if inflected else 3))
    capitals = sum(f.capital for f in forms)
    if alias.shouted and len(alias.text) <= 5:
        return all(f.shouted for f in forms)
    if doc.caseless and len(forms) > 1:
        return True
    if len(forms) == 1 and forms[0].common and doc.begins(first) and not forms[0].shouted:
        return False
    return capitals >= alias.capitals


def _listed(doc: Text, hit: _Hit) -> Candidate:
    """The candidate of a listed name."""
    start, end = doc.at[hit.start][0] + hit.cut, doc.at[hit.end - 1][1]
    alias = hit.aliases[0]
    kind = Kind(doc.lexicon.entities[alias.entity].kind)
    owners = tuple(dict.fromkeys(a.entity for a in hit.aliases))
    words = tuple(f.key for f in doc.forms[hit.start : hit.end])
    single = hit.end - hit.start == 1
    # A listed name of several words is hardly ever anything else; a single one may be a namesake's.
    probability = 0.99 if not single or kind is not Kind.PERSON else 0.9
    reason = Evidence("inflected" if hit.inflected else "listed", doc.text[start:end], alias.text)
    return Candidate(start, end, kind, words, owners, alias.text, probability, (reason,), False, hit.inflected)


def _runs(doc: Text, taken: bytearray, lone: dict[int, _Hit]) -> list[Candidate]:
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
    while end < len(forms) and not taken[end] and doc.joined(end):
        if doc.gap(end) is Gap.APOSTROPHE and not forms[end].capital:
            break
        if forms[end].capital or (doc.hyphen(end) and _second_half(doc, end)):
            end += 1
        elif (
            forms[end].particle
            and end + 1 < len(forms)
            and forms[end + 1].capital
            and doc.joined(end + 1)
            and not taken[end + 1]
            and (forms[end].key not in _FUNCTION or doc.hyphen(end + 1))
        ):
            end += 2
        else:
            break
    return end


def _turned(doc: Text, first: int, last: int, taken: bytearray) -> Candidate | None:
    """RAHMANI, Abdul Qayum: a family name in capitals, a comma, and what precedes it in speech."""
    forms = doc.forms
    if (
        not all(f.shouted and len(f.key) > 2 and not f.common for f in forms[first:last] if f.capital)
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
    return _candidate(doc, first, end, Kind.PERSON, ELEMENT, _element(doc, last))


def _second_half(doc: Text, i: int) -> bool:
    """Whether a small word behind a hyphen is part of a name: Kim Jong-un, Lai Ching-te; not Iran-backed."""
    form = doc.forms[i]
    return form.cased and not form.common and (len(form.key) <= 4 or form.element) and not form.particle


def _run(doc: Text, first: int, last: int, lone: dict[int, _Hit]) -> list[Candidate]:
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
    titled: Evidence | None = _title_before(doc, first)
    while i < last:
        size, phrase = _title(doc, i, last)
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
            and not (_title(doc, end, last)[0] and not forms[end].element)
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
    if form.particle and not form.capital:
        return False
    if form.initial and doc.gap(i + 1) is Gap.DOT:
        return False
    if form.common:
        return True
    return doc.begins(i) and form.key in doc.lower and not form.element


def _title(doc: Text, at: int, last: int) -> tuple[int, str]:
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


def _title_before(doc: Text, at: int) -> Evidence | None:
    """The title whose last word stands right before a word, in small letters or none."""
    for size in (4, 3, 2, 1):
        start = at - size
        if start < 0 or any(not doc.joined(i) for i in range(start + 1, at + 1)):
            continue
        found, phrase = _title(doc, start, at)
        if found == size:
            return Evidence("title", phrase, "")
    return None


def _organization(doc: Text, first: int, last: int, lone: dict[int, _Hit]) -> list[Candidate] | None:
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
    out = [_candidate(doc, start, end, Kind.ORGANIZATION, HEAD, Evidence("head", forms[start].text, ""))]
    return ([_listed(doc, lone[i]) for i in range(first, start) if i in lone]) + out


def _name(doc: Text, first: int, last: int, lone: dict[int, _Hit], titled: Evidence | None) -> list[Candidate]:
    """A run free of titles and plain words: listed names of one word, or an unknown name."""
    forms = doc.forms
    if last - first == 1:
        hit = lone.get(first)
        if hit is not None:
            return [_listed(doc, hit)] if not doc.headline[first] or not forms[first].common else []
    else:
        places = [i for i in range(first, last) if i in lone and _kind(doc, lone[i]) is not Kind.PERSON]
        for i in places:
            # Chad Smith is a man, Oman Air none; a place inside a run that is no name element stands for itself.
            if not (forms[i].element and titled is None and i == first) and titled is None:
                return (
                    (_name(doc, first, i, lone, None) if i > first else [])
                    + [_listed(doc, lone[i])]
                    + (_name(doc, i + 1, last, lone, None) if i + 1 < last else [])
                )
        if doc.headline[first] and not all(forms[i].element for i in range(first, last)):
            # In title case, what stands beside a listed name need not be a part of it.
            return [_listed(doc, lone[i]) for i in range(first, last) if i in lone]
    speech = _speech(doc, first, last)
    elements = [i for i in range(first, last) if forms[i].element]
    headline = bool(doc.headline[first])
    letters = max(len(forms[i].key) for i in range(first, last))
    size = sum(not (forms[i].particle and not forms[i].capital) for i in range(first, last))
    if letters < 2 and titled is None:
        return []
    if titled is not None:
        return [_candidate(doc, first, last, Kind.PERSON, TITLE, titled)]
    speaker = doc.text[doc.at[last - 1][1] : doc.at[last - 1][1] + 1] == ":" and doc.begins(first)
    if size == 1:
        weak = doc.begins(first) or headline or not forms[first].element or speaker
        if (
            speech is not None
            and not forms[first].shouted
            and not headline
            and (not doc.begins(first) or forms[first].element)
        ):
            return [_candidate(doc, first, last, Kind.PERSON, SPEECH, speech)]
        if not weak and forms[first].key not in doc.lower:
            return [_candidate(doc, first, last, Kind.PERSON, CAPITALS, _element(doc, first))]
        if (
            first > 0
            and not headline
            and not doc.begins(first)
            and not forms[first].shouted
            and doc.gap(first) is Gap.SPACE
            and doc.lexicon.is_location(forms[first - 1])
            and forms[first].key not in doc.lower
            and len(forms[first].key) > 3
        ):
            return [_candidate(doc, first, last, Kind.PLACE, LOCATION, Evidence("location", forms[first - 1].text, ""))]
        return [_candidate(doc, first, last, Kind.PERSON, CAPITALS, Evidence("capitals"), weak=True)]
    if forms[last - 1].place and not headline and not forms[last - 1].element:
        return [_candidate(doc, first, last, Kind.PLACE, HEAD, Evidence("head", forms[last - 1].text, ""))]
    if speech is not None and (elements or not headline):
        return [_candidate(doc, first, last, Kind.PERSON, SPEECH, speech)]
    if elements:
        weak = headline and len(elements) < size
        return [_candidate(doc, first, last, Kind.PERSON, ELEMENT, _element(doc, elements[0]), weak=weak)]
    return [_candidate(doc, first, last, Kind.PERSON, CAPITALS, Evidence("capitals"), weak=headline)]


def _kind(doc: Text, hit: _Hit) -> Kind:
    return Kind(doc.lexicon.entities[hit.aliases[0].entity].kind)


def _element(doc: Text, i: int) -> Evidence:
    return Evidence("element", doc.forms[i].text, "")


def _speech(doc: Text, first: int, last: int) -> Evidence | None:
    """A verb of speech beside a run: `said X`, `X said`."""
    forms = doc.forms
    if last < len(forms) and forms[last].speech and doc.gap(last) is Gap.SPACE:
        return Evidence("speech", forms[last].text, "")
    if first and forms[first - 1].speech and doc.gap(first) is Gap.SPACE:
        return Evidence("speech", forms[first - 1].text, "")
    return None


def _candidate(
    doc: Text, first: int, last: int, kind: Kind, probability: float, reason: Evidence, *, weak: bool = False
) -> Candidate:
    words = tuple(f.key for f in doc.forms[first:last])
    return Candidate(doc.at[first][0], doc.at[last - 1][1], kind, words, (), "", probability, (reason,), weak)


def _uncased(doc: Text, taken: bytearray) -> list[Candidate]:
    """Unknown names in scripts with spaces and without capitals: after a title, or of several name elements."""
    out: list[Candidate] = []
    forms = doc.forms
    i = 0
    while i < len(forms):
        form = forms[i]
        if form.cased or form.dense or taken[i] or form.common:
            i += 1
            continue
        size, _ = _title(doc, i, len(forms))
        if size:
            i += size
            continue
        titled = _title_before(doc, i) or _title_before_adjective(doc, i)
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
        ):
            end += 1
        elements = [k for k in range(i, end) if forms[k].element and not forms[k].particle]
        if titled is not None and elements and end - i >= 2:
            out.append(_candidate(doc, i, end, Kind.PERSON, TITLE, titled))
        elif len(elements) >= 2:
            out.append(_candidate(doc, i, end, Kind.PERSON, ELEMENT, _element(doc, elements[0])))
        elif end <= i + 1:
            out.append(_candidate(doc, i, i + 1, Kind.PERSON, CAPITALS, Evidence("element", form.text), weak=True))
            end = i + 1
        i = max(end, i + 1)
    return out


def _title_before_adjective(doc: Text, at: int) -> Evidence | None:
    """Arabic puts the people between the title and the name: the Foreign Minister, the Russian, Sergei Lavrov."""
    if at >= 2 and doc.forms[at - 1].common and doc.joined(at):
        return _title_before(doc, at - 1)
    return None


_LINE = re.compile(r"[^\r\n]+")


def _headlines(doc: Text) -> bytearray:
    """Marks the words of lines written in title case or capitals: there, a capital says nothing."""
    out = bytearray(len(doc.at) + 1)
    k = 0
    for line in _LINE.finditer(doc.text):
        words = []
        while k < len(doc.at) and doc.at[k][0] < line.end():
            words.append(k)
            k += 1
        long = [i for i in words if doc.forms[i].cased and len(doc.forms[i].key) > 3]
        if len(long) < 3 or line[0].rstrip().endswith((".", "!", "?", '."', ".”", ",")) or len(line[0]) > 200:
            continue
        if sum(doc.forms[i].capital for i in long) >= 0.75 * len(long):
            for i in words:
                out[i] = 1
    return out
