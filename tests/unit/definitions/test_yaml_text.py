"""YAML is read as text, and what hides meaning is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhir_adapter.definitions.yaml_text import MAX_DEPTH, load_document, load_documents, parse_documents, plain
from fhir_adapter.errors import DefinitionError


@pytest.mark.parametrize(
    "written", ["NO", "1.50", "0123", "1.10", "~", "null", "2026-01-01", "0x1F", "1e3", ".inf"]
)
def test_a_scalar_stays_the_characters_that_were_written(written: str) -> None:
    assert plain(parse_documents(f"key: {written}", "x.yaml")[0].root) == {"key": written}


def test_an_empty_value_is_empty_text() -> None:
    assert plain(parse_documents("key:", "x.yaml")[0].root) == {"key": ""}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3: duplicate key a (first given in line 1; keep one)"),
        ("a: &x 1", "x.yaml:1: anchor &x (write the value out; anchors hide what is reviewed)"),
        ("a: 1\nb: *x", "x.yaml:2: alias *x (write the value out; aliases hide what is reviewed)"),
        ("a: [&x {b: c}]", "x.yaml:1: anchor &x (write the value out; anchors hide what is reviewed)"),
        (
            "a: !!int 1",
            "x.yaml:1: tag tag:yaml.org,2002:int (remove the tag; the file's format gives the type)",
        ),
        ("a: !mine [1]", "x.yaml:1: tag !mine (remove the tag; the file's format gives the type)"),
        ("a:\n  <<: {b: 1}", "x.yaml:2: merge key << (write the entries out)"),
        ("? [a, b]\n: 1", "x.yaml:1: a key that is not text"),
        ("# nothing\n", "x.yaml:1: the file is empty (write the definitions or remove the file)"),
        ("a: \x07", "x.yaml: not YAML: unreadable characters"),
    ],
)
def test_what_hides_meaning_is_refused_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as refusal:
        parse_documents(text, "x.yaml")
    assert str(refusal.value) == message


@pytest.mark.parametrize(("text", "line"), [("a: [1, 2\nb: 3", 2), ("a: 'open", 1), ("a: b: c", 1), ("\ta: 1", 1)])
def test_what_is_not_yaml_is_refused_near_the_slip(text: str, line: int) -> None:
    with pytest.raises(DefinitionError) as refusal:
        parse_documents(text, "x.yaml")
    assert "not YAML" in refusal.value.problem
    assert refusal.value.line == line


def test_deep_nesting_is_refused_before_it_exhausts_the_stack() -> None:
    depth = MAX_DEPTH + 1
    with pytest.raises(DefinitionError, match="nested deeper than 64 levels"):
        parse_documents("[" * (depth + 1) + "]" * (depth + 1), "x.yaml")


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_documents("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "x.yaml")


def test_several_documents_keep_the_lines_of_the_file() -> None:
    first, second = parse_documents("a: 1\n---\nb: 2\n", "x.yaml")
    assert (first.line_at(("a",)), second.line_at(("b",))) == (1, 3)


def test_a_path_names_rows_by_their_id() -> None:
    (document,) = parse_documents("rows:\n- id: I7b\n  limit: 3\n- [x]\n", "x.yaml")
    assert document.path_text(("rows", 0, "limit")) == "rows[I7b].limit"
    assert document.path_text(("rows", 1, 0)) == "rows[1][0]"
    assert document.line_at(("rows", 0, "limit")) == 3


def test_a_path_that_leads_nowhere_gives_the_nearest_line_above() -> None:
    (document,) = parse_documents("a:\n  b:\n    c: 1\n", "x.yaml")
    assert document.line_at(("a", "b", "missing")) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refusal:
        load_documents(tmp_path / "units.yaml", "mappings/terminology/units.yaml")
    assert str(refusal.value) == "mappings/terminology/units.yaml: the file does not exist"


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(DefinitionError) as refusal:
        load_documents(path, "x.yaml")
    assert str(refusal.value) == "x.yaml:2: not UTF-8 (save it as UTF-8)"


def test_a_second_document_is_refused_where_one_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as refusal:
        load_document(path, "x.yaml")
    assert str(refusal.value) == "x.yaml:3: a second document (one document per file here; remove the `---`)"
