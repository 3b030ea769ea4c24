"""What people decided is kept to, and nothing else changes."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign import InputError, Reconciler, cluster
from namealign.decide import Policy
from namealign.judgements import ConflictError, Judgement, Judgements
from namealign.model import Decision, Entity, Match
from namealign.replay import contenders, replay


class Scripted:
    """A Reconciler whose answers are written down: {name: {entity id: probability}}."""

    policy = Policy()

    def __init__(self, answers: dict[str, dict[str, float]]) -> None:
        self.answers = answers
        self.moved: dict[str, str] = {}
        self.entities = {key: Entity(key, "person", key.upper()) for found in answers.values() for key in found}

    def lookup_many(self, names, *, limit=1, kinds=(), language=None, progress=None):  # type: ignore[no-untyped-def]
        from namealign.decide import decide

        found = []
        for name in names:
            ranked = sorted(self.answers.get(name.lower(), {}).items(), key=lambda item: (-item[1], item[0]))
            matches = [Match(self.entities[key], name, share) for key, share in ranked]
            found.append(decide(name, matches, self.policy, limit=limit))
        return found

    def find(self, ids):  # type: ignore[no-untyped-def]
        return {key: self.entities[key] for key in ids if key in self.entities}


KNOWN = Scripted(
    {
        "sure": {"p": 0.99, "q": 0.3},
        "doubtful": {"p": 0.6, "q": 0.5},
        "listed": {"p": 1.0, "q": 1.0, "r": 0.8},
        "again": {"p": 0.94, "q": 0.6},
        "close": {"p": 0.93},
        "stranger": {"q": 0.1},
    }
)


def decided(name: str, *rows: Judgement) -> Decision:
    return replay(KNOWN, [name], Judgements(rows)).decisions[0]  # type: ignore[arg-type]


def told(decision: Decision) -> tuple[str, str | None]:
    return str(decision.outcome), decision.best.entity.id if decision.best else None


def settled(name: str, *rows: Judgement) -> bool:
    return name in replay(KNOWN, [name], Judgements(rows)).settled  # type: ignore[arg-type]


def test_same_joins_whatever_the_likeness() -> None:
    found = decided("stranger", Judgement("Stranger", "same", "", "r"))
    assert told(found) == ("match", "r")
    assert found.best is not None
    assert found.best.probability == 1.0
    assert [e.kind for e in found.best.evidence] == ["judged"]


def test_different_refuses_a_sure_match() -> None:
    assert told(decided("sure", Judgement("sure", "different", "", "p"))) == ("new", None)


def test_the_next_best_is_asked_about_and_not_taken() -> None:
    rows = [Judgement("again", "different", "", "p")]
    assert told(decided("again", *rows)) == ("review", "q")
    assert not settled("again", *rows)


def test_the_next_best_is_taken_if_it_is_spelled_just_so() -> None:
    assert told(decided("listed")) == ("review", "p")
    assert told(decided("listed", Judgement("listed", "different", "", "p"))) == ("match", "q")


def test_unsure_stays_for_review_and_is_settled() -> None:
    assert told(decided("sure", Judgement("sure", "unsure", "", "p"))) == ("review", "p")
    assert settled("sure", Judgement("sure", "unsure", "", "p"))
    assert settled("doubtful", Judgement("doubtful", "unsure", "", "p"), Judgement("doubtful", "unsure", "", "q"))


def test_unsure_about_one_candidate_leaves_the_other_open() -> None:
    assert not settled("doubtful", Judgement("doubtful", "unsure", "", "p"))


def test_a_new_name_is_new_until_a_table_lists_that_very_spelling() -> None:
    assert told(decided("sure", Judgement("sure", "new"))) == ("new", None)
    refused = Judgement("listed", "different", "", "p")
    assert told(decided("listed", Judgement("listed", "new"), refused)) == ("match", "q")


def test_names_that_are_the_same_are_decided_as_one() -> None:
    row = Judgement("stranger", "same", "sure")
    assert told(decided("stranger", row)) == told(decided("sure", row)) == ("match", "p")


def test_names_that_differ_are_not_both_matched_and_the_likelier_one_keeps_the_entity() -> None:
    row = Judgement("sure", "different", "close")
    assert told(decided("sure", row)) == ("match", "p")
    assert told(decided("close", row)) == ("new", None)


def test_where_neither_name_is_clearly_the_likelier_both_are_for_review() -> None:
    row = Judgement("again", "different", "close")
    assert told(decided("again", row)) == told(decided("close", row)) == ("review", "p")


def test_different_holds_through_a_third_name() -> None:
    rows = [Judgement("sure", "different", "third"), Judgement("third", "same", "", "p")]
    assert told(decided("sure", *rows)) == ("new", None)


def test_a_judgement_about_an_entity_that_no_table_has_is_told() -> None:
    answers = replay(KNOWN, ["sure"], Judgements([Judgement("sure", "same", "Gone", "z")]))  # type: ignore[arg-type]
    assert answers.lost == (("sure", "z"),)
    # It was not this one either.
    assert told(answers.decisions[0]) == ("new", None)


def test_what_only_resembles_a_name_is_no_rival_of_its_very_spelling() -> None:
    found = KNOWN.lookup_many(["listed"], limit=9)[0]
    assert [match.entity.id for match in contenders([found.best, *found.others], KNOWN.policy)] == ["p", "q"]


_NAMES = sorted(KNOWN.answers)
_ROW = st.builds(
    lambda left, verdict, right, entity: (
        Judgement(left, verdict) if verdict == "new" else Judgement(left, verdict, right, entity)
    ),
    st.sampled_from([*_NAMES, "unlisted"]),
    st.sampled_from(["same", "different", "unsure", "new"]),
    st.sampled_from([*_NAMES, "unlisted"]),
    st.sampled_from(["", "", "p", "q", "r"]),
)


@given(rows=st.lists(_ROW, max_size=8), names=st.lists(st.sampled_from(_NAMES), min_size=1, unique=True))
def test_decisions_keep_to_every_judgement_whatever_else_is_in_the_table(
    rows: list[Judgement], names: list[str]
) -> None:
    try:
        kept = Judgements(rows)
    except ConflictError:
        return
    whole = dict(zip(_NAMES, replay(KNOWN, _NAMES, kept).decisions, strict=True))  # type: ignore[arg-type]
    part = dict(zip(names, replay(KNOWN, names, kept).decisions, strict=True))  # type: ignore[arg-type]
    matched = {name: found.best.entity.id for name, found in whole.items() if found.outcome == "match" and found.best}
    for name, found in whole.items():
        if name in part:
            assert told(part[name]) == told(found)
        if kept.entity_of(name):
            assert matched[name] == kept.entity_of(name)
        if found.best is not None:
            assert kept.verdict(name, found.best.entity.id) != "different"
        if not kept.touched(name):
            assert told(found) == told(KNOWN.lookup_many([name])[0])
    for a, b in combinations(_NAMES, 2):
        if kept.between(a, b) == "different" and a in matched:
            assert matched[a] != matched.get(b)
        if kept.between(a, b) == "same":
            assert told(whole[a]) == told(whole[b])


NAMES = [
    "Muammar Gaddafi",
    "Moammar Kadhafi",
    "Muammar Qaddafi",
    "Hosni Mubarak",
    "Husni Mubarak",
    "Zed Zzyzx",
    "Ann Oth",
]


def test_clusters_join_what_is_the_same() -> None:
    labels = cluster(NAMES, same=[("Zed Zzyzx", "Hosni Mubarak"), ("Ann Oth", "Zed Zzyzx")]).labels
    assert labels[3] == labels[5] == labels[6] != labels[0]
    assert labels[3] == labels[4]


def test_clusters_keep_apart_what_is_different_also_through_a_third() -> None:
    assert len({*cluster(NAMES).labels[:3]}) == 1
    labels = cluster(NAMES, different=[("Muammar Gaddafi", "Moammar Kadhafi")]).labels
    assert labels[0] != labels[1]
    assert labels[2] in labels[:2]


def test_pairs_that_cannot_both_hold_are_refused() -> None:
    with pytest.raises(InputError, match="'Ann Oth' and 'Hosni Mubarak' are given as different"):
        cluster(NAMES, same=[("Ann Oth", "Hosni Mubarak")], different=[("Ann Oth", "Hosni Mubarak")])


_PAIR = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])


@given(same=st.lists(_PAIR, max_size=3), different=st.lists(_PAIR, max_size=4), names=st.permutations(NAMES))
def test_clusters_hold_all_constraints_in_any_order(
    same: list[tuple[str, str]], different: list[tuple[str, str]], names: list[str]
) -> None:
    try:
        found = cluster(names, same=same, different=different)
    except InputError:
        return
    label = dict(zip(names, found.labels, strict=True))
    assert all(label[a] == label[b] for a, b in same)
    assert all(label[a] != label[b] for a, b in different)
    groups = {frozenset(group.members) for group in found.clusters}
    assert groups == {
        frozenset(group.members) for group in cluster(sorted(names), same=same, different=different).clusters
    }


def test_a_real_reconciler_finds_entities_by_id() -> None:
    known = Reconciler.from_names({"1": ["Jalil Jilani"], "2": ["Ramzan Kadyrov"]})
    assert {key: entity.canonical for key, entity in known.find(["2", "3"]).items()} == {"2": "Ramzan Kadyrov"}
