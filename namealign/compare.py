"""Two names in, a `Comparison` with its evidence out.

The kernel aligns the tokens and measures the alignment (`measure.FEATURES`); boosted trees learned from real pairs
(`data/comparison_trees.csv`) turn the measures into log-odds. What each measure contributed is read off the trees' own
paths (Saabas 2014), so the evidence sums to the log-odds exactly: `replay` gives the probability back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from namealign import kernel, measure, verdict
from namealign.alignment import IN_RUN, MAX_UNITS, RUN
from namealign.decide import Policy, outcome, probability
from namealign.edit import operations
from namealign.encode import NameStore, TokenStore
from namealign.kernel import CLIP, INITIAL
from namealign.knowledge import Knowledge, knowledge
from namealign.measure import FEATURES
from namealign.model import Comparison, Evidence, Name
from namealign.parse import comparable, identity, read
from namealign.trees import contributions
from namealign.verdict import CEILING

if TYPE_CHECKING:
    import numpy

__all__ = ["Scorer", "Workspace", "compare", "compare_many", "replay", "scorer"]

IDENTICAL = 40.0

# Which measures speak of what; the rest speak of the names as a whole.
_GROUPS = {
    "contradicts": ("contra_score", "contra_rarity", "contra_count", "known_apart"),
    "omitted": ("omitted_count", "omitted_rarity", "omitted_soft", "units_min", "units_max"),
    "order": ("inversions", "filiation_inversion"),
    "initial": ("initials",),
    "joined": ("joins",),
    "gender": ("gender",),
    "rarity": ("light_weight", "letters_min", "unit_letters"),
    "origin": tuple(f"origin_{origin}" for origin in kernel.ORIGINS),
}
_GROUP_OF = {feature: group for group, names in _GROUPS.items() for feature in names}


class Workspace:
    """Scratch lists for the interpreted kernel."""

    def __init__(self, longest: int = 64) -> None:
        cells = MAX_UNITS * MAX_UNITS
        states = (MAX_UNITS + 2) << MAX_UNITS
        self.longest = longest
        self.work = [0.0] * ((longest + 1) * (longest + 1))
        self.score = [0.0] * cells
        self.gain = [0.0] * cells
        self.join_a = [0.0] * cells
        self.join_b = [0.0] * cells
        self.best = [0.0] * states
        self.back = [0] * states
        self.partner = [0] * MAX_UNITS
        self.span_a = [0] * MAX_UNITS
        self.span_b = [0] * MAX_UNITS
        self.used = [0] * MAX_UNITS
        self.loss = [0.0] * ((longest + 1) * (longest + 1))
        self.loss_at = [0.0] * cells
        self.settled_a = [0] * MAX_UNITS
        self.settled_b = [0] * MAX_UNITS
        self.run_a = [0] * (3 * kernel.LONGEST)
        self.run_b = [0] * (3 * kernel.LONGEST)
        self.sums = [0.0] * len(kernel.ORIGINS)


class Scorer:
    """The learned tables, and the interpreted kernel over them. Holds no names; one per process is enough."""

    def __init__(self, known: Knowledge) -> None:
        self.edits, self.trees, self.facts = known
        self.workspace = Workspace()

    def names(self, readings: Iterable[Name], tokens: TokenStore | None = None) -> NameStore:
        """A fresh store that holds these names."""
        store = NameStore(tokens or TokenStore(self.edits.substrings, self.facts))
        for name in readings:
            store.add(name)
        return store

    def measure(self, a: NameStore, i: int, b: NameStore, j: int) -> list[float]:
        """The features of name `i` of one store against name `j` of another; both must have units."""
        out = [0.0] * len(FEATURES)
        a, i, b, j = self.ordered(a, i, b, j)
        args = (self.edits.weights, self.edits.size, self.reserve(max(a.tokens.longest, b.tokens.longest)), out)
        measure.features(a.tokens, a, i, b.tokens, b, j, *args)
        return out

    def ordered(self, a: NameStore, i: int, b: NameStore, j: int) -> tuple[NameStore, int, NameStore, int]:
        """The pair in the one order in which it is always compared."""
        if kernel.precedes(a.tokens, a, i, b.tokens, b, j):
            return a, i, b, j
        return b, j, a, i

    def log_odds(self, a: NameStore, i: int, b: NameStore, j: int) -> float:
        """Log-odds that two stored names are one; minus the ceiling where nothing can be compared."""
        if a.first[i] == a.first[i + 1] or b.first[j] == b.first[j + 1]:
            return -CEILING
        measured = self.measure(a, i, b, j)
        odds: float = verdict.verdict(a, i, b, j, measured, verdict.forest(measured, *self.trees))
        return odds

    def reserve(self, longest: int) -> Workspace:
        """The workspace, made large enough for tokens of `longest` letters."""
        longest = min(longest, kernel.LONGEST)
        if longest > self.workspace.longest:
            self.workspace = Workspace(longest)
        return self.workspace

    def evidence(self, a: NameStore, i: int, b: NameStore, j: int) -> tuple[Evidence, ...]:
        """Why `log_odds` is what it is; the weights sum to it."""
        turned = not kernel.precedes(a.tokens, a, i, b.tokens, b, j)
        measured = self.measure(a, i, b, j)
        shares = dict.fromkeys((*_GROUPS, "tokens"), 0.0)
        prior, added = contributions(self.trees, measured)
        for feature, share in zip(FEATURES, added, strict=True):
            shares[_GROUP_OF.get(feature, "tokens")] += share
        a, i, b, j = self.ordered(a, i, b, j)
        items = self._meetings(a, i, b, j)
        total = prior + sum(shares.values())
        capped = verdict.verdict(a, i, b, j, measured, total)
        found, rest = _weighted(items, shares)
        found.append(Evidence("prior", weight=prior + rest))
        if capped != total:
            found.append(Evidence("ceiling" if capped < total else "known", weight=capped - total))
        if turned:
            found = [Evidence(e.kind, e.right, e.left, _turn(e.operations), e.weight) for e in found]
        return tuple(found)

    def _meetings(self, a: NameStore, i: int, b: NameStore, j: int) -> list[tuple[Evidence, float]]:
        """Which token met which, from the workspace of the last alignment, each with its token score."""
        ws = self.workspace
        text_a, text_b = a.tokens.text, b.tokens.text
        first_a, first_b = a.first[i], b.first[j]
        m = min(a.first[i + 1] - first_a, MAX_UNITS)
        n = min(b.first[j + 1] - first_b, MAX_UNITS)
        out: list[tuple[Evidence, float]] = []
        left_a: list[str] = []
        used = set()
        top = -1
        crossed = False
        for x in range(m):
            y = ws.partner[x]
            u = first_a + x
            if y == -1:
                left_a.append(text_a[a.unit[u]])
            if y < 0:
                continue
            v = first_b + y
            used.add(y)
            crossed |= y < top
            top = max(top, y)
            cell = x * MAX_UNITS + y
            left, right = text_a[a.unit[u]], text_b[b.unit[v]]
            if ws.span_a[x] == RUN:
                left = "".join(text_a[a.unit[first_a + k]] for k in range(m) if ws.settled_a[k] == IN_RUN)
                right = "".join(text_b[b.unit[first_b + k]] for k in range(n) if ws.settled_b[k] == IN_RUN)
                used.update(k for k in range(n) if ws.settled_b[k] == IN_RUN)
                out.append((Evidence("joined", left, right, self._operations(left, right)), ws.join_a[cell]))
            elif ws.span_a[x] == 2:
                left = text_a[a.join[u]]
                out.append((Evidence("joined", left, right, self._operations(left, right)), ws.join_a[cell]))
            elif ws.span_b[x] == 2:
                used.add(y + 1)
                right = text_b[b.join[v]]
                out.append((Evidence("joined", left, right, self._operations(left, right)), ws.join_b[cell]))
            elif (a.flags[u] | b.flags[v]) & INITIAL:
                out.append((Evidence("initial", left, right), ws.score[cell]))
            else:
                out.append((self._token_evidence(a, u, b, v, ws.score[cell]), ws.score[cell]))
        left_b = [text_b[b.unit[first_b + y]] for y in range(n) if y not in used]
        while left_a and left_b:
            out.append((Evidence("contradicts", left_a.pop(0), left_b.pop(0)), -CLIP))
        out += [(Evidence("omitted", text, ""), 0.0) for text in left_a]
        out += [(Evidence("omitted", "", text), 0.0) for text in left_b]
        if crossed:
            out.append((Evidence("order"), 0.0))
        return out

    def _operations(self, left: str, right: str) -> tuple[str, ...]:
        return tuple(f"{a}:{b}" for a, b, _ in operations(left, right, self.edits) if a != b)

    def _token_evidence(self, a: NameStore, u: int, b: NameStore, v: int, score: float) -> Evidence:
        ta, tb = a.tokens, b.tokens
        x, y = a.unit[u], b.unit[v]
        # With their particles on, as the alignment may have met them.
        for p, q in ((a.alt[u], y), (x, b.alt[v]), (a.alt[u], b.alt[v])):
            if p >= 0 and q >= 0 and ta.key[x] != tb.key[y] and ta.key[p] == tb.key[q]:
                return Evidence("joined", ta.text[p], tb.text[q])
        left, right = ta.text[x], tb.text[y]
        if left == right:
            return Evidence("same", left, right)
        relation = kernel.kinship(ta, x, tb, y)
        if relation == kernel.SAME_FAMILY:
            return Evidence("family", left, right, self._operations(left, right))
        if relation == kernel.COGNATE:
            return Evidence("cognate", left, right, self._operations(left, right))
        # Ivanov and Ivanova may both have families: it is their gender that parts them.
        if ta.stem[x] == tb.stem[y] and ta.gender[x] != tb.gender[y]:
            return Evidence("gender", left, right, self._operations(left, right))
        # Where the letters were believed and not the table, they are what speaks.
        if relation == kernel.APART and score <= kernel.APART_SCORE:
            return Evidence("apart", left, right, self._operations(left, right))
        return Evidence("variant", left, right, self._operations(left, right))


def _turn(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{b}:{a}" for a, _, b in (op.partition(":") for op in found))


def _weighted(items: list[tuple[Evidence, float]], shares: dict[str, float]) -> tuple[list[Evidence], float]:
    """Give each group's weight to the evidence of its kind; what speaks of the names as a whole is returned apart."""
    out: list[Evidence] = []
    left = dict(shares)
    tokens = [(e, s) for e, s in items if e.kind not in ("contradicts", "omitted", "order")]
    if tokens:
        total = left.pop("tokens")
        good = [probability(s) for _, s in tokens]
        parts = good if total >= 0.0 else [1.0 - g + 1e-3 for g in good]
        whole = sum(parts) or 1.0
        kinds = Counter(e.kind for e, _ in tokens)
        for (e, _), part in zip(tokens, parts, strict=True):
            share = total * part / whole + left.get(e.kind, 0.0) / kinds[e.kind]
            out.append(Evidence(e.kind, e.left, e.right, e.operations, share))
        for kind in kinds:
            left.pop(kind, None)
    for kind in ("contradicts", "omitted", "order"):
        group = [e for e, _ in items if e.kind == kind]
        out += [Evidence(e.kind, e.left, e.right, e.operations, left[kind] / len(group)) for e in group]
        if group:
            left.pop(kind)
    out += [Evidence(kind, weight=left.pop(kind)) for kind in ("rarity", "origin")]
    return out, sum(left.values())


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    """The scorer of the shipped tables."""
    return Scorer(knowledge())


def replay(evidence: Iterable[Evidence]) -> float:
    """The probability that a list of evidence stands for.

    >>> result = compare("Geelani", "Jilani")
    >>> abs(replay(result.evidence) - result.probability) < 1e-9
    True
    """
    return probability(sum(e.weight for e in evidence))


def compare(a: str, b: str, *, policy: Policy | None = None, language: str | None = None) -> Comparison:
    """Compare two names, in any script; symmetric, and 1.0 for identical names.

    Each plausible reading of the one is compared with each of the other, and the best pair of readings counts. A text
    without a letter cannot be compared and is never a match.

    >>> str(compare("Geelani", "Jilani").outcome), str(compare("Khamenei", "Khomeini").outcome)
    ('match', 'different')
    """
    policy = policy or Policy()
    left, right = read(a, language=language), read(b, language=language)
    share, evidence = _best(left, right, scorer())
    return Comparison(a, b, share, outcome(share, policy), evidence)


def _best(left: Sequence[Name], right: Sequence[Name], score: Scorer) -> tuple[float, tuple[Evidence, ...]]:
    """The best pair of readings: its probability and evidence."""
    held = comparable(left, right)
    same = {identity(left[i]) for i, j in held if identity(left[i]) == identity(right[j])} - {""}
    a, b = score.names(left), score.names(right)
    pairs = [
        (score.log_odds(a, i, b, j), -i, -j)
        for i, j in held
        if a.first[i] < a.first[i + 1] and b.first[j] < b.first[j + 1]
    ]
    if not pairs:
        return 0.0, (Evidence("incomparable", weight=-IDENTICAL),)
    top, i, j = max(pairs)
    if same and not verdict.sealed_apart(a, -i, b, -j):
        return 1.0, (Evidence("identical", min(same), min(same), weight=IDENTICAL),)
    if verdict.sealed_alike(a, 0, b, 0):
        return 1.0, (Evidence("identical", identity(left[0]), identity(right[0]), weight=IDENTICAL),)
    return probability(top), score.evidence(a, -i, b, -j)


def compare_many(left: Sequence[str], right: Sequence[str], *, language: str | None = None) -> numpy.ndarray:
    """Probabilities of `left[k]` against `right[k]`, as a float64 array of the same length; `compare`'s own numbers.

    Raises InputError when the lengths differ.
    """
    from namealign.bulk import score_pairs

    scores: numpy.ndarray = score_pairs(left, right, scorer(), language=language)
    return scores
