"""A table of any kind in, the same table with new columns out: chooses who does it by the file's name."""

from __future__ import annotations

import os
from collections.abc import Sequence

from namealign.clean.annotate import Annotated, Make, annotate
from namealign.clean.frames import annotate_frame, is_frame
from namealign.clean.jsonl import annotate_lines, is_jsonl
from namealign.clean.layout import Column, Layout
from namealign.errors import InputError
from namealign.files import Source, Target
from namealign.packed import plain_name

__all__ = ["annotate_table"]


def annotate_table(
    source: Source,
    target: Target | None,
    columns: Sequence[Column],
    suffixes: Sequence[str],
    make: Make,
    *,
    layout: Layout | None = None,
    strict: bool = False,
    replace: bool = False,
    only_changed: bool = False,
    ours: frozenset[str] | None = None,
) -> Annotated:
    """`annotate` for delimited files, JSON Lines, Parquet and Excel."""
    for name in (source, target):
        if isinstance(name, str | os.PathLike) and is_frame(plain_name(os.fspath(name))) and not is_frame(name):
            raise InputError(f"{os.fspath(name)}: Parquet and Excel files are compressed in themselves; name it so")
    if is_frame(source) or is_frame(target):
        return annotate_frame(
            source, target, columns, suffixes, make, layout=layout, replace=replace, only_changed=only_changed
        )
    if is_jsonl(source, layout):
        keys = [key for key in columns if isinstance(key, str)]
        if replace or only_changed or len(keys) < len(columns):
            raise InputError("JSON Lines get new keys only: no replacing, leaving out or joining of names")
        return annotate_lines(source, target, keys, suffixes, make)
    return annotate(
        source,
        target,
        columns,
        suffixes,
        make,
        layout=layout,
        strict=strict,
        replace=replace,
        only_changed=only_changed,
        ours=ours,
    )
