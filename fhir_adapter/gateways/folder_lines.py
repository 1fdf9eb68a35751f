"""The lines of one file in batches of bounded size, plain or gzip, whatever its name says.

Knows: bytes, lines, gzip. Does not know: FHIR. Nothing is dropped: every line with content comes out, the
broken and the oversized too, for the reader to reject.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.gateways.folder_files import FolderFile

PAGE_BYTES = 1024 * 1024
"""How much is read at a time; memory stays flat whatever the size of the file."""

LINE_LIMIT = 32 * 1024 * 1024
"""Bytes of one resource; a longer line is cut and thereby rejected."""

DOCUMENT_LIMIT = 256 * 1024 * 1024
"""Bytes of one *.json file; it has to be held whole."""

_PACKED_BYTES = 128 * 1024
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BOMB_FROM = 256 * 1024 * 1024
_BOMB_RATIO = 300
_KEPT_OF_CUT = 4096
_CUT_MARK = b"\x00"  # no JSON document holds it, so a cut line can never be read as a whole one


class FileContent:
    """Reads one file; afterwards `damaged` says whether its end is missing or broken."""

    def __init__(self, file: FolderFile, *, line_limit: int = LINE_LIMIT, bomb_from: int = _BOMB_FROM) -> None:
        """Keep what is to be read; nothing is opened yet."""
        self._file = file
        self._line_limit = line_limit
        self._bomb_from = bomb_from
        self.damaged = False

    def batches(self) -> Iterator[list[bytes]]:
        """Give the file's lines that hold anything, in order.

        Yields:
            1..* lines; together about PAGE_BYTES, or one longer line.

        Raises:
            ConfigurationError: The file cannot be opened or read, or unpacks to an absurd size.
        """
        rest = b""
        cutting = False
        for chunk in self._chunks():
            block = rest + chunk
            if cutting:
                _, newline, block = block.partition(b"\n")
                if not newline:
                    rest = b""
                    continue
                cutting = False
            lines = block.split(b"\n")
            rest = lines.pop()
            if len(rest) > self._line_limit:
                lines.append(rest[:_KEPT_OF_CUT] + _CUT_MARK)
                rest, cutting, self.damaged = b"", True, True
            if kept := [line for line in lines if line and not line.isspace()]:
                yield kept
        if rest and not rest.isspace():
            self.damaged = self.damaged or not rest.rstrip().endswith(b"}")
            yield [rest]

    def document(self, limit: int = DOCUMENT_LIMIT) -> bytes:
        """Give the whole content of the file.

        Args:
            limit: Bytes the adapter is willing to hold.

        Returns:
            The bytes, unpacked, without byte order mark.

        Raises:
            ConfigurationError: The file cannot be read or is larger than the limit.
        """
        content = bytearray()
        for chunk in self._chunks():
            content += chunk
            if len(content) > limit:
                mebibytes = limit // 2**20
                raise ConfigurationError(
                    f"a JSON file is larger than {mebibytes} MiB; give it as NDJSON ({self._file.label})"
                )
        return bytes(content)

    def _chunks(self) -> Iterator[bytes]:
        try:
            with self._file.path.open("rb") as stream:
                start = stream.read(len(_GZIP))
                stream.seek(0)
                chunks = self._unpacked(stream) if start == _GZIP else _plain(stream)
                first = True
                for chunk in chunks:
                    yield chunk.removeprefix(_BYTE_ORDER_MARK) if first else chunk
                    first = False
        except OSError:
            raise ConfigurationError(f"a file of the source folder cannot be read ({self._file.label})") from None

    def _unpacked(self, stream: BinaryIO) -> Iterator[bytes]:
        unpack = zlib.decompressobj(wbits=31)
        received = given = 0
        while packed := unpack.unconsumed_tail or stream.read(_PACKED_BYTES):
            received += 0 if unpack.unconsumed_tail else len(packed)
            before = unpack.copy()
            try:
                chunk = unpack.decompress(packed, PAGE_BYTES)
            except zlib.error:
                self.damaged = True
                yield _salvaged(before, packed)
                return
            given += len(chunk)
            if given > self._bomb_from and given > _BOMB_RATIO * received:
                raise ConfigurationError(f"a packed file unpacks to an absurd size ({self._file.label})")
            if chunk:
                yield chunk
            if unpack.eof:
                stream.seek(stream.tell() - len(unpack.unused_data))
                if _at_end(stream):
                    return
                unpack = zlib.decompressobj(wbits=31)
        self.damaged = True
        yield unpack.flush()


def _plain(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(PAGE_BYTES):
        yield chunk


def _salvaged(unpack: zlib._Decompress, packed: bytes) -> bytes:
    """Unpack what stands before the damage."""
    kept = bytearray()
    for place in range(len(packed)):
        try:
            kept += unpack.decompress(packed[place : place + 1])
        except zlib.error:
            break
    return bytes(kept)


def _at_end(stream: BinaryIO) -> bool:
    """Say whether only padding is left after a gzip member; members may follow each other."""
    here = stream.tell()
    left = stream.read(_PACKED_BYTES)
    stream.seek(here)
    return not left.strip(b"\x00")
