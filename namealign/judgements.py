"""What people decided in, verdicts on names and entities out, with all that follows from it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from namealign.errors import TableError
from namealign.journal import Judgement, Verdict, read_rows
from namealign.normalize import normalize

__all__ = ["ConflictError", "Identity", "Judgement", "Judgements", "Verdict", "name_key"]


class ConflictError(TableError):
    """Judgements that cannot all be right; `problems` has a line for each conflict."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = tuple(problems)


class Identity(NamedTuple):
    """Names that were judged to be one entity, or (where `entity` is "") one whom no table lists; each with the
    judgement that said so, those whom it was said of straight before those who are the same as them.
    """

    entity: str
    names: tuple[tuple[str, Judgement], ...]


class _Placed(NamedTuple):
    """A judgement, the file and line where it stands ("" and its number where it was made in memory), and the keys of
    what it is about: a name, and a name, an entity or nothing.
    """

    row: Judgement
    path: str
    line: int
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.path else f"judgement {self.line}"


def name_key(name: str) -> str:
    """What a judgement knows a name by: letter case, white space and the Unicode form do not matter, spelling does.

    >>> name_key("  JALEEL\\u00a0Geelani ") == name_key("Jaleel Geelani"), name_key("Jalil") == name_key("Jaleel")
    (True, False)
    """
    return normalize(name)[0]


class Judgements:
    """Verdicts by what people judged and what follows from it.

    What is the same as the same thing is the same, and what differs from one differs from all that are the same as it.
    The order of the rows does not matter. Raises ConflictError where the rows contradict each other.

    >>> kept = Judgements([Judgement("J. Gilani", "same", "Jalil Jilani"), Judgement("Jalil Jilani", "same", "", "per:1")])
    >>> str(kept.verdict("j. gilani", "per:1")), str(kept.verdict("J. Gilani", "per:2")), kept.verdict("Ali", "per:1")
    ('same', 'different', None)
    """  # noqa: E501

    def __init__(self, rows: Iterable[Judgement] = ()) -> None:
        self._load(_placed(row, "", number) for number, row in enumerate(rows, 1))

    @classmethod
    def read(cls, *paths: str | os.PathLike[str]) -> Judgements:
        """Read files of judgements; one that is not there yet holds none.

        Raises TableError for a malformed file, ConflictError for judgements that contradict each other.
        """
        found = cls.__new__(cls)
        found._load(_placed(row, os.fspath(path), line) for path in paths for line, row in read_rows(path))
        return found

    def adding(self, rows: Iterable[Judgement], path: str = "") -> Judgements:
        """These judgements and some more. Raises ConflictError where those contradict these."""
        grown = Judgements.__new__(Judgements)
        last = max((placed.line for placed in self._placed if placed.path == path), default=0)
        grown._load([*self._placed, *(_placed(row, path, last + n) for n, row in enumerate(rows, 1))])
        return grown

    def moving(self, moved: Mapping[str, str]) -> Judgements:
        """These judgements where entities were merged into others: `moved` says into which. Raises ConflictError where
        what was decided on two entities cannot hold of the one that they have become.

        >>> Judgements([Judgement("Ali", "same", "", "old")]).moving({"old": "new"}).entity_of("Ali")
        'new'
        """
        if not any(placed.row.entity in moved for placed in self._placed):
            return self
        found = Judgements.__new__(Judgements)
        found._load(
            _placed(replace(row, entity=moved.get(row.entity, row.entity)), path, line)
            for row, path, line, _, _ in self._placed
        )
        return found

    def __len__(self) -> int:
        return len(self._placed)

    def verdict(self, name: str, entity: str) -> Verdict | None:
        """What was decided on a name and an entity, straight or through others."""
        root = self._root(name_key(name))
        if self._entity.get(root, entity) != entity:
            # A name is one entity: what is decided to be this one is not decided to be another.
            return Verdict.DIFFERENT
        return self._between(root, self._root(_ENTITY + entity))

    def between(self, left: str, right: str) -> Verdict | None:
        """What was decided on two names, straight or through others."""
        return self._between(self._root(name_key(left)), self._root(name_key(right)))

    def entity_of(self, name: str) -> str:
        """The id of the entity that a name was judged to be, "" if there is none."""
        return self._entity.get(self._root(name_key(name)), "")

    def is_new(self, name: str) -> bool:
        """Whether somebody said that no table lists this name."""
        return self._root(name_key(name)) in self._new

    def identities(self) -> Iterator[Identity]:
        """All that was decided on who somebody is, in the order of the rows.

        >>> rows = [Judgement("Ali", "same", "Aly"), Judgement("Aly", "same", "", "7"), Judgement("Bo", "new")]
        >>> [(found.entity, [name for name, _ in found.names]) for found in Judgements(rows).identities()]
        [('7', ['Aly', 'Ali']), ('', ['Bo'])]
        """
        onward = self._onward()
        straight: dict[str, dict[str, tuple[str, Judgement]]] = {}
        for item in self._placed:
            root = self._root(item.left)
            if root in self._entity or root in self._new:
                found = straight.setdefault(root, {})
                if item.row.judgement == Verdict.NEW or (item.row.entity and item.row.judgement == Verdict.SAME):
                    found.setdefault(item.left, (item.row.left, item.row))
        for root, named in straight.items():
            waiting = deque(named)
            while waiting:
                here = waiting.popleft()
                for there, item in onward.get(here, ()):
                    if there not in named and not there.startswith(_ENTITY):
                        named[there] = (item.row.left if there == item.left else item.row.right, item.row)
                        waiting.append(there)
            yield Identity(self._entity.get(root, ""), tuple(named.values()))

    def touched(self, name: str) -> str:
        """The class of a name on which there is any judgement, as a key that all names judged the same share; or ""."""
        root = self._root(name_key(name))
        return root if root in self._members else ""

    def around(self, classes: Iterable[str]) -> dict[str, list[str]]:
        """These classes, and all that bear on them: the spellings of each as judgements have them.

        Of two that are kept apart, what one is decides what the other may be, so they are decided together; but not
        with one whose entity was judged, since that is known.
        """
        found: dict[str, list[str]] = {}
        waiting = sorted(classes)
        while waiting:
            root = waiting.pop()
            if root not in found:
                found[root] = self._members[root]
                near = () if root in self._entity else self._apart.get(root, ())
                waiting += sorted(other for other in near if other not in self._entity)
        return found

    def apart(self, one: str, other: str) -> bool:
        """Whether two classes are kept apart."""
        return self._between(one, other) is Verdict.DIFFERENT

    def pairs(self, names: Iterable[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Of these names the pairs judged the same, enough to join all of them, and the pairs judged different."""
        of_class: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            if root := self.touched(name):
                of_class.setdefault(root, []).append(name)
        same = [(group[0], other) for group in of_class.values() for other in group[1:]]
        different = [
            (one, other)
            for root, group in of_class.items()
            for opposite in sorted(self._apart.get(root, ()))
            if root < opposite
            for one in group
            for other in of_class.get(opposite, ())
        ]
        return same, different

    def _between(self, one: str, other: str) -> Verdict | None:
        if one == other:
            return Verdict.SAME if one in self._members else None
        mine, theirs = self._entity.get(one), self._entity.get(other)
        if other in self._apart.get(one, ()) or (mine and theirs and mine != theirs):
            return Verdict.DIFFERENT
        return Verdict.UNSURE if other in self._unsure.get(one, ()) else None

    def _load(self, placed: Iterable[_Placed]) -> None:
        self._placed = list(placed)
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._entity: dict[str, str] = {}
        self._apart: dict[str, set[str]] = {}
        self._unsure: dict[str, set[str]] = {}
        self._new: set[str] = set()
        spelled: dict[str, str] = {}
        for item in self._placed:
            spelled.setdefault(item.left, item.row.left)
            if item.right:
                spelled.setdefault(item.right, "" if item.row.entity else item.row.right)
            if item.row.judgement == Verdict.SAME:
                a, b = self._root(item.left), self._root(item.right)
                # The smaller key stands for the class, so that the order of the rows cannot matter.
                self._parent[max(a, b)] = min(a, b)
        for node in sorted(spelled):
            members = self._members.setdefault(self._root(node), [])
            if node.startswith(_ENTITY):
                self._entity.setdefault(self._root(node), node[len(_ENTITY) :])
            else:
                members.append(spelled[node])
        for item in self._placed:
            a, b = self._root(item.left), self._root(item.right) if item.right else ""
            if item.row.judgement == Verdict.NEW:
                self._new.add(a)
            elif item.row.judgement != Verdict.SAME:
                kept = self._apart if item.row.judgement == Verdict.DIFFERENT else self._unsure
                kept.setdefault(a, set()).add(b)
                kept.setdefault(b, set()).add(a)
        problems = list(dict.fromkeys(self._problems()))
        if problems:
            raise ConflictError(problems)

    def _root(self, node: str) -> str:
        parent = self._parent
        while (up := parent.get(node, node)) != node:
            parent[node] = parent.get(up, up)
            node = up
        return node

    def _problems(self) -> Iterator[str]:
        """A line for each judgement that others contradict."""
        first: dict[str, str] = {}
        for item in self._placed:
            row, root = item.row, self._root(item.left)
            if row.judgement == Verdict.DIFFERENT and root == self._root(item.right):
                by = self._way(item.left, item.right)
                what = f"{row.left!r} is different from {row.entity or repr(row.right)} here"
                yield f"{item}: {what}, but " + (f"the same by {_lines(by, item)}" if by else "they are one name")
            elif row.judgement == Verdict.NEW and root in self._entity:
                by = self._way(item.left, _ENTITY + self._entity[root])
                yield f"{item}: {row.left!r} is new here, but {self._entity[root]} by {_lines(by, item)}"
            elif row.judgement == Verdict.SAME and row.entity:
                other = first.setdefault(root, row.entity)
                if other != row.entity:
                    by = [way for way in self._way(item.right, _ENTITY + other) if way is not item]
                    yield f"{item}: {row.left!r} is {row.entity} here, but {other} by {_lines(by, item)}"

    def _onward(self) -> dict[str, list[tuple[str, _Placed]]]:
        """What is the same as something by one judgement, with that."""
        onward: dict[str, list[tuple[str, _Placed]]] = {}
        for item in self._placed:
            if item.row.judgement == Verdict.SAME:
                onward.setdefault(item.left, []).append((item.right, item))
                onward.setdefault(item.right, []).append((item.left, item))
        return onward

    def _way(self, start: str, end: str) -> list[_Placed]:
        """The judgements by which two are the same: the fewest of them."""
        onward = self._onward()
        ways: dict[str, list[_Placed]] = {start: []}
        waiting = deque([start])
        while waiting and end not in ways:
            here = waiting.popleft()
            for there, item in onward.get(here, ()):
                if there not in ways:
                    ways[there] = [*ways[here], item]
                    waiting.append(there)
        return ways.get(end, [])


# No name's plain form begins so: what is an entity's id is never taken for a name.
_ENTITY = "\0"


def _placed(row: Judgement, path: str, line: int) -> _Placed:
    """Raises TableError for a row that says nothing."""
    right = "" if row.judgement == Verdict.NEW else _ENTITY + row.entity if row.entity else name_key(row.right)
    placed = _Placed(row, path, line, name_key(row.left), right)
    if row.judgement not in tuple(Verdict):
        raise TableError(f"{placed}: judgement {row.judgement!r} is not one of {', '.join(Verdict)}")
    if not placed.left:
        raise TableError(f"{placed}: left is empty; it is the name that was judged")
    if row.judgement != Verdict.NEW and not right:
        raise TableError(f"{placed}: right and entity are both empty; {str(row.judgement)!r} needs one of them")
    if row.judgement == Verdict.NEW and (row.right or row.entity):
        raise TableError(f"{placed}: 'new' is said of a name alone: right and entity must be empty")
    return placed


def _lines(others: Iterable[_Placed], here: _Placed) -> str:
    """Where other judgements stand, as one would say it in the line of this one."""
    said = [f"line {o.line}" if o.path == here.path and o.path else str(o) for o in others]
    return " and ".join(said)
