"""Kill `namealign clean -o` at random moments: `python bench/kill_clean.py [--times N] [--seed N]`.

After each kill the output must be the old file or the new one, whole. Prints how many ended with which, and exits 1
if any file was neither. SIGKILL may leave the hidden temporary file behind; how many it left is printed too.
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

_TABLE = "entity_id,kind,canonical,alias\n1,person,Jalil Abbas Jilani,Jalil Abbas Jilani\n"


def main() -> int:
    """Run, kill, look, repeat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20240119)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target, table = folder / "in.csv", folder / "out.csv", folder / "table.csv"
        source.write_text("id,name\n" + "7,Jaleel Abbas Jilani\n" * 1_000_000)
        table.write_text(_TABLE)
        command = [sys.executable, "-m", "namealign", "clean", str(source), "-c", "name", "-o", str(target)]
        command += ["--table", str(table), "--only"]
        begin = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        whole = time.perf_counter() - begin
        new, old = target.read_bytes(), b"old\n"
        found: Counter[str] = Counter()
        for _ in range(given.times):
            target.write_bytes(old)
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, whole))
            process.kill()
            process.wait()
            after = target.read_bytes()
            found["old" if after == old else "new" if after == new else "BROKEN"] += 1
            for litter in folder.glob(".out.csv.*"):
                found["temporary files left"] += 1
                litter.unlink()
        print(f"{given.times} kills within {whole:.2f} s: {', '.join(f'{n} {what}' for what, n in found.items())}")
        return 1 if found["BROKEN"] else 0


if __name__ == "__main__":
    sys.exit(main())
