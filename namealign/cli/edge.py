"""Any error in, one line on stderr and an exit code out: the only place that catches broadly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from namealign.errors import InputError, NamealignError

__all__ = ["BAD_INPUT", "UNSETTLED", "Group", "complain", "keep_apart", "progress", "read_names", "reconciler_for"]

UNSETTLED = 1
BAD_INPUT = 2


class _Closed(Exception):
    """Nobody reads our output any more."""


class Group(TyperGroup):
    """A group whose errors are one line each."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Typer would make exit code 1 of a closed pipe, which means something else here."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _Closed from error

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run a command and exit."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
            sys.stdout.flush()
            sys.exit(code if isinstance(code, int) else 0)
        except NamealignError as error:
            complain(str(error))
            sys.exit(BAD_INPUT)
        except _Closed:
            # The reader (`head`) has seen enough. Nothing may be flushed into the closed pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except (KeyboardInterrupt, typer.Abort):
            complain("interrupted; output files are as they were")
            sys.exit(130)
        except OSError as error:
            complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
            sys.exit(BAD_INPUT)
        except Exception as error:
            # Typer's usage errors know their own message and code; its exception classes are not public.
            usage = getattr(error, "format_message", None)
            if callable(usage):
                where = getattr(getattr(error, "ctx", None), "command_path", "namealign")
                if type(error).__name__ == "NoArgsIsHelpError":
                    typer.echo(usage(), err=True)
                else:
                    complain(f"{usage().rstrip('.').replace('Value error, ', '')}. See {where} --help.")
                sys.exit(getattr(error, "exit_code", BAD_INPUT))
            if os.environ.get("NAMEALIGN_DEBUG"):
                raise
            first = (str(error).strip() or "no message").splitlines()[0]
            complain(f"internal error: {type(error).__name__}: {first} (NAMEALIGN_DEBUG=1 shows where)")
            sys.exit(BAD_INPUT)


def complain(message: str) -> None:
    """One line on stderr, whatever line ends the message holds."""
    typer.echo("namealign: " + " ".join(message.split()), err=True)


def keep_apart(written: Mapping[str, str | None], read: Mapping[str, Sequence[str]]) -> None:
    """Refuse, before any work, to write one file twice or over what the command reads, or where nothing can be written;
    keys say which option each is.

    Two outputs on stdout would run into each other, too. A device such as /dev/null takes what it is given.
    """
    from namealign.files import writable

    def place(path: str) -> str | None:
        whole = os.path.realpath(path)
        return path if path == "-" else None if os.path.exists(whole) and not os.path.isfile(whole) else whole

    taken = {place(path): option for option, paths in read.items() for path in paths if path != "-"}
    for option, path in written.items():
        where = None if path is None else place(path)
        if where is None:
            continue
        if where in taken:
            shown = "stdout" if path == "-" else path
            raise InputError(f"{option} would write over {shown}, which is also {taken[where]}; give it another file")
        taken[where] = option
    for path in filter(None, written.values()):
        writable(path)


def read_names(names: Sequence[str]) -> Iterator[str]:
    """The names of a command line, where `-` stands for the lines of stdin; each must have a letter."""
    for name in names:
        lines = [line.rstrip("\r\n") for line in sys.stdin] if name == "-" else [name]
        for number, line in enumerate(lines, 1):
            bad = next((c for c in line if "\udc80" <= c <= "\udcff"), "")
            if bad:
                where = f"<stdin>:{number}: " if name == "-" else "a name is no text: "
                raise InputError(f"{where}byte 0x{ord(bad) - 0xDC00:02x} is not UTF-8; convert the names to UTF-8")
            if not any(map(str.isalpha, line)):
                if name == "-" and not line.strip():
                    continue
                raise InputError(f"{line!r} has no letter in it, so it is no name")
            # The longest names in authority files have some 200 letters; a megabyte is a mistake to be told of.
            if len(line) > 1000:
                raise InputError(f"a name of {len(line):,} characters ({line[:30]!r}...) is no name; at most 1,000")
            yield line


def reconciler_for(tables: Sequence[str], *, only: bool, index: Sequence[str] = ()) -> Any:
    """The Reconciler over the shipped table, the user's own tables and indexes, or all of them.

    The user's own are `tables` and `index`; where none is named, the table in the folder of settings, if it is there.
    """
    from namealign.reconciler import Reconciler
    from namealign.tables import user_table

    own = None if tables or index else user_table()
    used = [str(own)] if own is not None and own.exists() else tables
    if only and not used and not index:
        raise InputError("--only leaves no table to look in; give one with --table or --index")
    return Reconciler.load(*used, shipped=not only, index=index)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr that a job moves by calling it with (done, total); None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = -1

    def move(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // total if total else 100
        if percent != shown:
            shown = percent
            bar = ("#" * (percent * 30 // 100)).ljust(30)
            sys.stderr.write(f"\r{label} [{bar}] {percent:3}% of {total:,}")
            sys.stderr.flush()

    try:
        yield move
    finally:
        if shown >= 0:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
