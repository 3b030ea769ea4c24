"""A text in, the scripts of its letters out: ISO 15924 codes by Unicode block, and the runs a mixed text falls into.

Blocks, not the Script property, because the standard library does not carry the property; the blocks here hold the
scripts that have a romanization table or module, and everything else is `Zzzz` (Unidecode's business).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

__all__ = ["SCRIPT", "UNSPACED", "runs", "script_of", "sole_script"]

# Scripts that write no spaces, or none before a foreign letter: Latin letters beside theirs are a word of their own.
UNSPACED = frozenset(("Hani", "Hang", "Jpan", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"))

# (first code point, last code point, ISO 15924), sorted. "" marks what belongs to no script of its own.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x005A, "Latn"),
    (0x0061, 0x007A, "Latn"),
    (0x00AA, 0x00AA, "Latn"),
    (0x00BA, 0x00BA, "Latn"),
    (0x00C0, 0x024F, "Latn"),
    (0x0250, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"),
    (0x0700, 0x074F, "Syrc"),
    (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x0860, 0x086F, "Syrc"),
    (0x0870, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"),
    (0x1C80, 0x1C8F, "Cyrl"),
    (0x1C90, 0x1CBF, "Geor"),
    (0x1D00, 0x1DBF, "Latn"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2C60, 0x2C7F, "Latn"),
    (0x2D00, 0x2D2F, "Geor"),
    (0x2D80, 0x2DDF, "Ethi"),
    (0x2DE0, 0x2DFF, "Cyrl"),
    (0x2E80, 0x2FDF, "Hani"),
    (0x3005, 0x3007, "Hani"),
    (0x3021, 0x3029, "Hani"),
    (0x3040, 0x309F, "Hira"),
    (0x30A0, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hang"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA640, 0xA69F, "Cyrl"),
    (0xA720, 0xA7FF, "Latn"),
    (0xA8E0, 0xA8FF, "Deva"),
    (0xA960, 0xA97F, "Hang"),
    (0xA9E0, 0xA9FF, "Mymr"),
    (0xAA60, 0xAA7F, "Mymr"),
    (0xAB00, 0xAB2F, "Ethi"),
    (0xAB30, 0xAB6F, "Latn"),
    (0xAC00, 0xD7FF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB00, 0xFB06, "Latn"),
    (0xFB13, 0xFB17, "Armn"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
    (0xFF21, 0xFF3A, "Latn"),
    (0xFF41, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x323AF, "Hani"),
)
_STARTS = [block[0] for block in _BLOCKS]


class _ScriptOf(dict[str, str]):
    """Character to script code, filled as characters are met: bounded by the number of code points."""

    def __missing__(self, char: str) -> str:
        code = ord(char)
        at = bisect_right(_STARTS, code) - 1
        block = _BLOCKS[at] if at >= 0 and code <= _BLOCKS[at][1] else None
        category = unicodedata.category(char)
        if category[0] == "L" or (category[0] == "M" and block is not None) or code in (0x05F3, 0x05F4, 0x30FC, 0x3007):
            script = block[2] if block is not None else ("Zzzz" if category[0] == "L" else "")
        else:
            script = ""
        self[char] = script
        return script


SCRIPT: dict[str, str] = _ScriptOf()


class _Alone(dict[str, re.Pattern[str]]):
    """Script to the pattern of a text that holds its blocks' characters, and ASCII that is no letter, only."""

    def __missing__(self, script: str) -> re.Pattern[str]:
        blocks = "".join([f"\\U{first:08x}-\\U{last:08x}" for first, last, of in _BLOCKS if of == script])
        self[script] = pattern = re.compile(rf"[\x00-\x40\x5b-\x60\x7b-\x7f{blocks}]+")
        return pattern


_ALONE = _Alone()


def sole_script(text: str) -> str:
    """The script of a text that begins with a letter and holds no letter of another script; "" where that is not sure.

    >>> sole_script("محمد علي"), sole_script("Муаммар Kaddafi")
    ('Arab', '')
    """
    script = SCRIPT[text[0]] if text else ""
    return script if script and _ALONE[script].fullmatch(text) is not None else ""


def script_of(text: str) -> str:
    """The ISO 15924 code of the script most letters of the text are in; `Latn` where there is no letter.

    >>> script_of("Муаммар Kaddafi"), script_of("محمد"), script_of("42")
    ('Cyrl', 'Arab', 'Latn')
    """
    if text.isascii():
        return "Latn"
    alone = sole_script(text)
    if alone:
        return alone
    counts: dict[str, int] = {}
    for char in text:
        script = SCRIPT[char]
        if script:
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=lambda script: counts[script]) if counts else "Latn"


def runs(text: str, *, together: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """The text cut where the script changes: `(script, run)`, the runs joined giving the text back.

    Spaces, digits and punctuation stay with the run before them (with the first run at the start). `together` maps
    scripts that are written mixed to one name, so that Han and kana stay in one run.

    >>> runs("Лео Messi, Лео")
    [('Cyrl', 'Лео '), ('Latn', 'Messi, '), ('Cyrl', 'Лео')]
    """
    found: list[tuple[str, str]] = []
    start, current = 0, ""
    for at, char in enumerate(text):
        script = SCRIPT[char]
        if together:
            script = together.get(script, script)
        if not script or script == current:
            continue
        if current:
            found.append((current, text[start:at]))
            start = at
        current = script
    found.append((current or "Latn", text[start:]))
    return found
