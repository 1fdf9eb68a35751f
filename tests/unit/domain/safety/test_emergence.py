"""Whether an event came or worsened after the first cell infusion, on 13 March at 11:00."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from tests.graded import events, hemoglobin, lab, only, platelets


def standing(event: AdverseEventRecord) -> tuple[bool | None, bool, bool]:
    """Treatment-emergent, worsened, pre-existing."""
    return event.treatment_emergent, event.worsened, event.pre_existing


EMERGED = (True, False, False)
WORSENED = (True, True, False)
PRE_EXISTING = (False, False, True)
NOT_KNOWN = (None, False, False)


def of(*facts: Finding) -> tuple[bool | None, bool, bool]:
    """How the last event stands."""
    return standing(events(*facts)[-1])


def test_what_begins_after_the_infusion_emerged() -> None:
    assert of(platelets("200", "12T08:00"), platelets("60", "15T08:00")) == EMERGED


def test_without_a_result_before_the_infusion_nobody_knows() -> None:
    assert of(platelets("60", "15T08:00")) == NOT_KNOWN


def test_an_ungradable_result_before_the_infusion_does_not_show_that_it_was_not_there() -> None:
    assert of(platelets("100", "12T08:00", normal=None), platelets("60", "15T08:00")) == NOT_KNOWN


def test_what_ended_before_the_infusion_and_came_back_after_it_emerged() -> None:
    values = (platelets("60", "11T10:00"), platelets("200", "12T08:00"), platelets("60", "15T08:00"))
    first, second = events(*values)
    assert (standing(first), standing(second)) == (PRE_EXISTING, EMERGED)


def test_what_began_before_and_did_not_worsen_was_there() -> None:
    assert of(platelets("60", "12T08:00"), platelets("70", "15T08:00")) == PRE_EXISTING
    assert of(platelets("60", "12T08:00"), platelets("100", "15T08:00")) == PRE_EXISTING


def test_what_began_before_and_is_worse_by_a_grade_worsened() -> None:
    assert of(platelets("60", "12T08:00"), platelets("49", "15T08:00")) == WORSENED


def test_the_last_value_before_the_infusion_counts_not_the_worst() -> None:
    assert of(platelets("30", "11T10:00"), platelets("60", "12T08:00"), platelets("49", "15T08:00")) == WORSENED


def test_what_worsened_before_the_infusion_only_was_there() -> None:
    assert (
        of(platelets("60", "12T08:00"), platelets("30", "13T10:59"), platelets("49", "15T08:00")) == PRE_EXISTING
    )


@pytest.mark.parametrize(("later", "expected"), [("<60", NOT_KNOWN), ("<45", WORSENED), (">60", PRE_EXISTING)])
def test_worse_only_where_it_is_certainly_worse(later: str, expected: object) -> None:
    """Grade 2 before; below 60 is grade 2 to 4, below 45 grade 3 or 4."""
    assert of(platelets("60", "12T08:00"), platelets(later, "15T08:00")) == expected


def test_against_an_uncertain_value_before_only_what_is_worse_than_it_can_be_worsened() -> None:
    """Potassium 3.2 is grade 1 or 2 as long as nobody told of symptoms; below 3.0 is grade 3."""
    before = lab("potassium", "3.2", "12T08:00", normal="3.5-5.0")
    assert of(before, lab("potassium", "3.1", "15T08:00", normal="3.5-5.0")) == NOT_KNOWN
    assert of(before, lab("potassium", "2.9", "15T08:00", normal="3.5-5.0")) == WORSENED


def test_two_values_of_the_last_moment_before_leave_it_open() -> None:
    before = (platelets("60", "12T08:00"), platelets("40", "12T08:00"))
    assert of(*before, platelets("45", "15T08:00")) == NOT_KNOWN
    assert of(*before, platelets("20", "15T08:00")) == WORSENED


def test_an_ungradable_result_since_leaves_it_open() -> None:
    assert of(platelets("60", "12T08:00"), platelets("<200", "15T08:00", normal=None)) == NOT_KNOWN


def test_a_result_of_the_infusions_day_may_be_before_or_after() -> None:
    before = platelets("200", "12T08:00")
    assert of(before, platelets("60", "13")) == NOT_KNOWN
    assert of(before, platelets("60", "13T11:00")) == NOT_KNOWN
    assert of(before, platelets("60", "13T10:59")) == PRE_EXISTING
    assert of(before, platelets("60", "13T11:01")) == EMERGED


def test_a_worse_result_of_the_infusions_day_leaves_it_open() -> None:
    assert of(platelets("60", "12T08:00"), platelets("40", "13")) == NOT_KNOWN


def test_before_any_infusion_everything_was_there_before() -> None:
    assert standing(only(events(hemoglobin("9", "15T08:00"), infusions=()))) == PRE_EXISTING


def test_a_value_within_its_range_is_grade_0_before_the_infusion() -> None:
    """The lower normal of a small child: graded 2 by the printed limit, and normal."""
    before = hemoglobin("9.9", "12T08:00", normal="9.5-13")
    assert of(before, hemoglobin("9.8", "15T08:00")) == EMERGED
