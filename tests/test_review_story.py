"""Month after month, with two people who answer, stop, are killed and take back: what was decided holds, and no run of
it ends in a file that contradicts itself.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from namealign.clean import clean
from namealign.cluster import cluster
from namealign.files import writing
from namealign.journal import Journal
from namealign.judgements import ConflictError, Judgements
from namealign.model import Outcome
from namealign.reconciler import Reconciler
from namealign.replay import replay
from namealign.review import Overtaken, Session, questions

TABLE = {
    "1": ["Jalil Abbas Jilani", "J. A. Jilani"],
    "2": ["Jamil Abbas Jilani", "J. A. Jilani"],
    "3": ["Ramzan Kadyrov", "Kadyrov"],
    "4": ["Akhmad Kadyrov", "Kadyrov"],
    "5": ["Hosni Mubarak", "Mubarak"],
    "6": ["Suzanne Mubarak", "Mubarak"],
}
# The same names in other case and space, as next month's export has them.
SPELLED = ["J. A. Jilani", "j. a.  jilani", "KADYROV", "Kadyrov", "Mubarak", " mubarak", "Кадыров", "Hosni Mubarak"]
KNOWN = Reconciler.from_names(TABLE)
PEOPLE = st.sampled_from(["ann", "bob"])


class Story(RuleBasedStateMachine):
    """Two people with a session each, on one file of decisions."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "decisions.csv"
        self.sessions: dict[str, Session] = {}
        for who in ("ann", "bob"):
            self.open_a_month(who, ["Kadyrov", "Mubarak", "J. A. Jilani"], again=False)

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def judgements(self) -> Judgements:
        return Judgements.read(self.path)

    @rule(who=PEOPLE, names=st.lists(st.sampled_from(SPELLED), min_size=1, unique=True), again=st.booleans())
    def open_a_month(self, who: str, names: list[str], again: bool) -> None:
        """A new export is cleaned, and a review begun; one that was open is left, as if it had been killed."""
        answers = replay(KNOWN, names, self.judgements(), limit=9)
        uncertain = [
            (name, 1, found)
            for name, found in zip(names, answers.decisions, strict=True)
            if found.outcome == Outcome.REVIEW and (again or name not in answers.settled)
        ]
        asked = questions(uncertain, KNOWN.policy, lambda _: "")
        self.sessions[who] = Session(
            asked,
            self.judgements(),
            Journal(self.path),
            now=lambda: "now",
            by=who,
            again=again,
            reread=self.judgements,
        )

    @rule(
        who=PEOPLE, answer=st.sampled_from(["same", "other", "different", "unsure", "new", "skip"]), late=st.booleans()
    )
    def answer(self, who: str, answer: str, late: bool) -> None:
        session = self.sessions[who]
        if not late:
            # The question is shown anew; else it has stood there since the last answer.
            session.current()
        before = len(self.judgements())
        try:
            question = session._shown or session.current()
            if question is None:
                return
            if answer in ("same", "other"):
                number = 1 if answer == "same" else len(question.candidates)
                session.same(number)
                assert self.judgements().entity_of(question.name) == question.candidates[number - 1].entity
            else:
                getattr(session, answer)()
        except (Overtaken, ConflictError):
            assert len(self.judgements()) == before

    @rule(who=PEOPLE)
    def take_back(self, who: str) -> None:
        session = self.sessions[who]
        before = self.path.read_bytes() if self.path.exists() else b""
        if session.can_undo and session.undo():
            after = self.path.read_bytes() if self.path.exists() else b""
            # Only lines of this person's go.
            gone = [line for line in before.splitlines() if line not in after.splitlines()]
            assert all(b"," + who.encode() + b"," in line for line in gone if b"left,judgement" not in line)

    @rule()
    def somebody_dies_while_writing(self) -> None:
        """What a killed process leaves is a file beside the other, which nobody reads."""
        try:
            with writing(self.path) as file:
                file.write(b"left,judge")
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass

    @invariant()
    def decisions_never_contradict_each_other_and_are_kept_to(self) -> None:
        kept = self.judgements()
        answers = replay(KNOWN, SPELLED, kept)
        for name, found in zip(SPELLED, answers.decisions, strict=True):
            if decided := kept.entity_of(name):
                assert (found.outcome, found.best and found.best.entity.id) == (Outcome.MATCH, decided)
            elif found.outcome == Outcome.MATCH and found.best is not None:
                assert kept.verdict(name, found.best.entity.id) != "different"


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=20, stateful_step_count=10, deadline=None, derandomize=True)


def test_different_holds_through_a_third_in_cluster_and_clean(tmp_path: Path) -> None:
    decisions, source = tmp_path / "d.csv", tmp_path / "in.csv"
    decisions.write_text(
        "left,judgement,right,entity\nR. Kadyrov,same,,3\nR. KADYROV,same,Ramsan Kadyrow,\n"
        "Ramsan Kadyrow,different,R Kadyrov the Elder,\n"
    )
    source.write_text("name\nRamzan Kadyrov\nR Kadyrov the elder\nr.  kadyrov\n")
    kept = Judgements.read(decisions)
    clean(source, "name", output=source, reconciler=KNOWN, decisions=kept)
    entities = [line.split(",")[2] for line in source.read_text().splitlines()[1:]]
    assert entities[0] == entities[2] == "3"
    assert entities[1] != "3"
    names = ["Ramsan Kadyrow", "r. kadyrov", "R KADYROV the Elder"]
    same, different = kept.pairs(names)
    labels = cluster(names, same=same, different=different).labels
    assert labels[0] == labels[1] != labels[2]


def test_cleaning_in_place_with_replacement_and_decisions_is_done_once(tmp_path: Path) -> None:
    source, decisions = tmp_path / "in.csv", tmp_path / "d.csv"
    decisions.write_text(
        "left,judgement,right,entity\nKADYROV,same,,4\nMubarak,different,,5\n"
        "X. Y.,same,,1\nJalil Abbas Jilani,unsure,,2\n"
    )
    source.write_bytes(b'id,name\r\n1,"kadyrov"\r\n2,Mubarak\r\n3,x.  y.\r\n4,Hosni Mubarak\r\n5,Jalil Abbas Jilani')
    for replace in (True, False):
        clean(source, "name", output=source, reconciler=KNOWN, decisions=decisions, replace=replace)
        once = source.read_bytes()
        clean(source, "name", output=source, reconciler=KNOWN, decisions=decisions, replace=replace)
        assert source.read_bytes() == once
    assert b"1,Akhmad Kadyrov,Akhmad Kadyrov,4,1.000,match\r\n" in once


def test_an_answer_that_comes_too_late_is_not_that_of_the_next_question(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("left,judgement,right,entity\n")
    found = replay(KNOWN, ["Kadyrov", "Mubarak"], limit=9).decisions
    asked = questions([(d.name, 1, d) for d in found], KNOWN.policy, lambda _: "")

    def begin(who: str) -> Session:
        more = {"now": lambda: "now", "by": who, "reread": lambda: Judgements.read(path)}
        return Session(asked, Judgements.read(path), Journal(path), **more)  # type: ignore[arg-type]

    ann, bob = begin("ann"), begin("bob")
    shown = ann.current()
    assert shown == bob.current()
    bob.same(1)
    with pytest.raises(Overtaken, match="meanwhile"):
        ann.same(2)
    kept = Judgements.read(path)
    assert len(kept) == 1
    following = ann.current()
    assert following is not None
    assert following.name == "Mubarak"
    ann.new()
    assert bob.undo()
    assert [row.split(",")[0] for row in path.read_text().splitlines()[1:]] == ["Mubarak"] * 3
