"""Letter operations: their weights sum to the score, and neither side is left or right."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namealign import kernel
from namealign.edit import edit_model, operations, token_score
from namealign.tables import data_dir, read_rows

TOKEN = st.text("abcdefghijklmnopqrstuvwxyz'šçöü", min_size=1, max_size=14)


@settings(max_examples=200, deadline=None)
@given(TOKEN, TOKEN)
def test_the_weights_of_the_operations_sum_to_the_score(a: str, b: str) -> None:
    made = operations(a, b)
    assert "".join(left for left, _, _ in made) == a
    assert "".join(right for _, right, _ in made) == b
    assert isclose(sum(weight for _, _, weight in made), token_score(a, b), abs_tol=1e-6)


@settings(max_examples=200, deadline=None)
@given(TOKEN, TOKEN)
def test_the_score_is_symmetric(a: str, b: str) -> None:
    assert isclose(token_score(a, b), token_score(b, a), abs_tol=1e-9)


@settings(max_examples=100, deadline=None)
@given(TOKEN, TOKEN)
def test_the_kernel_scores_what_the_operations_explain(a: str, b: str) -> None:
    model = edit_model()
    encode = model.substrings.encode
    work, loss = [0.0] * 400, [0.0] * 400
    score = kernel.edit_score(  # type: ignore[no-untyped-call]
        encode(a), 0, len(a), encode(b), 0, len(b), model.weights, model.size, work, loss
    )
    assert isclose(score, token_score(a, b), abs_tol=1e-6)
    assert isclose(loss[0], sum(min(0.0, w) for _, _, w in operations(a, b)), abs_tol=1e-6)


@pytest.mark.parametrize(
    ("spelling", "other", "stranger"),
    [
        ("jilani", "geelani", "jamali"),
        ("gaddafi", "qadhafi", "haddad"),
        ("yusuf", "youssef", "yunus"),
        ("sergei", "sergey", "serena"),
        ("khrushchev", "chruschtschow", "kirchner"),
        ("abdollahian", "abdullahian", "abdollahi"),
        ("zhukov", "joukov", "zubov"),
        ("nguyen", "nguien", "nathan"),
        ("haider", "haydar", "hamdan"),
        ("rahman", "rehman", "rahim"),
    ],
)
def test_a_respelling_scores_above_a_near_stranger(spelling: str, other: str, stranger: str) -> None:
    assert token_score(spelling, other) > token_score(spelling, stranger)


def test_a_letter_that_no_operation_knows_makes_the_score_impossible_not_an_error() -> None:
    assert token_score("ali", "عل") < -1e5
    assert operations("ali", "") != () or token_score("ali", "") < 0


def test_the_table_says_where_it_comes_from_and_has_no_row_twice() -> None:
    path = data_dir() / "edit_costs.csv"
    assert path.read_text(encoding="utf-8").startswith("#")
    rows = [tuple(sorted(fields[:2])) for _, fields in read_rows(path, ("left", "right", "first", "inner", "last"))]
    assert len(rows) == len(set(rows))
    assert all(len(left) <= 3 and len(right) <= 3 for left, right in rows)
