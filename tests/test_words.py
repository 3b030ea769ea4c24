"""Reasons are told as a colleague would tell them."""

import pytest

from namealign.cli.words import explain, operations, percent, sentence
from namealign.model import Evidence


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (Evidence("variant", "geelani", "jilani", ("g:j", "ee:i"), 3.0), "Geelani is Jilani: G for J, ee for i"),
        (Evidence("variant", "khamenei", "khomeini", ("a:o",), -1.0), "Khamenei differs from Khomeini: a for o"),
        (Evidence("same", "abbas", "abbas", (), 2.0), "Abbas stands on both sides"),
        (Evidence("family", "hussein", "husayn", ("e:ay",), 2.0), "Hussein is Husayn: e for ay (listed)"),
        (Evidence("cognate", "yusuf", "joseph", (), 1.0), "Yusuf is the same name in another language as Joseph"),
        (Evidence("nickname", "sasha", "aleksandr", (), 1.0), "Sasha is short for Aleksandr"),
        (Evidence("initial", "j", "jalil", (), 0.4), "the initial J fits Jalil"),
        (Evidence("omitted", "", "abbas", (), -0.4), "Abbas is missing on one side"),
        (Evidence("contradicts", "salman", "zayed", (), -5.0), "Salman where the other has Zayed"),
        (
            Evidence("contradicts", "salman", "zayed", ("father",), -5.0),
            "another father: Salman where the other has Zayed",
        ),
        (Evidence("order", "", "", (), -1.0), "the parts stand in another order"),
        (Evidence("prior", weight=-2.0), "two names taken at random are seldom one"),
        (Evidence("made_up_kind", "a", "b", (), 1.0), "made up kind: A / B"),
        (Evidence("made_up_kind", weight=1.0), "made up kind"),
    ],
)
def test_evidence_becomes_a_clause(evidence: Evidence, said: str) -> None:
    assert sentence(evidence) == said


@pytest.mark.parametrize(
    "kind",
    [
        *("same", "variant", "family", "cognate", "nickname", "initial", "joined", "omitted", "contradicts", "order"),
        *("particle", "gender", "rarity", "script", "prior", "calibration", "ceiling", "identical", "incomparable"),
    ],
)
@pytest.mark.parametrize("weight", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("tokens", [("geelani", "jilani"), ("geelani", ""), ("", "jilani"), ("", "")])
def test_every_kind_has_words_with_and_without_tokens(kind: str, weight: float, tokens: tuple[str, str]) -> None:
    said = sentence(Evidence(kind, *tokens, ("g:j",), weight))
    assert said
    assert "  " not in said
    assert not said.startswith((" ", ":"))
    assert not said.endswith((" ", ":"))


def test_strong_reasons_have_two_signs_and_remarks_of_no_weight_are_left_out() -> None:
    reasons = [
        Evidence("same", "abbas", "abbas", (), 3.0),
        Evidence("omitted", "khan", "", (), -0.5),
        Evidence("particle", "al", "", (), 0.0),
        Evidence("rarity", weight=0.01),
    ]
    assert explain(reasons) == [
        "++ Abbas stands on both sides",
        " - Khan is missing on one side",
        "   the particle al says little",
    ]


def test_letters_that_stay_are_not_mentioned() -> None:
    assert operations(["a:a", "q:k", "h:", ":w"]) == "q for k, h left out, w put in"


@pytest.mark.parametrize(("share", "said"), [(1.0, "100%"), (0.999, "over 99%"), (0.5, "50%"), (0.001, "under 1%")])
def test_a_probability_is_never_rounded_to_certainty(share: float, said: str) -> None:
    assert percent(share) == said
