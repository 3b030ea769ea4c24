"""Uncertain names in, questions for a person out; their answers in, judgements on disk out.

A file of questions is plain CSV, a row for each candidate of each name, most frequent name first. A session asks what
nobody has decided, and each answer is in the file of judgements before the next question is asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import NamedTuple

from namealign.decide import Policy
from namealign.errors import InputError
from namealign.files import Source, Target, reading, writing
from namealign.journal import Journal
from namealign.judgements import Judgement, Judgements, Verdict, name_key
from namealign.model import Decision, Evidence
from namealign.replay import contenders

__all__ = ["COLUMNS", "Candidate", "Overtaken", "Question", "Session", "questions", "read_questions", "write_questions"]

COLUMNS = ("name", "rows", "candidate", "canonical", "entity", "kind", "matched", "probability", "reason")
_REQUIRED = ("name", "canonical", "entity")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity (or, without an id, a name) that a name may be: its spelling that came closest, how probable, why."""

    canonical: str
    entity: str = ""
    kind: str = ""
    matched: str = ""
    probability: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A name, the number of rows that it stands in, and what it may be, best first."""

    name: str
    rows: int
    candidates: tuple[Candidate, ...]


def questions(
    uncertain: Iterable[tuple[str, int, Decision]], policy: Policy, say: Callable[[Sequence[Evidence]], str]
) -> list[Question]:
    """A question for each uncertain name, most rows first, with the candidates that a person should choose from.

    Spellings that differ only in case and space are one question. `say` puts reasons into words.
    """
    asked: dict[str, Question] = {}
    for name, rows, decision in sorted(uncertain, key=lambda item: (-item[1], item[0])):
        known = asked.get(key := name_key(name))
        if known is not None:
            asked[key] = replace(known, rows=known.rows + rows)
            continue
        found = contenders([match for match in (decision.best, *decision.others) if match], policy)
        asked[key] = Question(
            name,
            rows,
            tuple(
                Candidate(
                    match.entity.canonical,
                    match.entity.id,
                    str(match.entity.kind),
                    match.alias,
                    f"{match.probability:.3f}",
                    say(match.evidence),
                )
                for match in found
            ),
        )
    return sorted(asked.values(), key=lambda question: (-question.rows, question.name))


def write_questions(target: Target, asked: Iterable[Question]) -> None:
    """Write a file of questions, whole or not at all."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for question in asked:
        for number, candidate in enumerate(question.candidates, 1):
            writer.writerow([question.name, question.rows, number, *astuple(candidate)])
    with writing(target) as file:
        file.write(out.getvalue().encode())


def read_questions(source: Source) -> list[Question]:
    """Read a file of questions, in its order; rows of one name belong together wherever they stand.

    Only the columns name, canonical and entity are needed. Raises InputError with file and line.
    """
    with reading(source) as (file, path):
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    asked: dict[str, Question] = {}
    try:
        header = reader.fieldnames or []
        missing = [name for name in _REQUIRED if name not in header]
        if missing:
            raise InputError(f"{path}:1: no column {', '.join(missing)}; is this what clean --review wrote?")
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"{path}:{reader.line_num}: another number of fields than the header")
            candidate = Candidate(*(row.get(name) or "" for name in COLUMNS[3:]))
            rows = row.get("rows") or "1"
            if not row["name"] or not (candidate.canonical or candidate.entity):
                raise InputError(f"{path}:{reader.line_num}: a name and a candidate are needed")
            if not rows.isdecimal():
                raise InputError(f"{path}:{reader.line_num}: rows is {rows!r}, which is no number")
            known = asked.get(key := name_key(row["name"]), Question(row["name"], int(rows), ()))
            asked[key] = replace(known, candidates=(*known.candidates, candidate))
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: {error}") from error
    return list(asked.values())


class _Step(NamedTuple):
    """Where a session was before an answer, what was known then, and whether the answer went to the file."""

    at: int
    judgements: Judgements
    written: bool


class Overtaken(InputError):
    """Somebody else has answered the question meanwhile; nothing was written."""

    def __init__(self) -> None:
        super().__init__("somebody else has answered this meanwhile; nothing was written")


class Session:
    """Asks one question after the other, and writes each answer down at once.

    `now` gives the time of an answer; `again` asks about what was left unsure too. Where others may write to the file
    of judgements at the same time, `reread` gives the judgements as they are now: what they have answered is not asked,
    and an answer that came too late is not written (Overtaken, or ConflictError).
    """

    def __init__(
        self,
        asked: Sequence[Question],
        judgements: Judgements,
        journal: Journal,
        *,
        now: Callable[[], str],
        by: str = "",
        why: str = "",
        again: bool = False,
        reread: Callable[[], Judgements] | None = None,
    ) -> None:
        self.asked, self.judgements, self.journal = asked, judgements, journal
        self.by, self.why, self.again, self._now = by, why, again, now
        self._reread = reread
        self._at = 0
        self._steps: list[_Step] = []
        # The question that was shown: what others write meanwhile must not turn its answer into that of another.
        self._shown: Question | None = None

    @property
    def answers(self) -> int:
        """How many answers this session has written down."""
        return sum(step.written for step in self._steps)

    @property
    def place(self) -> int:
        """The number of the current question, from 1."""
        return self._at + 1

    def open(self) -> int:
        """How many questions nobody has decided; those that were skipped are among them."""
        return sum(self._live(question) is not None for question in self.asked)

    def current(self) -> Question | None:
        """The question to ask now, with the candidates that are left; None when there is none any more."""
        self._catch_up()
        self._shown = None
        while self._at < len(self.asked):
            self._shown = self._live(self.asked[self._at])
            if self._shown is not None:
                break
            self._at += 1
        return self._shown

    def same(self, number: int) -> None:
        """The name is the candidate of that number, from 1. Raises ConflictError where that cannot be."""
        question = self._question()
        if not 1 <= number <= len(question.candidates):
            raise InputError(f"there is no candidate {number}")
        self._write(question, [self._judgement(question, Verdict.SAME, question.candidates[number - 1])], onward=True)

    def different(self) -> None:
        """The name is not the first candidate; the next one moves up."""
        question = self._question()
        self._write(question, [self._judgement(question, Verdict.DIFFERENT, question.candidates[0])], onward=False)

    def unsure(self) -> None:
        """Nobody can tell whether the name is one of the candidates."""
        question = self._question()
        rows = [
            self._judgement(question, Verdict.UNSURE, candidate)
            for candidate in question.candidates
            if self._verdict(question, candidate) != Verdict.UNSURE
        ]
        self._write(question, rows, onward=True)

    def new(self) -> None:
        """The name is none of the candidates, and nobody else whom the tables list."""
        question = self._question()
        rows = [self._judgement(question, Verdict.DIFFERENT, candidate) for candidate in question.candidates]
        rows.append(Judgement(question.name, Verdict.NEW, by=self.by, at=self._now(), why=self.why or "review"))
        self._write(question, rows, onward=True)

    def skip(self) -> None:
        """Leave the question for another day."""
        self._steps.append(_Step(self._at, self.judgements, written=False))
        self._at += 1
        self._shown = None

    @property
    def can_undo(self) -> bool:
        """Whether there is an answer or a skip of this session to take back."""
        return bool(self._steps)

    def undo(self) -> bool:
        """Take the last answer or skip back; False where there is none, or it was changed in the file since."""
        if not self._steps or (self._steps[-1].written and not self.journal.undo()):
            return False
        step = self._steps.pop()
        self._at = step.at
        self.judgements = step.judgements if self._reread is None else self._reread()
        self._shown = None
        return True

    def _catch_up(self) -> None:
        if self._reread is not None and self.journal.changed():
            self.judgements = self._reread()

    def _question(self) -> Question:
        question = self._shown or self.current()
        if question is None:
            raise InputError("there is no question left to answer")
        return question

    def _live(self, question: Question) -> Question | None:
        """The question with the candidates that nobody has refused; None if there is nothing to ask."""
        verdicts = [(candidate, self._verdict(question, candidate)) for candidate in question.candidates]
        left = [candidate for candidate, verdict in verdicts if verdict != Verdict.DIFFERENT]
        said = {verdict for _, verdict in verdicts}
        if Verdict.SAME in said or not (None in said or (self.again and Verdict.UNSURE in said)):
            return None
        return replace(question, candidates=tuple(left))

    def _verdict(self, question: Question, candidate: Candidate) -> Verdict | None:
        if candidate.entity:
            found = self.judgements.verdict(question.name, candidate.entity)
            # Who is in no table is none of its entities, though nobody said so of this one.
            return found or (Verdict.DIFFERENT if self.judgements.is_new(question.name) else None)
        return self.judgements.between(question.name, candidate.canonical)

    def _judgement(self, question: Question, verdict: Verdict, candidate: Candidate) -> Judgement:
        why = self.why or (f"review, {candidate.probability}" if candidate.probability else "review")
        return Judgement(question.name, verdict, candidate.canonical, candidate.entity, self.by, self._now(), why)

    def _write(self, question: Question, rows: Sequence[Judgement], *, onward: bool) -> None:
        grown = self.judgements

        def grow() -> None:
            nonlocal grown
            self._catch_up()
            if self._live(self.asked[self._at]) != question:
                raise Overtaken
            # What contradicts an earlier answer is not written.
            grown = self.judgements.adding(rows, self.journal.path)

        if rows:
            self.journal.append(rows, check=grow)
        self._steps.append(_Step(self._at, self.judgements, written=bool(rows)))
        self.judgements = grown
        self._at += onward
        self._shown = None
