"""The index finds, among many names, the few that may be the one asked for; and leaves its scratch memory as it was."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from namealign import candidates
from namealign.candidates import LEVELS, MAX_NAMES, MAX_TOKENS, build_index, gather, near, query_tokens
from namealign.compare import Scorer, scorer
from namealign.encode import NameStore
from namealign.parse import identity, read

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
        self.texts = texts
        self.scorer: Scorer = scorer()
        self.store: NameStore = self.scorer.names(())
        self.owner: list[int] = []
        for k, text in enumerate(texts):
            for name in read(text):
                self.store.add(name)
                self.owner.append(k)
        self.index = build_index(self.store)
        count, tokens = len(self.owner), len(self.store.tokens.key)
        self.met: list[Any] = [[0] * tokens, [0.0] * tokens, [0] * LEVELS]
        self.scratch: list[Any] = [[0.0] * count, [0.0] * count, [0] * count, [0] * count, [0.0] * tokens]

    def ask(self, text: str, *, room: int = MAX_NAMES) -> list[int]:
        """The numbers of the texts found for a text's best reading, best first."""
        query = self.scorer.names(read(text)[:1])
        asked, unit, keys, _ = query_tokens(query, 0)
        ws = self.scorer.reserve(max(query.tokens.longest, self.store.tokens.longest))
        first: list[int] = []
        found_tokens: list[int] = []
        values: list[float] = []
        counts: list[int] = []
        for token, own in zip(asked, keys, strict=True):
            held, worth = [0] * MAX_TOKENS, [0.0] * MAX_TOKENS
            n = near(  # type: ignore[no-untyped-call]
                query.tokens, token, own, 0, len(own), self.store.tokens, self.index, self.scorer.edits.weights,
                self.scorer.edits.size, ws.work, ws.loss, [0] * len(own), [0] * len(own), *self.met, MAX_TOKENS,
                held, worth,
            )  # fmt: skip
            first.append(len(found_tokens))
            counts.append(n)
            found_tokens += held[:n]
            values += worth[:n]
        units = sorted(set(unit))
        out = [0] * room
        count = gather(  # type: ignore[no-untyped-call]
            query.tokens, query, 0, [*map(unit.index, units), len(unit)], range(len(asked)), first, counts,
            found_tokens, values, self.store.tokens, self.store, self.index, *self.scratch, [0] * len(units),
            [0] * len(units), out, [0.0] * room,
        )  # fmt: skip
        return [self.owner[k] for k in out[:count]]


@pytest.fixture(scope="module")
def golden() -> Indexed:
    return Indexed([b for _, b in golden_matches()])


def test_nearly_every_golden_match_is_among_the_candidates(golden: Indexed) -> None:
    pairs = golden_matches()
    missed = [pair for k, pair in enumerate(pairs) if k not in golden.ask(pair[0])]
    assert len(missed) <= 0.02 * len(pairs), missed


def test_a_name_finds_itself_among_the_nearest(golden: Indexed) -> None:
    for k, (_, text) in enumerate(golden_matches()):
        if script_is_latin(text):
            # Names of other scripts that read so stand beside it; a search enters who is spelled just so anyway.
            same = identity(read(text)[0])
            others = [j for j in golden.ask(text) if j == k or same not in map(identity, read(golden.texts[j]))]
            assert k in others[:10], text


def script_is_latin(text: str) -> bool:
    return read(text)[0].script == "Latn"


def test_scratch_memory_is_left_zeroed(golden: Indexed) -> None:
    golden.ask("Moammar Kadhafi")
    # Which names were touched is written anew each time.
    acc, best, stamp, _, worth = golden.scratch
    assert not any(any(cells) for cells in (acc, best, stamp, worth, *golden.met[1:]))


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


@pytest.mark.parametrize(("query", "first", "second"), [("Hanna", "Anna", "Giannis"), ("Bakr", "Bekir", "Aboubacar")])
def test_a_token_of_two_families_meets_the_cognates_of_both(query: str, first: str, second: str) -> None:
    assert {1, 2} <= set(Indexed(["Karl Marx", first, second]).ask(query))
    for name in (first, second):
        assert 1 in Indexed(["Karl Marx", query]).ask(name)


def test_a_name_of_nothing_but_common_parts_is_found_among_a_crowd_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = [f"Mohammed {a}{b}{c}" for a in "bdgk" for b in "aiou" for c in ("bir", "dan", "lun", "mos")]
    monkeypatch.setattr(candidates, "COMMON", 10)
    indexed = Indexed([*crowd, "Mohammed Gul"])
    # More names than there is room for hold the common part: the rare one leads to its name.
    assert indexed.ask("Muhammad Ghul", room=5)[0] == len(crowd)
    assert len(indexed.ask("Muhammad", room=5)) == 5


def test_an_empty_index_finds_nothing() -> None:
    assert Indexed([]).ask("Ali") == []
