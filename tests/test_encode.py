"""Tokens as integers and keys: the same in every process, and shared by spellings of one name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namealign.compare import scorer
from namealign.encode import Substrings, blocking_keys, frames, token_key
from namealign.parse import read

TOKEN = st.text("abcdefghijklmnopqrstuvwxyz'šçöü", min_size=1, max_size=14)


@settings(max_examples=200, deadline=None)
@given(TOKEN)
def test_three_substrings_are_known_or_not_at_every_letter(token: str) -> None:
    substrings = Substrings(["a", "b", "c", "ab", "abc"])
    ids = substrings.encode(token)
    assert len(ids) == 3 * len(token)
    for k, number in enumerate(ids):
        letter, length = divmod(k, 3)
        text = token[letter : letter + length + 1]
        assert number == (substrings.ids.get(text, -1) if len(text) == length + 1 else -1)


def test_a_key_is_the_same_in_every_process() -> None:
    code = (
        "from namealign.encode import token_key, blocking_keys; print(token_key('jilani'), *blocking_keys('qadhafi'))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {f"{token_key('jilani')} {' '.join(map(str, blocking_keys('qadhafi')))}\n"}


@settings(max_examples=200, deadline=None)
@given(TOKEN)
def test_a_key_fits_into_62_bits(token: str) -> None:
    assert 0 <= token_key(token) < 1 << 62


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("geelani", "jilani"),
        ("gaddafi", "qadhafi"),
        ("gaddafi", "kadhafi"),
        ("khamenei", "xamenei"),
        ("tchaikovsky", "chaykovskiy"),
        ("khrushchev", "chruschtschow"),
        ("gorbachev", "gorbatschow"),
        ("yusuf", "youssef"),
        ("ouattara", "wattara"),
        ("hekmatyar", "hikmatyar"),
        ("abdurrahman", "abdulrahman"),
        ("zelensky", "selenskyj"),
        ("haider", "haydar"),
        ("ali", "aly"),
        ("aoun", "awn"),
        ("zhou", "chou"),
        ("rhee", "lee"),
    ],
)
def test_two_spellings_of_one_name_share_a_blocking_key(a: str, b: str) -> None:
    assert set(blocking_keys(a)) & set(blocking_keys(b))


@settings(max_examples=200, deadline=None)
@given(TOKEN)
def test_every_token_has_a_few_keys_and_no_key_twice(token: str) -> None:
    keys = blocking_keys(token)
    assert 1 <= len(keys) == len(set(keys)) <= 40
    assert len(frames(token)) <= 6


def test_keys_part_most_strangers() -> None:
    names = ["mohammed", "hussein", "ivanov", "rodriguez", "nakamura", "papadopoulos", "nguyen", "smith", "okonkwo"]
    shared = sum(bool(set(blocking_keys(a)) & set(blocking_keys(b))) for a in names for b in names if a < b)
    assert shared == 0


def units(text: str) -> list[str]:
    store = scorer().names(read(text)[:1])
    return [store.tokens.text[u] for u in store.unit]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bashar al-Assad", ["bashar", "assad"]),
        ("Khalid bin Walid", ["khalid", "walid"]),
        ("Dr. Ashraf Ghani", ["ashraf", "ghani"]),
        ("J. F. Kennedy", ["j", "f", "kennedy"]),
        ("Elizabeth 2", ["elizabeth"]),
        ("123", []),
        ("...", []),
    ],
)
def test_units_are_the_tokens_that_name_somebody(text: str, expected: list[str]) -> None:
    assert units(text) == expected


def test_a_unit_is_also_known_with_its_article_and_joined_with_the_next() -> None:
    store = scorer().names(read("Abd al-Rahman"))
    texts = store.tokens.text
    assert "alrahman" in texts
    assert "abdalrahman" in texts


def test_a_common_token_weighs_less_than_a_rare_one() -> None:
    store = scorer().names(read("Mohammed Haradinaj"))
    common, rare = (store.tokens.rarity[u] for u in store.unit)
    assert common < rare


def test_the_apostrophe_makes_no_other_token() -> None:
    store = scorer().names([*read("Mu'ammar"), *read("Muammar")])
    assert len({store.tokens.key[u] for u in store.unit}) == 1
