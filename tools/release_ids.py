"""The shipped alias table in, the list of its ids out: `python tools/release_ids.py VERSION`, run at each release.

`namealign aliases check` holds every later table against `data/released_ids.csv`: an id that was released stays known
for ever, be it as a redirect.
"""

from __future__ import annotations

import sys

from namealign.errors import NamealignError
from namealign.files import writing
from namealign.tables import data_dir, read_aliases, read_rows

_TOP = """\
# The ids of data/aliases.csv at the last release, which no later one may lose: an id that is merged into another leaves
# a row of the kind `redirect`. Made at each release by `python tools/release_ids.py`, never edited. Release {version}.
entity_id
"""


def main() -> int:
    """Write the list; refuse where an id of the release before is gone."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = data_dir() / "released_ids.csv"
    try:
        ids = {row.entity_id for row in read_aliases(data_dir() / "aliases.csv")}
        gone = [key for _, (key,) in read_rows(path, ("entity_id",)) if key not in ids]
    except NamealignError as error:
        print(error, file=sys.stderr)
        return 2
    if gone:
        print(
            f"{len(gone)} released ids are gone: {', '.join(gone[:10])}; see `namealign aliases check`", file=sys.stderr
        )
        return 2
    with writing(path) as file:
        file.write((_TOP.format(version=sys.argv[1]) + "".join(f"{key}\n" for key in sorted(ids))).encode())
    print(f"{path}: {len(ids):,} ids of release {sys.argv[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
