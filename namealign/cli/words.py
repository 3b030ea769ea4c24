"""Evidence in, words that a colleague would write out: the only place where reasons become sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from namealign.model import Evidence

__all__ = ["explain", "operations", "percent", "sentence"]

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
    return _SENTENCES.get(evidence.kind, _other)(evidence)


def explain(evidence: Iterable[Evidence]) -> list[str]:
    """The reasons that mattered, each with the direction and the strength it had, in the order given."""
    return [f"{_mark(reason.weight)} {sentence(reason)}" for reason in evidence if _matters(reason)]


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
    if not (evidence.left or evidence.right):
        return "parts agree" if evidence.weight >= 0 else "few parts agree"
    if evidence.left == evidence.right or not evidence.right:
        return f"{_name(evidence.left or evidence.right)} stands on both sides"
    return _pair(evidence, "is")


def _omitted(evidence: Evidence) -> str:
    if not (evidence.left or evidence.right):
        return "nothing is left out" if evidence.weight >= 0 else "parts are left out"
    return f"{_name(evidence.left or evidence.right)} is missing on one side"


def _contradicts(evidence: Evidence) -> str:
    if not (evidence.left or evidence.right):
        return "nothing contradicts" if evidence.weight >= 0 else "parts contradict each other"
    if not (evidence.left and evidence.right):
        return f"{_name(evidence.left or evidence.right)} has nothing like it on the other side"
    if "father" in evidence.operations:
        return f"another father: {_name(evidence.left)} where the other has {_name(evidence.right)}"
    return f"{_name(evidence.left)} where the other has {_name(evidence.right)}"


def _order(evidence: Evidence) -> str:
    if not evidence.left and evidence.weight > 0:
        return "the order of the parts speaks for it"
    if evidence.left and evidence.right:
        return f"another order: {_name(evidence.left)} where the other has {_name(evidence.right)}"
    return "the parts stand in another order"


def _rarity(evidence: Evidence) -> str:
    token = evidence.left or evidence.right
    rare = evidence.weight >= 0
    if not token:
        return "what they share is rare" if rare else "what they share is common"
    return f"few people are called {_name(token)}" if rare else f"many people are called {_name(token)}"


def _initial(evidence: Evidence) -> str:
    if not (evidence.left and evidence.right):
        return "no part is a bare initial" if evidence.weight >= 0 else "some part is a bare initial"
    initial, full = sorted((evidence.left, evidence.right), key=len)
    return f"the initial {initial.upper()} fits {_name(full)}"


def _joined(evidence: Evidence) -> str:
    if not (evidence.left and evidence.right):
        return "the parts are joined or apart alike" if evidence.weight >= 0 else "parts are joined on one side"
    return f"{_name(evidence.left)} and {_name(evidence.right)} are one spelling, joined or apart"


def _particle(evidence: Evidence) -> str:
    if evidence.left and evidence.right and evidence.left != evidence.right:
        return f"the particles {evidence.left} and {evidence.right} are equivalents"
    return f"the particle {evidence.left or evidence.right} says little"


def _script(evidence: Evidence) -> str:
    if evidence.left and evidence.right:
        return f"{evidence.left} is read as {evidence.right}"
    return "one side is written in a script that leaves letters open"


def _other(evidence: Evidence) -> str:
    parts = " / ".join(_name(token) for token in (evidence.left, evidence.right) if token)
    return f"{evidence.kind.replace('_', ' ')}: {parts}" if parts else evidence.kind.replace("_", " ")


_SENTENCES: dict[str, Callable[[Evidence], str]] = {
    "same": _same,
    "variant": lambda e: _pair(e, "is" if e.weight >= 0 else "differs from"),
    "family": lambda e: _same(e) if e.left == e.right else _pair(e, "is") + " (listed)",
    "cognate": lambda e: _pair(e, "is the same name in another language as"),
    "nickname": lambda e: _pair(e, "is short for") if len(e.left) <= len(e.right) else _pair(e, "is the full form of"),
    "initial": _initial,
    "identical": lambda _: "both are spelled alike, but for marks and letter case",
    "incomparable": lambda _: "there is nothing in them to compare",
    "joined": _joined,
    "omitted": _omitted,
    "contradicts": _contradicts,
    "order": _order,
    "particle": _particle,
    "gender": lambda e: _pair(e, "is, with the other gender's ending,"),
    "rarity": _rarity,
    "script": _script,
    "prior": lambda _: "two names taken at random are seldom one",
    "calibration": lambda _: "adjusted to how often such scores prove right",
}
