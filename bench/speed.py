"""A harness folder in, a Markdown table out: namealign beside its peers in one run, with the growth exponent.

The harness (`run.py speed`) measures; this only calls it, reads what it kept and sets the rows side by side.

    python bench/speed.py --harness FOLDER --peers namealign,splink5 --tasks cluster --sizes 1000,10000,100000
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# What each task is told by: the harness's field, its heading, and whether more of it is better.
FIELDS = {
    "score": [("pairs_per_s", "pairs/s, one by one"), ("pairs_per_s_batch", "pairs/s, batch")],
    "cluster": [("wall_s", "seconds"), ("synth_pair_f1", "pair F1"), ("maxrss_mb", "peak MB")],
    "lookup": [("prepare_s", "index, s"), ("p50_ms", "p50 ms"), ("p99_ms", "p99 ms"), ("batch_q_per_s", "batch/s")],
}
GROWTH = {"cluster": "wall_s", "lookup": "p50_ms"}


def measured(results: Path, since: str) -> list[dict[str, Any]]:
    """The rows that the harness wrote since a time."""
    rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["at"] >= since]


def growth(rows: list[dict[str, Any]], field: str) -> str:
    """The exponent of growth between the smallest and the largest size that finished."""
    done = sorted((row["n"], row[field]) for row in rows if row.get("status") == "ok" and row.get(field))
    if len(done) < 2:
        return ""
    (n0, v0), (n1, v1) = done[0], done[-1]
    return f"{math.log(v1 / v0) / math.log(n1 / n0):.2f}"


def table(rows: list[dict[str, Any]], task: str) -> list[str]:
    """One Markdown table of a task."""
    fields = FIELDS[task]
    own = [row for row in rows if row["task"] == task]
    lines = [
        "| " + " | ".join(["peer", "names", *(heading for _, heading in fields), "growth"]) + " |",
        "|" + "---|" * (len(fields) + 3),
    ]
    for peer in dict.fromkeys(row["peer"] for row in own):
        of_peer = [row for row in own if row["peer"] == peer]
        exponent = growth(of_peer, GROWTH[task]) if task in GROWTH else ""
        for row in of_peer:
            cells = [f"{row[f]:,.3g}" if row.get("status") == "ok" and f in row else "" for f, _ in fields]
            if row.get("status") != "ok":
                cells[0] = str(row.get("status"))
            lines.append("| " + " | ".join([peer, f"{row['n']:,}", *cells, exponent]) + " |")
    return lines


def main() -> None:
    """Run the harness and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--harness", type=Path, required=True, help="the folder that holds run.py")
    parser.add_argument("--peers", default="namealign,rapidfuzz.WRatio,splink5,logic-v2")
    parser.add_argument("--tasks", default="score,lookup,cluster")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    asked = parser.parse_args()
    home = Path(os.environ.get("BENCH_HOME", Path.home() / ".cache" / "namealign-bench"))
    since = time.strftime("%F %T")
    command = [sys.executable, str(asked.harness / "run.py"), "speed", "--force", "--peers", asked.peers]
    command += ["--tasks", asked.tasks, "--sizes", asked.sizes]
    subprocess.run(command, check=True, stdout=sys.stderr)
    rows = measured(home / "results" / "speed.jsonl", since)
    print(f"Measured {since} on {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} at the end.\n")
    for task in asked.tasks.split(","):
        print("\n".join([f"### {task}", "", *table(rows, task), ""]))


if __name__ == "__main__":
    main()
