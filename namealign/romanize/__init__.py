"""Plain form in, its Latin readings out: best guess first, each with its language, its standard and whether the
short vowels are written.

A text falls into runs of one script. A script is read by a table (`rules`) or by a module of its own (`brahmic`,
`hangul`, ...), in every language that could have written the run; `data/romanization/languages.csv` says which
languages those are and which letters give one away. Unidecode comes last, for a script that nothing here covers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import import_module
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple, cast
from unicodedata import category

from namealign.errors import InputError
from namealign.model import Reading, Step
from namealign.romanize.legal import formless
from namealign.romanize.mixed import mixed_readings
from namealign.romanize.respelled import respelled
from namealign.romanize.rules import Table
from namealign.romanize.scripts import SCRIPT, script_of, sole_script
from namealign.romanize.told import Told, may_tell, names_told
from namealign.tables import data_dir, read_rows

__all__ = ["LANGUAGES", "readings", "script_of", "told"]

if TYPE_CHECKING:
    LANGUAGES: Mapping[str, tuple[str, ...]]

# Each reading costs comparisons downstream; no training name has more, so this only bounds what is hostile.
_MOST = 6

# Marks that part words in any script, and no reader but these knows: a dot between two names tells a foreign one.
_PARTING = str.maketrans(dict.fromkeys("·•‧∙⋅・«»‹›“”„‟", " "))
_KNOWS_DOTS = frozenset(("Hang", "Hani", "Hira", "Kana"))

_Reader = Callable[[str, str | None], list[Reading]]


class _Language(NamedTuple):
    """A row of `languages.csv`: how one language is told, and what reads it (a table's name or a module's)."""

    script: str
    code: str
    name: str
    reader: str
    telling: frozenset[str]
    also: frozenset[str]
    lacking: frozenset[str]
    default: bool


def __getattr__(name: str) -> object:
    # Reading the table of languages is put off until somebody asks, so that `import namealign` reads nothing.
    if name == "LANGUAGES":
        return _known()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def readings(
    text: str, language: str | None = None, *, steps: bool = False, names: Told | None = None
) -> tuple[Reading, ...]:
    """Every plausible Latin reading of a plain form, best guess first, at most six.

    `language` is a key of `LANGUAGES` (ISO 639); it narrows the readings of its own script and says nothing about
    others. `steps=True` fills `Reading.steps` with every rule applied. `names` are the names that the text tells, where
    `told` was asked before.

    >>> [r.text for r in readings("владимир путин", "ru")]
    ['vladimir putin']
    >>> readings("gaddafi")
    (Reading(text='gaddafi', language='', standard='', vowels=True, steps=()),)
    """
    if language is not None and language not in _known():
        raise InputError(f"unknown language {language!r}; choose one of {', '.join(_known())}")
    if names := told(text) if names is None else names:
        # The first reading of each name, then the second ones.
        found = zip_longest(*(readings(name, language, steps=steps) for name in names.names))
        return tuple(_distinct([reading for reading in chain.from_iterable(found) if reading is not None]))
    if text.isascii():
        return (Reading(text), *respelled(text, steps=steps))
    alone = sole_script(text)
    if alone and alone != "Latn":
        return tuple(map(_plain_company, _read_run(alone, text, language, steps)))
    scripts = set(map(SCRIPT.__getitem__, text))
    scripts.discard("")
    if not scripts or scripts == {"Latn"}:
        return (Reading(text), *respelled(text, steps=steps))
    if len(scripts) == 1:
        return tuple(map(_plain_company, _read_marked(scripts.pop(), text, language, steps)))
    return tuple(map(_plain_company, _distinct(mixed_readings(text, scripts, language, steps, _read_marked))))


_NOT_MORE = Told()


def told(text: str) -> Told:
    """The names that a plain form tells, where it tells more than one or more than a name; else none.

    >>> told("vladimir putin (владимир путин)").names, told("vladimir putin").names
    (('vladimir putin', 'владимир путин'), ())
    """
    return _told_names(text) if may_tell(text) else _NOT_MORE


@lru_cache(maxsize=16_384)
def _told_names(text: str) -> Told:
    return names_told(text, readings)


def _plain_company(reading: Reading) -> Reading:
    """A company's name read from another script, its legal form as its class: no person's name begins or ends so."""
    organization = formless(reading.text) if reading.text.isascii() else ""
    if not organization:
        return reading
    return Reading(organization, reading.language, reading.standard, reading.vowels, reading.steps)


def _distinct(found: list[Reading]) -> list[Reading]:
    """One reading per text, the first one's language kept."""
    if len(found) < 2:
        return found
    seen: dict[str, Reading] = {}
    for reading in found:
        seen.setdefault(reading.text, reading)
    return list(seen.values())[:_MOST]


def _read_marked(script: str, run: str, language: str | None, steps: bool) -> list[Reading]:
    """`_read_run` of a run that may hold marks of no script."""
    if script not in _KNOWS_DOTS:
        parted = run.translate(_PARTING)
        run = " ".join(parted.split()) if parted != run else run
    return _read_run(script, run, language, steps)


def _read_run(script: str, run: str, language: str | None, steps: bool) -> list[Reading]:
    """The readings of a run of one script, each text once."""
    rows = _by_script().get(script)
    if not rows:
        return [_unidecoded(run)]
    if rows[0].reader.islower():
        reader = _module(rows[0].reader)
        if reader is None:
            return [_unidecoded(run)]
        return reader(run, language if language in {row.code for row in rows} else None) or [_unidecoded(run)]
    return _distinct([_tabled(row, run, steps) for row in _plausible(rows, run, language)])


def _plausible(rows: list[_Language], run: str, language: str | None) -> tuple[_Language, ...]:
    """The languages that could have written the run.

    Letters only one language has tell it; a letter a language lacks rules it out; where nothing tells, the
    defaults of the script, in the table's order.
    """
    script = rows[0].script
    letters = _signs(script).intersection(run)
    for sign in _long_signs(script):
        if sign in run:
            letters |= {sign}
    if language is not None and not any(row.code == language for row in rows):
        language = None
    return _told(script, letters, language)


@lru_cache(maxsize=16_384)
def _told(script: str, signs: frozenset[str], language: str | None) -> tuple[_Language, ...]:
    """`_plausible` for the signs of a run: few sets of them occur, so each is judged once."""
    rows = _by_script()[script]
    if language is not None:
        possible = [row for row in rows if row.code == language]
    else:
        possible = [row for row in rows if row.lacking.isdisjoint(signs)] or rows
        told = [row for row in possible if not row.telling.isdisjoint(signs)]
        possible = told or [row for row in possible if row.default] or possible[:1]
    return tuple([row for row in possible if not row.also or not row.also.isdisjoint(signs)] or possible[:1])


@cache
def _signs(script: str) -> frozenset[str]:
    """Every letter that says something of the language."""
    return frozenset().union(*(row.telling | row.also | row.lacking for row in _by_script()[script]))


@cache
def _long_signs(script: str) -> tuple[str, ...]:
    return tuple(sorted(sign for sign in _signs(script) if len(sign) > 1))


def _tabled(row: _Language, run: str, steps: bool) -> Reading:
    table = _table(row.reader)
    if not steps:
        return Reading(table.romanize(run), row.code, table.standard, table.vowels_written)
    taken: list[Step] = []
    for at, word in enumerate(run.split(" ")):
        if at:
            taken.append(Step("space", " ", " "))
        taken += table.apply(word, steps=True)[1]
    return Reading("".join(step.after for step in taken), row.code, table.standard, table.vowels_written, tuple(taken))


def _unidecoded(run: str) -> Reading:
    """What no table covers: readable, by no standard, and often wrong."""
    from unidecode import unidecode  # the one place that needs it, and few texts come here

    letters = "".join([char for char in run if category(char) not in ("Sc", "Sm", "So")])
    text = " ".join(re.sub(r"[^a-z0-9' ,.\-]", "", unidecode(letters).lower()).split())
    return Reading(text, "", "Unidecode") if text else Reading(run)


@lru_cache(maxsize=1)
def _by_script() -> dict[str, list[_Language]]:
    """The languages of each script, in the order of `languages.csv`."""
    columns = ("script", "language", "name", "reader", "telling", "also", "lacking", "default")
    found: dict[str, list[_Language]] = {}
    for _, fields in read_rows(data_dir() / "romanization" / "languages.csv", columns):
        script, code, name, reader, telling, also, lacking, default = fields
        row = _Language(
            script,
            code,
            name,
            reader,
            frozenset(telling.split()),
            frozenset(also.split()),
            frozenset(lacking.split()),
            default == "yes",
        )
        found.setdefault(script, []).append(row)
    return found


@lru_cache(maxsize=1)
def _known() -> Mapping[str, tuple[str, ...]]:
    """Language code to the scripts it is read in."""
    found: dict[str, tuple[str, ...]] = {}
    for script, rows in _by_script().items():
        for row in rows:
            if script not in found.get(row.code, ()):
                found[row.code] = (*found.get(row.code, ()), script)
    return dict(sorted(found.items()))


@cache
def _table(name: str) -> Table:
    if name.endswith("-loan"):
        from namealign.romanize.usual import UsualTable

        return UsualTable.over(_table(name.removesuffix("-loan")), name)
    return Table.load(data_dir() / "romanization" / f"{name}.csv")


@cache
def _module(name: str) -> _Reader | None:
    """`readings` of a sibling module; None where this installation lacks it or an optional library it needs."""
    try:
        return cast("_Reader", import_module(f"namealign.romanize.{name}").readings)
    except ImportError:
        return None
