"""The words of a run and what they became in, the steps of one reading out."""

from __future__ import annotations

from collections.abc import Sequence

from namealign.model import Step

__all__ = ["trail"]


def trail(table: str, sources: Sequence[str], text: str, standard: str) -> tuple[Step, ...]:
    """One step a word, where the words before and after pair off, else one step for all; the results join to `text`.

    >>> [step.rule for step in trail("Hang-ko", ["김", "정은"], "kim jung-eun", "customary")]
    ['Hang-ko 김', 'space', 'Hang-ko 정은']
    """
    words = text.split(" ")
    if len(words) != len(sources):
        whole = " ".join(sources)
        return (Step(f"{table} {whole}", whole, text, standard),)
    steps: list[Step] = []
    for source, word in zip(sources, words, strict=True):
        if steps:
            steps.append(Step("space", " ", " "))
        steps.append(Step(f"{table} {source}", source, word, standard))
    return tuple(steps)
