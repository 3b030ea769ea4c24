"""A path or a stream in, a binary file to read from twice or to write to in safety out.

Output appears whole or not at all: it is written beside its target and renamed at the end.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from typing import IO, BinaryIO

from namealign.errors import InputError

__all__ = ["Source", "Target", "reading", "writing"]

Source = str | os.PathLike[str] | BinaryIO
Target = str | os.PathLike[str] | BinaryIO

# A piped export up to this size stays in memory; a larger one goes to the disk, so that ten million rows fit anywhere.
_SPOOL = 64 << 20


@contextlib.contextmanager
def reading(source: Source) -> Iterator[tuple[IO[bytes], str]]:
    """Yield a seekable binary file at its beginning, and the name that messages call it by. `-` is stdin."""
    if isinstance(source, str | os.PathLike) and os.fspath(source) != "-":
        name = os.fspath(source)
        try:
            file = open(name, "rb")  # noqa: SIM115 - closed below; opening has an error message of its own
        except OSError as error:
            raise InputError(f"{name}: {error.strerror or error}") from error
        with file:
            if file.seekable():
                yield file, name
            else:
                with _spooled(file) as copy:
                    yield copy, name
        return
    stream, name = (sys.stdin.buffer, "<stdin>") if isinstance(source, str | os.PathLike) else (source, "<stream>")
    with _spooled(stream) as copy:
        yield copy, name


@contextlib.contextmanager
def writing(target: Target) -> Iterator[IO[bytes]]:
    """Yield a binary file; after the block the target holds all of it, or after an error what it held before.

    An existing file keeps its mode, and a symbolic link goes on pointing where it did. `-` is stdout.
    What is no regular file (a pipe, a device) cannot be replaced and is written to directly.
    """
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    name = os.fspath(target)
    if name == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = os.path.realpath(name)
    try:
        existing: os.stat_result | None = os.stat(path)
    except FileNotFoundError:
        existing = None
    if existing is not None and stat.S_ISDIR(existing.st_mode):
        raise InputError(f"{name}: is a directory")
    if existing is not None and not stat.S_ISREG(existing.st_mode):
        with open(path, "wb") as file:
            yield file
        return
    import tempfile

    try:
        handle, beside = tempfile.mkstemp(prefix=f".{os.path.basename(path)[:100]}.", dir=os.path.dirname(path) or ".")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, stat.S_IMODE(existing.st_mode) if existing else 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    import shutil
    import tempfile

    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.seek(0)
        yield copy
