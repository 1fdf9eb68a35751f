"""Tables people bring as CSV: read as they are, written back with columns added.

Knows: commas, quotes, header lines, where a row begins. Does not know: what columns mean.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from fhir_adapter.errors import UsageError

_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: the line it begins on, its cells as written."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A table.

    Attributes:
        header: Names of the columns as written.
        names: The same in lower case, without blanks around them.
        text: The whole file.
    """

    header: tuple[str, ...]
    names: tuple[str, ...]
    text: str

    def rows(self) -> Iterator[CsvRow]:
        """Give the rows in order; a line with nothing on it is none."""
        rows = _rows(self.text)
        next(rows)
        return rows


def read_csv(path: Path) -> CsvTable:
    """Read a file of comma-separated values, all of it before anything is made of it.

    Args:
        path: UTF-8, with or without a byte order mark; any line ends; quotes as RFC 4180 has them.

    Returns:
        The table.

    Raises:
        UsageError: The file cannot be read, is no text, is empty, breaks its quotes, or names a column twice.
    """
    text = _text(path)
    header: tuple[str, ...] | None = None
    try:
        for row in _rows(text):
            header = header or tuple(row.cells)
    except csv.Error as error:
        raise UsageError(f"{path.name} is not readable as CSV: {error}") from None
    if header is None:
        raise UsageError(f"{path.name} is empty: its first line names the columns")
    if len(header) == 1:
        _refuse_separator(path, header[0])
    names = tuple(cell.strip().casefold() for cell in header)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{path.name}: the column {twice} stands twice in the header")
    return CsvTable(header=header, names=names, text=text)


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table: UTF-8, commas, one line per row."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8: save it as CSV UTF-8 (comma delimited)") from None


def _rows(text: str) -> Iterator[CsvRow]:
    """Give every line with something on it; each row's number is that of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield CsvRow(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {line}: {error}") from None


def _refuse_separator(path: Path, line: str) -> None:
    for separator, name in _OTHER_SEPARATORS.items():
        if separator in line:
            raise UsageError(
                f"{path.name}: its columns are separated by {name}; separate them by commas, numbers by points"
            )
