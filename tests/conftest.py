"""One cache folder for the compiled tables, inside pytest's own: no test run writes into the user's."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # Kept from run to run, since building the index takes 10 s; `pytest --cache-clear` empties it.
    cache = getattr(config, "cache", None)
    if cache is not None:
        os.environ.setdefault("NAMEALIGN_CACHE", str(cache.mkdir("namealign")))
