"""How fast running text is scanned: `python bench/scan_speed.py [--megabytes N] [--documents N]`.

Articles are put together from sentences with listed names, unknown names and none, so that they hold a name every
dozen words, as news does. Timed without loading the tables: one text of N MB, and N short documents with the memory
that they take. The processor's seconds stand in brackets: on a shared machine they say more than the clock.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator

from namealign.model import Kind
from namealign.reconciler import Reconciler
from namealign.scan import Document, scan
from namealign.scan.lexicon import Lexicon

_PLAIN = (
    "The talks went on until late in the evening, and nobody expected them to end with a signed paper.",
    "Prices rose again in the markets, where traders blamed the weather, the roads and one another.",
    "It was the third such incident in a month, according to two people who had seen the report.",
    "He did not say when the measure would take effect or how much it would cost the treasury.",
)
_NAMED = (
    "{person} arrived in {place} on Monday for a visit of two days.",
    "“We have not decided,” {person} said after a meeting with officials in {place}.",
    "A spokesman for {person} declined to comment, while {place}’s foreign ministry called the visit useful.",
    "Foreign Minister {stranger} told reporters that {person} would be welcome.",
    "{stranger}, a teacher from {place}, had waited since dawn.",
)
_SYLLABLES = ("ka", "ri", "mo", "sha", "be", "lu", "zan", "dor", "ne", "vi", "tar", "qu", "ham", "is", "ol")


def articles(lexicon: Lexicon, strangers: int, size: int, seed: int) -> Iterator[str]:
    """Texts of about `size` characters without end; each has its own few persons, as an article has."""
    rng = random.Random(seed)
    people = [e.canonical for e in lexicon.entities if e.kind == Kind.PERSON]
    places = [e.canonical for e in lexicon.entities if e.kind == Kind.PLACE]
    made = [
        " ".join("".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(2))
        for _ in range(strangers)
    ]
    while True:
        cast = rng.sample(people, 4)
        crowd = rng.sample(made, 2)
        parts: list[str] = []
        while sum(map(len, parts)) < size:
            sentence = rng.choice(_NAMED if rng.random() < 0.5 else _PLAIN)
            parts.append(
                sentence.format(person=rng.choice(cast), place=rng.choice(places[:400]), stranger=rng.choice(crowd))
            )
        yield " ".join(parts)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--strangers", type=int, default=2_000, help="distinct unknown names to draw from")
    options = parser.parse_args()
    start = time.perf_counter()
    reconciler = Reconciler.load()
    reconciler.lookup("Geelani")
    loaded = time.perf_counter()
    lexicon = Lexicon.of(reconciler)
    print(f"tables {loaded - start:.2f} s, lexicon {time.perf_counter() - loaded:.2f} s")
    source = articles(lexicon, options.strangers, 3_000, 1)
    texts: list[str] = []
    while sum(map(len, texts)) < options.megabytes * 1e6:
        texts.append(next(source))
    for label, documents in (
        ("one text", [Document("all", "\n\n".join(texts))]),
        ("articles", [Document(str(n), t) for n, t in enumerate(texts)]),
    ):
        start, worked = time.perf_counter(), time.process_time()
        found = scan(documents, reconciler=reconciler, lexicon=lexicon)
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
        names = f"{len(found.mentions):,} mentions of {len(found.entities):,} names"
        print(f"{options.megabytes:g} MB as {label}: {seconds:.2f} s ({worked:.2f}), {names}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    short = articles(lexicon, options.strangers, 800, 2)
    start, worked = time.perf_counter(), time.process_time()
    found = scan(
        (Document(str(n), next(short)) for n in range(options.documents)), reconciler=reconciler, lexicon=lexicon
    )
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{options.documents:,} short documents: {seconds:.2f} s ({worked:.2f}), {len(found.mentions):,} mentions, "
        f"{grown:.0f} MB more"
    )


if __name__ == "__main__":
    main()
