"""`namealign review`: a file of uncertain names in, questions asked in the terminal, answers in a file out."""

from __future__ import annotations

import contextlib
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from namealign.cli import options
from namealign.cli.edge import UNSETTLED, complain
from namealign.errors import InputError

if TYPE_CHECKING:
    from namealign.review import Candidate, Question, Session

__all__ = ["register"]

_WORDS = {
    "s": "same",
    "d": "different",
    "u": "unsure",
    "n": "new",
    "k": "skip",
    "z": "undo",
    "q": "quit",
}
_INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("review", epilog="Example: namealign review review.csv --decisions decisions.csv")(review)


def review(
    source: Annotated[str, typer.Argument(metavar="FILE", help="What clean --review wrote.")],
    decisions: options.Decisions = None,
    table: options.Tables = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; the login name if not given.")] = None,
    why: Annotated[str, typer.Option("--why", help="A reason to write beside each answer.")] = "",
    again: options.Again = False,
) -> None:
    """Ask about each uncertain name. Every answer is saved before the next question; go on later where you stopped.

    Keys: s same, 1-9 same as that candidate, d different, u unsure, n new (none of them), k skip, z undo, q quit.
    Without a terminal, answers are read from stdin, a key or a word a line. Exits 1 while questions are open.
    """
    from namealign.journal import Journal
    from namealign.judgements import Judgements
    from namealign.review import Session, read_questions

    files = options.decision_files(decisions, table or [])
    if not files:
        raise InputError("where shall the answers be kept? NAMEALIGN_ALIASES is empty, so give --decisions FILE")
    if decisions is None and not table:
        # The folder of settings is made by whoever first keeps something in it.
        os.makedirs(os.path.dirname(files[0]) or ".", exist_ok=True)
    if source == "-":
        raise InputError("FILE must be a file: stdin is for the answers")
    asked = read_questions(source)
    # Before the judgements are read: what others write after that is seen.
    journal = Journal(files[0])
    judgements = options.judgements(decisions, table or [], begins=True) or Judgements()
    session = Session(
        asked,
        judgements,
        journal,
        now=_now,
        by=_login() if by is None else by,
        why=why,
        again=again,
        reread=lambda: Judgements.read(*files),
    )
    keys = _keys()
    try:
        _ask(session, keys)
    except KeyboardInterrupt:
        typer.echo("")
        _say_end(session, files[0], "interrupted; ")
        raise typer.Exit(_INTERRUPTED) from None
    _say_end(session, files[0], "")
    if session.open():
        raise typer.Exit(UNSETTLED)


def _ask(session: Session, keys: Callable[[], str]) -> None:
    from namealign.judgements import ConflictError
    from namealign.review import Overtaken

    shown: Question | None = None
    while (question := session.current()) is not None:
        if question != shown:
            _show(question, session)
            shown = question
        key = keys()
        try:
            if key == "q":
                return
            if key == "z":
                if not session.can_undo:
                    typer.echo("     there is nothing to undo in this session; earlier answers are rows of the file")
                elif not session.undo():
                    typer.echo("     that answer has been changed in the file since, and stays there")
                shown = None
            elif key.isdigit():
                if sys.stdin.isatty() and int(key) > len(question.candidates):
                    # A slip of the finger; in a script it is a mistake that stops it.
                    typer.echo(f"     there is no candidate {key}")
                    continue
                session.same(int(key))
            elif key == "s":
                session.same(1)
            else:
                {"d": session.different, "u": session.unsure, "n": session.new, "k": session.skip}[key]()
        except ConflictError as error:
            typer.echo(f"     that cannot be: {error}")
        except Overtaken as error:
            typer.echo(f"     {error}")


def _keys() -> Callable[[], str]:
    """Where answers come from: single keys of a terminal, or the lines of a script."""
    if not sys.stdin.isatty():
        return _scripted().__next__

    def ask() -> str:
        while True:
            prompt = "  s same  d different  u unsure  n new  k skip  z undo  q quit: "
            # A narrow window gets the keys alone.
            typer.echo(prompt if len(prompt) + 10 <= _width() else "  s d u n k z q (see --help): ", nl=False)
            key = typer.getchar().lower()
            # Ctrl-D and the end of a file are a way to say quit.
            key = "q" if key in ("\x04", "\x1a", "") else key
            known = key in _WORDS or key in tuple("123456789")
            typer.echo(_WORDS.get(key, key) if known else "?")
            if known:
                return key

    return ask


def _scripted() -> Iterator[str]:
    keys = {word: key for key, word in _WORDS.items()}
    for number, line in enumerate(sys.stdin, 1):
        said = line.strip().lower()
        if not said:
            continue
        key = keys.get(said, said)
        if key not in _WORDS and not (key.isdecimal() and key.isascii() and key != "0"):
            raise InputError(f"<stdin>:{number}: {said!r} is no answer; answers are {', '.join(keys)} or a number")
        typer.echo(f"  {_WORDS.get(key, key)}")
        yield key
    while True:
        yield "q"


def _show(question: Question, session: Session) -> None:
    rows = f"{question.rows:,} row{'s' if question.rows != 1 else ''}"
    typer.echo(f"\n{session.place} of {len(session.asked)}: {question.name}  ({rows})")
    for number, candidate in enumerate(question.candidates, 1):
        _show_candidate(number, question.name, candidate)


def _show_candidate(number: int, name: str, candidate: Candidate) -> None:
    from namealign.cli.marks import differing, paint
    from namealign.cli.words import percent

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    about = [part for part in (candidate.kind, candidate.entity) if part]
    with contextlib.suppress(ValueError):
        about.append(percent(float(candidate.probability)))
    head = f"  {number}  {candidate.canonical}  ({', '.join(about)})"
    typer.echo(textwrap.fill(head, _width(), subsequent_indent="     ") if sys.stdout.isatty() else head)
    spellings = [name, candidate.matched or candidate.canonical]
    readings = [_latin(spelling) for spelling in spellings]
    marks = differing(*readings)
    if any(differs for pieces in marks for _, differs in pieces):
        for spelling, reading, pieces in zip(spellings, readings, marks, strict=True):
            script = f"  ({spelling})" if reading != spelling else ""
            typer.echo(f"       {paint(pieces, colour=colour)}{script}")
    for line in textwrap.wrap(candidate.reason, _width() - 6):
        typer.echo(f"     {line}")


def _latin(text: str) -> str:
    """A name that another script spells as it is read, so that it can be set against the other one."""
    if text.isascii():
        return text
    from namealign.romanize import script_of

    if script_of(text) == "Latn":
        return text
    from namealign.parse import read

    readings = read(text)
    return " ".join(readings[0].reading.text.split()) if readings else text


def _width() -> int:
    import shutil

    return min(100, shutil.get_terminal_size().columns)


def _say_end(session: Session, where: str, lead: str) -> None:
    left = session.open()
    answers = f"{session.answers:,} answer{'s' if session.answers != 1 else ''} in {where}"
    complain(f"{lead}{answers}; {f'{left:,} still open' if left else 'nothing is open'}")


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
