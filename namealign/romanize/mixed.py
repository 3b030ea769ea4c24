"""A plain form in several scripts, and how to read a run of one of them, in; its readings out, best guess first.

A name may hold Latin initials (ジョン・F・ケネディ, 조지 W. 부시). What is not Latin is read as one text where it can
be, so that a name's parts tell one another's language; else run by run. What parts two runs (a middle dot, a full stop)
parts their readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from unicodedata import category

from namealign.model import Reading
from namealign.romanize.scripts import SCRIPT, UNSPACED, runs

__all__ = ["mixed_readings"]

# Reads one run of a script, with a language hint or None and whether its steps are asked for.
RunReader = Callable[[str, str, str | None, bool], list[Reading]]
# Japanese writes Han and kana in one word, so they stay one run.
_TOGETHER = {"Hira": "Jpan", "Kana": "Jpan"}
# Marks that are part of a word at its end: an apostrophe (ג').
_OF_WORDS = frozenset("'\N{MODIFIER LETTER APOSTROPHE}")
_SPACES = re.compile("  +")
# The comma between family and given name, which the parser knows.
_KEPT = frozenset("\N{ARABIC COMMA}")


def mixed_readings(text: str, scripts: set[str], language: str | None, steps: bool, read: RunReader) -> list[Reading]:
    """The first readings of all runs, then the second ones, and so on; a text may stand there twice."""
    if scripts >= {"Hani", "Hang"}:
        text = _korean(text)
    together = {**_TOGETHER, "Hani": "Jpan"} if scripts & _TOGETHER.keys() else None
    pieces = [(script, *_trimmed(run)) for script, run in runs(text, together=together)]
    gaps = [_gap(pieces[0][1])]
    for at, (script, _, _, tail) in enumerate(pieces):
        after = pieces[at + 1][0] if at + 1 < len(pieces) else script
        parted = "Latn" in (script, after) and not UNSPACED.isdisjoint((script, after))
        gaps.append(_gap(tail) or (" " if parted and script != after else ""))
    cores = [(script, _gap(core) if script == "Latn" else core) for script, _, core, _ in pieces]
    whole = _as_one(cores, gaps, language, steps, read)
    return whole if whole is not None else _run_by_run(cores, gaps, language, steps, read)


def _as_one(
    cores: Sequence[tuple[str, str]], gaps: Sequence[str], language: str | None, steps: bool, read: RunReader
) -> list[Reading] | None:
    """Runs of one script, parted by Latin initials, read as one text with the initials put back into each reading.

    None where the readings do not have the words of the text, so that nobody knows where the initials stood.
    """
    native = [(script, core) for script, core in cores if script != "Latn"]
    if len(native) < 2 or len({script for script, _ in native}) > 1 or not all(gaps[1:-1]):
        return None
    if any(len(word) > 1 for script, core in cores if script == "Latn" for word in _words(core)):
        return None
    sizes = [len(_words(core)) for _, core in native]
    found: list[Reading] = []
    for reading in _read(read, native[0][0], " ".join([core for _, core in native]), language, steps):
        words = reading.text.split(" ")
        if len(words) != sum(sizes):
            continue
        at, part, out = 0, 0, gaps[0]
        for (script, core), gap in zip(cores, gaps[1:], strict=True):
            if script != "Latn":
                core = " ".join(words[at : at + sizes[part]])
                at, part = at + sizes[part], part + 1
            out += core + gap
        found.append(_with_text(reading, out))
    return found or None


def _run_by_run(
    cores: Sequence[tuple[str, str]], gaps: Sequence[str], language: str | None, steps: bool, read: RunReader
) -> list[Reading]:
    parts = [
        [Reading(core)] if script == "Latn" or not core else _read(read, script, core, language, steps)
        for script, core in cores
    ]
    joined: list[Reading] = []
    for at in range(max(map(len, parts))):
        row = [part[min(at, len(part) - 1)] for part in parts]
        named = next((reading for reading in row if reading.language or reading.standard), row[0])
        out = gaps[0]
        for reading, gap in zip(row, gaps[1:], strict=True):
            out += reading.text + gap
        joined.append(
            Reading(
                out,
                named.language,
                named.standard,
                all(reading.vowels for reading in row),
                tuple(step for reading in row for step in reading.steps),
            )
        )
    return joined


def _read(read: RunReader, script: str, text: str, language: str | None, steps: bool) -> list[Reading]:
    return read("Kana" if script == "Jpan" else script, text, language, steps)


def _with_text(reading: Reading, text: str) -> Reading:
    """The reading with another text."""
    return Reading(text, reading.language, reading.standard, reading.vowels, reading.steps)


def _korean(text: str) -> str:
    """Hangul with the surname in Han characters (金한길): the whole in Hangul, where the surname is known."""
    from namealign.romanize.han import korean_surname  # its tables are read for such a text only

    for size in (2, 1):
        surname = korean_surname(text[:size])
        if surname and all("\uac00" <= char <= "\ud7a3" or char == " " for char in text[size:]):
            return surname + text[size:]
    return text


def _is_mark(char: str) -> bool:
    """Whether a character parts words."""
    return not SCRIPT[char] and category(char)[0] in "PSZ" and char not in _OF_WORDS


def _words(text: str) -> list[str]:
    return "".join([" " if _is_mark(char) else char for char in text]).split()


def _trimmed(run: str) -> tuple[str, str, str]:
    """A run as the marks before it, itself, and the marks after it."""
    begin, end = 0, len(run)
    while begin < end and _is_mark(run[begin]):
        begin += 1
    while end > begin and _is_mark(run[end - 1]):
        end -= 1
    return run[:begin], run[begin:end], run[end:]


def _gap(marks: str) -> str:
    """What parts two readings, or a Latin run: marks of other scripts become a space.

    >>> _gap("・"), _gap(". "), _gap("·")
    (' ', '. ', ' ')
    """
    plain = "".join([" " if _is_mark(char) and not char.isascii() and char not in _KEPT else char for char in marks])
    return _SPACES.sub(" ", plain)
