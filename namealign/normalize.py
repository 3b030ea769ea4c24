"""Text in, plain form out: NFKC, mended mojibake and look-alike letters, one apostrophe, lower case, single spaces.

Every mend is one named function; `normalize(text, steps=True)` also returns the steps, in order, and replaying the
named steps gives the same plain form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from namealign.model import Step
from namealign.tables import data_dir, read_rows

__all__ = ["fold", "mend_raw", "needs_raw", "normalize"]

# Zero-width and direction marks carry no letters; ZWNJ parts a Persian word inside, which no reading needs.
_MARKS = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad\u0640\u061c"
)
_FORMAT = dict.fromkeys(map(ord, _MARKS))
# Accents typed for an apostrophe: NFKC would make each a space and a loose mark, which parts the word.
_ACCENTS = dict.fromkeys(map(ord, "\u00b4\u0384\u1fbd\u1fbf\u1ffe\u1fef\u1ffd"), "'")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\u30a0\ufe58\ufe63\uff0d"), "-")
# One letter each where keyboards differ: Arabic yeh and kaf as Persian writes them are told apart by the tables, not
# here; presentation forms fall to NFKC.
_CP1251_AS_LATIN = re.compile(r"[\u00c0-\u00ff]{3,}")
_UTF8_AS_LATIN = re.compile(
    r"[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018-\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]|[\u0420\u0421][\u0080-\u00ff\u0402-\u040f\u0452-\u045f\u2013-\u203a\u20ac\u2116\u2122]"
)
# Entities end with a semicolon; percents stand for bytes that are no ASCII, or for a space, an apostrophe or a comma.
_FILIATION = re.compile(r"(?<=\S) b\.? (?=\S)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_PERCENTS = re.compile(r"(?:%[89a-fA-F][0-9a-fA-F])+|%2[07cC]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_GREEK = re.compile(r"[\u0370-\u03ff]")
# With the letters that keyboards give Ossetes, Chuvashes and Kazakhs for Cyrillic ones.
_LATIN = re.compile(r"[A-Za-z\u00e6\u00eb\u00ef\u0115\u0138\u0259]")
_LOOSE_DOTS = re.compile("i\u0307+")
# A text that no mend but lower case and single spaces can touch, provided NFKC leaves it as it is: native letters
# alone (no Latin ones to mix with, no loose marks, none of the signs above), or Latin ones with no two marked letters
# together, which may be mojibake.
_SIGNS = re.escape(_MARKS + "".join(map(chr, _ACCENTS | _DASHES)))
_QUIET = re.compile(
    rf"(?:[^A-Za-z\x80-\xff\u0115\u0130\u0138\u0259\u0420\u0421\u0300-\u036f{_SIGNS}]++|[\u0420\u0421](?![\u0402-\u040f\u0452-\u045f\u2013-\u203a\u20ac\u2116\u2122]))*+"
    r"|(?:[\x00-\x7f\u0100-\u012f\u0131-\u024f\u1e00-\u1eff]++|[\xc0-\xff](?=[\x00-\x7f]|\Z))*+"
)


def mend_compatibility(text: str) -> str:
    """NFKC: presentation forms, full-width letters, ligatures."""
    return unicodedata.normalize("NFKC", text.translate(_ACCENTS))


def mend_mojibake(text: str) -> str:
    """UTF-8 read as Latin-1, cp1252 or cp1251, and cp1251 read as Latin-1, are read again.

    >>> mend_mojibake("JÃ¼rgen MÃ¼ller"), mend_mojibake("Âëàäèìèð Ïóòèí")
    ('Jürgen Müller', 'Владимир Путин')
    >>> mend_mojibake("Jürgen MÃ¼ller")
    'Jürgen Müller'
    """
    if _UTF8_AS_LATIN.search(text):
        again = _read_again(text)
        if again is None:  # one garbled word among sound ones
            again = " ".join(_read_again(word) or word for word in text.split(" "))
        if again != text:
            return again
    runs = _CP1251_AS_LATIN.findall(text)
    letters = sum(c.isalpha() for c in text)
    # A western name has a marked letter among plain ones; a Cyrillic one read as Latin-1 has nothing else.
    if runs and sum(map(len, runs)) >= 0.8 * letters and letters >= 4:
        try:
            again = text.encode("cp1252").decode("cp1251")
        except UnicodeError:
            return text
        if sum("\u0410" <= c <= "\u044f" for c in again) >= 0.8 * letters:
            return again
    return text


def _read_again(text: str) -> str | None:
    """The text as UTF-8, had it been read by one of three codecs; None where it cannot have been."""
    for encode in (_as_browsers_do, lambda text: text.encode("cp1251")):
        try:
            return encode(text).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _as_browsers_do(text: str) -> bytes:
    """The bytes of a text read as Latin-1, or as cp1252, whose five free places browsers read as control characters."""
    return b"".join([char.encode("latin-1" if char < "\u0100" else "cp1252") for char in text])


def mend_escapes(text: str) -> str:
    """Letters that a web page wrote as entities or in percents are read, where all of them are letters.

    A `%` or `&` that stands for itself stays.

    >>> mend_escapes("Rodr&iacute;guez"), mend_escapes("&#1055;&#x443;"), mend_escapes("M%C3%BCller")
    ('Rodríguez', 'Пу', 'Müller')
    >>> mend_escapes("AT&T; 100% Pure"), mend_escapes("M&amp;S")
    ('AT&T; 100% Pure', 'M&S')
    """
    before = ""
    # What was escaped twice is read twice; each time it gets shorter.
    while text != before:
        before = text
        if "&" in text:
            text = _ENTITY.sub(_entity, text)
        if "%" in text:
            text = _percents(text)
    return text


def mend_abbreviations(text: str) -> str:
    """A lower-case b. between two names is written out, where the text has capitals: it is bin, and a B. an initial.

    >>> mend_abbreviations("Hasan b. Ali"), mend_abbreviations("John B. Smith")
    ('Hasan bin Ali', 'John B. Smith')
    """
    if (" b. " in text or " b " in text) and text != text.lower():
        return _FILIATION.sub(" bin ", text)
    return text


def needs_raw(text: str) -> bool:
    """Whether `mend_raw` may change a text, or any of several in one."""
    return "&" in text or "%" in text or " b. " in text or " b " in text


def mend_raw(text: str) -> str:
    """The mends that need a text as it was written, in its own case."""
    return mend_abbreviations(mend_escapes(text))


def _percents(text: str) -> str:
    """The text with its percent escapes read; the text itself where they are no whole letters."""
    try:
        again = _PERCENTS.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8"), text)
    except UnicodeDecodeError:
        return text
    return again if again.isprintable() else text


def _entity(found: re.Match[str]) -> str:
    """What an entity stands for; itself where that is no printable character, or where no entity is called so."""
    import html

    read = html.unescape(found[0])
    return " " if read == "\u00a0" else read if read.isprintable() and len(read) == 1 else found[0]


def mend_format(text: str) -> str:
    """Zero-width characters, direction marks, soft hyphens and the Arabic tatweel go; every dash is a hyphen."""
    return text.translate(_FORMAT | _DASHES)


def mend_lookalikes(text: str) -> str:
    """A word that mixes scripts takes the script of most of its letters, where a look-alike exists.

    >>> mend_lookalikes("vladimir \u0440utin")
    'vladimir putin'
    """
    if not _CYRILLIC.search(text) and not _GREEK.search(text):
        return text
    if not _LATIN.search(text):
        return text
    return " ".join(_mend_word(word) for word in text.split(" "))


def _mend_word(word: str) -> str:
    latin, cyrillic, greek = (len(p.findall(word)) for p in (_LATIN, _CYRILLIC, _GREEK))
    if not latin or not (cyrillic or greek):
        return word
    to_latin, to_cyrillic = _lookalikes()
    if latin >= cyrillic + greek:
        return word.translate(to_latin)
    return word.translate(to_cyrillic) if cyrillic > greek else word


@lru_cache(maxsize=1)
def _lookalikes() -> tuple[dict[int, str], dict[int, str]]:
    to_latin: dict[int, str] = {}
    to_cyrillic: dict[int, str] = {}
    for _, (latin, cyrillic, greek) in read_rows(data_dir() / "lookalikes.csv", ("latin", "cyrillic", "greek")):
        for other in (cyrillic, greek):
            if other:
                to_latin[ord(other)] = latin
        if cyrillic:
            to_cyrillic[ord(latin)] = cyrillic
    return to_latin, to_cyrillic


def mend_case(text: str) -> str:
    """Lower case; the Turkish dotted capital becomes a plain i, not an i with a loose dot.

    >>> mend_case("İlham Əliyev")
    'ilham əliyev'
    """
    return _LOOSE_DOTS.sub("i", text.replace("İ", "i").lower())


def mend_composition(text: str) -> str:
    """NFC: a mark that met another letter by an earlier mend is composed with it.

    >>> mend_composition("io\u0301")
    'ió'
    """
    return unicodedata.normalize("NFC", text)


def mend_spaces(text: str) -> str:
    """Runs of white space are one space; none at the ends."""
    return " ".join(text.split())


_MENDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("escapes", mend_escapes),
    ("abbreviation", mend_abbreviations),
    ("mojibake", mend_mojibake),
    ("compatibility", mend_compatibility),
    ("format", mend_format),
    ("case", mend_case),
    ("spaces", mend_spaces),
    ("look-alike", mend_lookalikes),
    ("composition", mend_composition),
)


def normalize(text: str, *, steps: bool = False) -> tuple[str, tuple[Step, ...]]:
    """Return the plain form of a text and, if asked, the steps that made it.

    >>> normalize("  İlham  ƏLİYEV ")[0]
    'ilham əliyev'
    >>> [step.rule for step in normalize("Vladimir \u0420UTIN", steps=True)[1]]
    ['case', 'look-alike']
    """
    if not steps:
        text = mend_raw(text) if needs_raw(text) else text
    if text.isascii() and not steps:
        return " ".join(text.lower().split()), ()
    if not steps and _QUIET.fullmatch(text) is not None and unicodedata.is_normalized("NFKC", text):
        return " ".join(text.lower().split()), ()
    taken: list[Step] = []
    for rule, mend in _MENDS:
        after = mend(text)
        if steps and after != text:
            taken.append(Step(rule, text, after))
        text = after
    return text, tuple(taken)


@lru_cache(maxsize=1)
def _letters() -> dict[int, str]:
    table: dict[int, str] = {}
    for _, (letter, plain) in read_rows(data_dir() / "letters.csv", ("letter", "plain")):
        table[ord(letter)] = plain
    return table


def fold(latin: str) -> str:
    """Plain Latin form in; out the same with marks removed, save the marked letters that are sounds of their own.

    Symmetric for composed and decomposed input; the result is the alphabet of the learned edits.

    >>> fold("milošević"), fold("võ nguyên giáp"), fold("tschaikowski")
    ('miloševič', 'vo nguyen giap', 'tschaikowski')
    """
    if latin.isascii():
        return latin.replace("`", "'")
    kept = unicodedata.normalize("NFC", latin).translate(_letters())
    if kept.isascii():
        return kept
    sounds = _sounds()
    out: list[str] = []
    for c in kept:
        if c.isascii() or c in sounds:
            out.append(c)
        else:
            out.extend(
                _letters().get(ord(d), d) for d in unicodedata.normalize("NFD", c) if not unicodedata.combining(d)
            )
    return "".join(out)


@lru_cache(maxsize=1)
def _sounds() -> frozenset[str]:
    return frozenset(c for plain in _letters().values() for c in plain if not c.isascii())
