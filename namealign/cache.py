"""What was built from the shipped tables, kept in the user's cache folder: one file for each content and version.

The file's name is a digest of the name, size and time of change of every table and of the code that reads them (as
Python does for its own compiled files), so a changed table never meets an old file. It is written beside and renamed:
processes that start at once cannot harm one another.
"""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from namealign.errors import TableError
from namealign.parts import Part, read_parts, typed, write_parts
from namealign.tables import data_dir

__all__ = ["cache_folder", "cached", "cached_for", "reading_digest"]


def cache_folder() -> Path:
    """Where it is kept: `NAMEALIGN_CACHE`, else the platform's cache folder for the user."""
    chosen = os.environ.get("NAMEALIGN_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "namealign" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "namealign"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "namealign"


# Code that works on what was built and has no part in building it: a change of it leaves the built parts as they are.
_LATER = (
    "authority", "bulk", "cluster", "curate", "indexing", "interchange", "judgements", "reconciler", "redirects",
    "replay", "review", "search", "tablefile", "usertable",
)  # fmt: skip


def _sources() -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files that what is built depends on, and the name of each one's folder."""
    package = Path(__file__).resolve().parent
    folder = data_dir()
    for where in (package, package / "romanize", folder, folder / "romanization"):
        with os.scandir(where) as entries:
            for entry in entries:
                if entry.name.endswith((".csv", ".py")) and not entry.name.startswith(_LATER):
                    yield where.name, entry


def _digest() -> str:
    found = []
    for where, entry in _sources():
        status = entry.stat()
        found.append(f"{where}/{entry.name} {status.st_size} {status.st_mtime_ns}")
    text = "\n".join([sys.version, str(Path(__file__).resolve().parent), *sorted(found)]).encode()
    return f"{zlib.crc32(text):08x}{zlib.adler32(text):08x}"


def reading_digest() -> str:
    """A digest of the contents of the tables and the code that reads names: the same on every machine.

    A file that was built by other tables or other code, and may be carried about, is told by it.
    """

    def build() -> list[Part]:
        found = sorted((f"{where}/{entry.name}", Path(entry.path).read_bytes()) for where, entry in _sources())
        text = "\n".join(f"{name} {zlib.crc32(data):08x}" for name, data in found).encode()
        return [("digest", "", f"{zlib.crc32(text):08x}{zlib.adler32(text):08x}".encode())]

    return bytes(cached("reading", build, quiet=True)["digest"]).decode()


def cached(kind: str, build: Callable[[], Iterable[Part]], *, quiet: bool = False) -> dict[str, Any]:
    """The parts that `build` makes: from the cache, or built now and kept for the next time.

    A cache that cannot be read or written is no error: the parts are then built each time.
    """
    path = cache_folder() / f"{kind}-{_digest()}.parts"
    if path.exists():
        try:
            return read_parts(path)
        except TableError:
            pass
    if not quiet and sys.stderr is not None and sys.stderr.isatty():
        print(f"namealign: preparing its {kind} (once; kept in {path.parent})", file=sys.stderr, flush=True)
    parts = list(build())
    try:
        write_parts(path, parts)
        for old in path.parent.glob(f"{kind}-*.parts"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        pass
    return typed(parts)


def cached_for(path: str | os.PathLike[str], kind: str, build: Callable[[], Iterable[Part]]) -> dict[str, Any]:
    """`cached` for what is built from a user's file: anew when that changes. One file of each kind is kept."""
    status = os.stat(path)
    stamp = f"{zlib.crc32(f'{os.path.abspath(path)} {status.st_size} {status.st_mtime_ns}'.encode()):08x}"
    for old in cache_folder().glob(f"{kind}-*.parts"):
        if not old.name.startswith(f"{kind}-{stamp}-"):
            with contextlib.suppress(OSError):
                old.unlink(missing_ok=True)
    return cached(f"{kind}-{stamp}", build)
