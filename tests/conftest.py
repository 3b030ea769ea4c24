"""One cache folder for the compiled tables, inside pytest's own: no test run writes into the user's."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The same examples every time, so that a change is what turns a test red; no deadline, since the machine may be busy.
# `HYPOTHESIS_PROFILE=explore pytest` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure(config: pytest.Config) -> None:
    # Nor does it look into the table of whoever runs it.
    os.environ["NAMEALIGN_ALIASES"] = ""
    # Kept from run to run, since building the index takes 10 s; `pytest --cache-clear` empties it.
    cache = getattr(config, "cache", None)
    if cache is not None:
        os.environ.setdefault("NAMEALIGN_CACHE", str(cache.mkdir("namealign")))
