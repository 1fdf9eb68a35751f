"""terminology/unit_spellings.yaml: what laboratories and spreadsheets write -> UCUM, letter by letter.

Knows: the exact table. Does not know: FHIR resources (they carry UCUM), which unit fits what was measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pydantic import Field

from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.folder import Folder
from fhir_adapter.definitions.scalar_text import CodeText, FileModel, Words
from fhir_adapter.definitions.typed_file import Typed, typed
from fhir_adapter.definitions.yaml_text import load_document
from fhir_adapter.domain.quantity import UnitRule

SPELLINGS_FILE = "unit_spellings.yaml"


class UnitSpellingRow(FileModel):
    """Spellings of one UCUM unit that mean nothing else where results are tabulated."""

    unit: CodeText
    spelled: list[CodeText] = Field(min_length=1)
    source: Words


class UnitSpellingsFile(FileModel):
    """terminology/unit_spellings.yaml."""

    unit_spellings: list[UnitSpellingRow] = Field(min_length=1)


def load_unit_spellings(folder: Folder) -> Typed[UnitSpellingsFile] | None:
    """Read the file.

    Args:
        folder: terminology/.

    Returns:
        The file, typed; None where an overlay has none: then only UCUM is understood.

    Raises:
        DefinitionError: The file is wrong.
    """
    path, shown_as = folder.file(SPELLINGS_FILE)
    return typed(load_document(path, shown_as), UnitSpellingsFile) if path.is_file() else None


def compile_unit_spellings(file: Typed[UnitSpellingsFile] | None) -> Mapping[str, str]:
    """Bring the spellings together.

    Args:
        file: 0..1.

    Returns:
        Spelling -> UCUM unit; empty without a file.

    Raises:
        DefinitionError: One spelling stands twice, or is the unit itself.
    """
    spellings: dict[str, str] = {}
    if file is None:
        return spellings
    for place, row in enumerate(file.model.unit_spellings):
        for number, spelled in enumerate(row.spelled):
            steps = ("unit_spellings", place, "spelled", number)
            if spelled in spellings:
                raise file.error(steps, f"{spelled} stands twice", "keep the one it means")
            if spelled == row.unit:
                raise file.error(steps, f"{spelled} is the unit itself", "leave it out")
            spellings[spelled] = row.unit
    return spellings


def review_unit_spellings(
    file: Typed[UnitSpellingsFile] | None, rules: Collection[UnitRule]
) -> Iterator[DefinitionFinding]:
    """Find spellings of units that no unit rule accepts, and spellings that would hide a unit one does.

    Args:
        file: 0..1.
        rules: Every unit rule.

    Yields:
        `unused-unit-spelling`, `spelling-hides-unit`.
    """
    accepted = {unit for rule in rules for unit in (*rule.factors, *rule.as_is)}
    for place, row in enumerate(file.model.unit_spellings if file is not None else ()):
        steps = ("unit_spellings", place)
        if file is not None and row.unit not in accepted:
            message = f"no unit rule accepts {row.unit}"
            yield finding("unused-unit-spelling", Severity.WARNING, file, (*steps, "unit"), message)
        for number, spelled in enumerate(row.spelled):
            if file is not None and any(_hides(rule, spelled, row.unit) for rule in rules):
                message = f"a unit rule accepts {spelled} itself, and not as {row.unit}"
                yield finding("spelling-hides-unit", Severity.ERROR, file, (*steps, "spelled", number), message)


def _hides(rule: UnitRule, spelled: str, unit: str) -> bool:
    """Say whether a rule takes the spelling itself for something else than what the table makes of it."""
    if spelled not in rule.factors:
        return False
    return rule.factors.get(unit) != rule.factors[spelled]
