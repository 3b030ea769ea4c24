"""A scan and its texts in, one self-contained HTML page out; and the reasons of a mention in words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from namealign.cli.words import percent, sentence
from namealign.model import Evidence
from namealign.scan import Found, Mention, Scan

__all__ = ["page", "reason", "short_names"]

_KINDS = {"person": "persons", "place": "places", "organization": "organizations"}
BREAK = "<br>"
# Steps of the golden angle never meet: the first colours are as far from each other as they can be.
_GOLDEN = 137.508
# More documents than this have no column each: at 1,400 px a column would be narrower than a name.
COLUMNS = 8
# Up to this many entities stand in one table; of more, those of one document only are folded away.
ROWS = 40


def reason(mention: Mention) -> str:
    """Why a mention is taken for what it is, in one line."""
    said = [text for text in map(_clause, mention.evidence) if text]
    if mention.entity is None:
        said.append(f"may be {' or '.join(mention.candidates)}")
    return "; ".join(dict.fromkeys(said))


def _clause(evidence: Evidence) -> str:
    left, right = " ".join(evidence.left.split()), evidence.right
    match evidence.kind:
        case "listed":
            return "a listed spelling" if left == right else f"listed as {right}"
        case "inflected":
            return f"a form of {right}, which is listed"
        case "title":
            return f"beside the title {left}"
        case "speech":
            return f"beside the word {left}"
        case "element":
            return f"{left} is a known part of names"
        case "head" | "location":
            return f"the word {left}"
        case "capitals":
            return "written as a name"
        case "dots":
            return "written as a foreign name"
        case "recognizer":
            return "found by the recogniser"
        case "antecedent":
            return f"short for {right.title()} in this document"
        case "ambiguous":
            return "several names of this document fit"
    return sentence(evidence) if evidence.left and evidence.right and abs(evidence.weight) >= 0.05 else ""


def page(found: Scan, texts: Mapping[str, str]) -> str:
    """The page. It loads nothing, runs nothing, and shows every character of the texts as it is."""
    entities = found.entities
    colours = {entity.id: _colour(number) for number, entity in enumerate(entities)}
    mentions: dict[str, list[Mention]] = {name: [] for name in found.documents}
    for mention in found.mentions:
        mentions[mention.document].append(mention)
    names = short_names(found.documents)
    # The first mention of each entity can be jumped to; what is left here is not yet placed.
    anchors = {entity.id: f"e{number}" for number, entity in enumerate(entities)}
    template = Template((Path(__file__).parent / "scan_report.html").read_text(encoding="utf-8"))
    counts = {kind: sum(e.kind == kind for e in entities) for kind in _KINDS}
    return template.substitute(
        summary=escape(
            f"{_count(len(found.documents), 'document')}, {_count(len(found.mentions), 'mention')}: "
            + ", ".join(f"{n:,} {_KINDS[kind] if n != 1 else kind}" for kind, n in counts.items() if n)
        ),
        index=_index(found, names),
        tables=_tables(entities, colours, found, names),
        open=_open(found, names),
        articles="\n".join(
            f'<article id="d{n}"><h2>{escape(names[name])}</h2>\n<div class="text" dir="auto">'
            + "".join(_marked(texts.get(name, ""), mentions[name], colours, anchors))
            + "</div></article>"
            for n, name in enumerate(found.documents)
        ),
    )


def short_names(documents: Sequence[str]) -> dict[str, str]:
    """File names without their folders, where that still tells the documents apart."""
    names = {d: os.path.basename(d) for d in documents}
    return names if len(set(names.values())) == len(names) else {d: d for d in documents}


def _colour(number: int) -> str:
    """A hue of its own for each entity; where the hues come close, the line under it differs."""
    return f'class="e u{number // 12 % 3}" style="--h:{number * _GOLDEN % 360:.1f}"'


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def _index(found: Scan, names: Mapping[str, str]) -> str:
    """Links to the documents, where there are several."""
    if len(found.documents) < 2:
        return ""
    links = (f'<a href="#d{n}">{_breakable(names[d])}</a>' for n, d in enumerate(found.documents))
    return f'<nav aria-label="Documents">{"".join(links)}</nav>'


def _breakable(name: str) -> str:
    """A file name that may go on in a new line behind its punctuation."""
    return re.sub(r"([_.\-/\\]+)", r"\1<wbr>", escape(name))


def _tables(entities: list[Found], colours: Mapping[str, str], found: Scan, names: Mapping[str, str]) -> str:
    """The entities that documents share and, behind a summary where both are many, those of one document only."""
    uses: dict[tuple[str, str], dict[str, int]] = {}
    where: dict[str, set[str]] = {}
    for mention in found.mentions:
        if mention.entity is not None:
            said = uses.setdefault((mention.entity.id, mention.document), {})
            surface = " ".join(mention.surface.split())
            said[surface] = said.get(surface, 0) + 1
            where.setdefault(mention.entity.id, set()).add(mention.document)
    numbered = list(enumerate(entities))
    shared = [item for item in numbered if len(where[item[1].id]) > 1]
    alone = [item for item in numbered if len(where[item[1].id]) == 1]
    many = len(found.documents) > COLUMNS

    def table(items: list[tuple[int, Found]], label: str) -> str:
        heads = "".join(
            f'<th scope="col"><a href="#d{n}">{_breakable(names[d])}</a></th>' for n, d in enumerate(found.documents)
        )
        rows = "\n".join(_rows(items, colours, uses, found.documents, names))
        return (
            f'<div class="wide" tabindex="0" role="region" aria-label="{label}"><table{" class=many" if many else ""}>'
            f'<thead><tr><th scope="col">Name</th>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'
        )

    if not entities:
        return ""
    if not shared or len(entities) <= ROWS:
        return f"<section>{table(numbered, 'Names by document')}</section>"
    rest = f"{_count(len(alone), 'name')} of one document only"
    folded = f"\n<details><summary>{rest}</summary>{table(alone, 'Names of one document')}</details>" if alone else ""
    return f"<section>{table(shared, 'Names that documents share')}{folded}</section>"


def _rows(
    numbered: list[tuple[int, Found]],
    colours: Mapping[str, str],
    uses: Mapping[tuple[str, str], Mapping[str, int]],
    documents: Sequence[str],
    names: Mapping[str, str],
) -> Iterator[str]:
    """A row for each entity: the spellings that each document uses."""
    for number, entity in numbered:
        cells = []
        for document in documents:
            said = uses.get((entity.id, document), {})
            spellings = [f"<bdi>{escape(s)}</bdi>" + (f" <i>×{n}</i>" if n > 1 else "") for s, n in said.items()]
            cells.append(f'<td data-document="{escape(names[document])}">{BREAK.join(spellings)}</td>')
        note = "" if entity.listed else " · not listed"
        yield (
            f'<tr><th scope="row"><a href="#e{number}" {colours[entity.id]}>{escape(entity.name)}</a>'
            f"<small>{escape(entity.kind)}{note}</small></th>{''.join(cells)}</tr>"
        )


def _open(found: Scan, names: Mapping[str, str]) -> str:
    """The mentions that nobody but a reader can settle."""
    lines = [
        f"<li><bdi>{escape(m.surface)}</bdi> in {escape(names[m.document])}: {escape(reason(m))}</li>"
        for m in found.mentions
        if m.entity is None
    ]
    return f"<section><h2>To settle</h2><ul>{''.join(lines)}</ul></section>" if lines else ""


def _marked(text: str, mentions: list[Mention], colours: Mapping[str, str], anchors: dict[str, str]) -> Iterator[str]:
    done = 0
    for mention in mentions:
        if mention.start < done:
            continue
        yield escape(text[done : mention.start])
        surface = escape(text[mention.start : mention.end])
        if mention.entity is None:
            why = f"Ambiguous: {reason(mention)}"
            yield f'<mark class="open" tabindex="0" data-why="{escape(why)}">{surface}</mark>'
        else:
            entity = mention.entity
            why = f"{entity.name} ({entity.kind}, {percent(mention.probability)}): {reason(mention)}"
            anchor = anchors.pop(entity.id, "")
            target = f' id="{anchor}"' if anchor else ""
            yield (
                f'<mark {colours[entity.id]}{target} tabindex="0" data-entity="{escape(entity.id)}"'
                f' data-why="{escape(why)}">{surface}</mark>'
            )
        done = mention.end
    yield escape(text[done:])
