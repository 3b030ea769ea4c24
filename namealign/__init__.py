"""Reconcile spellings of transliterated names: one person's name, written by many hands in many scripts.

>>> import namealign
>>> namealign.compare("Geelani", "Jilani").outcome == "match"
True
"""

from typing import TYPE_CHECKING, Any

# Imported at once and not on first use: `namealign.compare` is a function and a module of the same name, and a module
# that is imported later would take the function's place. Everything here is light; NumPy and Numba wait for bulk work.
from namealign.clean import clean
from namealign.cluster import Cluster, Clustering, cluster
from namealign.compare import compare, compare_many
from namealign.decide import Policy
from namealign.errors import InputError, MissingDependency, NamealignError, TableError
from namealign.model import Comparison, Decision, Entity, Evidence, Kind, Match, Outcome
from namealign.reconciler import Reconciler

if TYPE_CHECKING:
    from namealign.scan import scan

__all__ = [
    "Cluster",
    "Clustering",
    "Comparison",
    "Decision",
    "Entity",
    "Evidence",
    "InputError",
    "Kind",
    "Match",
    "MissingDependency",
    "NamealignError",
    "Outcome",
    "Policy",
    "Reconciler",
    "TableError",
    "clean",
    "cluster",
    "compare",
    "compare_many",
    "scan",
]


def __getattr__(name: str) -> Any:
    # Reading running text is a large part that no other job needs, so it waits until it is asked for.
    if name == "scan":
        from namealign.scan import scan

        globals()["scan"] = scan
        return scan
    raise AttributeError(f"module 'namealign' has no attribute {name!r}")
