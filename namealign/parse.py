"""One Latin reading in, a `Name` of tokens with roles out.

Roles come from tables: `data/particles.csv` (articles, filiation, kunyas, prepositions), `data/honorifics.csv`
(titles, and words that are titles or names). What a token does also depends on where it stands: `ben` before a name is
a particle, `Ben` at the head of a name is a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from namealign.model import Name, Reading, Role, Token
from namealign.normalize import fold, normalize
from namealign.romanize import readings, script_of, told
from namealign.romanize.legal import form_tokens
from namealign.romanize.respelled import initials, respelled
from namealign.romanize.told import Told
from namealign.tables import data_dir, read_rows

__all__ = ["ENTIRE", "SEALED", "SEVERAL", "Roles", "comparable", "identity", "parse", "read", "roles", "written"]

# A word: letters, with apostrophes inside or around it. A full stop after one or two letters marks an initial.
_WORD = re.compile(r"(?:[^\W\d_]|')+\.?|\d+")
# Brackets inside a word mark a doubtful letter (Pet(h)jon); a lone letter in brackets is a remark (an Indian ballot's
# (W) for a woman); any other brackets just part.
_INSIDE = re.compile(r"(?<=\w)[(\[](\w+)[)\]](?=\w)|(?<=\w\w)[(\[](\w+)[)\]]|(?<!\w)[(\[](\w+)[)\]](?=\w)")
_BRACKETS = re.compile(r"\(\w\)|[()\[\]{}\"«»“”„]+")
# Between hyphens a vowel alone is no initial: it stands for an article or the Persian ezafe (Hizb-e-Islami).
_LINKS = frozenset("aeiou")
# A text without what needs a closer look (commas, full stops, brackets, digits, a vowel between hyphens).
_SIMPLE = re.compile(r"(?:[a-z\u00df-\u00f6\u00f8-\u024f' ]++|-(?![aeiou]-))*+")
# Ordinary words whose tokens are kept: names repeat their elements. Some 20 MB at the very most.
_KEPT = 65_536
# A name of more parts than this is cut: the alignment is exact over subsets of tokens, so its cost doubles a token.
MAX_TOKENS = 10
# The script of a text that tells several names (ISO 15924: undetermined), and scripts whose own letters tell two names
# apart that read alike.
SEVERAL = "Zyyy"
# The same where the first name holds the others: two such texts are compared by it (ISO 15924: inherited).
ENTIRE = "Zinh"
SEALED = frozenset(("Hani", "Hang", "Hira", "Kana"))


class Roles:
    """What the role tables know, keyed by plain token."""

    def __init__(self) -> None:
        folder = data_dir()
        self.particle: dict[str, str] = {}
        for _, (token, class_) in read_rows(folder / "particles.csv", ("token", "class")):
            self.particle.setdefault(token, class_)
        self.honorific: dict[str, str] = {}
        for _, (token, class_) in read_rows(folder / "honorifics.csv", ("token", "class")):
            self.honorific.setdefault(token, class_)
        # One letter of another script written with several in Latin: with a full stop behind it, an initial.
        self.initials = frozenset(initials())
        self.honorific.update(dict.fromkeys(form_tokens(), "form"))
        self.number: dict[str, int] = {}
        for _, (token, number) in read_rows(folder / "generations.csv", ("token", "number")):
            self.number[token] = int(number)
        self.ordinary = _Ordinary(self)


class _Ordinary(dict[str, Token | None]):
    """The token of a word that is a name wherever it stands; None for any other word. Filled as words are met."""

    def __init__(self, table: Roles) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, word: str) -> Token | None:
        if len(self) >= _KEPT:
            self.clear()
        table = self._table
        told = word in table.particle or word in table.honorific or len(word.replace("'", "")) == 1
        self[word] = token = None if told else Token(word, Role.NAME, word)
        return token


@lru_cache(maxsize=1)
def roles() -> Roles:
    """The shipped role tables, read once."""
    return Roles()


def parse(reading: Reading, *, original: str = "", script: str = "Latn") -> Name:
    """Parse one Latin reading (plain form, lower case) into a `Name`.

    >>> [(t.text, str(t.role)) for t in parse(Reading("al-qadhafi, mu'ammar")).tokens]
    [("mu'ammar", 'name'), ('al', 'article'), ('qadhafi', 'name')]
    >>> [(t.text, str(t.role)) for t in parse(Reading("dr. j.f. bin laden")).tokens]
    [('dr', 'honorific'), ('j', 'initial'), ('f', 'initial'), ('bin', 'particle'), ('laden', 'name')]
    """
    text = fold(reading.text)
    table = roles()
    if _SIMPLE.fullmatch(text) is not None:
        simple = text.replace("-", " ").split()
        if "'" in text:
            simple = [word for word in [word.strip("'") for word in simple] if word]
        if len(simple) <= MAX_TOKENS:
            ordinary = [table.ordinary[word] for word in simple]
            if None not in ordinary:
                return Name(original or reading.text, tuple(cast("list[Token]", ordinary)), reading, script)
        words = [(word, False, False) for word in simple]
    else:
        words = _words(_family_last(text))
    tokens: list[Token] = []
    last = len(words) - 1
    begun = False
    names = 0
    for i, (text, dotted, linked) in enumerate(words[:MAX_TOKENS]):
        role = Role.NAME
        letters = text.replace("'", "")
        particle = table.particle.get(text)
        honorific = table.honorific.get(text)
        # A full stop behind a single letter marks an initial, whatever particle it could be (B. is not bin, T. not 't).
        initial = dotted and len(letters) == 1
        if particle is not None and not initial and i < last and (begun or particle in ("article", "kunya")):
            role = Role.ARTICLE if particle == "article" else Role.PARTICLE
        elif dotted and letters in table.initials:
            role = Role.INITIAL
        # A title that ends a text after a single name is its second part: Fazl Rabbi.
        elif (honorific == "title" and (i < last or names > 1)) or honorific == "form":
            role = Role.HONORIFIC
        elif linked and begun:
            role = Role.PARTICLE
        elif len(letters) == 1:
            role = Role.INITIAL
        names += role is Role.NAME
        begun |= role in (Role.NAME, Role.INITIAL)
        tokens.append(Token(text, role, text))
    if tokens and not names:
        tokens = [_as_name(token) for token in tokens]
    return Name(original or reading.text, tuple(tokens), reading, script)


def _as_name(token: Token) -> Token:
    """A text of nothing but titles and particles is a name after all; an initial stays one."""
    return token if token.role is Role.INITIAL else Token(token.text, Role.NAME, token.original)


def _family_last(text: str) -> str:
    """`García Márquez, Gabriel` is read in the order of speech; several commas are mere separators."""
    if "," not in text and "،" not in text:
        return text
    head, _, tail = text.replace("،", ",").partition(",")
    if "," in tail or not tail.strip() or not head.strip():
        return text.replace(",", " ")
    return f"{tail} {head}"


def _words(text: str) -> list[tuple[str, bool, bool]]:
    """The words of a text, and of each whether a full stop follows and whether it is a vowel that links two others.

    Apostrophes at the edges fall off, `J.F.` is two words, and the u of `Shams-u-Rahman` links.
    """
    out: list[tuple[str, bool, bool]] = []
    bare = _bare(text)
    for found in _WORD.finditer(bare):
        whole = found[0]
        dotted = whole.endswith(".")
        word = (whole[:-1] if dotted else whole).strip("'")
        if word:
            linked = (
                whole in _LINKS
                and bare[found.start() - 1 : found.start()] == bare[found.end() : found.end() + 1] == "-"
            )
            out.append((word, dotted, linked))
    return out


def read(text: str, *, language: str | None = None) -> tuple[Name, ...]:
    """Walk a text through normalize, romanize and parse: one `Name` a plausible reading, best guess first.

    >>> [token.text for token in read("Hossein AMIR-ABDOLLAHIAN")[0].tokens]
    ['hossein', 'amir', 'abdollahian']
    """
    plain, _ = normalize(text)
    names = told(plain)
    if plain.isascii() and not names and not respelled(plain):
        return (parse(Reading(plain), original=text),)
    text, script = written(text, plain, names)
    found = readings(plain, language, names=names)
    if len(found) == 1:
        return (parse(found[0], original=text, script=script),)
    out: list[Name] = []
    seen: set[tuple[str, ...]] = set()
    for reading in found:
        name = parse(reading, original=text, script=script)
        key = tuple([token.text for token in name.tokens])
        if key not in seen:
            seen.add(key)
            out.append(name)
    return tuple(out)


def written(text: str, plain: str, told_names: Told) -> tuple[str, str]:
    """The letters and the script that the readings of a text stand for; `told_names` are what its plain form tells.

    Of several names the one in another script than Latin, whose letters may be its seal; else they are of no script of
    their own, and any may be held against any.
    """
    if not told_names:
        return text, script_of(plain)
    names = told_names.names
    own = next((name for name in names if script_of(name) != "Latn"), names[0])
    script = script_of(own)
    if script in SEALED:
        return own, script
    return own, ENTIRE if told_names.whole else "Latn" if script == "Latn" else SEVERAL


def identity(name: Name) -> str:
    """What a reading says as a whole: names with equal identities are identical. "" where no letter stands.

    An apostrophe is written or left out at will; a name too long to be parsed whole is compared as it was read.
    """
    if len(name.tokens) == MAX_TOKENS:
        return fold(name.reading.text)
    text = " ".join(token.text for token in name.tokens).replace("'", "")
    return text if any(map(str.isalpha, text)) else ""


def comparable(left: Sequence[Name], right: Sequence[Name]) -> list[tuple[int, int]]:
    """Which readings of one text to hold against which of another, as pairs of numbers.

    All against all, save where both texts are of one script and their best readings follow one standard: then only
    those two are compared, since a further reading would only add chances to agree.
    """
    if left and right:
        a, b = left[0], right[0]
        same_standard = (a.reading.language, a.reading.standard) == (b.reading.language, b.reading.standard)
        if a.script == b.script and a.script not in ("Latn", SEVERAL) and same_standard:
            return [(0, 0)]
    return [(i, j) for i in range(len(left)) for j in range(len(right))]


def _bare(text: str) -> str:
    if "(" in text or "[" in text:
        text = _INSIDE.sub(lambda found: found[1] or found[2] or found[3], text)
    return _BRACKETS.sub(" ", text)
