"""A delimited file of unknown dialect and encoding in, a table ready to be read twice out."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from namealign.charset import Encoding, bytewise, encoding_named, from_bom, transcoded
from namealign.clean.dialect import Dialect, find_column, sniff
from namealign.clean.records import Records
from namealign.errors import InputError

__all__ = ["Column", "Layout", "NotDecodable", "Table", "decode", "opened", "parts_of"]

# A column by its name or number, or the columns that hold a name's parts in their order.
Column = str | tuple[str, ...]

_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the user says the file is laid out; None is found out from the file."""

    delimiter: str | None = None
    quote: str = '"'
    encoding: str | None = None
    header: bool = True
    zero: bool = False
    jsonl: bool = False


@dataclass(slots=True)
class Table:
    """An open input, to be read twice.

    `bytes_encoding` is the encoding of the bytes that `file` gives: UTF-8 where a copy had to be made. `columns` are
    the wanted names, each as the places of its parts: most often one, two where first and last name stand apart.
    """

    file: IO[bytes]
    path: str
    encoding: Encoding
    bytes_encoding: str
    dialect: Dialect
    prefix: bytes
    head: bytes
    head_end: bytes
    names: list[str]
    columns: list[list[int]] = field(default_factory=list)

    def records(self) -> Records:
        """The records below the header, from the first again."""
        lines = self.head.count(self.dialect.newline) + (1 if self.head_end else 0)
        self.file.seek(len(self.prefix) + len(self.head) + len(self.head_end))
        return Records(
            self.dialect, len(self.names), [i for parts in self.columns for i in parts], self.path, lines + 1
        )

    def titles(self) -> list[str]:
        """What each wanted name is called: `name`, or `first_last` where it is split."""
        return ["_".join(self.names[i] for i in parts) for parts in self.columns]

    def encode(self, text: str) -> tuple[bytes, bool]:
        """A new cell's text in the file's encoding, and whether letters were lost.

        A code page that lacks an accented letter gets its base letter; the entity's id stands beside it anyway.
        """
        name, errors = self.encoding.name, self.encoding.errors
        if name == "utf-8" or text.isascii():
            return text.encode(self.bytes_encoding), False
        try:
            text.encode(name, errors)
            lost = False
        except UnicodeEncodeError:
            plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
            text, lost = plain.encode(name, "replace").decode(name), True
        return text.encode(self.bytes_encoding, errors), lost


class NotDecodable(Exception):
    """The bytes are not what they were taken for."""

    def __init__(self, sample: bytes, line: int, byte: int, known: str) -> None:
        super().__init__(line)
        self.sample, self.line, self.byte, self.known = sample, line, byte, known


def decode(data: bytes, encoding: Encoding, name: str, line: int, sample: bytes = b"") -> str:
    """Decode, or tell the line and what to guess another encoding from (`sample`, or the data itself)."""
    try:
        return data.decode(name, encoding.errors if name == "utf-8" else "strict")
    except UnicodeDecodeError as error:
        known = "" if encoding.how == "valid" else encoding.name
        at = line + data.count(b"\n", 0, error.start)
        raise NotDecodable(sample or data, at, data[error.start], known) from error


@contextlib.contextmanager
def opened(
    file: IO[bytes], path: str, columns: Sequence[Column], layout: Layout, guess: Encoding | None = None
) -> Iterator[Table]:
    """Find out encoding, dialect and columns; `guess` is an encoding detected when UTF-8 had failed."""
    file.seek(0)
    start = file.read(_SAMPLE)
    if not start:
        raise InputError(f"{path}: is empty; a header line with the column names is needed")
    if layout.encoding is not None:
        encoding = encoding_named(layout.encoding)
        if (bom := from_bom(start)) and bom.how == "BOM" and bom.name.startswith(encoding.name[:6]):
            encoding = Encoding(bom.name, "given")
    else:
        encoding = guess or from_bom(start) or Encoding("utf-8", "valid")
    with contextlib.ExitStack() as stack:
        file.seek(0)
        specials = (layout.delimiter or ",;\t|").encode()
        name = encoding.name
        if not bytewise(name, *(bytes([byte]) for byte in specials)):
            name = "utf-8"
            file = stack.enter_context(transcoded(file, encoding, path))
        yield _headed(file, path, columns, layout, encoding, name)


def _headed(
    file: IO[bytes], path: str, columns: Sequence[Column], layout: Layout, encoding: Encoding, name: str
) -> Table:
    """Read the header, however long it is, and find the columns in it."""
    size = _SAMPLE
    while True:
        file.seek(0)
        sample = file.read(size)
        whole = len(sample) < size
        prefix = b"\xef\xbb\xbf" if sample.startswith(b"\xef\xbb\xbf") else b""
        body = sample[len(prefix) :]
        dialect = _dialect(body, columns, layout, path, whole=whole)
        match = dialect.record.match(body)
        if match is not None and (whole or match.end() < len(body)):
            break
        if whole:
            raise InputError(f"{path}:1: a quote opens in the header and never closes")
        size *= 2
    head = match[0]
    end = body[match.end() : match.end() + 1]
    if dialect.newline == b"\n" and head.endswith(b"\r"):
        head, end = head[:-1], b"\r" + end
    fields = dialect.split(head)
    first = 0 if layout.zero else 1
    if layout.header:
        if not head.strip():
            raise InputError(f"{path}:1: the first line is empty; a header line with the column names is needed")
        names = [decode(dialect.unquote(raw), encoding, name, 1, body) for raw in fields]
    else:
        names = [str(i + first) for i in range(len(fields))]
        head, end = b"", b""
    if all(raw.startswith(dialect.quote) for raw in fields) and dialect.quote:
        dialect = Dialect(dialect.delimiter, dialect.quote, dialect.newline, quote_all=True)
    found = [[find_column(part, names, path, first=first) for part in parts_of(column)] for column in columns]
    return Table(file, path, encoding, name, dialect, prefix, head, end, names, found)


def parts_of(column: Column) -> Sequence[str]:
    """The columns that hold a name's parts."""
    return (column,) if isinstance(column, str) else column


def _dialect(body: bytes, columns: Sequence[Column], layout: Layout, path: str, *, whole: bool) -> Dialect:
    quote = layout.quote.encode()
    prefer = "\t" if path.lower().endswith((".tsv", ".tab")) else ""
    wanted = [part for column in columns for part in parts_of(column)]
    dialect = sniff(body, whole=whole, wanted=wanted, quote=quote, prefer=prefer)
    if layout.delimiter is None:
        return dialect
    if len(layout.delimiter.encode()) != 1 or layout.delimiter in ("\n", "\r", layout.quote):
        raise InputError(f"the delimiter must be one ASCII character, not {layout.delimiter!r}")
    return Dialect(layout.delimiter.encode(), quote, dialect.newline)
