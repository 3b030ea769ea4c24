"""Letters learned straight from the native script, against romanizing first: which finds more persons?

    python bench/native_direct.py --gold FOLDER [--scripts Arab Cyrl] [--queries 150]

Both ways rank with one and the same simple ranker, and both learn their letter operations by expectation-maximization
(up to three letters into up to three) from the words of one half of the entities of `FOLDER/dev/translit_pairs.csv`:
`direct` from native word to Latin word, `romanized` from each native word's best reading to the Latin word, and it asks
every reading. The other half is asked: one Latin spelling of each of its entities, of all scripts, is the index, and
persons' native spellings are the queries. A word pair scores its log-likelihood less that of the Latin word by letter
frequencies, a name the mean over the words of both sides of each one's best. `lookup` is the shipped scorer over the
same index and queries; its tables have seen both halves.
"""

from __future__ import annotations

import argparse
import math
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import numba as nb
import numpy as np
from fit_edits import NONE, _expect, forward
from golddata import read, squash

from namealign import Reconciler
from namealign.normalize import fold, normalize
from namealign.romanize import readings, script_of

# Words of more letters are cut: the alignment's table is 64 letters wide.
LONGEST = 24
# A group of letters that fewer words hold is not an operation's side.
SEEN = 5
ROUNDS = 8


class Groups:
    """Groups of one to three letters, numbered; 0 is the empty one."""

    def __init__(self, words: Counter[str]) -> None:
        seen: Counter[str] = Counter()
        for word, times in words.items():
            for length in (1, 2, 3):
                for at in range(len(word) - length + 1):
                    seen[word[at : at + length]] += times
        kept = [text for text, times in seen.items() if len(text) == 1 or times >= SEEN]
        self.ids = {text: number for number, text in enumerate(sorted(kept), start=1)}
        self.size = len(self.ids) + 1

    def encode(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each letter of each word the groups that begin there, by length, and where each word begins."""
        ids = [
            self.ids.get(word[at : at + length], -1) if at + length <= len(word) else -1
            for word in words
            for at in range(len(word))
            for length in (1, 2, 3)
        ]
        return np.array(ids, np.int32), np.cumsum([0] + [3 * len(word) for word in words])


@nb.njit(cache=True)
def _likelihood(sa, oa, sb, ob, logp, size, plain):  # type: ignore[no-untyped-def]
    """Log-likelihood of every left word with every right word, less what `plain` says of the right one."""
    out = np.empty((len(oa) - 1, len(ob) - 1), np.float32)
    fwd = np.empty(64 * 64)
    for k in range(len(oa) - 1):
        a = sa[oa[k] : oa[k + 1]]
        for m in range(len(ob) - 1):
            likely = forward(a, sb[ob[m] : ob[m + 1]], logp, size, fwd)
            out[k, m] = max(likely, -200.0) - plain[m]
    return out


class Model:
    """Letter operations from words of one side to words of the other, learned from pairs."""

    def __init__(self, pairs: Counter[tuple[str, str]]) -> None:
        left: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for (a, b), times in pairs.items():
            left[a] += times
            right[b] += times
        self.left, self.right = Groups(left), Groups(right)
        self.size = max(self.left.size, self.right.size)
        letters: Counter[str] = Counter()
        for word, times in right.items():
            for letter in word:
                letters[letter] += times
        whole = sum(letters.values())
        self.letter = {letter: math.log(times / whole) for letter, times in letters.items()}
        sa, oa = self.left.encode([a for a, _ in pairs])
        sb, ob = self.right.encode([b for _, b in pairs])
        weight = np.array(list(pairs.values()), float)
        logp = np.full(self.size * self.size, math.log(1e-6))
        # Nothing is known at first, but that one letter for one is likelier than any other exchange.
        for x in [0, *(n for text, n in self.left.ids.items() if len(text) == 1)]:
            for y in [0, *(n for text, n in self.right.ids.items() if len(text) == 1)]:
                logp[x * self.size + y] = math.log(1e-4)
        for _ in range(ROUNDS):
            counts = np.zeros(self.size * self.size)
            _expect(sa, oa, sb, ob, weight, logp, self.size, counts)
            logp = np.where(counts > 1e-3, np.log(np.maximum(counts, 1e-12) / counts.sum()), 2 * NONE)
        # A letter that comes from nowhere or goes there is never impossible.
        floor = math.log(1e-6)
        for x in range(self.left.size):
            logp[x * self.size] = max(logp[x * self.size], floor)
        for y in range(self.right.size):
            logp[y] = max(logp[y], floor)
        self.logp = logp

    def scores(self, left: list[str], right: list[str]) -> np.ndarray:
        """Each left word against each right word."""
        rare = min(self.letter.values())
        plain = np.array([sum(self.letter.get(letter, rare) for letter in word) for word in right])
        sa, oa = self.left.encode(left)
        sb, ob = self.right.encode(right)
        return _likelihood(sa, oa, sb, ob, self.logp, self.size, plain)


def words_of(text: str) -> list[str]:
    """The words of a name, marks of Latin letters left out."""
    plain = normalize(text)[0]
    plain = squash(fold(plain)) if script_of(plain) == "Latn" else plain.replace("-", " ")
    return [word[:LONGEST] for word in ("".join(filter(str.isalpha, part)) for part in plain.split()) if word]


def ranked_first(asked: list[list[list[str]]], index: list[list[str]], model: Model) -> list[int]:
    """Which name of the index each query names: a query is its readings, a reading its words."""
    left = sorted({word for query in asked for reading in query for word in reading})
    right = sorted({word for name in index for word in name})
    at, place = ({word: n for n, word in enumerate(words)} for words in (left, right))
    flat = np.array([place[word] for name in index for word in name])
    first = np.cumsum([0, *map(len, index[:-1])])
    sizes = np.array([len(name) for name in index])
    found = []
    rows = model.scores(left, right)
    for query in asked:
        best, top = -1, -math.inf
        for reading in query:
            scores = rows[[at[word] for word in reading]][:, flat]
            there = np.maximum.reduceat(scores, first, axis=1).sum(axis=0)
            back = np.add.reduceat(scores.max(axis=0), first)
            whole = (there + back) / (len(reading) + sizes)
            if whole.max() > top:
                best, top = int(whole.argmax()), float(whole.max())
        found.append(best)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--scripts", nargs="+", default=["Arab", "Cyrl"])
    parser.add_argument("--queries", type=int, default=150, help="persons asked, per script")
    options = parser.parse_args()
    latin: dict[str, str] = {}
    natives: dict[str, dict[str, str]] = defaultdict(dict)
    taught: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in read(options.gold / "dev" / "translit_pairs.csv"):
        script = script_of(normalize(row["native"])[0])
        if zlib.crc32(row["entity_id"].encode()) % 2:
            left, right = words_of(row["native"]), words_of(row["latin"])
            if script in options.scripts and len(left) == len(right):
                taught[script].update(zip(left, right, strict=True))
        elif row["kind"] == "person" and row["same_token_count"] != "0" and words_of(row["latin"]):
            latin.setdefault(row["entity_id"], row["latin"])
            natives[script].setdefault(row["entity_id"], row["native"])
    spelled: dict[str, set[str]] = defaultdict(set)
    for entity, name in latin.items():
        spelled[" ".join(sorted(words_of(name)))].add(entity)
    known = sorted(entity for owners in spelled.values() if len(owners) == 1 for entity in owners)
    index = [words_of(latin[entity]) for entity in known]
    reconciler = Reconciler.from_names({entity: [latin[entity]] for entity in known})
    print(f"{len(known)} persons indexed")
    print(f"{'script':8}{'queries':>8}{'word pairs':>12}{'direct':>10}{'romanized':>11}{'lookup':>9}")
    for script in options.scripts:
        queries = [entity for entity in known if entity in natives[script]]
        queries = sorted(queries, key=lambda entity: zlib.crc32(f"q{entity}".encode()))[: options.queries]
        asked = [natives[script][entity] for entity in queries]
        direct = ranked_first([[words_of(name)] for name in asked], index, Model(taught[script]))
        latinized: Counter[tuple[str, str]] = Counter()
        for (native, word), times in taught[script].items():
            read_as = "".join(words_of(readings(native)[0].text))[:LONGEST]
            if read_as:
                latinized[read_as, word] += times
        read_first = [
            [words for words in (words_of(reading.text) for reading in readings(normalize(name)[0])) if words]
            for name in asked
        ]
        romanized = ranked_first(read_first, index, Model(latinized))
        looked = [[m.entity.id for m in reconciler.lookup(name, limit=1)] for name in asked]
        shares = [
            sum(known[at] == entity for at, entity in zip(found, queries, strict=True)) / len(queries)
            for found in (direct, romanized)
        ]
        hits = sum(ids == [entity] for ids, entity in zip(looked, queries, strict=True)) / len(queries)
        print(
            f"{script:8}{len(queries):8}{len(taught[script]):12}{shares[0]:10.3f}{shares[1]:11.3f}{hits:9.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
