"""Judged words in, the listed names among them out: the longest from the left."""

from __future__ import annotations

from typing import NamedTuple

from namealign.model import Evidence, Kind
from namealign.scan import dense
from namealign.scan.candidate import Candidate, title_at
from namealign.scan.lexicon import END, Alias
from namealign.scan.text import Text
from namealign.scan.words import Gap

__all__ = ["Hit", "goes_on", "kind_of", "known", "listed"]


# An Arabic family name of this form has more letters than its article and ending.
_NISBA = 5


class Hit(NamedTuple):
    start: int
    end: int
    cut: int
    inflected: bool
    aliases: tuple[Alias, ...]


def known(doc: Text) -> list[Hit]:
    """Longest listed names from the left, without overlap."""
    hits: list[Hit] = []
    i = 0
    count = len(doc.forms)
    while i < count:
        form = doc.forms[i]
        best: Hit | None = None
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


def _walk(doc: Text, first: int, at: int, node: object, cut: int, inflected: bool) -> Hit | None:
    """The longest listed name from a node on."""
    best: Hit | None = None
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
            return Hit(first, at, cut, inflected, aliases)
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


def goes_on(doc: Text, i: int, *, before: bool = False) -> bool:
    """Whether the word beside a listed person's name makes it another's: a further name element."""
    if not 0 <= i < len(doc.forms) or not doc.joined(i + before):
        return False
    form = doc.forms[i]
    if doc.hyphen(i + before) and form.capital and not form.common and not doc.forms[i + before - 1].common:
        return True
    nisba = form.script == "Arab" and len(form.key) > _NISBA and form.key.startswith("ال") and form.key.endswith("ي")
    if (
        not (form.element or nisba)
        or form.common
        or form.dense
        or form.titles is not None
        or form.organization
        or form.speech
    ):
        return False
    if form.cased:
        return form.capital and len(form.key) > 1 and not doc.headline[i]
    # Without capitals an element is often an ordinary word; a family name with its article is not.
    return not before and form.script == "Arab" and form.key.startswith("ال")


def listed(doc: Text, hit: Hit) -> Candidate:
    """The candidate of a listed name."""
    first, alias = _without_title(doc, hit)
    start, end = doc.at[first][0] + _letters(doc.forms[first].text, hit.cut), doc.at[hit.end - 1][1]
    if alias.text.endswith(".") and doc.text[end : end + 1] == ".":
        end += 1
    kind = Kind(doc.lexicon.entities[alias.entity].kind)
    owners = tuple(dict.fromkeys(a.entity for a in hit.aliases))
    words = tuple(f.key for f in doc.forms[first : hit.end])
    single = hit.end - first == 1
    # A listed name of several words is hardly ever anything else; a single one may be a namesake's.
    probability = 0.99 if not single or kind is not Kind.PERSON else 0.9
    reason = Evidence("inflected" if hit.inflected else "listed", doc.text[start:end], alias.text)
    return Candidate(start, end, kind, words, owners, alias.text, probability, (reason,), False, hit.inflected)


def _without_title(doc: Text, hit: Hit) -> tuple[int, Alias]:
    """Where a listed name begins, behind a title that the table lists with it, and its spelling from there."""
    size, _ = title_at(doc, hit.start, hit.end)
    if size and hit.end - hit.start > size and not hit.cut:
        for start in doc.forms[hit.start + size].roots:
            rest = _walk(doc, hit.start + size, hit.start + size + 1, start.node, start.cut, start.inflected)
            if rest is not None and rest.end == hit.end:
                for alias in rest.aliases:
                    if alias.entity == hit.aliases[0].entity:
                        return hit.start + size, alias
    return hit.start, hit.aliases[0]


def _letters(text: str, cut: int) -> int:
    """How many characters of a word are a prefix of so many letters: vowel signs and tatweel count for none.

    >>> _letters("\u0644\u0640\u0627\u0644\u062c\u0632\u064a\u0631\u0629", 1)
    2
    """
    at = 0
    while cut and at < len(text):
        at += 1
        cut -= 1
        while (at < len(text) and not text[at].isalpha()) or text[at : at + 1] == "\u0640":
            at += 1
    return at


def kind_of(doc: Text, hit: Hit) -> Kind:
    return Kind(doc.lexicon.entities[hit.aliases[0].entity].kind)
