"""A file of what people decided in, verdicts on names and entities out; and new judgements appended to it.

A judgement is a row of plain CSV: `left,judgement,right,entity,by,at,why`. `left` is a name. With an `entity` id the
row is about that entity of a table, and `right` only says to a reader what it is called; without one, `right` is
another name. `same` joins, `different` keeps apart, `unsure` leaves it open and is not asked again, `new` (with neither
`right` nor `entity`) says that no table lists this person. Lines that begin with `#` are comments, anywhere.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from namealign.errors import TableError
from namealign.files import locked, writing
from namealign.normalize import normalize

__all__ = ["COLUMNS", "ConflictError", "Journal", "Judgement", "Judgements", "Verdict", "beside", "name_key"]

COLUMNS = ("left", "judgement", "right", "entity", "by", "at", "why")
_REQUIRED = ("left", "judgement")


class Verdict(StrEnum):
    """What a person decided."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    NEW = "new"


class ConflictError(TableError):
    """Judgements that cannot all be right; `problems` has a line for each conflict."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision: two names, or a name and an entity, and who said what of them, when and why."""

    left: str
    judgement: Verdict | str
    right: str = ""
    entity: str = ""
    by: str = ""
    at: str = ""
    why: str = ""


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


def beside(table: str | os.PathLike[str]) -> str:
    """Where the judgements that go with an alias table are kept.

    >>> beside("lists/mine.csv")
    'lists/mine.decisions.csv'
    """
    return os.path.splitext(os.fspath(table))[0] + ".decisions.csv"


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
        found._load(placed for path in paths for placed in _read(os.fspath(path)))
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

    def _way(self, start: str, end: str) -> list[_Placed]:
        """The judgements by which two are the same: the fewest of them."""
        onward: dict[str, list[tuple[str, _Placed]]] = {}
        for item in self._placed:
            if item.row.judgement == Verdict.SAME:
                onward.setdefault(item.left, []).append((item.right, item))
                onward.setdefault(item.right, []).append((item.left, item))
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


class _Lines:
    """The lines of a text for a csv reader, without comments; a `#` inside a record is the record's own."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.number = 0
        self.begins = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if self.begins and line.startswith("#"):
                continue
            self.begins = False
            return line
        raise StopIteration


def _records(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the line on which each begins, header first."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begins = True
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"{path}:{lines.number}: {error}") from error
        if fields:
            yield lines.number, fields


def _text(raw: bytes, path: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TableError(f"{path}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8") from error


def _header(path: str, records: Iterator[tuple[int, list[str]]]) -> list[str]:
    line, header = next(records, (1, []))
    if not header:
        raise TableError(f"{path}: is empty; a header line is needed: {','.join(COLUMNS)}")
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise TableError(f"{path}:{line}: no column {', '.join(missing)}; the columns are {', '.join(header)}")
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise TableError(f"{path}:{line}: column {twice[0]} stands twice in the header")
    return header


def _read(path: str) -> Iterator[_Placed]:
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from error
    records = _records(_text(raw, path), path)
    header = _header(path, records)
    where = [header.index(name) if name in header else -1 for name in COLUMNS]
    for line, fields in records:
        if len(fields) != len(header):
            raise TableError(f"{path}:{line}: {len(fields)} fields where the header has {len(header)}")
        row = Judgement(*(fields[i].strip() if i >= 0 else "" for i in where))
        yield _placed(row, path, line)


class Journal:
    """A file of judgements that grows at its end: each append is there whole before the call returns, or not at all.

    What stands in the file stays as it is: order, comments, line ends, further columns, a BOM.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._added: list[bytes] = []

    def append(self, rows: Iterable[Judgement]) -> None:
        """Write judgements behind the others; the file is made if it is not there."""
        with locked(self.path):
            before = self._content()
            header = list(COLUMNS)
            newline = b"\r\n" if b"\r\n" in before else b"\n"
            lead = b""
            if before:
                header = _header(self.path, _records(_text(before, self.path), self.path))
                lead = b"" if before.endswith((b"\n", b"\r")) else newline
            else:
                lead = ",".join(COLUMNS).encode() + newline
            added = lead + b"".join(_line(row, header).encode() + newline for row in rows)
            self._write(before + added)
            self._added.append(added)

    def undo(self) -> bool:
        """Take the last append of this journal back; False where the file has changed since."""
        with locked(self.path):
            before = self._content()
            if not self._added or not before.endswith(self._added[-1]):
                return False
            self._write(before[: len(before) - len(self._added.pop())])
            return True

    def _content(self) -> bytes:
        with contextlib.suppress(FileNotFoundError), open(self.path, "rb") as file:
            return file.read()
        return b""

    def _write(self, content: bytes) -> None:
        with writing(self.path) as file:
            file.write(content)


def _line(row: Judgement, header: Sequence[str]) -> str:
    """A row in the file's own order of columns; white space inside a cell says nothing and cannot break the line."""
    cells = {name: " ".join(str(getattr(row, name)).split()) for name in COLUMNS}
    out = io.StringIO()
    fields = [cells.get(name, "") for name in header]
    csv.writer(out, lineterminator="").writerow(fields)
    line = out.getvalue()
    # What begins with a # would be read as a comment.
    return f'"{fields[0]}"' + line[len(fields[0]) :] if line.startswith("#") else line
