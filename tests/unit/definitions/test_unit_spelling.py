"""Spellings of units are an exact table: each once, none hiding a unit that is accepted as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from fhir_adapter.definitions.folder import Folder
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.unit_spelling import (
    UnitSpellingsFile,
    compile_unit_spellings,
    load_unit_spellings,
    review_unit_spellings,
)
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.errors import DefinitionError

COUNT = UnitRule(
    id="count", standard="10*9/L", factors={"10*9/L": Fraction(1), "/uL": Fraction(1, 1000)}, offsets={}
)
INDEXED = UnitRule(
    id="rate",
    standard="mL/min",
    factors={"mL/min": Fraction(1)},
    offsets={},
    as_is=frozenset({"mL/min/{1.73_m2}"}),
)


def spellings(folder: Path, *rows: str) -> Typed[UnitSpellingsFile]:
    text = "unit_spellings:\n" + "".join(f"  - {row}\n" for row in rows)
    (folder / "unit_spellings.yaml").write_text(text, encoding="utf-8")
    file = load_unit_spellings(Folder(folder, "terminology", "mappings/terminology", "mappings"))
    assert file is not None
    return file


def found(file: Typed[UnitSpellingsFile] | None) -> list[tuple[str, int | None]]:
    return [(one.code, one.line) for one in review_unit_spellings(file, [COUNT, INDEXED])]


GIGA = '{unit: 10*9/L, spelled: ["G/L", "10^9/L"], source: "SI prefix"}'


def test_each_spelling_means_its_unit(tmp_path: Path) -> None:
    file = spellings(tmp_path, GIGA, '{unit: "mL/min/{1.73_m2}", spelled: ["ml/min/1.73 m2"], source: "print"}')
    assert compile_unit_spellings(file) == {
        "G/L": "10*9/L",
        "10^9/L": "10*9/L",
        "ml/min/1.73 m2": "mL/min/{1.73_m2}",
    }
    assert found(file) == []


def test_terminology_without_the_file_understands_ucum_alone(tmp_path: Path) -> None:
    assert load_unit_spellings(Folder(tmp_path, "terminology", "terminology", "overlay")) is None
    assert compile_unit_spellings(None) == {}
    assert found(None) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{unit: /uL, spelled: ["G/L"], source: "x"}', "G/L stands twice"),
        ('{unit: /uL, spelled: ["/uL"], source: "x"}', "/uL is the unit itself"),
    ],
)
def test_a_spelling_of_two_meanings_is_refused(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as refusal:
        compile_unit_spellings(spellings(tmp_path, GIGA, row))
    assert (refusal.value.line, refusal.value.problem) == (3, problem)


def test_a_spelling_without_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="required key is missing"):
        spellings(tmp_path, '{unit: 10*9/L, spelled: ["G/L"]}')


def test_the_review_finds_spellings_of_units_nobody_accepts(tmp_path: Path) -> None:
    assert found(spellings(tmp_path, GIGA, '{unit: furlong, spelled: ["fur"], source: "x"}')) == [
        ("unused-unit-spelling", 3)
    ]


def test_the_review_finds_a_spelling_that_is_an_accepted_unit_of_another_size(tmp_path: Path) -> None:
    hides = '{unit: 10*9/L, spelled: ["/uL"], source: "x"}'
    assert found(spellings(tmp_path, hides)) == [("spelling-hides-unit", 2)]
    alike = '{unit: 10*9/L, spelled: ["10*9/L."], source: "x"}'
    assert found(spellings(tmp_path, alike)) == []
