"""A text and a lexicon in, its judged words out (`Text`): the gaps between them, the lines that are headlines."""

from __future__ import annotations

import re

from namealign.scan.lexicon import Form, Lexicon
from namealign.scan.words import Gap, gap_kind, spans

__all__ = ["Text"]

_LINE = re.compile(r"[^\r\n]+")


class Text:
    """A text cut into judged words, with the kinds of the gaps between them on request."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.at = spans(text)
        form = lexicon.form
        self.forms: list[Form] = [form(text[a:b]) for a, b in self.at]
        before = [0, *(b for _, b in self.at)]
        self.gaps = [gap_kind(text[a:b]) for a, (b, _) in zip(before, self.at, strict=False)]
        self.gaps[:1] = [Gap.SENTENCE]
        self.lower = {f.key for f in set(self.forms) if f.cased and not f.capital}
        self.headline = _headlines(self)
        cased = sum(f.cased for f in self.forms)
        capitals = sum(f.capital for f in self.forms)
        # Text typed without capitals (or in nothing else) says nothing by them.
        self.caseless = cased > 20 and (capitals < cased / 200 or capitals > 0.9 * cased)

    def gap(self, i: int) -> Gap:
        """What lies before word `i`."""
        return self.gaps[i] if i < len(self.gaps) else Gap.SENTENCE

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

    def ampersand(self, i: int) -> bool:
        """Whether an ampersand ties word `i` to the one before."""
        return 0 < i < len(self.at) and self.text[self.at[i - 1][1] : self.at[i][0]].strip() == "&"

    def vessel(self, first: int, last: int) -> bool:
        """Whether a run of words is the name of a ship: `the tanker X`, `X, crude oil tanker`."""
        forms = self.forms
        before = range(max(0, first - 2), first)
        if any(forms[i].vessel for i in before) and all(self.joined(i + 1) or not forms[i].vessel for i in before):
            return True
        if last >= len(forms) or self.gap(last) not in (Gap.COMMA, Gap.BREAK):
            return False
        return any(forms[i].vessel for i in range(last, min(last + 3, len(forms))))

    def plural(self, i: int) -> bool:
        """Whether a possessive plural's apostrophe stands before word `i`, as in a listed name: Workers' Party."""
        return self.text[self.at[i - 1][1] : self.at[i][0]] in ("' ", "\u2019 ")

    def begins(self, i: int) -> bool:
        """Whether word `i` may have its capital from its place: a sentence's start."""
        gap = self.gap(i)
        return gap is Gap.SENTENCE or (gap is Gap.DOT and not self.joined(i))


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
