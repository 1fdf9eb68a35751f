"""care_plan.yaml -> the domain's rule of the CarePlan.

Knows: which statuses, days and codes fit together. Does not know: any particular trial, FHIR JSON.
"""

from __future__ import annotations

from collections.abc import Collection

from fhir_adapter.definitions.file_care_plan import CarePlanFile, VisitRow
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.care_plan import CarePlanRule, FollowUpVisit
from fhir_adapter.domain.codes import Coding


def compile_care_plan(scope: RuleScope, file: CarePlanFile, statuses: Collection[str]) -> CarePlanRule:
    """Compile care_plan.yaml.

    Args:
        scope: care_plan.yaml against the rest of the definitions; learns which codes it writes.
        file: care_plan.yaml, settings filled in.
        statuses: Participation statuses of the trial's graph.

    Returns:
        The rule.

    Raises:
        DefinitionError: A status is none of the trial's, a visit is out of order or after the last day, or a code
            is in no value set.
    """
    for status in file.status:
        if status.value not in statuses:
            raise scope.error(
                ("status", status.value), f"{status} is no status of the graph", "correct one of them"
            )
    days = [visit.day for visit in file.visits]
    for place, day in enumerate(days):
        steps = ("visits", place, "day")
        if place and day <= days[place - 1]:
            raise scope.error(steps, f"day {day} after day {days[place - 1]}", "write the visits in rising order")
        if day > file.last_day:
            raise scope.error(steps, f"day {day} lies after last_day {file.last_day}", "correct one of them")
    return CarePlanRule(
        system=file.system,
        title=file.title,
        intent=file.intent,
        status={status.value: plan for status, plan in file.status.items()},
        visits=tuple(_visit(scope, row, ("visits", place)) for place, row in enumerate(file.visits)),
        last_day=file.last_day,
    )


def _visit(scope: RuleScope, row: VisitRow, steps: Steps) -> FollowUpVisit:
    observations: list[Coding] = []
    for place, code in enumerate(row.observations):
        here = (*steps, "observations", place, "code")
        scope.known_coding(code, here)
        coding = Coding(code.system, code.code, code.display)
        if coding in observations:
            raise scope.error(here, f"{code.code} is asked for twice", "keep one row")
        observations.append(coding)
    return FollowUpVisit(day=row.day, title=row.title, observations=tuple(observations), source=row.source)
