"""Latin readings in, what they say of an organization without its legal form out (`PAO Gazprom`, `Gazprom PJSC`).

`data/legal_forms.csv` lists the forms. One at either end of a name becomes a token of its class, at the end, which
`parse` takes for a title: it adds nothing and contradicts nothing. The reading as written stays the first one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from namealign.normalize import fold
from namealign.tables import data_dir, read_rows

__all__ = ["form_tokens", "formless", "may_have_form"]

# What stands for a form in a reading: no name is spelled so.
_TOKEN = "legalform"
# White space in a line: a form ends where the name ends.
_SPACE = r"[^\S\n]"


@lru_cache(maxsize=1)
def _forms() -> tuple[dict[str, str], re.Pattern[str]]:
    """The class of each form (single spaces, no other marks), and the pattern that finds one at either end."""
    classes: dict[str, str] = {}
    spelled: dict[str, str] = {}
    ends: dict[str, str] = {}
    for _, (form, class_, end) in read_rows(data_dir() / "legal_forms.csv", ("form", "class", "end")):
        plain = fold(form)
        classes[_key(plain)] = _TOKEN + class_
        ends[plain] = end
        words = [re.escape(word).replace(r"\.", rf"\.{_SPACE}?") for word in plain.split()]
        # A dotted form needs its full stops but the last; another may have one behind each word.
        spelled[plain] = rf"\.?(?:{_SPACE}|[,\-])+".join(word.removesuffix(rf"\.{_SPACE}?") for word in words)
    forms = sorted(spelled, key=len, reverse=True)
    first = "|".join(spelled[form] for form in forms if ends[form] != "tail")
    last = "|".join(spelled[form] for form in forms if ends[form] != "head")
    quoted = rf"(?:{_SPACE}|[,\-\"«»“”()])"
    head, tail = rf"^{quoted}*(?P<head>{first})\.?(?={quoted}+\S)", rf"{quoted}+(?P<tail>{last})\.?{quoted}*$"
    return classes, re.compile(f"{head}|{tail}", re.MULTILINE)


def _key(form: str) -> str:
    return " ".join(re.sub(r"[.,\-]+", " ", form).split()).replace(" ", "")


def form_tokens() -> frozenset[str]:
    """The tokens that stand for classes of forms."""
    return frozenset(_forms()[0].values())


@lru_cache(maxsize=1)
def _ends() -> tuple[frozenset[str], frozenset[str]]:
    """The first and the last three letters of all forms: a glance at a text tells that it has none."""
    forms = [fold(form) for _, (form,) in read_rows(data_dir() / "legal_forms.csv", ("form",))]
    return frozenset(form[:3] for form in forms), frozenset(form.removesuffix(".")[-3:] for form in forms)


def may_have_form(text: str) -> bool:
    """Whether a text in any case may have a legal form at either end: all that have one, and few others.

    >>> [text for text in ("Gazprom", "OOO Gazprom", "Rusal PLC", "Tata (Ltd.)") if may_have_form(text)]
    ['OOO Gazprom', 'Rusal PLC', 'Tata (Ltd.)']
    """
    first, last = _ends()
    return text[-3:].lower() in last or text[:3].lower() in first or not (text[-1:] + text[:1]).isalpha()


def formless(text: str) -> str:
    """A reading with its legal form as a token at the end; empty where it has none, or nothing else.

    >>> formless("pao gazprom"), formless("gazprom pjsc"), formless("fiat s.p.a."), formless("ellen pao")
    ('gazprom legalformstock', 'gazprom legalformstock', 'fiat legalformstock', '')
    """
    if not may_have_form(text):
        return ""
    classes, pattern = _forms()
    found = pattern.search(text)
    if found is None:
        return ""
    rest = text[: found.start()] + " " + text[found.end() :]
    token = classes[_key(found["head"] or found["tail"])]
    # Some write one at both ends.
    again = pattern.search(rest.strip())
    if again is not None:
        rest = rest.strip()[: again.start()] + " " + rest.strip()[again.end() :]
    return f"{' '.join(rest.split())} {token}" if any(map(str.isalpha, rest)) else ""
