"""Lookups of many names at once give what lookups of one name give, and a bulk-built shelf is the one built by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from namealign import Reconciler, cluster, compare, compare_many
from namealign import reconciler as reconciling
from namealign.bulk_index import build_shelf
from namealign.compare import scorer
from namealign.encode import token_key
from namealign.model import Entity, Kind
from namealign.shelf import Shelf, parts_of

GOLDEN = Path(__file__).parent / "golden"


def golden_pairs() -> list[tuple[str, str]]:
    found = []
    for path in sorted(GOLDEN.glob("compare_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [(r["name_a"], r["name_b"]) for r in csv.DictReader(file)]
    return found


PAIRS = golden_pairs()
KNOWN = {f"e{k}": [b, b.upper()] for k, (_, b) in enumerate(PAIRS)}
ASKED = list(dict.fromkeys([*(a for a, _ in PAIRS), "", "...", "J. F.", "Mohammed", "Kim", "معمر القذافي", "李丽"]))


@pytest.fixture(scope="module")
def known() -> Reconciler:
    made = Reconciler.from_names(KNOWN)
    # From here on the compiled search answers.
    made.lookup_many([f"Filler {a}{b}" for a in "abcdefgh" for b in "abcdefgh"])
    return made


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_many_at_once_are_decided_as_each_alone(known: Reconciler, limit: int) -> None:
    together = known.lookup_many(ASKED, limit=limit)
    for name, decision in zip(ASKED, together, strict=True):
        alone = known.lookup(name, limit=max(2, limit))
        found = [match for match in (decision.best, *decision.others) if match is not None]
        assert found == alone[: len(found)], name
        assert decision == known.lookup_many([name], limit=limit)[0], name


def test_the_company_of_a_name_changes_nothing(known: Reconciler) -> None:
    assert known.lookup_many(ASKED[::-1], limit=3)[::-1] == known.lookup_many(ASKED, limit=3)


def test_evidence_of_a_match_found_in_company_sums_to_its_log_odds(known: Reconciler) -> None:
    from namealign.decide import probability

    for decision in known.lookup_many(ASKED):
        if decision.best is not None:
            assert probability(sum(e.weight for e in decision.best.evidence)) == pytest.approx(
                decision.best.probability, abs=1e-9
            )


def test_the_compiled_search_finds_what_the_interpreted_one_finds(known: Reconciler) -> None:
    fresh = Reconciler.from_names(KNOWN)
    for name in ASKED[:: max(1, len(ASKED) // 40)]:
        alone, compiled = fresh.lookup(name, limit=1), known.lookup(name, limit=1)
        assert [m.probability for m in alone] == pytest.approx([m.probability for m in compiled], abs=1e-6), name


def test_both_searches_find_a_place_by_the_second_place_that_is_spelled_like_it() -> None:
    # Dnipro is the river or the city, which was Yekaterinoslav.
    rows = {"city": ["Yekaterinoslav"], "river": ["Dnieper"], "none": ["Karl Marx"]}
    compiled = Reconciler.from_names(rows)
    many = compiled.lookup_many(["Dnipro", *(f"Filler {a}{b}" for a in "abcdefgh" for b in "abcdefgh")], limit=3)[0]
    alone = Reconciler.from_names(rows).lookup("Dnipro", limit=3)
    found = [match for match in (many.best, *many.others) if match is not None]
    assert {match.entity.id for match in alone} == {"city", "river"}
    assert [(m.entity.id, m.probability) for m in found] == [(m.entity.id, pytest.approx(m.probability)) for m in alone]


APART, TOGETHER = "イヴ・サン＝ローラン", "イヴサンローラン"


def test_kana_are_one_name_whatever_parts_their_words_in_both_searches_and_in_a_cluster() -> None:
    assert compare(APART, TOGETHER).probability == compare_many([APART], [TOGETHER])[0] == 1.0
    for asked, held in ((APART, TOGETHER), (TOGETHER, APART)):
        alone = Reconciler.from_names({"a": [held], "b": ["カール・マルクス"]})
        assert [(m.entity.id, m.probability) for m in alone.lookup(asked)[:1]] == [("a", 1.0)]
        many = alone.lookup_many([asked, *(f"Filler {a}{b}" for a in "abcdefgh" for b in "abcdefgh")])[0]
        assert many.best is not None
        assert (many.best.entity.id, many.best.probability) == ("a", 1.0)
    names = [TOGETHER, "Yves Saint Laurent", APART, "カール・マルクス"]
    assert cluster(names).labels == [0, 0, 0, 1]
    assert cluster(names, different=[(APART, TOGETHER)]).labels == [0, 1, 1, 2]


def test_other_kana_are_held_apart_by_no_seal() -> None:
    # Long vowels and small letters are written in several ways: such names are compared by what they read like.
    assert 0.5 < compare("ヌルスルタン・ナザルバエフ", "ヌルスルタン・ナザルバーエフ").probability < 1.0
    assert compare("イヴサンローラン", "イヴ・モンタン").probability < 0.5


def test_progress_is_told_in_pieces_to_the_end(known: Reconciler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "PIECE", 10)
    told: list[tuple[int, int]] = []
    spelled = {spelling for spellings in KNOWN.values() for spelling in spellings}
    asked = [name for name in ASKED if name not in spelled]
    known.lookup_many(asked[:25], progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_a_shelf_built_in_bulk_is_the_shelf_built_one_by_one() -> None:
    names = [
        "Muammar al-Gaddafi",
        "Abd al-Rahman bin Sami",
        "J. F. Kennedy",
        "김정은",
        "李丽",
        "1 2 3",
        "",
        "Ó'Neil",
        "Hanna",
        "さくら ｶﾅ",
    ]
    rows = [(Entity(str(k), Kind.PERSON, name), (name, name.upper())) for k, name in enumerate(names)]
    one, many = Shelf.build(rows, scorer().names(())), build_shelf(rows, scorer())
    assert list(many.names.tokens.text) == list(one.names.tokens.text)
    for holder in ("names", "index"):
        for column in getattr(type(getattr(many, holder)), "_fields"):  # noqa: B009
            if column != "tokens":
                a, b = getattr(getattr(one, holder), column), getattr(getattr(many, holder), column)
                assert np.allclose(np.asarray(a, float), np.asarray(b, float)), column
    # A text without a letter is identical with nothing.
    known = [
        [(key, name) for key, name in zip(s.same_key, s.same_name, strict=True) if key not in (0, token_key(""))]
        for s in (one, many)
    ]
    assert known[0] == known[1]
    assert [many.entity(k) for k in range(len(names))] == [one.entity(k) for k in range(len(names))]
    assert {name for name, _, _ in parts_of(many)} == {name for name, _, _ in parts_of(one)}


def test_spellings_that_come_out_of_order_stand_with_their_entity() -> None:
    from namealign.bulk_index import Builder

    builder = Builder(scorer())
    first, second = builder.entity("a", "person", "Ali Khan"), builder.entity("b", "person", "Karl Marx")
    for entity, spelling in ((first, "Ali Khan"), (second, "Karl Marx"), (first, "Aly Khan")):
        builder.add(entity, spelling)
    shelf = builder.shelf()
    assert [shelf.entity(k).aliases for k in (0, 1)] == [("Ali Khan", "Aly Khan"), ("Karl Marx",)]
    assert [shelf.aliases[k] for k in shelf.alias_of] == ["Ali Khan", "Karl Marx", "Aly Khan"]


def test_who_is_spelled_just_so_is_found_as_in_a_search(known: Reconciler) -> None:
    asked = [spelling for spellings in KNOWN.values() for spelling in spellings]
    # With two candidates wanted, all are searched for.
    searched = known.lookup_many(asked, limit=2)
    for quick, slow in zip(known.lookup_many(asked), searched, strict=True):
        assert (quick.outcome, quick.best) == (slow.outcome, slow.best), quick.name


@pytest.mark.parametrize("asked", [1, 100])
def test_a_name_of_one_token_twice_is_found_among_many_that_hold_it_once(asked: int) -> None:
    crowd = {f"e{k}": ["Lang"] if k < 80 else [f"Lang {chr(97 + k % 26)}o{chr(97 + k // 26)}i"] for k in range(400)}
    made = Reconciler.from_names({**crowd, "twice": ["Lang Lang"]})
    made.lookup_many([f"Filler {k}" for k in range(asked)], limit=2)
    assert [match.entity.id for match in made.lookup("Lang Lang", limit=1)] == ["twice"]
