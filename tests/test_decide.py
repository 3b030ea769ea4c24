"""What a probability means: thresholds, the margin between two entities, and what is never a match."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namealign.decide import Policy, decide, logit, outcome, outcome_among, probability
from namealign.errors import InputError
from namealign.model import Entity, Kind, Match, Outcome

POLICY = Policy(match=0.8, review=0.4, margin=0.1)


def matches(*shares: float) -> list[Match]:
    return [Match(Entity(f"per:{k}", Kind.PERSON, f"N {k}"), f"n {k}", share) for k, share in enumerate(shares)]


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "match"), (0.8, "match"), (0.79999, "review"), (0.4, "review"), (0.39999, "different"), (0.0, "different")],
)
def test_a_threshold_belongs_to_the_better_side(share: float, said: str) -> None:
    assert outcome(share, POLICY) == said


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((), "new"),
        ((0.39,), "new"),
        ((0.5,), "review"),
        ((0.9,), "match"),
        ((0.9, 0.5), "match"),
        ((0.9, 0.85), "review"),
        ((0.9, 0.6, 0.6), "review"),
        ((0.85, 0.01, 0.01), "match"),
        ((1.0, 1.0), "review"),
        ((1.0, 0.99), "match"),
        ((0.5, 0.49), "review"),
    ],
)
def test_a_match_that_hardly_leads_is_for_review(shares: tuple[float, ...], said: str) -> None:
    assert decide("n o", matches(*shares), POLICY).outcome == said


@pytest.mark.parametrize(("name", "said"), [("n", "review"), ("n o", "match"), ("習近平", "match")])
def test_a_single_word_needs_more_since_many_bear_it(name: str, said: str) -> None:
    assert decide(name, matches(0.92), POLICY).outcome == said
    assert decide(name, matches(0.99), POLICY).outcome == "match"
    assert decide(name, matches(1.0), POLICY).outcome == "match"


def test_entities_that_are_not_handed_on_are_rivals_still() -> None:
    assert decide("n o", matches(0.9), POLICY).outcome == "match"
    assert decide("n o", matches(0.9), POLICY, others=[0.6, 0.6]).outcome == "review"


@given(st.sampled_from(["n", "n o"]), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_of_several_resembling_entities_at_most_one_is_a_match(name: str, shares: list[float]) -> None:
    said = [outcome_among(name, share, shares, Policy()) for share in shares if share < 1.0]
    assert said.count(Outcome.MATCH) <= 1


def test_a_new_name_has_no_best_but_says_what_came_closest() -> None:
    decision = decide("n o", matches(0.3, 0.2), POLICY, limit=2)
    assert decision.best is None
    assert [m.probability for m in decision.others] == [0.3, 0.2]


def test_the_runners_up_do_not_repeat_the_best() -> None:
    decision = decide("n o", matches(0.9, 0.3, 0.2), POLICY, limit=3)
    assert decision.best is not None
    assert decision.best.entity.id == "per:0"
    assert [m.entity.id for m in decision.others] == ["per:1", "per:2"]
    assert decide("n o", matches(0.9, 0.3, 0.2), POLICY).others == ()


@pytest.mark.parametrize(("review", "match"), [(0.9, 0.8), (-0.1, 0.5), (0.5, 1.1)])
def test_thresholds_out_of_order_are_an_error_that_names_them(review: float, match: float) -> None:
    with pytest.raises(InputError, match=f"{review} and {match}"):
        Policy(match=match, review=review)


def test_the_shipped_policy_is_in_order_and_cannot_be_changed() -> None:
    policy = Policy()
    assert 0.0 < policy.review < 0.5 < policy.match < 1.0
    assert 0.0 < policy.margin < policy.match - policy.review
    with pytest.raises(AttributeError):
        policy.match = 0.5  # type: ignore[misc]


@given(st.floats(-700, 700), st.floats(-700, 700))
def test_probability_rises_with_log_odds_and_stays_in_range(x: float, y: float) -> None:
    low, high = sorted((x, y))
    assert 0.0 <= probability(low) <= probability(high) <= 1.0


@given(st.floats(1e-9, 1 - 1e-9))
def test_logit_undoes_probability(share: float) -> None:
    assert isclose(probability(logit(share)), share, rel_tol=1e-9)


def test_outcomes_print_as_their_names() -> None:
    assert [str(o) for o in Outcome] == ["match", "review", "new", "different"]
