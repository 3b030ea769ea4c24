"""Tables in, a `Lexicon` out: known names as a trie over folded words, and what the words beside names mean.

Built once per scan; every distinct word of the texts is judged once (`Form`), so that running text costs little more
than cutting it into words.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from namealign.model import Entity, Kind
from namealign.parse import roles
from namealign.reconciler import Reconciler
from namealign.scan.words import fold_key, is_dense, words
from namealign.tables import data_dir, read_aliases, read_rows

__all__ = ["Alias", "Form", "Lexicon", "Node", "Start"]

# A trie node maps a folded word to the next node; under the empty word it holds what ends there.
Node = dict[str, Any]
END = ""
# Letters before a family name's ending at least.
_STEM = 3
GAZETTEERS = ("territories.csv", "gazetteer.csv")


class Alias(NamedTuple):
    """A spelling of one entity: how many of its words are capitalised, and whether all its letters are capitals."""

    entity: int
    text: str
    capitals: int
    shouted: bool


class Start(NamedTuple):
    """A trie node that a word leads to, the letters of a prefix to cut off, and whether the word was uninflected."""

    node: Node
    cut: int
    inflected: bool


class Form:
    """What is known of one word form, apart from where it stands."""

    __slots__ = (
        "capital", "cased", "common", "company", "dense", "element", "ending", "initial", "key", "keys", "legal",
        "organization", "particle", "people", "place", "possessive", "prefixed", "roots", "script", "shouted", "speech",
        "text", "titles", "vessel",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.key = fold_key(text)
        self.capital = text[0].isupper()
        self.cased = self.capital or text[0].islower()
        self.shouted = self.capital and text.isupper()
        self.dense = is_dense(text)
        self.initial = self.capital and len(self.key) == 1
        self.script = _script(text[0])
        self.keys: tuple[tuple[str, int, bool], ...] = ()
        self.roots: tuple[Start, ...] = ()
        self.titles: Node | None = None
        self.common = self.particle = self.element = self.organization = self.place = self.speech = False
        self.people = self.possessive = self.ending = self.company = self.legal = self.vessel = self.prefixed = False


class Lexicon:
    """Known names and telling words, and the forms judged by them."""

    def __init__(self, entities: Iterable[Entity], *, gazetteer: bool = True) -> None:
        self.entities: list[Entity] = []
        self.names: Node = {}
        self.titles: Node = {}
        self.after: Node = {}
        self.follows: Node = {}
        self._forms: dict[str, Form] = {}
        self._elements: set[str] = set()
        self._folded: dict[str, str] = {}
        self._families: dict[str, set[str]] = {}
        self.alias_markers: set[str] = set()
        self._vocabulary: set[str] = set()
        self._class: dict[str, set[str]] = {}
        self._endings: dict[str, list[str]] = {}
        self._numbers: dict[str, int]
        self._prefixes: list[tuple[str, str]] = []
        self.josa: set[str] = set()
        self.surnames: dict[str, set[str]] = {}
        numbers = self._numbers = {}
        for entity in entities:
            self._add(entity, numbers)
        if not self._elements:
            for row in read_aliases(data_dir() / "aliases.csv"):
                if row.kind == Kind.ELEMENT:
                    self._element(row.alias, row.entity_id)
        if gazetteer:
            for name in GAZETTEERS:
                self._read_gazetteer(data_dir() / name, numbers)
        self._read_words()
        self._folded.clear()

    @classmethod
    def of(cls, reconciler: Reconciler, *, gazetteer: bool = True) -> Lexicon:
        """The lexicon over a Reconciler's entities."""
        # Hundreds of thousands of dicts that all live on: looking through them for garbage takes a third of the time.
        collected = gc.isenabled()
        gc.disable()
        try:
            return cls(reconciler.entities, gazetteer=gazetteer)
        finally:
            if collected:
                gc.enable()

    def _add(self, entity: Entity, numbers: dict[str, int]) -> None:
        if entity.kind == Kind.ELEMENT:
            for alias in entity.aliases:
                self._element(alias, entity.id)
            return
        number = numbers.setdefault(entity.id, len(self.entities))
        if number == len(self.entities):
            self.entities.append(entity)
        for alias in entity.aliases:
            self._alias(number, alias)

    def _read_gazetteer(self, path: Path, numbers: dict[str, int]) -> None:
        """Places and organizations that the alias table does not have, and further spellings of those that it has.

        The alias table knows a place by its id or, where the ids differ, by its canonical name.
        """
        for row in read_aliases(path):
            number = numbers.get(row.entity_id)
            if number is None:
                same = [o for o in self.owners(row.canonical) if self.entities[o].kind != Kind.PERSON]
                number = numbers[row.entity_id] = same[0] if len(same) == 1 else len(self.entities)
                if number == len(self.entities):
                    self.entities.append(Entity(row.entity_id, Kind(row.kind), row.canonical))
            # What the table says of a spelling is not put in doubt.
            if all(self.entities[o].kind == Kind.PERSON or o == number for o in self.owners(row.alias)):
                self._alias(number, row.alias)

    def number(self, entity_id: str) -> int:
        """The place of an entity in `entities`, by its id; -1 for one that is not there."""
        return self._numbers.get(entity_id, -1)

    def owners(self, name: str) -> list[int]:
        """The entities that a spelling is listed for."""
        node = self.names
        for word in words(name):
            node = node.get(self._fold(word), {})
        return [alias.entity for alias in node.get(END, ())]

    def _element(self, alias: str, family: str) -> None:
        keys = [self._fold(word) for word in words(alias)]
        self._elements.update(keys)
        if len(keys) == 1:
            self._families.setdefault(keys[0], set()).add(family)

    def _fold(self, word: str) -> str:
        """`fold_key`, each word once: the tables repeat most of theirs."""
        key = self._folded.get(word)
        if key is None:
            key = self._folded[word] = fold_key(word)
        return key

    def families(self, word: str) -> set[str]:
        """The listed name elements that a word is a spelling of."""
        return self._families.get(word, set())

    def _alias(self, number: int, alias: str) -> None:
        parts = words(alias)
        # One character of a script without spaces is a short form that only its title makes a name.
        if not parts or (len(parts) == 1 and len(parts[0]) == 1):
            return
        node = self.names
        for word in parts:
            key = self._fold(word)
            below = node.get(key)
            if below is None:
                below = node[key] = {}
                self._vocabulary.add(key)
            node = below
        spelling = Alias(number, alias, len([w for w in parts if w[0].isupper()]), alias.isupper())
        listed = node.get(END)
        if listed is None:
            node[END] = [spelling]
            return
        for at, known in enumerate(listed):
            if known.entity == number:
                # Al-Sudani and al-Sudani are one spelling here; the less it asks for, the more it is found by.
                listed[at] = min(known, spelling, key=lambda a: (a.shouted, a.capitals))
                return
        listed.append(spelling)

    def _read_words(self) -> None:
        folder = data_dir()
        for _, (phrase, class_) in read_rows(folder / "titles.csv", ("phrase", "class")):
            if class_ == "title":
                self._phrase(self.titles, phrase)
            elif class_ == "title_after":
                self._phrase(self.after, phrase)
            elif class_ == "josa":
                self.josa.add(phrase)
            elif class_ == "follows":
                self._phrase(self.follows, phrase)
            elif class_ == "alias_marker":
                self.alias_markers.add(phrase)
            else:
                self._class.setdefault(class_, set()).add(fold_key(phrase))
        table = roles()
        for token, class_ in table.honorific.items():
            if class_ == "title":
                self._phrase(self.titles, token)
        self._class["particle"] = set(table.particle)
        self._name_endings = self._class["name_ending"]
        self._class["common"] = set()
        for _, (word, class_) in read_rows(folder / "common_words.csv", ("word", "class")):
            if " " not in word:
                self._class["common"].add(_exact(word))
                if class_ == "people":
                    self._class.setdefault("people", set()).add(_exact(word))
        for _, (token, _) in read_rows(folder / "token_counts.csv", ("token", "persons")):
            self._elements.add(fold_key(token))
        for _, (part, written, listed) in read_rows(folder / "inflections.csv", ("part", "written", "listed")):
            if part == "prefix":
                self._prefixes.append((fold_key(written), fold_key(listed)))
            else:
                self._endings.setdefault(fold_key(written), []).append(fold_key(listed))
        self._prefixes.sort(key=lambda pair: -len(pair[0]))
        for script, name, column in (
            ("Hani", "Hani-zh-surnames.csv", "surname"),
            ("Hang", "Hang-ko-surnames.csv", "surname"),
        ):
            self.surnames[script] = {row[0] for _, row in read_rows(folder / "romanization" / name, (column,))}

    def _phrase(self, node: Node, phrase: str) -> None:
        for word in words(phrase):
            node = node.setdefault(fold_key(word), {})
        node[END] = phrase

    def form(self, text: str) -> Form:
        """The form of a word, judged once."""
        form = self._forms.get(text)
        if form is None:
            form = self._forms[text] = self._judge(text)
        return form

    def _judge(self, text: str) -> Form:
        form = Form(text)
        key = form.key
        form.keys = self._variants(form)
        roots = []
        for variant, cut, inflected in form.keys:
            node = self.names.get(variant)
            if node is not None:
                roots.append(Start(node, cut, inflected))
        form.roots = tuple(roots)
        form.titles = self.titles.get(key)
        form.common = (key if form.script != "Arab" else _exact(text)) in self._class["common"]
        form.particle = key in self._class["particle"]
        form.element = any(variant in self._elements for variant, _, _ in form.keys) and len(key) > 1
        # An unknown word that ends as family names do is taken for a name element where nothing speaks against it.
        form.ending = not form.element and not form.common and self._ends_as_a_name(form)
        form.element = form.element or form.ending
        form.organization = key in self._class["organization"]
        form.place = key in self._class["place"]
        form.people = key in self._class["people"]
        form.possessive = key in self._class["possessive"]
        form.company = key in self._class["company"]
        form.legal = key in self._class["legal_form"]
        form.vessel = key in self._class["vessel"]
        form.prefixed = self._prefixed(form)
        form.speech = key in self._class["speech"]
        return form

    def _ends_as_a_name(self, form: Form) -> bool:
        if form.cased and not form.capital:
            return False
        key = form.key
        return any(key[-size:] in self._name_endings and len(key) - size >= _STEM for size in range(2, 6))

    def _prefixed(self, form: Form) -> bool:
        """Whether an Arabic word is `and` with another: two names, or a name and what comes next."""
        if form.script != "Arab" or form.key in self._elements or form.key in self._vocabulary:
            return False
        if not form.key.startswith("و") or len(form.key) < 4:
            return False
        rest = form.key[1:]
        return (
            form.text.endswith(("ً", "اً"))
            or rest in self._elements
            or rest in self._vocabulary
            or rest in self._class["common"]
            or rest in self.titles
        )

    def is_plain_form(self, form: Form) -> bool:
        """Whether a word is an inflected form of a common one or of a title."""
        return any(base in self._class["common"] or base in self.titles for base in self.bases(form.key))

    def is_location(self, form: Form) -> bool:
        """Whether a word stands before places."""
        return form.key in self._class["location"]

    def _variants(self, form: Form) -> tuple[tuple[str, int, bool], ...]:
        """(listed key, letters of prefix cut, inflected) by which a word may meet a listed one, as written first."""
        key = form.key
        out: dict[tuple[str, int], bool] = {(key, 0): False}
        known = self._vocabulary
        if form.script in ("Cyrl", "Latn") and len(key) >= 4 and (form.script == "Cyrl" or key not in known):
            for size in (1, 2, 3):
                for becomes in self._endings.get(key[-size:], ()):
                    listed = key[:-size] + becomes
                    if len(listed) >= 3 and (listed in known or listed in self._elements):
                        out.setdefault((listed, 0), True)
        elif form.script in ("Arab", "Hebr"):
            for written, becomes in self._prefixes:
                if key.startswith(written) and len(key) - len(written) >= 3:
                    listed = becomes + key[len(written) :]
                    if listed in known:
                        # A prefix that swallowed the article's first letter is part of the mention.
                        out.setdefault((listed, 0 if becomes else len(written)), True)
        return tuple((listed, cut, inflected) for (listed, cut), inflected in out.items())

    def bases(self, word: str) -> set[str]:
        """What a word may be a form of, whether that is listed or not; itself too."""
        out = {word}
        if len(word) >= 4 and _script(word[0]) == "Cyrl":
            for size in (1, 2, 3):
                out |= {
                    word[:-size] + listed for listed in self._endings.get(word[-size:], ()) if len(word) - size >= 3
                }
        return out


def _exact(word: str) -> str:
    """A word as it is compared with common ones: alef maqsura parts the Arabic for `on` from Ali."""
    return fold_key(word.replace("\u0649", "\u0001"))


def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "Latn"
    for low, high, script in _RANGES:
        if low <= code < high:
            return script
    return "Zyyy"


_RANGES = (
    (0x370, 0x400, "Grek"),
    (0x400, 0x530, "Cyrl"),
    (0x590, 0x600, "Hebr"),
    (0x600, 0x780, "Arab"),
    (0x3040, 0x30A0, "Hira"),
    (0x30A0, 0x3100, "Kana"),
    (0x3400, 0xA000, "Hani"),
    (0xAC00, 0xD7A4, "Hang"),
)
