"""The candidates of one document in, groups that are one entity each out: a short mention joins its longer antecedent.

Where two antecedents fit a short mention equally well, it joins neither and both are named: merging two people is
worse than leaving one mention open.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from namealign.compare import scorer
from namealign.decide import Policy, probability
from namealign.encode import NameStore, blocking_keys
from namealign.model import Evidence, Kind
from namealign.parse import read
from namealign.scan.candidate import Candidate
from namealign.scan.lexicon import Lexicon
from namealign.scan.words import fold_key, is_dense, spans

__all__ = ["Group", "Linked", "Linker"]

# How much a link by one shared word is worth: the last word is what newspapers shorten a name to, another is rarer.
LAST, ANY = 0.95, 0.85
# Groups of a document that are compared with a name in full: more cost time in long texts.
NEAREST = 4
# Groups of one document that share a last word and are compared pair by pair: more are no family but a long text.
RELATIVES = 40
# Characters between a name and its other name at most: `(Cyrillic: ...) (a.k.a. ` is no longer.
_BETWEEN = 60


class Group:
    """One entity of one document: the listed one, or the unknown names that are taken for one."""

    __slots__ = ("entity", "first", "kind", "names", "number", "surface")

    def __init__(self, number: int, kind: Kind, entity: int | None) -> None:
        self.number = number
        self.kind = kind
        self.entity = entity
        self.names: list[tuple[str, ...]] = []
        self.surface = ""
        # Where the text first gives one of its full names: who is not yet introduced is not meant by a short one.
        self.first = sys.maxsize

    def add(self, words: tuple[str, ...], surface: str) -> bool:
        """One more spelling; says whether it is new."""
        if len(surface) > len(self.surface) and len(words) >= max((len(n) for n in self.names), default=0):
            self.surface = surface
        if words in self.names:
            return False
        self.names.append(words)
        return True


class Linked(NamedTuple):
    """A candidate and its group; or, where several compete, none and theirs."""

    candidate: Candidate
    group: Group | None
    rivals: tuple[Group, ...]
    owners: tuple[int, ...]
    probability: float
    evidence: tuple[Evidence, ...]


class Linker:
    """Links document after document; remembers what was compared."""

    def __init__(self, lexicon: Lexicon, policy: Policy | None = None) -> None:
        self.lexicon = lexicon
        self.policy = policy or Policy()
        self._compared: dict[tuple[str, str], float] = {}
        self._keys: dict[str, frozenset[int]] = {}
        self._scorer = scorer()
        self._stores: dict[str, tuple[NameStore, frozenset[tuple[str, ...]], int]] = {}

    def link(self, text: str, candidates: Sequence[Candidate]) -> list[Linked]:
        """The mentions of one text, in order."""
        doc = _Document(self, text)
        done: dict[int, Linked] = {}
        # Longest names first, wherever they stand: a headline is shorter than what it announces.
        order = sorted(range(len(candidates)), key=lambda k: (-_length(candidates[k]), k))
        alias_of = self._aliases(text, candidates)
        later: list[int] = []
        for k in order:
            if k in alias_of or _short(candidates[k]):
                later.append(k)
            else:
                done[k] = doc.full(candidates[k])
        for k in sorted(alias_of):
            linked = doc.alias(candidates[k], done.get(alias_of[k]))
            if linked is not None:
                done[k] = linked
        # What only one entity can mean comes before what needs a choice.
        later.sort(key=lambda k: (len(candidates[k].owners) != 1, candidates[k].weak, k))
        for k in later:
            if k in done:
                continue
            linked = doc.short(candidates[k]) if _short(candidates[k]) else doc.full(candidates[k])
            if linked is not None:
                done[k] = linked
        return [done[k] for k in sorted(done)]

    def _aliases(self, text: str, candidates: Sequence[Candidate]) -> dict[int, int]:
        """Which candidates the text calls other names of which: `X, also known as Y`."""
        out: dict[int, int] = {}
        for k in range(1, len(candidates)):
            a, b = candidates[k - 1], candidates[k]
            between = text[a.end : b.start]
            if a.kind is b.kind is Kind.PERSON and 3 < len(between) <= _BETWEEN:
                words = re.findall(r"\w+", between.replace(".", "").replace("\u0640", "").lower())
                if any(" ".join(words[-n:]) in self.lexicon.alias_markers for n in range(1, min(5, len(words)) + 1)):
                    out[k] = out.get(k - 1, k - 1)
        return out

    def apart(self, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
        """Whether two names of one document are two people's: one word differs, and is two different name elements.

        Relatives share all but the given name, and a writer spells one person's given name in one way.
        """
        if len(a) != len(b) or len(a) < 2:
            return False
        forms = [(self.lexicon.bases(x), self.lexicon.bases(y)) for x, y in zip(a, b, strict=True)]
        other = [(x, y) for x, y in forms if not x & y]
        if len(other) != 1:
            return False
        left, right = ({f for word in side for f in self.lexicon.families(word)} for side in other[0])
        return bool(left and right and not left & right)

    def relatives(self, linked: Iterable[Linked]) -> Iterator[tuple[Group, Group]]:
        """Pairs of groups whose names are two people's, though they share a last word."""
        by_last: dict[str, dict[int, Group]] = {}
        for item in linked:
            if item.group is not None and item.group.kind is Kind.PERSON:
                for name in item.group.names:
                    if len(name) > 1 and len(by_last.get(name[-1], ())) < RELATIVES:
                        by_last.setdefault(name[-1], {})[item.group.number] = item.group
        for groups in by_last.values():
            for a, b in combinations(groups.values(), 2):
                if any(self.apart(x, y) for x in a.names for y in b.names):
                    yield a, b

    def alike(self, a: str, b: str) -> float:
        """The scorer's probability for two names, each pair compared once."""
        if a > b:
            a, b = b, a
        found = self._compared.get((a, b))
        if found is None:
            found = self._compared[a, b] = self._score(a, b)
        return found

    def _score(self, a: str, b: str) -> float:
        """What `compare` says, without its reasons: they cost as much again, and most pairs are no match."""
        left, right = self._store(a), self._store(b)
        if left[1] & right[1]:
            return 1.0
        odds = [self._scorer.log_odds(left[0], i, right[0], j) for i in range(left[2]) for j in range(right[2])]
        return probability(max(odds, default=-40.0))

    def _store(self, name: str) -> tuple[NameStore, frozenset[tuple[str, ...]], int]:
        found = self._stores.get(name)
        if found is None:
            readings = [r for r in read(name) if r.tokens]
            same = frozenset(tuple(token.text for token in r.tokens) for r in readings)
            found = self._stores[name] = (self._scorer.names(readings), same, len(readings))
        return found

    def keys(self, word: str) -> frozenset[int]:
        """What two words share if they may be one name."""
        found = self._keys.get(word)
        if found is None:
            texts = {token.text for name in read(word)[:2] for token in name.tokens}
            found = self._keys[word] = frozenset(key for text in texts for key in blocking_keys(text))
        return found


class _Document:
    """The groups of one document, found by their words and by what the words sound like."""

    def __init__(self, linker: Linker, text: str) -> None:
        self.linker = linker
        self.text = text
        self.groups: list[Group] = []
        self.by_entity: dict[int, Group] = {}
        self.by_words: dict[tuple[str, ...], list[Group]] = {}
        self.by_word: dict[str, dict[int, Group]] = {}
        self.by_key: dict[int, dict[int, Group]] = {}

    def full(self, c: Candidate) -> Linked:
        """Link a name that can stand by itself."""
        if c.owners:
            return self._owned(c)
        if c.kind is not Kind.PERSON:
            same = [g for g in self.by_words.get(c.words, ()) if g.kind is c.kind]
            return self._join(c, same[0] if same else self._new(c), c.probability, ())
        same = self.by_words.get(c.words, [])
        if len(same) == 1:
            return self._join(c, same[0], c.probability, ())
        part = self._parts(c)
        if part:
            return self._choose(c, part, LAST)
        best = self._similar(c)
        if best is not None:
            group, name, share = best
            return self._join(c, group, c.probability * share, (_antecedent(c, name),))
        return self._join(c, self._new(c), c.probability, ())

    def alias(self, c: Candidate, known: Linked | None) -> Linked | None:
        """Link a name to the one that the text says it is another name of, unless a table says that it is not."""
        if known is None or known.group is None:
            return None
        group = known.group
        if c.owners and (group.entity is None or group.entity not in c.owners):
            return None
        return self._join(c, group, c.probability, (_antecedent(c, " ".join(_longest(group.names))),))

    def short(self, c: Candidate) -> Linked | None:
        """Link a mention of one word: to its antecedent, to its only owner, or to nobody."""
        if c.kind is not Kind.PERSON:
            return self._owned(c) if c.owners else self.full(c)
        word = c.words[-1] if not _dense(c) else "".join(c.words)
        names = {word}
        if c.alias and not _dense(c):
            names |= {fold_key(c.alias[a:b]) for a, b in spans(c.alias)}
        if len(c.words) > 1 and (whole := self._parts(c)):
            return self._choose(c, whole, LAST)
        tiers = self._tiers(c, names)
        owned = [self.by_entity[o] for o in c.owners if o in self.by_entity]
        for share, tier in tiers:
            if not tier:
                continue
            if len(tier) > 1 and len(owned) == 1 and owned[0] in tier and share < LAST:
                tier = owned
            return self._choose(c, tier, share)
        if len(owned) == 1:
            return self._join(c, owned[0], c.probability, ())
        if c.owners:
            return self._owned(c)
        same = [g for g in self.by_words.get(c.words, ()) if g.kind is Kind.PERSON]
        if len(same) == 1:
            return self._join(c, same[0], c.probability, ())
        return None if c.weak else self._join(c, self._new(c), c.probability, ())

    def _tiers(self, c: Candidate, names: set[str]) -> Iterable[tuple[float, list[Group]]]:
        """Antecedents that share a word with a short mention: the same last word first, a similar first word last."""
        if _dense(c):
            word = next(iter(names))
            # One character is a family name, which names of more than four characters (foreign ones) do not begin with.
            most = 4 if len(word) == 1 else 99
            starts = [
                g
                for g in self.groups
                if g.kind is Kind.PERSON and any(_starts(n, word) and len("".join(n)) <= most for n in g.names)
            ]
            yield LAST, starts
            return
        bases = self.linker.lexicon.bases
        names = {base for name in names for base in bases(name)}
        same = {g.number: g for name in names for g in self.by_word.get(name, {}).values()}
        yield LAST, [g for g in same.values() if any(len(n) > 1 and bases(n[-1]) & names for n in g.names)]
        yield ANY, [g for g in same.values() if any(len(n) > 1 for n in g.names)]
        surface = self.text[c.start : c.end]
        shared = Counter(number for key in self.linker.keys(surface) for number in self.by_key.get(key, ()))
        near = [self.groups[number] for number, _ in shared.most_common(NEAREST)]
        for share, last in ((LAST, True), (ANY, False)):
            found = []
            for group in near:
                words = {n[-1] if last else w for n in group.names if len(n) > 1 for w in n}
                if any(len(w) > 2 and self.linker.alike(surface.lower(), w) >= self._bar(c) for w in words):
                    found.append(group)
            yield share, found

    def _bar(self, c: Candidate) -> float:
        # A word that is no name by itself needs more; at 0.9 a sentence's first Kakar is lost beside Anwar Haq Kakkar.
        return max(0.8, self.linker.policy.match) if c.weak else self.linker.policy.match

    def _parts(self, c: Candidate) -> list[Group]:
        """Antecedents of more words that have this name's words in a row."""
        out: dict[int, Group] = {}
        size = len(c.words)
        for group in self.by_word.get(c.words[-1], {}).values():
            for name in group.names:
                if len(name) > size and any(name[i : i + size] == c.words for i in range(len(name) - size + 1)):
                    out[group.number] = group
        return list(out.values())

    def _similar(self, c: Candidate) -> tuple[Group, str, float] | None:
        """The one group whose name the scorer takes for the same, if one leads clearly."""
        surface = self.text[c.start : c.end]
        shared: Counter[int] = Counter()
        for word in (surface,) if _dense(c) else c.words:
            shared.update({number for key in self.linker.keys(word) for number in self.by_key.get(key, {})})
        # In a long text hundreds share a given name; a spelling of this name shares more than they do.
        least = 1 if _dense(c) else min(2, len(c.words))
        near = [self.groups[number] for number, count in shared.most_common(NEAREST) if count >= least]
        best: list[tuple[float, int, Group, str]] = []
        for group in near:
            if any(self.linker.apart(c.words, name) for name in group.names):
                continue
            names = {("" if is_dense(n[0]) else " ").join(n) for n in group.names if len(n) > 1}
            shares = [(self.linker.alike(surface, name), name) for name in sorted(names)]
            if shares:
                share, name = max(shares)
                best.append((share, -group.number, group, name))
        best.sort(key=lambda item: item[:2], reverse=True)
        policy = self.linker.policy
        if not best or best[0][0] < policy.match:
            return None
        if len(best) > 1 and best[0][0] - best[1][0] < policy.margin:
            return None
        return best[0][2], best[0][3], best[0][0]

    def _owned(self, c: Candidate) -> Linked:
        """Link a listed spelling to its owner, or to the only one of its owners that the document speaks of."""
        owners = c.owners
        if len(owners) > 1:
            present = [o for o in owners if o in self.by_entity]
            if len(present) == 1:
                return self._join(c, self.by_entity[present[0]], 0.9 * c.probability, ())
            return Linked(c, None, (), owners, c.probability, c.reasons)
        group = self.by_entity.get(owners[0])
        if group is None:
            group = self._new(c, owners[0])
        return self._join(c, group, c.probability, ())

    def _choose(self, c: Candidate, groups: list[Group], share: float) -> Linked:
        if len(groups) > 1:
            introduced = [g for g in groups if g.first < c.start]
            if len(introduced) == 1:
                groups, share = introduced, min(share, ANY)
        if len(groups) == 1:
            name = _longest(groups[0].names)
            return self._join(c, groups[0], share, (_antecedent(c, " ".join(name)),), learn=False)
        return Linked(c, None, tuple(groups), (), share, (*c.reasons, Evidence("ambiguous")))

    def _join(
        self, c: Candidate, group: Group, probability: float, why: tuple[Evidence, ...], *, learn: bool = True
    ) -> Linked:
        if learn:
            self._learn(c, group)
            group.first = min(group.first, c.start)
        return Linked(c, group, (), (), probability, c.reasons + why)

    def _new(self, c: Candidate, entity: int | None = None) -> Group:
        group = Group(len(self.groups), c.kind, entity)
        self.groups.append(group)
        if entity is not None:
            self.by_entity[entity] = group
        return group

    def _learn(self, c: Candidate, group: Group) -> None:
        names = [c.words]
        if c.alias:
            listed = tuple(fold_key(c.alias[a:b]) for a, b in spans(c.alias))
            if listed != c.words:
                names.append(listed)
        for words in names:
            if group.add(words, self.text[c.start : c.end]):
                self.by_words.setdefault(words, []).append(group)
                if c.kind is not Kind.PERSON:
                    continue
                if _dense(c):
                    for key in self.linker.keys("".join(words)):
                        self.by_key.setdefault(key, {})[group.number] = group
                else:
                    for word in set().union(*map(self.linker.lexicon.bases, words)):
                        self.by_word.setdefault(word, {})[group.number] = group
                        for key in self.linker.keys(word):
                            self.by_key.setdefault(key, {})[group.number] = group


def _antecedent(c: Candidate, name: str) -> Evidence:
    return Evidence("antecedent", " ".join(c.words) if not _dense(c) else "".join(c.words), name)


def _dense(c: Candidate) -> bool:
    return is_dense(c.words[0])


def _length(c: Candidate) -> int:
    return len(c.words) if not _dense(c) else 1 + (len(c.words) > 1)


def _short(c: Candidate) -> bool:
    return c.weak or (len(c.words) == 1 and not _dense(c))


def _starts(name: tuple[str, ...], word: str) -> bool:
    text = "".join(name)
    return len(text) > len(word) and text.startswith(word)


def _longest(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return max(names, key=lambda name: len(name))
