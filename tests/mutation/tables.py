"""Tables asked before any story: where a change can only touch what one of them tells, it costs milliseconds.

Each part of the definitions of safety is told by the table that tests it by itself: codes and units by what is
read of one resource, the grading of CRS and ICANS by their cases, the dose escalation by its states and cohorts. A
table is asked only about changes of its own part, so that no number is tested twice.

Knows: which table tells of which part. Does not know: the mutants, the stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.r4.context import ReadingContext
from tests.crs import propose
from tests.crs_cases.case import Case
from tests.crs_cases.every import CASES
from tests.mutation import escalation_states, icans_stories
from tests.mutation.astct_mutants import told
from tests.mutation.cohort_cases import COHORTS, CohortCase
from tests.mutation.harness import Outcome
from tests.scenarios.coded_records import coded_records
from tests.scenarios.graded_results import graded_results
from tests.scenarios.reading import reading_context

Row = tuple[str, Callable[[], object]]
"""What it is called, and how to ask it."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table.

    Attributes:
        original: The unchanged definitions.
    """

    original: Definitions

    def __call__(
        self, definitions: Definitions, mentions: frozenset[str] | None, first: str | None
    ) -> Iterator[tuple[str, Outcome]]:
        """Give the outcome of each row that can notice the change, the one named first before all others."""
        rows = list(self._rows(definitions, mentions))
        rows.sort(key=lambda row: row[0] != first)
        for name, ask in rows:
            yield name, {"told": str(ask())}

    def _rows(self, definitions: Definitions, mentions: frozenset[str] | None) -> Iterator[Row]:
        safety, before = _safety_of(definitions), _safety_of(self.original)
        escalation, observation = definitions.trial.escalation, safety.observation
        assert escalation is not None
        if self._is_read_otherwise(definitions):
            yield from _reading(reading_context(definitions), safety, mentions)
        if self._is_asked(safety.crs, before.crs, definitions):
            yield from ((f"crs: {case.name}", partial(_crs, case, safety)) for case in CASES)
        if self._is_asked(safety.icans, before.icans, definitions):
            for place, child in enumerate(icans_stories.STORIES):
                yield f"icans: {place}", partial(icans_stories.outcome, safety.icans, child)
        if self._is_asked(escalation, self.original.trial.escalation, definitions):
            for place, state in enumerate(escalation_states.asked()):
                yield f"escalation: {place}", partial(escalation_states.said, escalation, state)
        rules = (escalation, observation)
        if self._is_asked(rules, (self.original.trial.escalation, before.observation), definitions):
            yield from _cohorts(escalation, observation, COHORTS)

    def _is_asked(self, changed: object, original: object, definitions: Definitions) -> bool:
        return definitions is self.original or changed != original

    def _is_read_otherwise(self, definitions: Definitions) -> bool:
        return definitions is self.original or definitions.reading_digest != self.original.reading_digest


def _safety_of(definitions: Definitions) -> SafetyRule:
    assert definitions.trial.safety is not None
    return definitions.trial.safety


def _reading(context: ReadingContext, safety: SafetyRule, mentions: frozenset[str] | None) -> Iterator[Row]:
    for result in graded_results():
        if _is_mentioned(result.line, mentions):
            yield f"result: {result.id}", partial(result.told_by, context, safety.scale)
    for record in coded_records():
        if _is_mentioned(record.line, mentions):
            yield f"record: {record.id}", partial(record.told_by, context)


def _is_mentioned(line: str, mentions: frozenset[str] | None) -> bool:
    return mentions is None or any(each in line for each in mentions)


def _crs(case: Case, safety: SafetyRule) -> object:
    return told(propose(*case.facts, rule=safety.crs, **case.more))


def _cohorts(rule: EscalationRule, observation: ObservationRule, cases: Iterable[CohortCase]) -> Iterator[Row]:
    for case in cases:
        yield f"cohort: {case.name}", partial(case.told_by, rule, observation)
