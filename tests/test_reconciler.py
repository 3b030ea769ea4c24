"""From a name to its entity: the shipped table knows the world's spellings, and keeps apart what must stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from namealign import Reconciler
from namealign.compare import replay
from namealign.decide import Policy
from namealign.errors import TableError
from namealign.model import Kind, Outcome

HEADER = "entity_id,kind,canonical,alias,language,source,note\n"


@pytest.fixture
def shipped() -> Reconciler:
    """A fresh one for each test: it comes from the cache, and what was asked before cannot matter."""
    return Reconciler.load()


def persons(known: Reconciler, name: str) -> dict[str, float]:
    return {m.entity.id: m.probability for m in known.lookup(name, kind=Kind.PERSON, limit=10)}


@pytest.mark.parametrize(
    ("entity", "spellings"),
    [
        ("per:jalil-abbas-jilani", "Geelani|Jilani|Jalil Abbas Jilani|Jalil Abbas Geelani|Jaleel Abbas Gilani|جیلانی"),
        (
            "per:hossein-amir-abdollahian",
            "Amir-Abdollahian|Amir Abdullahian|Abdullahian|Hossein Amirabdollahian|امیرعبداللهیان",
        ),
        ("per:anwaar-ul-haq-kakar", "Kakkar|Kakar|Anwaar-ul-Haq Kakar|Anwarul Haq Kakkar|Anwar ul-Haq Kakar"),
        ("pl:balochistan", "Balochistan|Baluchistan|Baluchestan|بلوچستان"),
        ("per:muammar-gaddafi", "معمر القذافي|Каддафи|卡扎菲|Gaddafi|Qadhafi|Moammar Kadhafi|Mouammar Kadhafi"),
        ("per:ramzan-kadyrov", "Кадыров|Kadyrov|Ramsan Kadyrow|Рамзан Кадыров|Ramzan Qadirov"),
        ("per:xi-jinping", "习近平|習近平|Xi Jinping|Hsi Chin-p'ing|Си Цзиньпин"),
        ("per:kim-jong-un", "金正恩|김정은|Kim Jong-un|Kim Jong Un|Kim Jongun|Ким Чен Ын"),
        ("per:volodymyr-zelenskyy", "Zelenskyy|Zelensky|Volodymyr Zelenskyi|Wolodymyr Selenskyj|Володимир Зеленський"),
    ],
)
def test_every_spelling_finds_the_entity(shipped: Reconciler, entity: str, spellings: str) -> None:
    found = {
        s: [m.entity.id for m in shipped.lookup(s, limit=4) if m.entity.kind != "element"] for s in spellings.split("|")
    }
    assert {s: ids[0] if ids else None for s, ids in found.items()} == dict.fromkeys(found, entity)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Gillan", "per:jalil-abbas-jilani"),
        ("Abdollahi", "per:hossein-amir-abdollahian"),
        ("Khamenei", "per:ruhollah-khomeini"),
        ("Khomeini", "per:ali-khamenei"),
        ("Kim Jong-il", "per:kim-jong-un"),
        ("Kim Jong-un", "per:kim-jong-il"),
        ("Salman bin Mohammed", "per:mohammed-bin-salman"),
        ("Mahmoud Abbas Zaidi", "per:jalil-abbas-jilani"),
    ],
)
def test_a_near_miss_is_no_match(shipped: Reconciler, name: str, other: str) -> None:
    assert persons(shipped, name).get(other, 0.0) < Policy().match


@pytest.mark.parametrize(("name", "other"), [("Hassan", "el:husayn"), ("Hussein", "el:hasan"), ("Gillan", "el:jilani")])
def test_a_near_element_is_no_match(shipped: Reconciler, request: pytest.FixtureRequest, name: str, other: str) -> None:
    if name == "Gillan":
        request.applymarker(pytest.mark.xfail(strict=True, reason="one rare surname, two letters apart: 0.90"))
    found = {m.entity.id: m.probability for m in shipped.lookup(name, kind=Kind.ELEMENT, limit=20)}
    assert found.get(other, 0.0) < Policy().match


def test_an_element_answers_too_and_names_its_bearers(shipped: Reconciler) -> None:
    assert "el:jilani" in [m.entity.id for m in shipped.lookup("Geelani")]
    bearers = [e.id for e in shipped.bearers("el:jilani")]
    assert {"per:jalil-abbas-jilani", "per:syed-ali-shah-geelani"} <= set(bearers)
    assert all(e.kind != Kind.ELEMENT for e in shipped.bearers("el:jilani"))
    assert shipped.bearers("el:nobody") == []


def test_two_bearers_of_one_surname_are_for_review_and_an_element_is_never_the_answer(shipped: Reconciler) -> None:
    first, whole, nobody = shipped.lookup_many(["Geelani", "Jalil Abbas Geelani", "Qwertzuiop Asdfgh"], limit=3)
    assert first.outcome == "review"
    assert first.best is not None
    assert first.best.entity.kind != Kind.ELEMENT
    assert (whole.outcome, whole.best and whole.best.entity.id) == ("match", "per:jalil-abbas-jilani")
    assert (nobody.outcome, nobody.best) == ("new", None)


@pytest.mark.parametrize("asked", [1, 300])
def test_names_that_read_alike_in_other_characters_are_not_identical(asked: int) -> None:
    known = Reconciler.from_names({"丽": ["李丽"], "莉": ["李莉"], "latin": ["Li Li"], "习": ["習近平"]})
    # Many names at once are looked up by compiled code, one by the interpreter.
    many = [f"Asker {k}" for k in range(asked - 1)]
    found = known.lookup_many(["李丽", *many], limit=3)[0]
    said = {match.entity.id: match.probability for match in [found.best, *found.others] if match is not None}
    assert said["丽"] == said["latin"] == 1.0
    assert said["莉"] < Policy().review
    same = known.lookup_many(["习近平", *many])[0]
    assert (same.outcome, same.best and same.best.entity.id) == ("match", "习")


@pytest.mark.parametrize("name", ["", "...", "123", "—", "🙂"])
def test_a_name_without_letters_is_new(shipped: Reconciler, name: str) -> None:
    assert shipped.lookup(name) == []
    assert shipped.lookup_many([name])[0].outcome == "new"


def test_a_limit_a_kind_and_evidence_are_heeded(shipped: Reconciler) -> None:
    assert len(shipped.lookup("Geelani", limit=2)) == 2
    places = shipped.lookup("Balochistan", kind="place")
    assert {str(m.entity.kind) for m in places} == {"place"}
    best = shipped.lookup("Moammar Kadhafy", kind="person")[0]
    assert sum(e.weight for e in best.evidence) == pytest.approx(_log_odds(best.probability), abs=1e-6)


def _log_odds(share: float) -> float:
    from namealign.decide import logit

    return logit(share)


def test_probabilities_come_best_first_and_each_entity_once(shipped: Reconciler) -> None:
    for name in ("Mohammed", "Kim", "Ali Khan", "Владимир"):
        found = shipped.lookup(name, limit=20)
        assert [m.probability for m in found] == sorted((m.probability for m in found), reverse=True)
        assert len({m.entity.id for m in found}) == len(found)


def test_names_of_ones_own() -> None:
    known = Reconciler.from_names({"a": ["Muammar Gaddafi"], "b": ["Hosni Mubarak"], "c": []})
    assert [m.entity.id for m in known.lookup("Moammar Kadhafi")][:1] == ["a"]
    assert [e.id for e in known.entities] == ["a", "b", "c"]
    assert [d.outcome for d in known.lookup_many(["Husni Mubarak", "Nobody Atall", "Husni Mubarak"])] == [
        "match",
        "new",
        "match",
    ]
    assert known.lookup_many([]) == []
    assert Reconciler.from_names({}).lookup("Ali") == []


def test_compiled_search_answers_as_the_interpreted_one() -> None:
    names = {f"e{k}": [n] for k, n in enumerate(("Muammar Gaddafi", "Hosni Mubarak", "Gamal Mubarak", "Kim Jong-un"))}
    asked = ["Moammar Kadhafi", "Husni Mubarak", "Mubarak", "김정은", "Kim Jong-il", "...", "Jamal Mubarak"]
    one_by_one = Reconciler.from_names(names)
    alone = {n: [(m.entity.id, m.probability) for m in one_by_one.lookup(n)] for n in asked}
    many = Reconciler.from_names(names)
    # Enough distinct names that the compiled search is taken.
    decisions = many.lookup_many(
        [*asked, *(f"Filler {chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(80))], limit=5
    )
    for name, decision in zip(asked, decisions, strict=False):
        found = [m for m in (decision.best, *decision.others) if m is not None]
        assert [m.entity.id for m in found] == [i for i, _ in alone[name]][: len(found)]
        assert [m.probability for m in found] == pytest.approx([p for _, p in alone[name]][: len(found)], abs=1e-9)


@pytest.mark.parametrize("fillers", [0, 80])
def test_a_latin_name_is_matched_to_a_latin_spelling_where_there_is_one(fillers: int) -> None:
    """What the Arabic spelling may read like as well is for review."""
    asked = "Mohsen Gharawi"
    others = [f"Filler {chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(fillers)]
    said = {}
    for spellings in (["محسن الغروي"], ["Abu Karim", "محسن الغروي"]):
        [found, *_] = Reconciler.from_names({"a": spellings}).lookup_many([asked, *others])
        assert found.best is not None
        said[len(spellings)] = found
        assert replay(found.best.evidence) == pytest.approx(found.best.probability, abs=1e-9)
    assert said[1].outcome is Outcome.MATCH
    assert said[2].outcome is Outcome.REVIEW
    assert said[2].best is not None
    assert said[2].best.alias == "محسن الغروي"


def test_the_order_and_company_of_names_change_no_decision(shipped: Reconciler) -> None:
    names = ["Geelani", "Каддафи", "Kim Jong-il", "Nobody Atall"]

    def decided(asked: list[str]) -> dict[str, tuple[str, str | None]]:
        return {d.name: (str(d.outcome), d.best and d.best.entity.id) for d in shipped.lookup_many(asked)}

    together = decided(names)
    assert decided(names[::-1]) == together
    assert {name: decided([name])[name] for name in names} == together
    # In enough company the compiled search is taken.
    company = [f"Filler {chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(80)]
    crowd = decided([*company, *names])
    assert {name: crowd[name] for name in names} == together


def test_a_users_table_stands_beside_or_instead_of_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        f"{HEADER}per:zz-own,person,Zebulon Quackenbush,Zebulon Quackenbush,en,mine,\n"
        "per:muammar-gaddafi,person,Muammar Gaddafi,Brother Leader Xyzzy,en,mine,\n",
        encoding="utf-8",
    )
    beside = Reconciler.load(own)
    assert beside.lookup("Zebulun Quackenbush")[0].entity.id == "per:zz-own"
    assert beside.lookup("Brother Leader Xyzzy")[0].entity.id == "per:muammar-gaddafi"
    assert beside.lookup("Geelani")[0].probability == 1.0
    only = Reconciler.load(own, shipped=False)
    assert {e.id for e in only.entities} == {"per:zz-own", "per:muammar-gaddafi"}


def test_no_table_at_all_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(TableError, match="no table"):
        Reconciler.load(shipped=False)


def test_with_kinds_nothing_of_another_kind_is_what_a_name_is(shipped: Reconciler) -> None:
    names = ["Lebanon", *(f"Filler {a}{b}" for a in "abcdefgh" for b in "abcdefgh")]
    for asked in (names[:1], names):
        [person, place] = (shipped.lookup_many(asked, kinds=[kind])[0] for kind in ("person", "place"))
        assert person.outcome == "new"
        assert (place.outcome, place.best and place.best.entity.id) == ("match", "pl:lebanon")
