"""One criterion as written -> the domain's: of eligibility.yaml, or of the clearance in dosing.yaml.

Knows: what makes a criterion whole. Does not know: which file it stands in, what its rule decides.
"""

from __future__ import annotations

from fhir_adapter.definitions.compile_rule import compile_rule
from fhir_adapter.definitions.file_dosing import ClearanceRow
from fhir_adapter.definitions.file_rules import CriterionRow
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.definitions.rule_tree import part_ids
from fhir_adapter.domain.criterion import Criterion, Kind


def compile_criterion(scope: RuleScope, row: CriterionRow | ClearanceRow, kind: Kind, steps: Steps) -> Criterion:
    """Compile one criterion.

    Args:
        scope: The rest of the definitions; learns what the rule names.
        row: As written.
        kind: Which way it works.
        steps: Where it stands in the file.

    Returns:
        The domain's criterion.

    Raises:
        DefinitionError: Its rule does not fit, or two of its parts have one name.
    """
    rule = compile_rule(scope, row.rule, (*steps, "rule"))
    parts = part_ids(rule)
    twice = sorted({part for part in parts if parts.count(part) > 1})
    if twice:
        raise scope.error((*steps, "rule"), f"part {twice[0]} is named twice", "parts are unique in a criterion")
    return Criterion(
        id=row.id,
        kind=kind,
        mode=row.mode,
        text=row.text,
        source=row.source,
        rule=rule,
        shows=scope.concepts(row.shows, (*steps, "shows")),
    )
