"""Review of units: every factor computed again from UCUM, nothing unused.

Knows: units.yaml and the factors kept beside it. Does not know: findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fhir_adapter.definitions.compile_dosing import DOSE_RULES
from fhir_adapter.definitions.compile_units import computed_factors, unit_rule
from fhir_adapter.definitions.file_set import TerminologyFiles
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding, from_error
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.errors import DefinitionError


def review_units(files: TerminologyFiles, compiled: Mapping[str, UnitRule]) -> Iterator[DefinitionFinding]:
    """Review every unit rule; those of doses need no code, an amount follows them by its unit.

    Args:
        files: terminology/.
        compiled: The rules in use, possibly with factors kept from an earlier computation.

    Yields:
        `unit-factor` where a kept factor is not what UCUM gives now, `unused-unit-rule`, `no-reportable-unit`.
    """
    used = {
        row.unit_rule or file.model.unit_rule
        for file in files.value_sets
        for include in file.model.compose.include
        for row in include.concept
    }
    used.update(DOSE_RULES.values())
    for place, row in enumerate(files.units.model.unit_rules):
        steps = ("unit_rules", place)
        if row.id not in used:
            yield finding("unused-unit-rule", Severity.WARNING, files.units, steps, f"no code follows {row.id}")
        if row.standard_refused and not row.accepts:
            message = "the standard unit is refused and no other is accepted"
            yield finding("no-reportable-unit", Severity.ERROR, files.units, steps, message)
        try:
            fresh = unit_rule(row, computed_factors(files, place, row))
        except DefinitionError as error:
            yield from_error(error)
            continue
        if fresh != compiled[row.id]:
            message = "the kept factors are not what UCUM gives; generate them again"
            yield finding("unit-factor", Severity.ERROR, files.units, steps, message)
