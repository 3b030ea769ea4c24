"""What each token of a name is: names, articles, particles, honorifics, initials; by table and by place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namealign.model import Role
from namealign.parse import MAX_TOKENS, read

LETTER = {Role.NAME: "N", Role.ARTICLE: "A", Role.PARTICLE: "P", Role.HONORIFIC: "H", Role.INITIAL: "I"}


def roles(text: str) -> str:
    return "".join(LETTER[token.role] for token in read(text)[0].tokens)


def tokens(text: str) -> list[str]:
    return [token.text for token in read(text)[0].tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bashar al-Assad", "NAN"),
        ("Al-Assad", "AN"),
        ("Khalid bin Walid", "NPN"),
        ("Ursula von der Leyen", "NPPN"),
        ("Gabriel García Márquez", "NNN"),
        ("Dr. Ayman al-Zawahiri", "HNAN"),
        ("J. F. Kennedy", "IIN"),
        ("J.F. Kennedy", "IIN"),
        ("Yu. V. Andropov", "IIN"),
        ("Yu Hua", "NN"),
        ("Putin V.V.", "NII"),
        ("Harry S Truman", "NIN"),
    ],
)
def test_each_token_has_its_role(text: str, expected: str) -> None:
    assert roles(text) == expected


def test_ben_is_a_name_at_the_head_and_a_particle_inside() -> None:
    assert roles("Ben Affleck") == "NN"
    assert roles("Ahmed Ben Bella") == "NPN"


def test_a_particle_at_the_end_is_a_name() -> None:
    assert roles("Chen Bin") == "NN"
    assert roles("Tran Thi Van")[-1] == "N"


@pytest.mark.parametrize("text", ["Dr", "bin", "al", "Gen."])
def test_a_text_of_nothing_but_titles_and_particles_is_a_name_after_all(text: str) -> None:
    assert set(roles(text)) == {"N"}


@pytest.mark.parametrize("text", ["Sultan bin Salman", "Amir Khan", "Shah Rukh"])
def test_a_word_that_is_title_or_name_is_kept_as_a_name(text: str) -> None:
    assert roles(text)[0] == "N"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("García Márquez, Gabriel", ["gabriel", "garcia", "marquez"]),
        ("al-Qadhafi, Muammar", ["muammar", "al", "qadhafi"]),
        ("Xi, Jinping", ["jinping", "xi"]),
        ("Khan, Imran, Prime", ["khan", "imran", "prime"]),
        ("Khan,", ["khan"]),
        (", Imran", ["imran"]),
    ],
)
def test_family_comma_given_is_read_in_the_order_of_speech(text: str, spoken: list[str]) -> None:
    assert tokens(text) == spoken


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Amir-Abdollahian", ["amir", "abdollahian"]),
        ("O'Neill", ["o'neill"]),
        ("'Ali", ["ali"]),
        ("Pet(h)jon", ["pethjon"]),
        ("Kim (Jong) Un", ["kim", "jong", "un"]),
        ("Sita Devi (W)", ["sita", "devi"]),
        ('William "Bill" Clinton', ["william", "bill", "clinton"]),
        ("Ali/Hassan", ["ali", "hassan"]),
    ],
)
def test_hyphens_brackets_and_quotes_part_but_an_apostrophe_does_not(text: str, parts: list[str]) -> None:
    assert tokens(text) == parts


def test_a_native_text_has_a_name_for_each_reading_and_none_twice() -> None:
    names = read("محمد")
    assert len({tuple(t.text for t in n.tokens) for n in names}) == len(names) > 1
    assert all(n.script == "Arab" and n.original == "محمد" for n in names)


def test_a_language_hint_narrows_the_readings() -> None:
    assert {n.reading.language for n in read("محمد", language="fa")} == {"fa"}


@pytest.mark.parametrize("text", ["", " ", "...", "!?", "—", "()"])
def test_a_text_without_a_word_has_no_tokens(text: str) -> None:
    assert all(not name.tokens for name in read(text))


def test_a_text_of_any_length_is_parsed_and_cut() -> None:
    assert len(tokens(" ".join(["ali"] * 5000))) <= MAX_TOKENS


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=25))
def test_tokens_are_plain_and_never_empty(text: str) -> None:
    for name in read(text):
        for token in name.tokens:
            assert token.text.strip("'")
            assert token.text == token.text.lower() or not token.text.isascii()
            assert " " not in token.text
