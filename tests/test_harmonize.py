"""Strangers' names take the canonical spelling of their parts, and nothing else of them changes."""

import csv
import io
from pathlib import Path

import pytest
from fakes import FakeReconciler
from hypothesis import given
from hypothesis import strategies as st
from test_judgements import HEAD

from namealign import Reconciler, clean
from namealign.clean.harmonize import Harmonizer
from namealign.model import Decision, Entity, Kind, Match, Outcome

FAMILIES = {
    "Jilani": ("Jilani", "Geelani", "al-Geelani", "جیلانی"),
    "Ahmad": ("Ahmad", "Ahmed", "احمد"),
    "Abdul Rahman": ("Abdul Rahman", "Abd al-Rahman", "Abdurrahman"),
    "Yusuf": ("Yusuf", "Yousef"),
    "Joseph": ("Joseph", "Josef"),
    "Amir": ("Amir", "Emir"),
    "Ameer": ("Ameer", "Emir"),
    "Hasan": ("Hasan", "Hassan"),
    "Çelik": ("Çelik", "Celik"),
}
SPELL = Harmonizer(Entity(f"el:{name}", Kind.ELEMENT, name, spellings) for name, spellings in FAMILIES.items())

CASES = {
    "Ahmad Geelani": "Ahmad Jilani",
    "Ahmed Jilani": "Ahmad Jilani",
    "Geelani, Ahmed": "Jilani, Ahmad",
    "AHMED GEELANI": "AHMAD JILANI",
    "ahmed geelani": "ahmad jilani",
    "Ahmed K. Geelani": "Ahmad K. Jilani",
    "Dr. Ahmed  bin Geelani (MP)": "Dr. Ahmad  bin Jilani (MP)",
    "Ahmed al-Geelani": "Ahmad al-Jilani",
    "Ahmed Abd al-Rahman": "Ahmad Abdul Rahman",
    "ABD-AL-RAHMAN Geelani": "ABDUL RAHMAN Jilani",
    "Ahmed Abd, al-Rahman": "Ahmad Abd, al-Rahman",
    "Josef Yousef": "Joseph Yusuf",
    "Emir Hassan": "Emir Hasan",
    "celik": "çelik",
    "احمد جیلانی": "Ahmad Jilani",
    "احمد خان": None,
    "Nobody Atall": None,
    "A. B.": None,
    "": None,
}


@pytest.mark.parametrize("name", CASES)
def test_a_name_is_spelled_as_its_families_are(name: str) -> None:
    assert SPELL(name) == CASES[name]


@given(st.lists(st.sampled_from([*sum(FAMILIES.values(), ()), "bin", "K.", "Dr", ",", "-", "Smith"]), max_size=6))
def test_what_was_harmonized_stays_as_it_is(words: list[str]) -> None:
    once = SPELL(" ".join(words))
    if once is not None:
        assert SPELL(once) == once


@given(st.text(max_size=30))
def test_any_text_can_be_harmonized(text: str) -> None:
    once = SPELL(text)
    assert once is None or SPELL(once) == once


class Known(FakeReconciler):
    """The fake, which knows families too."""

    elements = tuple(Entity(f"el:{name}", Kind.ELEMENT, name, spellings) for name, spellings in FAMILIES.items())


def cells(name: str, **options: bool) -> list[str]:
    out = io.BytesIO()
    data = io.StringIO()
    csv.writer(data).writerows([["id", "name"], ["1", name]])
    clean(io.BytesIO(data.getvalue().encode()), "name", output=out, reconciler=Known(), harmonize=True, **options)  # type: ignore[arg-type]
    return next(iter(list(csv.reader(io.StringIO(out.getvalue().decode())))[1:]))[1:]


def test_a_new_name_says_that_it_was_harmonized() -> None:
    assert cells("Yousef Geelani") == ["Yousef Geelani", "Yusuf Jilani", "", "", "harmonized"]
    assert cells("Zed Smith") == ["Zed Smith", "", "", "", "new"]


def test_a_name_to_review_keeps_its_candidate_beside_its_own_harmonized_spelling() -> None:
    assert cells("Qamar Geelani") == ["Qamar Geelani", "Qamar Jilani", "per:x", "0.500", "review"]


def test_a_matched_name_is_never_harmonized() -> None:
    assert cells("Ahmed Geelani") == ["Ahmed Geelani", "AHMED GEELANI", "per:x", "0.987", "match"]


def test_replacing_puts_the_harmonized_spelling_in_place() -> None:
    assert cells("Yousef Geelani", replace=True) == ["Yusuf Jilani"]


def test_a_spelling_that_would_be_matched_to_somebody_is_left_alone() -> None:
    class Wary(Known):
        @staticmethod
        def _decide(name: str) -> Decision:
            if name == "Yusuf Jilani":
                return Decision(name, Outcome.MATCH, Match(Entity("per:y", Kind.PERSON, name), name, 0.9))
            return FakeReconciler._decide(name)

    out = io.BytesIO()
    clean(io.BytesIO(b"name\nYousef Geelani\n"), "name", output=out, reconciler=Wary(), harmonize=True)  # type: ignore[arg-type]
    assert out.getvalue().splitlines()[1] == b"Yousef Geelani,,,,new"


def test_the_example_of_the_readme_is_so(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", io.BytesIO()
    source.write_text("name\nYousef Haddad\nYoussef Hadad\n")
    clean(source, "name", output=out, reconciler=Reconciler.load(), harmonize=True, replace=True)
    assert out.getvalue() == b"name\nYusuf Haddad\nYusuf Haddad\n"


def test_the_shipped_families_harmonize_once_and_for_all(tmp_path: Path) -> None:
    path = f"{tmp_path}/d.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + "Ahmad Geelani,new,,,,,\nAhmed Jilani,new,,,,,\n")
    data = "name\nAhmad Geelani\nAhmed Jilani\nMohamed Abd al-Rahman Djilani\nمعمر القذافي\n"
    for replace in (False, True):
        options = {"harmonize": True, "replace": replace, "decisions": path, "reconciler": Reconciler.load()}
        once, twice = io.BytesIO(), io.BytesIO()
        clean(io.BytesIO(data.encode()), "name", output=once, **options)  # type: ignore[arg-type]
        assert once.getvalue().decode().count("Ahmad Jilani") == 2
        clean(io.BytesIO(once.getvalue()), "name", output=twice, **options)  # type: ignore[arg-type]
        assert twice.getvalue() == once.getvalue()
