"""escalation.yaml -> the domain's escalation rule.

Knows: which levels, sizes and rows fit together. Does not know: any particular trial, when a condition holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.definitions.file_escalation import EscalationFile, TableRowRow
from fhir_adapter.definitions.rule_scope import Steps
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.domain.escalation.rule import PLACES, EscalationRule, Place, TableRow

_Problem = tuple[Steps, str, str]


def compile_escalation(file: Typed[EscalationFile]) -> EscalationRule:
    """Compile escalation.yaml.

    Args:
        file: escalation.yaml, settings filled in.

    Returns:
        The rule.

    Raises:
        DefinitionError: A level is missing or not the trial's, the sizes do not fit together, a row names a level
            its action cannot name, or no last row always applies.
    """
    row = file.model
    for steps, problem, remedy in (*_head_problems(row), *_table_problems(row)):
        raise file.error(steps, problem, remedy)
    return EscalationRule(
        levels=tuple(row.levels),
        start=row.start,
        cohort=row.cohort,
        expanded=row.expanded,
        too_toxic=row.too_toxic,
        withheld=row.withheld,
        rows=tuple(_row(one) for one in row.table),
        source=row.source,
    )


def _row(row: TableRowRow) -> TableRow:
    return TableRow(
        row=row.row,
        when=tuple(row.when),
        level=row.level,
        level_from=row.level_from,
        action=row.action,
        at=row.at,
        text=row.text,
    )


def _head_problems(row: EscalationFile) -> Iterator[_Problem]:
    first = row.levels[0]
    if row.levels != list(range(first, first + len(row.levels))):
        yield ("levels",), "levels that do not rise one by one", "write each level, from the lowest"
    if row.start not in row.levels:
        yield ("start",), f"no level {row.start}", "start at one of the levels"
    if row.expanded <= row.cohort:
        yield ("expanded",), f"not more than the cohort of {row.cohort}", "an expanded level takes more"
    if row.too_toxic > row.cohort:
        yield ("too_toxic",), f"more than the cohort of {row.cohort}", "no first cohort could be too toxic"


def _table_problems(file: EscalationFile) -> Iterator[_Problem]:
    for place, row in enumerate(file.table):
        for key, problem, remedy in _row_problems(file, row):
            yield ("table", place, key), problem, remedy
    last = len(file.table) - 1
    for place, row in enumerate(file.table):
        always = not row.when and row.level is None and row.level_from is None
        if always != (place == last):
            problem = "the last row must apply always" if place == last else "no row after this one applies"
            yield ("table", place), problem, "only the last row has no condition"


def _row_problems(file: EscalationFile, row: TableRowRow) -> Iterator[tuple[str, str, str]]:
    places = PLACES.get(row.action, tuple(Place))
    if row.at not in places:
        yield "at", f"{row.action} names a level {' or '.join(places)}", "correct `at`"
    if row.level is not None and row.level_from is not None:
        yield "level_from", "a level and a lowest level", "keep one of them"
    for key, level in (("level", row.level), ("level_from", row.level_from)):
        if level is not None and level not in file.levels:
            yield key, f"no level {level}", "name one of the levels"
    if len(set(row.when)) < len(row.when):
        yield "when", "a condition twice", "keep one"
