"""A function in, the same compiled out: Numba, with the machine code kept in the user's cache folder.

Numba itself looks only at the file of the function it loads; what that function calls may have changed since. So the
folder is named after every source file of the package: a changed kernel never meets old machine code.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from namealign.cache import cache_folder

__all__ = ["announce", "jit", "lean"]


def _folder() -> Path:
    package = Path(__file__).resolve().parent
    found = [sys.version, numba.__version__]
    for entry in sorted(os.scandir(package), key=lambda entry: entry.name):
        if entry.name.startswith(("alignment", "bulk", "candidates", "encode", "kernel", "measure", "verdict")):
            status = entry.stat()
            found.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
    # The first part tells installations apart, which may take turns; the second one their versions, which do not.
    where, what = (zlib.crc32(text.encode()) for text in (str(package), "\n".join(found)))
    return cache_folder() / f"kernel-{where:08x}-{what:08x}"


_FOLDER = _folder()
# Nothing compiled yet for this version: the first call takes some seconds more.
_FRESH = not _FOLDER.exists()


def jit(function: Callable[..., Any]) -> Any:
    """Compile on first call, or load from the cache; the machine code holds no lock of the interpreter."""
    return _jit(function, {})


def lean(function: Callable[..., Any]) -> Any:
    """`jit` for a function that makes no array: none of its arrays is counted, which threads would wait for."""
    return _jit(function, {"_nrt": False})


def _jit(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(_FOLDER)
        return numba.njit(cache=True, nogil=True, **options)(function)
    except (OSError, RuntimeError):
        # Nowhere to keep it: compiled again in each process.
        return numba.njit(nogil=True, **options)(function)
    finally:
        config.CACHE_DIR = before


def announce() -> None:
    """Say on a terminal that the kernel is being compiled, and drop what older versions left."""
    global _FRESH
    if not _FRESH:
        return
    _FRESH = False
    if sys.stderr is not None and sys.stderr.isatty():
        print("namealign: compiling its kernel (once; some ten seconds)", file=sys.stderr, flush=True)
    for old in _FOLDER.parent.glob("kernel-*"):
        # Older versions of this installation are left over: a process that still runs one compiles what it misses.
        # Other installations may be in use, but for those that nobody made anew for a week.
        ours = old.name.startswith(_FOLDER.name[: -len("-00000000")])
        if old != _FOLDER and (ours or _age(old) > 7 * 86400):
            shutil.rmtree(old, ignore_errors=True)


def _age(folder: Path) -> float:
    """Seconds since the folder was made; none of one that is already gone."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0
