"""The error tree: everything namealign raises on purpose, rooted in builtins."""

from __future__ import annotations

__all__ = ["InputError", "MissingDependency", "NamealignError", "TableError"]


class NamealignError(Exception):
    """Base of every error that namealign raises on purpose. The message is one line a user can act on."""


class TableError(NamealignError, ValueError):
    """A knowledge table (shipped or the user's) is malformed: ``path:line: problem``."""


class InputError(NamealignError, ValueError):
    """The user's input cannot be read or does not hold what was asked for."""


class MissingDependency(NamealignError, ImportError):
    """An optional library is not installed; the message names the extra to install."""
