"""A path or a stream in, a binary file to read from twice or to write to in safety out.

Output appears whole or not at all: it is written beside its target and renamed at the end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from typing import IO, BinaryIO

from namealign.errors import InputError
from namealign.packed import SPOOL, packing, unpacked, unwritten

__all__ = ["Source", "Target", "locked", "reading", "writable", "writing"]

Source = str | os.PathLike[str] | BinaryIO
Target = str | os.PathLike[str] | BinaryIO


@contextlib.contextmanager
def reading(source: Source, *, unpack: bool = True) -> Iterator[tuple[IO[bytes], str]]:
    """Yield a seekable binary file at its beginning, and the name that messages call it by. `-` is stdin.

    What is compressed is unpacked, unless `unpack` says that it is to be read as it is.
    """
    with _opened(source) as (file, name):
        if not unpack:
            yield file, name
            return
        with unpacked(file, name) as content:
            yield content, name


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[tuple[IO[bytes], str]]:
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
    What is no regular file (a pipe, a device) cannot be replaced and is written to directly. A name in .gz, .bz2 or .xz
    is written compressed.
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
        with open(path, "wb") as file, packing(file, name) as content:
            yield content
        return
    handle, beside = _beside(path, name)
    try:
        with os.fdopen(handle, "wb") as file:
            with packing(file, name) as content:
                yield content
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, stat.S_IMODE(existing.st_mode) if existing else 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def writable(target: Target) -> None:
    """Raise the InputError that `writing` this target would end in, as far as that can be told before any work.

    Nothing stays behind and nothing is opened that would wait for a reader.
    """
    name = os.fspath(target) if isinstance(target, str | os.PathLike) else "-"
    if name == "-":
        return
    unwritten(name)
    path = os.path.realpath(name)
    if os.path.isdir(path):
        raise InputError(f"{name}: is a directory")
    if os.path.exists(path) and not os.path.isfile(path):
        if not os.access(path, os.W_OK):
            raise InputError(f"{name}: {os.strerror(errno.EACCES)}")
        return
    handle, beside = _beside(path, name)
    os.close(handle)
    os.unlink(beside)


def _beside(path: str, name: str) -> tuple[int, str]:
    """A new hidden file beside a target, open, and its path."""
    import tempfile

    try:
        return tempfile.mkstemp(prefix=f".{os.path.basename(path)[:100]}.", dir=os.path.dirname(path) or ".")
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error


@contextlib.contextmanager
def locked(target: str | os.PathLike[str], *, patience: float = 30.0) -> Iterator[None]:
    """Let one process at a time change a file: whoever reads it, changes it and writes it back does so inside.

    The lock is an empty hidden file beside the target, which goes away afterwards. The system lets go of it when its
    holder dies, so that a killed process stops nobody. Raises InputError after `patience` seconds of waiting.
    """
    path = os.path.realpath(os.fspath(target))
    beside = os.path.join(os.path.dirname(path), f".{os.path.basename(path)[:100]}.lock")
    handle = _locked(beside, os.fspath(target), time.monotonic() + patience)
    try:
        yield
    finally:
        # While it is held: another process that waits for this very file sees that it is gone, and takes a new one.
        with contextlib.suppress(OSError):
            os.unlink(beside)
        os.close(handle)


def _locked(beside: str, name: str, until: float) -> int:
    while True:
        try:
            handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise InputError(f"{name}: {error.strerror or error}") from error
        try:
            if _held(handle) and os.path.samestat(os.fstat(handle), os.stat(beside)):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)
        if time.monotonic() > until:
            raise InputError(f"{name}: another process has been changing it for a long time; try again later")
        time.sleep(0.01)


def _held(handle: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    import tempfile

    # One system call at a time where that can be had: between two of them a signal is heeded.
    read = getattr(stream, "read1", stream.read)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as copy:
        while block := read(1 << 20):
            copy.write(block)
        copy.seek(0)
        yield copy
