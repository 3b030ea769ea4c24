"""A text's Han, kana and Hangul in, unknown names by their titles out; and which listed names stand alone there."""

from __future__ import annotations

from namealign.model import Evidence, Kind
from namealign.scan.candidate import Candidate
from namealign.scan.lexicon import END
from namealign.scan.text import Text
from namealign.scan.words import Gap

__all__ = ["find", "inside", "stands_alone"]

# Foreign names in katakana and Han have a dot between their parts; this many characters at most are one part.
_DOTS = "\u30fb\u00b7\uff1d\u2027"
_LONGEST = 12


def inside(doc: Text, i: int) -> bool:
    """Whether a character goes on a word: a Hangul or katakana name begins where the word does."""
    form = doc.forms[i]
    return (
        form.script in ("Hang", "Kana") and i > 0 and doc.forms[i - 1].script == form.script and doc.gap(i) is Gap.NONE
    )


def stands_alone(doc: Text, first: int, last: int, alias: str) -> bool:
    """Whether a listed name ends where a word may end."""
    script = doc.forms[last - 1].script
    if last - first < 2 or len(alias) < 2:
        return False
    end = last
    while end < len(doc.forms) and doc.forms[end].script == script and doc.gap(end) is Gap.NONE:
        end += 1
    if script == "Hang":
        rest = "".join(f.text for f in doc.forms[last:end])
        return not rest or rest in doc.lexicon.josa
    return script != "Kana" or end == last


def find(doc: Text, taken: bytearray) -> list[Candidate]:
    """Unknown names: katakana parts with dots between, and a surname with its syllables beside a title."""
    out: list[Candidate] = []
    i = 0
    while i < len(doc.forms):
        form = doc.forms[i]
        if not form.dense or taken[i]:
            i += 1
            continue
        if skip := _title_size(doc, i):
            i += skip
            continue
        found = None
        if form.script == "Kana":
            found = _dotted(doc, i, taken)
        elif form.script == "Hang" and not inside(doc, i):
            found = _hangul(doc, i, taken)
        elif form.script == "Hani":
            found = _han(doc, i, taken)
        if found is not None:
            out.append(found)
            while i < len(doc.at) and doc.at[i][0] < found.end:
                taken[i] = 1
                i += 1
        else:
            i += 1
    return out + _again(doc, out, taken)


def _again(doc: Text, found: list[Candidate], taken: bytearray) -> list[Candidate]:
    """Further places of the names found, where no title stands beside them."""
    out: list[Candidate] = []
    known = {"".join(c.words): c for c in found if len("".join(c.words)) > 1 and not c.weak}
    starts = {name[0]: [n for n in known if n[0] == name[0]] for name in known}
    for i, form in enumerate(doc.forms):
        for name in starts.get(form.key, ()) if form.dense and not taken[i] and not inside(doc, i) else ():
            last = i + len(known[name].words)
            words = tuple(f.key for f in doc.forms[i:last])
            if words == known[name].words and not any(taken[i:last]) and stands_alone(doc, i, last, name):
                out.append(_make(doc, i, last, known[name].reasons[0]))
                for k in range(i, last):
                    taken[k] = 1
    return out


def _title_size(doc: Text, i: int) -> int:
    """How many characters of a title that stands behind names begin here."""
    node, size = doc.lexicon.after, 0
    for k in range(i, min(i + 6, len(doc.forms))):
        if (key := doc.forms[k].key) not in node:
            break
        node = node[key]
        if END in node and (k > i or doc.forms[i].script == "Hang"):
            size = k - i + 1
    return size


def _follows(doc: Text, i: int) -> bool:
    """Whether what begins at character `i` is a word that follows names, so that one may end there."""
    if i >= len(doc.forms) or doc.gap(i) is not Gap.NONE:
        return True
    node = doc.lexicon.follows
    for k in range(i, min(i + 4, len(doc.forms))):
        if (key := doc.forms[k].key) not in node:
            return False
        node = node[key]
        if END in node:
            return True
    return False


def _end(doc: Text, i: int, script: str, taken: bytearray) -> int:
    end = i
    while (
        end < len(doc.forms)
        and doc.forms[end].script == script
        and not taken[end]
        and end - i < _LONGEST
        and (end == i or doc.gap(end) is Gap.NONE)
    ):
        end += 1
    return end


def _dotted(doc: Text, i: int, taken: bytearray) -> Candidate | None:
    if inside(doc, i):
        return None
    first, parts = i, 0
    while True:
        end = _end(doc, i, "Kana", taken)
        if end - i < 2:
            return None
        parts += 1
        between = doc.text[doc.at[end - 1][1] : doc.at[end][0]] if end < len(doc.at) else ""
        if between not in _DOTS or not between or doc.forms[end].script != "Kana" or taken[end]:
            break
        i = end
    after = _after(doc, end)
    if parts < 2 and after is None:
        return None
    return _make(doc, first, end, after or Evidence("dots", doc.text[doc.at[first][0] : doc.at[end - 1][1]]))


def _hangul(doc: Text, i: int, taken: bytearray) -> Candidate | None:
    end = _end(doc, i, "Hang", taken)
    word = "".join(f.text for f in doc.forms[i:end])
    if not 1 <= len(word) <= 4 or word[0] not in doc.lexicon.surnames["Hang"]:
        return None
    if end >= len(doc.forms) or doc.gap(end) is not Gap.SPACE:
        return None
    title = _after(doc, end)
    if title is None:
        return None
    return _make(doc, i, end, title, weak=len(word) == 1)


def _han(doc: Text, i: int, taken: bytearray) -> Candidate | None:
    """A Chinese surname and one or two characters, with a title right before, or right behind."""
    end = _end(doc, i, "Hani", taken)
    if i == 0 or doc.forms[i - 1].script != "Hani" or doc.gap(i) is not Gap.NONE:
        # A Japanese surname with its title, where the document has the whole name.
        title = _after(doc, i + 2) if i + 2 <= end else None
        if title is not None:
            return _make(doc, i, i + 2, title, weak=True)
    if doc.forms[i].text not in doc.lexicon.surnames["Hani"]:
        return None
    before = _before(doc, i)
    if before is not None:
        # Two characters of given name are by far the commonest, unless a word that follows names begins there.
        sizes = [s for s in (3, 2) if i + s <= end and _follows(doc, i + s)] or [3]
        if i + sizes[0] <= end:
            return _make(doc, i, i + sizes[0], before)
    for size in (3, 2):
        if i + size > end:
            continue
        after = _after(doc, i + size)
        if after is not None or (before is not None and i + size == end):
            return _make(doc, i, i + size, after or before or Evidence("title"))
    return None


def _after(doc: Text, i: int) -> Evidence | None:
    """A title that begins at character `i`, perhaps behind one space."""
    if i >= len(doc.forms) or doc.gap(i) not in (Gap.NONE, Gap.SPACE):
        return None
    node = doc.lexicon.after
    for k in range(i, min(i + 6, len(doc.forms))):
        if (key := doc.forms[k].key) not in node:
            return None
        node = node[key]
        if END in node:
            return Evidence("title", node[END], "")
    return None


def _before(doc: Text, i: int) -> Evidence | None:
    """A title that ends right before character `i`."""
    for size in (4, 3, 2):
        if i < size or doc.gap(i) is not Gap.NONE:
            continue
        node = doc.lexicon.titles
        for k in range(i - size, i):
            node = node.get(doc.forms[k].key, {})
        if END in node:
            return Evidence("title", node[END], "")
    return None


def _make(doc: Text, first: int, last: int, reason: Evidence, *, weak: bool = False) -> Candidate:
    words = tuple(f.key for f in doc.forms[first:last])
    return Candidate(doc.at[first][0], doc.at[last - 1][1], Kind.PERSON, words, (), "", 0.85, (reason,), weak)
