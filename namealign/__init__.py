"""Reconcile spellings of transliterated names: one person's name, written by many hands in many scripts.

>>> import namealign
>>> namealign.compare("Geelani", "Jilani").outcome == "match"
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from namealign.clean import clean
    from namealign.cluster import Cluster, Clustering, cluster
    from namealign.compare import compare, compare_many
    from namealign.decide import Policy
    from namealign.errors import InputError, MissingDependency, NamealignError, TableError
    from namealign.model import Comparison, Decision, Entity, Evidence, Kind, Match, Outcome
    from namealign.reconciler import Reconciler

_HOMES = {
    "clean": "clean",
    "Cluster": "cluster",
    "Clustering": "cluster",
    "cluster": "cluster",
    "compare": "compare",
    "compare_many": "compare",
    "Policy": "decide",
    "InputError": "errors",
    "MissingDependency": "errors",
    "NamealignError": "errors",
    "TableError": "errors",
    "Comparison": "model",
    "Decision": "model",
    "Entity": "model",
    "Evidence": "model",
    "Kind": "model",
    "Match": "model",
    "Outcome": "model",
    "Reconciler": "reconciler",
}

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
]


def __getattr__(name: str) -> Any:
    # A public name is imported when it is first used, so that a lookup pays for nothing else.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'namealign' has no attribute {name!r}")
    return getattr(import_module(f"namealign.{home}"), name)
