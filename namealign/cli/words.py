"""Evidence in, words that a colleague would write out: the only place where reasons become sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from namealign.model import Evidence

__all__ = ["explain", "operations", "percent", "reasons", "sentence"]

# Log-odds below which a reason shows no sign: 0.05 moves a probability of one half by about one hundredth.
_NOTHING = 0.05
# A remark about the whole is worth a line from a twentieth on: 0.2 moves one half by that much.
_LITTLE = 0.2


def percent(probability: float) -> str:
    """A probability as people say it, never rounded to certainty.

    >>> percent(0.93), percent(0.99999), percent(0.0004)
    ('93%', 'over 99%', 'under 1%')
    """
    if probability > 0.99:
        return "over 99%" if probability < 1.0 else "100%"
    return "under 1%" if probability < 0.01 else f"{probability * 100:.0f}%"


def operations(found: Sequence[str], left: str = "", right: str = "") -> str:
    """Letter operations in words; letters that stay are not mentioned. First letters of a name are seen as capitals.

    >>> operations(["g:j", "ee:i", "l:l"], "geelani", "jilani")
    'G for J, ee for i'
    >>> operations(["h:", ":w", "-:y"])
    'h left out, w put in, y put in'
    """
    said: list[str] = []
    for number, operation in enumerate(found):
        old, _, new = operation.partition(":")
        old, new = old.strip("-∅"), new.strip("-∅")
        if old == new:
            continue
        if number == 0 and old and new and left.startswith(old) and right.startswith(new):
            old, new = old.capitalize(), new.capitalize()
        text = f"{old} for {new}" if old and new else f"{old} left out" if old else f"{new} put in"
        if text not in said:
            said.append(text)
    return ", ".join(said)


def sentence(evidence: Evidence) -> str:
    """One reason as a clause: what met what, and what it means.

    >>> sentence(Evidence("variant", "geelani", "jilani", ("g:j", "ee:i", "l:l"), 4.0))
    'Geelani is Jilani: G for J, ee for i'
    >>> sentence(Evidence("omitted", "abbas", "", (), -0.4))
    'Abbas is missing on one side'
    """
    if not (evidence.left or evidence.right) or evidence.kind in _ALWAYS_WHOLE:
        return _whole(evidence)
    if evidence.left and evidence.right and evidence.kind in _PAIRS:
        return _PAIRS[evidence.kind](evidence)
    return _SINGLES.get(evidence.kind, _other)(evidence)


def explain(evidence: Iterable[Evidence]) -> list[str]:
    """The reasons that mattered, each with the direction and the strength it had, in the order given."""
    return [f"{_mark(reason.weight)} {sentence(reason)}" for reason in evidence if _matters(reason)]


def reasons(evidence: Iterable[Evidence]) -> str:
    """The reasons that mattered as one line, without those that are the same for every pair.

    >>> reasons([Evidence("variant", "ali", "aly", ("i:y",), 2.0), Evidence("omitted", "khan", "", (), -1.0)])
    'Ali is Aly: i for y; Khan is missing on one side'
    """
    return "; ".join(
        dict.fromkeys(sentence(reason) for reason in evidence if _matters(reason) and reason.kind not in _ANY)
    )


def _matters(reason: Evidence) -> bool:
    """What met what is always told; a remark about no token only if it moved the result."""
    return bool(reason.left or reason.right) or abs(reason.weight) >= _LITTLE


def _mark(weight: float) -> str:
    """Plus for, minus against; twice for strong evidence (odds of more than ten to one)."""
    strength = 2 if abs(weight) > 2.3 else 1
    return (("+" if weight > 0 else "-") * strength if abs(weight) >= _NOTHING else "").rjust(2)


def _name(token: str) -> str:
    # A token that has capitals or is no Latin text is shown as it is.
    return token.title() if token.islower() and token.isascii() else token[:1].upper() + token[1:]


def _pair(evidence: Evidence, verb: str) -> str:
    changes = operations(evidence.operations, evidence.left, evidence.right)
    return f"{_name(evidence.left)} {verb} {_name(evidence.right)}" + (f": {changes}" if changes else "")


def _same(evidence: Evidence) -> str:
    return f"{_name(evidence.left)} stands on both sides" if evidence.left == evidence.right else _pair(evidence, "is")


def _omitted(evidence: Evidence) -> str:
    return f"{_name(evidence.left or evidence.right)} is missing on one side"


def _contradicts(evidence: Evidence) -> str:
    where = f"{_name(evidence.left)} where the other has {_name(evidence.right)}"
    return f"another father: {where}" if "father" in evidence.operations else where


def _initial(evidence: Evidence) -> str:
    initial, full = sorted((evidence.left, evidence.right), key=len)
    return f"the initial {initial.upper()} fits {_name(full)}"


def _nickname(evidence: Evidence) -> str:
    return _pair(evidence, "is short for" if len(evidence.left) <= len(evidence.right) else "is the full form of")


def _particle(evidence: Evidence) -> str:
    if evidence.left and evidence.right and evidence.left != evidence.right:
        return f"the particles {evidence.left} and {evidence.right} are equivalents"
    return f"the particle {evidence.left or evidence.right} says little"


def _rarity(evidence: Evidence) -> str:
    how_many = "few" if evidence.weight >= 0 else "many"
    return f"{how_many} people are called {_name(evidence.left or evidence.right)}"


def _whole(evidence: Evidence) -> str:
    """A remark about the names as wholes, which has no token."""
    good, bad = _WHOLE.get(evidence.kind, (evidence.kind.replace("_", " "),) * 2)
    return good if evidence.weight >= 0 else bad


def _other(evidence: Evidence) -> str:
    parts = " / ".join(_name(token) for token in (evidence.left, evidence.right) if token)
    return f"{evidence.kind.replace('_', ' ')}: {parts}"


# What to say of two tokens that met.
_PAIRS: dict[str, Callable[[Evidence], str]] = {
    "same": _same,
    "variant": lambda e: _pair(e, "is" if e.weight >= 0 else "differs from"),
    "family": lambda e: _same(e) if e.left == e.right else _pair(e, "is") + " (listed)",
    "apart": lambda e: f"{_name(e.left)} and {_name(e.right)} are two names, by the table",
    "cognate": lambda e: _pair(e, "is the same name in another language as"),
    "nickname": _nickname,
    "initial": _initial,
    "joined": lambda e: f"{_name(e.left)} and {_name(e.right)} are one spelling, joined or apart",
    "contradicts": _contradicts,
    "order": lambda e: f"another order: {_name(e.left)} where the other has {_name(e.right)}",
    "gender": lambda e: _pair(e, "is, with the other gender's ending,"),
    "script": lambda e: f"{e.left} is read as {e.right}",
}
# What to say where a token may stand alone.
_SINGLES: dict[str, Callable[[Evidence], str]] = {
    "same": lambda e: f"{_name(e.left or e.right)} stands on both sides",
    "omitted": _omitted,
    "contradicts": lambda e: f"{_name(e.left or e.right)} has nothing like it on the other side",
    "particle": _particle,
    "rarity": _rarity,
}
_ALWAYS_WHOLE = {"identical", "judged", "incomparable", "prior", "calibration"}
# What is said of every pair alike.
_ANY = {"prior", "calibration"}
# What to say of the names as wholes: for, and against.
_WHOLE: dict[str, tuple[str, str]] = {
    "same": ("parts agree", "few parts agree"),
    "variant": ("the letters that differ differ as spellings do", "the letters that differ are seldom one name's"),
    "contradicts": ("nothing contradicts", "parts contradict each other"),
    "omitted": ("nothing is left out", "parts are left out"),
    "initial": ("no part is a bare initial", "some part is a bare initial"),
    "joined": ("the parts are joined or apart alike", "parts are joined on one side"),
    "order": ("the order of the parts speaks for it", "the parts stand in another order"),
    "rarity": ("what they share is rare", "what they share is common"),
    "origin": ("names of their origin are spelled in many ways", "names of their origin differ by as little"),
    "script": ("one side's script leaves letters open",) * 2,
    "particle": ("the particles agree", "the particles differ"),
    "gender": ("the endings' gender agrees", "the endings' gender differs"),
    "prior": ("two names taken at random are seldom one",) * 2,
    "ceiling": ("capped: they are not so far apart", "capped: what differs here is for a person to judge"),
    "aside": ("", "capped: nearest to a spelling in another script, though there are Latin ones"),
    "known": ("every part is a listed spelling of the other's",) * 2,
    "calibration": ("adjusted to how often such scores prove right",) * 2,
    "judged": ("a person decided that they are one", "a person decided that they are not one"),
    "identical": ("both are spelled alike, but for marks and letter case",) * 2,
    "incomparable": ("there is nothing in them to compare",) * 2,
}
