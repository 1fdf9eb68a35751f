"""A table is read as it is written, or refused whole with what to do; nothing of it is lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from fhir_adapter.errors import UsageError
from fhir_adapter.report.csv_table import CsvRow, read_csv, write_csv


def written(folder: Path, content: bytes) -> Path:
    path = folder / "labs.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"term,Value\nAnemia,9\nFever,39\n",
        b"\xef\xbb\xbfterm,Value\nAnemia,9\nFever,39",
        b"term,Value\r\nAnemia,9\r\nFever,39\r\n",
        b"term,Value\rAnemia,9\rFever,39\r",
        b'"term","Value"\n"Anemia","9"\n"Fever","39"\n',
    ],
)
def test_byte_order_mark_line_ends_and_quotes_make_no_difference(tmp_path: Path, content: bytes) -> None:
    table = read_csv(written(tmp_path, content))
    assert table.header == ("term", "Value")
    assert table.names == ("term", "value")
    assert [(row.line, list(row.cells)) for row in table.rows()] == [(2, ["Anemia", "9"]), (3, ["Fever", "39"])]


def test_lines_with_nothing_on_them_are_no_rows_and_rows_know_their_line(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, b'\na,b\n\n1,"two\nlines"\n\n\n2,x\n,\n'))
    assert list(table.rows()) == [
        CsvRow(4, ["1", "two\nlines"]),
        CsvRow(8, ["2", "x"]),
        CsvRow(9, ["", ""]),
    ]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert list(read_csv(written(tmp_path, b"term,value\n")).rows()) == []


def test_a_table_can_be_gone_through_twice(tmp_path: Path) -> None:
    table = read_csv(written(tmp_path, b"a\n1\n"))
    assert list(table.rows()) == list(table.rows()) == [CsvRow(2, ["1"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "labs.csv is empty: its first line names the columns"),
        (b"\xef\xbb\xbf\r\n\r\n", "labs.csv is empty: its first line names the columns"),
        (b"term,value\nAnemia,\xb5mol\n", "labs.csv is not UTF-8: save it as CSV UTF-8 (comma delimited)"),
        ("term,value\n".encode("utf-16"), "labs.csv is not UTF-8: save it as CSV UTF-8 (comma delimited)"),
        (b"term;value\n1;2\n", "labs.csv: its columns are separated by semicolons; separate them by commas"),
        (b"term\tvalue\n1\t2\n", "labs.csv: its columns are separated by tabs; separate them by commas"),
        (b"term|value\n1|2\n", "labs.csv: its columns are separated by bars; separate them by commas"),
        (b'term,value\nAnemia,9\n"Fever,39\n', "labs.csv is not readable as CSV: line 3: unexpected end of data"),
        (b'term,value\n"Anemia"x,9\n', "labs.csv is not readable as CSV: line 2: ',' expected after '\"'"),
        (b"value,term, Value \n", "labs.csv: the column value stands twice in the header"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read_csv(written(tmp_path, content))
    assert str(refusal.value).startswith(said)


def test_columns_without_a_name_may_be_several(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, b",value,\n0,1,2\n")).names == ("", "value", "")


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, b"value\n1\n")).header == ("value",)


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_what_is_no_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_csv(tmp_path / name)


def test_a_written_table_is_read_back_as_it_was(tmp_path: Path) -> None:
    rows = [["a,b", 'say "no"', "two\nlines", ""], ["\u00b5", " x ", "'", ";"]]
    out = io.StringIO(newline="")
    write_csv(out, ["w", "x", "y", "z"], rows)
    table = read_csv(written(tmp_path, out.getvalue().encode("utf-8")))
    assert [list(row.cells) for row in table.rows()] == rows
