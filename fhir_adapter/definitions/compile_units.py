"""units.yaml -> domain unit rules, with factors computed once and kept beside the file.

Knows: units.yaml, the committed factors. Does not know: UCUM (see ucum.py).
Building the UCUM registry takes more than a second, so a rule whose text is unchanged takes its factors from
unit_factors.json; any other rule is computed. `check` and a test compute all of them again (ADR 0013).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from fhir_adapter.definitions.digest import digest_of
from fhir_adapter.definitions.file_set import FACTORS_FILE, TerminologyFiles
from fhir_adapter.definitions.file_terminology import UnitRuleRow
from fhir_adapter.definitions.unit_factor import UnitFactor, compute_factors
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.errors import DefinitionError, UnitError


def compile_units(files: TerminologyFiles) -> dict[str, UnitRule]:
    """Compile the unit rules.

    Args:
        files: terminology/.

    Returns:
        Rule id -> rule.

    Raises:
        DefinitionError: A unit is not UCUM, a conversion is not sound, or an id is given twice.
    """
    kept = _kept_factors(files)
    rules: dict[str, UnitRule] = {}
    for place, row in enumerate(files.units.model.unit_rules):
        if row.id in rules:
            raise files.units.error(("unit_rules", place, "id"), "duplicate unit rule", "keep one")
        factors = kept.get((row.id, row_digest(row))) or computed_factors(files, place, row)
        rules[row.id] = unit_rule(row, factors)
    return rules


def unit_rule(row: UnitRuleRow, factors: tuple[UnitFactor, ...]) -> UnitRule:
    """Build the domain's rule from a row and its factors."""
    return UnitRule(
        id=row.id,
        standard=row.standard,
        factors={one.unit: one.factor for one in factors},
        offsets={one.unit: one.offset for one in factors if one.offset},
        unitless=row.unitless,
        family={one.unit: one.family for one in factors},
        as_is=frozenset(accepted.unit for accepted in row.accepts if accepted.as_is),
        standard_refused=row.standard_refused,
        lowest=row.believable.from_ if row.believable is not None else None,
        highest=row.believable.to if row.believable is not None else None,
        whole=row.whole,
    )


def computed_factors(files: TerminologyFiles, place: int, row: UnitRuleRow) -> tuple[UnitFactor, ...]:
    """Compute a rule's factors from UCUM; a refusal points to the unit's line.

    Args:
        files: terminology/.
        place: The rule's place in units.yaml.
        row: The rule.

    Returns:
        See compute_factors.

    Raises:
        DefinitionError: A unit is not UCUM or a conversion is not sound.
    """
    try:
        return compute_factors(row)
    except UnitError as error:
        unit, _, problem = str(error).partition(": ")
        listed = [number for number, accepted in enumerate(row.accepts) if accepted.unit == unit]
        where = ("unit_rules", place, "accepts", listed[-1]) if listed else ("unit_rules", place, "standard")
        raise files.units.error(
            where, problem or str(error), "list only units that mean the same kind of quantity"
        ) from None


def row_digest(row: UnitRuleRow) -> str:
    """Digest of what a rule's factors depend on."""
    return digest_of(row.standard, row.accepts, row.molar, row.family)


def factors_text(files: TerminologyFiles) -> str:
    """Write unit_factors.json afresh: every rule computed from UCUM.

    Args:
        files: terminology/.

    Returns:
        The file's text.

    Raises:
        DefinitionError: A unit is not UCUM or a conversion is not sound.
    """
    rules = [
        {
            "id": row.id,
            "digest": row_digest(row),
            "units": [
                {"unit": one.unit, "factor": str(one.factor), "offset": str(one.offset), "family": one.family}
                for one in computed_factors(files, place, row)
            ],
        }
        for place, row in enumerate(files.units.model.unit_rules)
    ]
    note = "Generated from units.yaml by `python -m fhir_adapter.definitions.generate`: exact factors."
    return json.dumps({"note": note, "unit_rules": rules}, indent=1, ensure_ascii=False) + "\n"


def _kept_factors(files: TerminologyFiles) -> Mapping[tuple[str, str], tuple[UnitFactor, ...]]:
    path, shown_as = files.folder.file(FACTORS_FILE)
    if not path.is_file():
        return {}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return {
            (rule["id"], rule["digest"]): tuple(
                UnitFactor(one["unit"], Fraction(one["factor"]), Fraction(one["offset"]), one["family"])
                for one in rule["units"]
            )
            for rule in content["unit_rules"]
        }
    except (ValueError, KeyError, TypeError):
        raise DefinitionError(
            file=shown_as, line=None, path="", problem="not the generated form", remedy="generate it again"
        ) from None
