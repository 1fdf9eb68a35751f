"""Review of the dose escalation: rows that never decide, states nothing leads out of, levels nobody doses.

Knows: what a decision table must say together. Does not know: whether a rule is clinically right.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.definitions.file_set import TrialFiles
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.domain.escalation.explore import explore
from fhir_adapter.domain.escalation.rule import EscalationRule, TableRow


def review_escalation(files: TrialFiles, rule: EscalationRule | None) -> Iterator[DefinitionFinding]:
    """Review a trial's dose escalation.

    Args:
        files: trials/<id>/.
        rule: 0..1; its rule, compiled.

    Yields:
        `shadowed-row`, `dead-end`, `too-many-states`, `levels-differ`.
    """
    if files.escalation is None or rule is None:
        return
    for place, row in enumerate(rule.rows):
        if any(_covers(earlier, row) for earlier in rule.rows[:place]):
            message = f"row {row.row} never decides: a row before it applies wherever it does"
            yield finding("shadowed-row", Severity.WARNING, files.escalation, ("table", place), message)
    stages = explore(rule)
    if not stages:
        message = "the table leads to more states than can be listed"
        yield finding("too-many-states", Severity.ERROR, files.escalation, ("table",), message)
    stuck = next((stage.next for stage in stages if stage.is_dead_end), None)
    if stuck is not None:
        message = f"everybody was observed and nothing follows: {stuck.reason}"
        yield finding("dead-end", Severity.ERROR, files.escalation, ("table",), message)
    if files.dosing is not None:
        dosed = sorted(row.level for row in files.dosing.model.levels.totals)
        if dosed != list(rule.levels):
            message = f"dosing.yaml doses the levels {', '.join(map(str, dosed))}"
            yield finding("levels-differ", Severity.ERROR, files.escalation, ("levels",), message)


def _covers(earlier: TableRow, later: TableRow) -> bool:
    """Say whether a row applies wherever a later one does."""
    if not set(earlier.when) <= set(later.when):
        return False
    if earlier.level is not None:
        return later.level == earlier.level
    least = later.level if later.level is not None else later.level_from
    return earlier.level_from is None or (least is not None and least >= earlier.level_from)
