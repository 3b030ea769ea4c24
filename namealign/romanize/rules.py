"""A romanization table in, its rules applied to words: the generic engine under every `data/romanization/*.csv`.

A table begins with `#` lines: free provenance, and the directives

    # language: ru              ISO 639 code the readings carry
    # standard: BGN/PCGN 1947   what `Reading.standard` and every `Step.source` say
    # vowels: а е ё …           the letters that class `V` means in a context
    # base: Arab-fa Arab-base   rows taken over from other tables; a source with rows already loses all its rows there
    # doubles: ّ                 marks that double the letter before them
    # unwritten: yes            the script leaves short vowels unwritten

and goes on with the columns `source,target,before,after,note`. `before` and `after` hold letters or classes separated
by spaces, one of which must stand there: `^` word start, `$` word end, `V` a vowel, `C` any other letter; with `!` in
front, it must not. The longest source wins, then the row with more context, then the earlier row. A row for a whole
word (`^` and `$`) is looked up at once; after a row at `^` whose target ends in a hyphen or a space
(`ال` → `al-`) the rest of the word is a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from namealign.errors import TableError
from namealign.model import Step
from namealign.tables import read_rows

__all__ = ["Rule", "Table"]

# Distinct words kept per table: names repeat their elements, so most lookups of a column end here. 65,536 words of
# ten letters are some 15 MB at the very most.
_CACHED_WORDS = 65_536
_DIRECTIVES = ("language", "standard", "vowels", "base", "doubles", "unwritten")
_TARGET = re.compile(r"[a-z' \-]*")
_WORD = re.compile(r"[^\s\-‐-―/|,;.()\"]+")


class Rule(NamedTuple):
    """One row: `source` is written `target` where `before` and `after` hold."""

    source: str
    target: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class _Rest(dict[int, str]):
    """`str.translate` map for letters that need no context; a letter that no row names goes to Unidecode."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        latin = char if char.isascii() else _last_resort(char)
        self[code] = latin
        return latin


def _last_resort(text: str) -> str:
    from unidecode import unidecode  # loaded only for what no table covers

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
        self._words: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        plain: dict[int, str] = {}
        ordered: list[Rule] = []
        for rule in rules:
            if rule.before == ("^",) and rule.after == ("$",):
                self._words.setdefault(rule.source, rule.target)
            elif rule.before == ("^",) and not rule.after and rule.target[-1:] in ("-", " "):
                self._prefixes.setdefault(rule.source, rule.target)
            elif len(rule.source) == 1 and not rule.source.isascii() and not rule.before and not rule.after:
                plain.setdefault(ord(rule.source), rule.target)
            else:
                ordered.append(rule)
        ordered.sort(key=lambda rule: (-len(rule.source), -bool(rule.before) - bool(rule.after)))
        self._prefix_lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)
        self._ordered = ordered
        self._rest = _Rest(plain)
        pattern = "|".join(f"({self._branch(rule)})" for rule in ordered)
        self._pattern = re.compile(pattern) if pattern else None
        targets = [rule.target for rule in ordered]
        self._replace: Callable[[re.Match[str]], str] = lambda match: targets[(match.lastindex or 1) - 1]
        self._double = (
            re.compile(f"([{re.escape(self._letters)}])([{_mark_class(self._letters)}]*)[{re.escape(self._doubled)}]")
            if self._doubled
            else None
        )
        self._cached = lru_cache(maxsize=_CACHED_WORDS)(self._word)

    @classmethod
    def load(cls, path: Path) -> Table:
        """The table in a file, with the rows of its base. Raises TableError (`path:line: problem`)."""
        rules, directives = _read(path)
        for base in directives.get("base", "").split():
            parent = cls.load(path.with_name(f"{base}.csv"))
            own = {rule.source for rule in rules}
            rules += [rule for rule in parent.rules if rule.source not in own]
            directives = {**parent.directives, **directives}
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
        whole = self._words.get(word)
        if whole is not None:
            return whole
        match = _WORD.fullmatch(word)
        if match is None:  # hyphens, commas and the like part words
            return _WORD.sub(lambda part: self._word(part.group()), word).translate(self._rest) if word else word
        for length in self._prefix_lengths:
            if len(word) > length + 1:
                prefix = self._prefixes.get(word[:length])
                if prefix is not None:
                    return prefix + self._word(word[length:])
        if self._double is not None:
            word = self._double.sub(r"\1\1\2", word)
        if self._pattern is not None:
            word = self._pattern.sub(self._replace, word)
        return word.translate(self._rest)

    def _steps(self, word: str) -> list[Step]:
        if word in self._words:
            return [self._step(word, self._words[word])]
        if _WORD.fullmatch(word) is None:
            parts: list[Step] = []
            at = 0
            for part in _WORD.finditer(word):
                parts += self._plain_steps(word[at : part.start()])
                parts += self._steps(part.group())
                at = part.end()
            return parts + self._plain_steps(word[at:])
        for length in self._prefix_lengths:
            if len(word) > length + 1 and word[:length] in self._prefixes:
                prefix = word[:length]
                return [self._step(prefix, self._prefixes[prefix]), *self._steps(word[length:])]
        found: list[Step] = []
        if self._double is not None:
            word = self._double.sub(r"\1\1\2", word)
        at = 0
        for match in self._pattern.finditer(word) if self._pattern is not None else ():
            found += self._plain_steps(word[at : match.start()])
            found.append(self._step(match.group(), self._replace(match).translate(self._rest)))
            at = match.end()
        return found + self._plain_steps(word[at:])

    def _plain_steps(self, text: str) -> list[Step]:
        return [self._step(char, self._rest[ord(char)]) for char in text]

    def _step(self, before: str, after: str) -> Step:
        return Step(f"{self.name}:{before}", before, after, self.standard)

    def _branch(self, rule: Rule) -> str:
        # The source comes first and the context before it is looked for behind it: so the regex engine can skip to
        # the next letter that begins any source.
        source = re.escape(rule.source)
        return source + self._context(rule.before, source) + self._context(rule.after, None)

    def _context(self, items: tuple[str, ...], source: str | None) -> str:
        """Look-arounds: any of the plain items, none of the `!` items."""
        behind, tail = ("?<", source) if source is not None else ("?", "")
        letters = re.escape(self._letters) or "\\w"
        vowels = re.escape(self._vowels)

        def look(item: str, negative: bool) -> str:
            if item in ("^", "$"):
                return f"({behind}{'=' if negative else '!'}[{letters}]{tail})"
            if item == "V":
                body = f"[{vowels}]"
            elif item == "C":
                body = "[" + re.escape("".join(char for char in self._letters if char not in self._vowels)) + "]"
            else:
                body = re.escape(item)
            return f"({behind}{'!' if negative else '='}{body}{tail})"

        wanted = [look(item, False) for item in items if not item.startswith("!")]
        barred = [look(item[1:], True) for item in items if item.startswith("!")]
        return (f"(?:{'|'.join(wanted)})" if wanted else "") + "".join(barred)


def _mark_class(letters: str) -> str:
    marks = "".join(char for char in letters if unicodedata.combining(char))
    return re.escape(marks) if marks else "^\\W\\w"  # a class that holds nothing


def _read(path: Path) -> tuple[list[Rule], dict[str, str]]:
    rules: list[Rule] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, (source, target, before, after) in read_rows(path, ("source", "target", "before", "after")):
        if not source:
            raise TableError(f"{path}:{line}: source is empty")
        if not _TARGET.fullmatch(target):
            raise TableError(f"{path}:{line}: target {target!r} holds more than a-z, space, apostrophe and hyphen")
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
