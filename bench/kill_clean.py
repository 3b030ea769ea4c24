"""Kill a command that writes at random moments: `python bench/kill_clean.py [--job JOB] [--times N] [--seed N]`.

The job is `clean` (`namealign clean -o`) or `aliases` (`namealign aliases add` to a table of 50,000 rows). After each
kill the file must be the old one or the new one, whole. Prints how many ended with which, and exits 1 if any file was
neither. SIGKILL may leave a hidden temporary file behind, and how many it left is printed; a lock that it leaves stops
no later run.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

_HEADER = "entity_id,kind,canonical,alias\n"
_TABLE = f"{_HEADER}1,person,Jalil Abbas Jilani,Jalil Abbas Jilani\n"
_PROGRAM = [sys.executable, "-m", "namealign"]


def cleaning(folder: Path) -> tuple[list[str], Path, bytes]:
    """A command, the file that it writes, and what that holds before."""
    source, target, table = folder / "in.csv", folder / "out.csv", folder / "table.csv"
    source.write_text("id,name\n" + "7,Jaleel Abbas Jilani\n" * 1_000_000)
    table.write_text(_TABLE)
    command = [*_PROGRAM, "clean", str(source), "-c", "name", "-o", str(target), "--table", str(table), "--only"]
    return command, target, b"old\n"


def adding(folder: Path) -> tuple[list[str], Path, bytes]:
    """The same for a spelling added to a user's own table."""
    table = folder / "mine.csv"
    rows = "".join(f"{i},person,Name Number {i},Name Number {i}\n" for i in range(50_000))
    return [*_PROGRAM, "aliases", "add", "Jaleel", "--id", "7", "--table", str(table)], table, (_HEADER + rows).encode()


def main() -> int:
    """Run, kill, look, repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", choices=("clean", "aliases"), default="clean")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20240119)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command, target, old = (cleaning if given.job == "clean" else adding)(folder)
        target.write_bytes(old)
        begin = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        whole = time.perf_counter() - begin
        new = target.read_bytes()
        before = set(folder.iterdir())
        found: Counter[str] = Counter()
        for _ in range(given.times):
            target.write_bytes(old)
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, whole))
            process.kill()
            process.wait()
            after = target.read_bytes()
            found["old" if after == old else "new" if after == new else "BROKEN"] += 1
            for litter in set(folder.iterdir()) - before:
                # A lock stays where it is: the next run must not mind it.
                if litter.suffix != ".lock":
                    found["temporary files left"] += 1
                    litter.unlink()
        # After all that, an undisturbed run does its work and leaves nothing behind.
        target.write_bytes(old)
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        found["BROKEN"] += target.read_bytes() != new or set(folder.iterdir()) != before
        print(f"{given.times} kills within {whole:.2f} s: {', '.join(f'{n} {what}' for what, n in found.items() if n)}")
        return 1 if found["BROKEN"] else 0


if __name__ == "__main__":
    sys.exit(main())
