"""A file that may be compressed in, its content out, never more of it than is reasonable; and the other way round.

gzip, bzip2 and xz, and a ZIP archive that holds one table, are known by their first bytes. A decompression bomb (a
small file that unpacks to a huge one) is refused before it fills memory or disk: what is meant so can be unpacked
beforehand.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import IO, Any, cast

from namealign.errors import InputError

__all__ = ["SPOOL", "bounded", "packing", "plain_name", "unpacked", "unwritten"]

# Tables of real names unpack to 3 to 20 times their size, a table that repeats one row for ever to 350 times, a gzip
# bomb to 1,000. What is small does no harm, however dense it is.
RATIO = 200
HARMLESS = 64 << 20
# Bounds for what an honest ratio allows: a copy on the disk, and a workbook that is read into memory whole.
MOST = 32 << 30
MOST_WHOLE = 4 << 30
# A copy, of a pipe too, stays in memory up to this size; a larger one goes to the disk, so that ten million rows fit
# anywhere.
SPOOL = 64 << 20
_BLOCK = 1 << 20

_ENDINGS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}
_UNWRITTEN = (".zip", ".zst", ".7z", ".rar")


def plain_name(name: str) -> str:
    """A file's name without the ending that says how it is compressed.

    >>> plain_name("names.csv.gz"), plain_name("names.csv")
    ('names.csv', 'names.csv')
    """
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in (*_ENDINGS, ".zip") else name


@contextlib.contextmanager
def unpacked(file: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """A seekable file at its beginning, or where it is compressed a temporary copy of what is in it.

    Raises InputError: a bomb, a broken or encrypted archive, one with several files, a format that cannot be read.
    """
    import tempfile

    start = file.read(10)
    file.seek(0)
    how = _how(start)
    if how is None:
        yield file
        return
    if how == "zstd":
        raise InputError(f"{name}: is compressed with Zstandard, which is not read; unpack it first: zstd -d")
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as copy:
        try:
            with _opened(file, name, how) as stream:
                _copy(stream, copy, file, name)
        except InputError:
            raise
        except EOFError as error:
            raise InputError(f"{name}: ends in the middle of its compressed data") from error
        except Exception as error:
            # Each of these libraries has an error of its own (zlib.error, LZMAError, BadZipFile, ...).
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise InputError(f"{name}: is broken: {error}") from error
        copy.seek(0)
        yield copy


def bounded(file: IO[bytes], name: str) -> None:
    """Refuse a ZIP container (a workbook, a document) that would unpack to more than is reasonable; read nothing else.

    What its directory says is not believed where it matters: a container large enough to hide a bomb is unpacked to
    nowhere first. A file that is no ZIP is none of this function's business.
    """
    import zipfile

    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if _how(file.read(10)) != "zip":
        file.seek(0)
        return
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse(sum(member.file_size for member in members), size, name, MOST_WHOLE)
            # Deflate packs 1,032 bytes into one at most.
            if size * 1032 > MOST_WHOLE:
                for member in members:
                    with archive.open(member) as stream:
                        while stream.read(_BLOCK):
                            pass
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{name}: is broken: {error}") from error
    file.seek(0)


@contextlib.contextmanager
def packing(file: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """A file to write to that compresses as the target's name says; the same content always gives the same bytes."""
    ending = unwritten(name)
    if ending not in _ENDINGS:
        yield file
    elif ending == ".gz":
        import gzip

        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as stream:
            yield cast(IO[bytes], stream)
    elif ending == ".bz2":
        import bz2

        with bz2.BZ2File(file, "wb") as stream:
            yield cast(IO[bytes], stream)
    else:
        import lzma

        with lzma.LZMAFile(file, "wb") as stream:
            yield cast(IO[bytes], stream)


def unwritten(name: str) -> str:
    """The ending of a target's name. Raises InputError where that asks for a compression that is only read."""
    ending = os.path.splitext(name)[1].lower()
    if ending in _UNWRITTEN:
        raise InputError(f"{name}: {ending} is not written; a name in {', '.join(_ENDINGS)} is")
    return ending


def _how(start: bytes) -> str | None:
    """How a file is compressed that begins so."""
    if start.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    # The marks of a first block, or of an end without one.
    if start.startswith(b"BZh") and start[4:] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    if start.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    return "zstd" if start.startswith(b"\x28\xb5\x2f\xfd") else None


@contextlib.contextmanager
def _opened(file: IO[bytes], name: str, how: str) -> Iterator[IO[bytes]]:
    if how == "gzip":
        import gzip

        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            yield cast(IO[bytes], stream)
    elif how == "bzip2":
        import bz2

        with bz2.BZ2File(file) as stream:
            yield cast(IO[bytes], stream)
    elif how == "xz":
        import lzma

        with lzma.LZMAFile(file) as stream:
            yield cast(IO[bytes], stream)
    else:
        import zipfile

        with zipfile.ZipFile(file) as archive, archive.open(_only(archive.infolist(), name)) as member:
            yield member


def _only(members: list[Any], name: str) -> Any:
    """The one file of an archive."""
    # What one system adds for itself is no file of the user's.
    found = [m for m in members if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    names = [m.filename for m in found]
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise InputError(f"{name}: is an Office file; name it for what it is (.xlsx, .ods, .docx)")
    if len(found) != 1:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise InputError(f"{name}: holds {len(found)} files ({shown}); unpack it and give the one that is meant")
    if found[0].flag_bits & 1:
        raise InputError(f"{name}: is encrypted; unpack it first")
    _refuse(found[0].file_size, found[0].compress_size, name, MOST)
    return found[0]


def _copy(stream: IO[bytes], copy: IO[bytes], packed: IO[bytes], name: str) -> None:
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        # Of the packed file as much is counted as has been taken from it.
        _refuse(size, packed.tell(), name, MOST)
        copy.write(block)


def _refuse(size: int, packed: int, name: str, most: int) -> None:
    """Raise InputError where so many bytes in so few cannot be a table, or are too many."""
    if size > HARMLESS and size > RATIO * packed:
        problem = f"unpacks to more than {RATIO} times its size, as a decompression bomb does"
    elif size > most:
        problem = f"unpacks to more than {most >> 30} GB"
    else:
        return
    raise InputError(f"{name}: {problem}; it is not read. If it is what you mean, unpack it first")
