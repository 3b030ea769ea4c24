"""The index finds, among many names, the few that may be the one asked for; and leaves its scratch memory as it was."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from namealign.candidates import MAX_NAMES, build_index, gather, query_tokens
from namealign.compare import Scorer, scorer
from namealign.encode import NameStore
from namealign.parse import read

GOLDEN = Path(__file__).parent / "golden"


def golden_matches() -> list[tuple[str, str]]:
    found = []
    for path in sorted(GOLDEN.glob("compare_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [(r["name_a"], r["name_b"]) for r in csv.DictReader(file) if r["expected"] == "match"]
    return found


class Indexed:
    """Names in an index, asked by the interpreted `gather`."""

    def __init__(self, texts: list[str]) -> None:
        self.scorer: Scorer = scorer()
        self.store: NameStore = self.scorer.names(())
        self.owner: list[int] = []
        for k, text in enumerate(texts):
            for name in read(text):
                self.store.add(name)
                self.owner.append(k)
        self.index = build_index(self.store)
        count = len(self.owner)
        self.scratch: list[list[Any]] = [[0.0] * count, [0.0] * count, [0] * count]
        self.seen = [0] * len(self.store.tokens.key)
        self.turn = 1

    def ask(self, text: str, *, room: int = MAX_NAMES) -> list[int]:
        """The numbers of the texts found for a text's best reading, best first."""
        query = self.scorer.names(read(text)[:1])
        asked, unit, keys, first = query_tokens(query, 0)
        ws = self.scorer.reserve(max(query.tokens.longest, self.store.tokens.longest))
        out = [0] * room
        count = gather(  # type: ignore[no-untyped-call]
            query.tokens, query, 0, asked, unit, keys, first, self.store.tokens, self.store, self.index,
            self.scorer.edits.weights, self.scorer.edits.size, ws.work, ws.loss, *self.scratch, self.seen, self.turn,
            [0] * len(self.owner), 500, out,
        )  # fmt: skip
        self.turn += len(asked) + 1
        return [self.owner[k] for k in out[:count]]


@pytest.fixture(scope="module")
def golden() -> Indexed:
    return Indexed([b for _, b in golden_matches()])


def test_nearly_every_golden_match_is_among_the_candidates(golden: Indexed) -> None:
    pairs = golden_matches()
    missed = [pair for k, pair in enumerate(pairs) if k not in golden.ask(pair[0])]
    assert len(missed) <= 0.02 * len(pairs), missed


def test_a_name_finds_itself_first(golden: Indexed) -> None:
    for k, (_, text) in enumerate(golden_matches()):
        if script_is_latin(text):
            assert k in golden.ask(text)[:3], text


def script_is_latin(text: str) -> bool:
    return read(text)[0].script == "Latn"


def test_scratch_memory_is_left_zeroed(golden: Indexed) -> None:
    golden.ask("Moammar Kadhafi")
    assert not any(any(cells) for cells in golden.scratch)


def test_asking_twice_finds_the_same(golden: Indexed) -> None:
    assert golden.ask("Mohammed Khan") == golden.ask("Mohammed Khan")


def test_less_room_keeps_the_best(golden: Indexed) -> None:
    assert golden.ask("Mohammed Khan", room=3) == golden.ask("Mohammed Khan")[:3]


@pytest.mark.parametrize("text", ["...", "123", "J. F."])
def test_a_query_without_a_name_finds_nothing(golden: Indexed, text: str) -> None:
    assert golden.ask(text) == []


def test_initials_find_the_full_name_by_its_surname() -> None:
    indexed = Indexed(["Robert Kennedy", "John Fitzgerald Kennedy", "John Smith"])
    assert set(indexed.ask("J. F. Kennedy")[:2]) == {0, 1}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Abdurrahman", "Abd al-Rahman"),
        ("Abdul Rahman", "Abdurrahman"),
        ("Nasr Ullah", "Nasrullah"),
        ("Jongun Kim", "Kim Jong-un"),
        ("ElBaradei", "Muhammad al-Baradei"),
        ("MacDonald", "Ramsay Mac Donald"),
    ],
)
def test_joined_and_split_names_meet(query: str, name: str) -> None:
    assert 1 in Indexed(["Karl Marx", name, "Rosa Luxemburg"]).ask(query)


def test_cognates_meet_though_their_letters_do_not() -> None:
    indexed = Indexed(["Karl Marx", "Joseph Haddad", "John Haddad"])
    assert 1 in indexed.ask("Yusuf")
    assert 2 in indexed.ask("Yahya") or 2 in indexed.ask("Ivan")


def test_an_empty_index_finds_nothing() -> None:
    assert Indexed([]).ask("Ali") == []
