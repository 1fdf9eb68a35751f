"""A relapse or a graft failure inside the window ends no observation; a person says whether the subject counts.

Infusion 1 on 2 March 2026, infusion 2 on 19 March: the window ends with 16 April.
"""

from __future__ import annotations

from datetime import date

import pytest

from fhir_adapter.domain.safety.dose_limiting import JUDGE_EVALUABILITY, Observed, assess_dose_limiting
from fhir_adapter.domain.safety.infusions_received import Received
from fhir_adapter.domain.safety.reviewed import Happened
from fhir_adapter.domain.safety_model.judgements import EvaluabilityJudgement
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord
from tests.builders import ZONE
from tests.reactions import FIRST, SECOND, at, counts_by_word, observation_rule

BOTH = (
    Received(number=1, at=FIRST, within_tolerance=True),
    Received(number=2, at=SECOND, within_tolerance=True),
)


def assessed(
    first: str, last: str, as_of: str = "05-20", said: EvaluabilityJudgement | None = None
) -> DoseLimitingRecord:
    """Assess a subject of phase I who received both infusions and relapsed between two days."""
    relapse = Happened(
        first=date.fromisoformat(first), last=date.fromisoformat(last), said="leukemia relapse on 2026-03-30"
    )
    observed = Observed(part="phase1", level=1, received=BOTH, reviewed=(relapse,), judgement=said)
    return assess_dose_limiting(observation_rule(), observed, as_of=at(as_of), zone=ZONE)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-02", "2026-03-02"), ("2026-02-01", "2026-03-31"), ("2026-04-16", "2026-04-16")]
)
def test_one_inside_the_window_is_reviewed_by_a_person(first: str, last: str) -> None:
    record = assessed(first, last)
    assert (record.evaluable, record.next_assessment) == (None, JUDGE_EVALUABILITY)
    assert record.why == "leukemia relapse on 2026-03-30, inside the window: named review"


@pytest.mark.parametrize("day", ["2026-03-01", "2026-04-17"])
def test_one_before_or_after_it_changes_nothing(day: str) -> None:
    assert assessed(day, day).evaluable is True


def test_the_window_goes_on_after_one() -> None:
    assert assessed("2026-03-30", "2026-03-30", "04-16").why == "the observation window is open"


@pytest.mark.parametrize("replaced", [True, False])
def test_a_person_says_whether_the_subject_counts(replaced: bool) -> None:
    record = assessed("2026-03-30", "2026-03-30", "04-21", counts_by_word(replaced=replaced))
    assert record.evaluable is not replaced
