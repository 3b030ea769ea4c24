"""A romanization table in, its rules applied to words: the generic engine under every `data/romanization/*.csv`.

A table begins with `#` lines: free provenance, and the directives

    # language: ru              ISO 639 code the readings carry
    # standard: BGN/PCGN 1947   what `Reading.standard` and every `Step.source` say
    # vowels: а е ё …           the letters that class `V` means in a context
    # base: Arab-fa Arab-base   rows taken over from other tables; a source with rows already loses all its rows there
    # doubles: ّ                 marks that double the letter before them
    # unwritten: yes            the script leaves short vowels unwritten
    # names: Arab-ar-names      learned tables of whole words, asked after this table's own
    # beginnings: ال al-        what may stand before a known whole word: letters, their Latin, …
    # endings: ی i زاده zadeh   what may follow a known whole word: letters, their Latin, …
    # same: ی ي ک ك             pairs of letters, the first taken for the second when whole words are looked up
    # final: ى ي ه ة            the same at the end of a word, and only if no row holds the word as it stands

and goes on with the columns `source,target,before,after,note`. `before` and `after` hold letters or classes separated
by spaces, one of which must stand there: `^` word start, `$` word end, `V` a vowel, `C` any other letter; with `!` in
front, it must not. The longest source wins, then the row with more context, then the earlier row. A row for a whole
word (`^` and `$`) is looked up at once; after a row at `^` whose target ends in a hyphen or a space
(`ال` → `al-`) the rest of the word is a word of its own, and so is what stands before a row with `!^` and `$` of three
letters or more (`الدين` in صلاحالدين).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from namealign.errors import TableError
from namealign.model import Step
from namealign.tables import read_rows

__all__ = ["Rule", "Table", "bare", "last_resort", "outside"]

# Distinct words kept per table: names repeat their elements, so most lookups of a column end here. 65,536 words of
# ten letters are some 15 MB at the very most.
_CACHED_WORDS = 65_536
_DIRECTIVES = (
    "language",
    "standard",
    "vowels",
    "base",
    "doubles",
    "unwritten",
    "names",
    "same",
    "final",
    "endings",
    "beginnings",
)
# Judged windows kept per table: names hold some thousands, and a hostile column cannot grow it further.
_CACHED_WINDOWS = 131_072
_SIGNS = re.compile("[\u0591-\u05c7\u064b-\u0652\u0670\u0730-\u074a]")
_SYMBOLS = frozenset(("Sc", "Sm", "So"))
_TARGET = re.compile(r"[a-z' \-]*")
_WORD = re.compile(r"[^\s\-‐-―/|,;.()\"]+")


class Rule(NamedTuple):
    """One row: `source` is written `target` where `before` and `after` hold."""

    source: str
    target: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class _Windows(dict[str, tuple[int, str]]):
    """A letter with the one before it and as many after it as any rule of it asks for → how many letters are read
    at once, and as what. Judged once per window, then kept: words share them, so a new word costs dictionary look-ups.
    """

    def __init__(self, spelled: dict[str, list[Rule]], letters: frozenset[str], vowels: frozenset[str]) -> None:
        super().__init__()
        self._letters = letters
        self._vowels = vowels
        self._rules = {
            first: sorted(own, key=lambda rule: (-len(rule.source), -bool(rule.before) - bool(rule.after)))
            for first, own in spelled.items()
        }

    def __missing__(self, window: str) -> tuple[int, str]:
        behind, text = window[0], window[1:]
        piece = (1, outside(text[0]))
        for rule in self._rules.get(text[0], ()):
            length = len(rule.source)
            if (
                text.startswith(rule.source)
                and self._stands(rule.before, behind)
                and self._stands(rule.after, text[length : length + 1])
            ):
                piece = (length, rule.target)
                break
        if len(self) >= _CACHED_WINDOWS:
            self.clear()
        self[window] = piece
        return piece

    def _stands(self, items: tuple[str, ...], char: str) -> bool:
        """Any of the plain items, none of the `!` items; `char` is empty or NUL past the end of the word."""
        if not items:
            return True
        wanted = [item for item in items if item[0] != "!"]
        return (not wanted or any(self._is(item, char) for item in wanted)) and not any(
            self._is(item[1:], char) for item in items if item[0] == "!"
        )

    def _is(self, item: str, char: str) -> bool:
        if item in ("^", "$"):
            return char not in self._letters
        if item == "V":
            return char in self._vowels
        if item == "C":
            return char in self._letters and char not in self._vowels
        return char == item


def outside(char: str) -> str:
    """A character that no row of the table names."""
    return char if char.isascii() else last_resort(char)


def last_resort(text: str) -> str:
    """What Unidecode makes of letters that a table does not hold, plain. A symbol (€) reads as nothing."""
    from unidecode import unidecode  # loaded only for what no table covers

    text = "".join([char for char in text if unicodedata.category(char) not in _SYMBOLS])
    return re.sub(r"[^a-z' \-]", "", unidecode(text).lower())


class Table:
    """The rules of one language in one script, compiled. Immutable but for its cache of words."""

    def __init__(self, name: str, rules: list[Rule], directives: dict[str, str]) -> None:
        self.name = name
        self.rules = tuple(rules)
        self.directives = dict(directives)
        self.language = directives.get("language", "")
        self.standard = directives.get("standard", "")
        self.vowels_written = directives.get("unwritten", "no") != "yes"
        self._letters = "".join(sorted({char for rule in rules for char in rule.source}))
        self._vowels = "".join(directives.get("vowels", "").split())
        self._doubled = "".join(directives.get("doubles", "").split())
        pairs = directives.get("same", "").split()
        self._same = str.maketrans("".join(pairs[::2]), "".join(pairs[1::2]))
        self._final = _pairs(directives.get("final", ""))
        self._beginnings = _pairs(directives.get("beginnings", ""))
        self._endings = _pairs(directives.get("endings", ""))
        self._words: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        spelled: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.before == ("^",) and rule.after == ("$",):
                self._words.setdefault(rule.source.translate(self._same), rule.target)
            elif rule.before == ("^",) and not rule.after and rule.target[-1:] in ("-", " "):
                self._prefixes.setdefault(rule.source, rule.target)
            elif rule.before == ("!^",) and rule.after == ("$",) and len(rule.source) > 2:
                self._suffixes.setdefault(rule.source, rule.target)
            else:
                spelled.setdefault(rule.source[0], []).append(rule)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)
        self._suffix_lengths = sorted({len(suffix) for suffix in self._suffixes}, reverse=True)
        self._suffix_ends = frozenset(suffix[-1] for suffix in self._suffixes)
        self._prefix_starts = frozenset(prefix[0] for prefix in self._prefixes)
        self._double = (
            re.compile(f"([{re.escape(self._letters)}])([{_mark_class(self._letters)}]*)[{re.escape(self._doubled)}]")
            if self._doubled
            else None
        )
        self._plain: dict[str, str] = {}
        self._reach: dict[str, int] = {}
        for first, own in spelled.items():
            if len(own) == 1 and len(own[0].source) == 1 and not own[0].before and not own[0].after:
                self._plain[first] = own[0].target
            else:
                self._reach[first] = max(len(rule.source) for rule in own) + 1
        self._windows = _Windows(spelled, frozenset(self._letters), frozenset(self._vowels))
        self._cached = lru_cache(maxsize=_CACHED_WORDS)(self._word)

    @classmethod
    def load(cls, path: Path, *, names: bool = True) -> Table:
        """The table in a file, with the rows of its bases and, unless `names` is false, of its learned words.

        Raises TableError (`path:line: problem`).
        """
        rules, directives = _read(path)
        for base in directives.get("base", "").split():
            parent = cls.load(path.with_name(f"{base}.csv"), names=False)
            own = {rule.source for rule in rules}
            rules += [rule for rule in parent.rules if rule.source not in own]
            inherited = {
                key: value
                for key, value in parent.directives.items()
                if key not in ("names", "same", "final", "endings", "beginnings")
            }
            directives = {**inherited, **directives}
        if names:
            for learned in directives.get("names", "").split():
                rules += _learned(path.with_name(f"{learned}.csv"))
        return cls(path.stem, rules, directives)

    def romanize(self, run: str) -> str:
        """The Latin of a run of words; what stands between the words stays.

        Distinct words are read once and kept, so a column of names costs little more than its vocabulary.
        """
        cached = self._cached
        return " ".join([cached(word) for word in run.split(" ")])

    def apply(self, word: str, *, steps: bool = False) -> tuple[str, tuple[Step, ...]]:
        """One word: its Latin, and (only when asked for) the steps, whose `after` joined are that Latin."""
        if not steps:
            return self._cached(word), ()
        found = tuple(self._steps(word))
        return "".join(step.after for step in found), found

    def _word(self, word: str) -> str:
        whole = self._whole(word)
        if whole is not None:
            return whole
        if not word.isalpha() and _WORD.fullmatch(word) is None:  # hyphens, commas and the like part words
            parts, at = [], 0
            for part in _WORD.finditer(word):
                parts += [*map(outside, word[at : part.start()]), self._word(part.group())]
                at = part.end()
            return "".join([*parts, *map(outside, word[at:])])
        if word[0] in self._prefix_starts:
            for length in self._prefix_lengths:
                if len(word) > length + 1 and word[:length] in self._prefixes:
                    return self._prefixes[word[:length]] + self._word(word[length:])
        for ending, latin in self._endings.items():
            if word.endswith(ending):
                stem = self._words.get(word[: -len(ending)].translate(self._same))
                if stem is not None:
                    return stem + latin
        for beginning, latin in self._beginnings.items():
            if word.startswith(beginning):
                stem = self._words.get(word[len(beginning) :].translate(self._same))
                if stem is not None:
                    return latin + stem
        if word[-1] in self._suffix_ends:
            for length in self._suffix_lengths:
                if len(word) > length and word[-length:] in self._suffixes:
                    return self._word(word[:-length]) + self._suffixes[word[-length:]]
        return self._spell(word)

    def _whole(self, word: str) -> str | None:
        """What a row for the whole word says."""
        words = self._words
        whole = words.get(word.translate(self._same))
        if whole is None and not word.isalpha():
            whole = words.get(bare(word))
        if whole is None and word[-1:] in self._final:
            whole = words.get((word[:-1] + self._final[word[-1]]).translate(self._same))
        return whole

    def _spell(self, word: str) -> str:
        """A word that no row holds whole, by its letters."""
        return "".join([target for _, target in self._pieces(word)])

    def _pieces(self, word: str) -> list[tuple[int, str]]:
        """How many letters were read at once, and as what."""
        if self._double is not None and not word.isalpha():
            word = self._double.sub(r"\1\1\2", word)
        made: list[tuple[int, str]] = []
        plain, reach, windows = self._plain, self._reach, self._windows
        padded = f"\0{word}"
        at, end = 1, len(padded)
        while at < end:
            char = padded[at]
            target = plain.get(char)
            if target is not None:
                made.append((1, target))
                at += 1
                continue
            piece = windows[padded[at - 1 : at + reach.get(char, 1)]]
            made.append(piece)
            at += piece[0]
        return made

    def _steps(self, word: str) -> list[Step]:
        whole = self._whole(word)
        if whole is not None:
            return [self._step(word, whole)]
        if _WORD.fullmatch(word) is None:
            parts: list[Step] = []
            at = 0
            for part in _WORD.finditer(word):
                parts += self._between(word[at : part.start()])
                parts += self._steps(part.group())
                at = part.end()
            return parts + self._between(word[at:])
        for length in self._prefix_lengths:
            if len(word) > length + 1 and word[:length] in self._prefixes:
                prefix = word[:length]
                return [self._step(prefix, self._prefixes[prefix]), *self._steps(word[length:])]
        for ending, latin in self._endings.items():
            stem = word[: -len(ending)]
            if word.endswith(ending) and stem.translate(self._same) in self._words:
                return [self._step(stem, self._words[stem.translate(self._same)]), self._step(ending, latin)]
        for beginning, latin in self._beginnings.items():
            stem = word[len(beginning) :]
            if word.startswith(beginning) and stem.translate(self._same) in self._words:
                return [self._step(beginning, latin), self._step(stem, self._words[stem.translate(self._same)])]
        for length in self._suffix_lengths:
            if len(word) > length and word[-length:] in self._suffixes:
                suffix = word[-length:]
                return [*self._steps(word[:-length]), self._step(suffix, self._suffixes[suffix])]
        return self._spell_steps(word)

    def _spell_steps(self, word: str) -> list[Step]:
        found: list[Step] = []
        if self._double is not None and not word.isalpha():
            word = self._double.sub(r"\1\1\2", word)
        at = 0
        for length, target in self._pieces(word):
            found.append(self._step(word[at : at + length], target))
            at += length
        return found

    def _between(self, text: str) -> list[Step]:
        return [self._step(char, outside(char)) for char in text]

    def _step(self, before: str, after: str) -> Step:
        return Step(f"{self.name}:{before}", before, after, self.standard)


def bare(word: str) -> str:
    """The word without the signs over and under Hebrew, Arabic and Syriac letters: few texts write them.

    >>> bare("מֹשֶׁה"), bare("مُحَمَّد")
    ('משה', 'محمد')
    """
    if word.isalpha():  # a sign is no letter
        return word
    return _SIGNS.sub("", word)


def _pairs(text: str) -> dict[str, str]:
    items = text.split()
    return dict(zip(items[::2], items[1::2], strict=True))


def _mark_class(letters: str) -> str:
    marks = "".join(char for char in letters if unicodedata.combining(char))
    return re.escape(marks) if marks else "^\\W\\w"  # a class that holds nothing


@lru_cache(maxsize=8)
def _learned(path: Path) -> tuple[Rule, ...]:
    """A table of names; several languages share one."""
    return tuple(_read(path)[0])


def _read(path: Path) -> tuple[list[Rule], dict[str, str]]:
    rules: list[Rule] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, (source, target, before, after) in read_rows(path, ("source", "target", "before", "after")):
        if not source:
            raise TableError(f"{path}:{line}: source is empty")
        if not _TARGET.fullmatch(target):
            raise TableError(f"{path}:{line}: target {target!r} holds more than a-z, space, apostrophe and hyphen")
        if len(before) > 1 or len(after) > 1:
            long = next((item for item in f"{before} {after}".split() if len(item.lstrip("!")) != 1), None)
            if long is not None:
                raise TableError(f"{path}:{line}: context {long!r} is neither one letter nor one of ^ $ V C")
        key = (source, before, after)
        if key in seen:
            raise TableError(f"{path}:{line}: {source!r} in this context is already on line {seen[key]}")
        seen[key] = line
        rules.append(Rule(source, target, tuple(before.split()), tuple(after.split())))
    directives: dict[str, str] = {}
    with path.open(encoding="utf-8") as file:
        for text in file:
            if not text.startswith("#"):
                break
            key_, colon, value = text[1:].partition(":")
            if colon and key_.strip() in _DIRECTIVES:
                directives[key_.strip()] = value.strip()
    return rules, directives
