"""Bytes in an unknown encoding in, the encoding's name out: and a UTF-8 copy of what cannot be cut bytewise."""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from namealign.errors import InputError

__all__ = ["Encoding", "bytewise", "detect", "encoding_named", "from_bom", "transcoded"]

# Checked in this order, because UTF-32's mark begins with UTF-16's.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What charset-normalizer is shown: enough lines for its language statistics, few enough to take under a second.
_DETECT_BYTES = 1 << 15
_BLOCK = 1 << 20
# Encodings that exports come in. Left to all that Python knows, charset-normalizer read Cyrillic as DOS Arabic and
# Hebrew as Korean in samples of three names; among these it was right in all but one of twelve, and with the sample
# repeated to a kilobyte (its statistics want volume) in eleven of twelve, the last being cp1252 taken for cp1250.
_CANDIDATES = [
    *("cp1252", "cp1251", "cp1256", "cp1250", "cp1254", "cp1253", "cp1255", "cp1257", "cp1258", "cp874"),
    *("koi8_r", "koi8_u", "cp866", "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949", "mac_cyrillic", "mac_roman"),
]
# charset-normalizer finds coherence 0.54 in prose of cp1251 and 0.62 in it as mac_cyrillic, and no chaos in either.
_NEAR_CHAOS, _NEAR_COHERENCE = 0.05, 0.8


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by its Python name, and how it came to be known: given, BOM, valid (as UTF-8) or detected."""

    name: str
    how: str

    @property
    def errors(self) -> str:
        """UTF-16 in the wild holds lone surrogates; they must come back as they were."""
        return "surrogatepass" if self.name.startswith(("utf-16", "utf-32")) else "strict"


def encoding_named(name: str) -> Encoding:
    """The encoding that a user gave by name."""
    try:
        found = codecs.lookup(name).name
        b"".decode(found)
    except LookupError:
        raise InputError(f"no encoding is called {name!r}; examples are utf-8, cp1256, cp1251, utf-16") from None
    # With an explicit byte order the mark is a character like others and comes back by itself.
    return Encoding({"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(found, found), "given")


def from_bom(start: bytes) -> Encoding | None:
    """The encoding that a byte order mark or the NUL bytes of UTF-16 without one give away."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return Encoding(name, "BOM")
    sample = start[:4096]
    half = len(sample) // 2
    if half >= 4:
        # A header is mostly ASCII: nine of ten high bytes are then NUL, and no low byte is.
        for name, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
            if high.count(0) > 0.5 * half and low.count(0) == 0:
                return Encoding(name, "detected")
    return None


def bytewise(name: str, *specials: bytes) -> bool:
    """Whether fields can be found in the bytes as they are: no special byte is ever part of another character.

    True of UTF-8 and the single-byte code pages, of GB18030 and Shift-JIS with a comma but not with `|`.
    """
    try:
        if bytes(range(128)).decode(name) != "".join(map(chr, range(128))):
            return False
        for special in specials:
            for high in range(128, 256):
                if not (bytes([high]) + special).decode(name, "replace").endswith(special.decode("ascii")):
                    return False
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def detect(sample: bytes, path: str, line: int, byte: int, wanted: Sequence[str] = ()) -> Encoding:
    """Guess the encoding of bytes that are not UTF-8; an error names the place where UTF-8 failed.

    Where the sample begins with the header, an encoding in which it holds the wanted columns goes before all others.
    """
    from charset_normalizer import from_bytes

    # Lines of plain ASCII say nothing about a code page and would drown those that do.
    telling = [text for text in sample.splitlines(keepends=True) if not text.isascii()]
    if sum(map(_is_utf8, telling)) * 2 > len(telling):
        raise InputError(
            f"{path}:{line}: byte 0x{byte:02x} is not UTF-8, though most lines are; mend it or give --encoding"
        )
    taken, size = [], 0
    for text in telling:
        if size > _DETECT_BYTES:
            break
        taken.append(text[:_DETECT_BYTES])
        size += len(text)
    shown = b"".join(taken)
    shown *= 1 + 1024 // max(1, len(shown))
    found = list(from_bytes(shown, cp_isolation=_CANDIDATES))
    # Code pages that share their small letters come out nearly alike; the commoner one is first among the candidates.
    near = [
        guess
        for guess in found
        if guess.chaos <= found[0].chaos + _NEAR_CHAOS and guess.coherence >= found[0].coherence * _NEAR_COHERENCE
    ]
    near.sort(key=lambda guess: _CANDIDATES.index(guess.encoding))
    guesses = [guess.encoding for guess in [*near, *(g for g in found if g not in near)]]
    if not all(map(str.isascii, wanted)):
        header = sample.splitlines()[0]
        named = [name for name in [*guesses, *_CANDIDATES] if _holds(header, wanted, name)]
        guesses = named or guesses
    for name in guesses[:1]:
        return Encoding(codecs.lookup(name).name, "detected")
    raise InputError(f"{path}:{line}: byte 0x{byte:02x} is not UTF-8 and no other encoding fits; give --encoding")


def _holds(header: bytes, wanted: Sequence[str], name: str) -> bool:
    text = header.decode(name, "replace")
    return all(column in text for column in wanted)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@contextlib.contextmanager
def transcoded(file: IO[bytes], encoding: Encoding, path: str) -> Iterator[IO[bytes]]:
    """A UTF-8 copy of the rest of the file, made only if the way back gives the same bytes."""
    import tempfile

    decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
    encoder = codecs.getincrementalencoder(encoding.name)(encoding.errors)
    line, behind = 1, b""
    with tempfile.SpooledTemporaryFile(max_size=64 << 20) as copy:
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{path}:{line}: byte 0x{error.object[error.start]:02x} is not {encoding.name}; give --encoding"
                ) from error
            line += text.count("\n")
            behind += block
            back = encoder.encode(text, final=not block)
            if behind[: len(back)] != back:
                raise InputError(
                    f"{path}: {encoding.name} would not give the same bytes back; convert it to UTF-8 first"
                )
            behind = behind[len(back) :]
            copy.write(text.encode("utf-8", encoding.errors))
            if not block:
                break
        copy.seek(0)
        yield copy
