"""What may be written of an event: only what a person judged, and no grade that is not certain."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety.event_statement import (
    AdverseEventStatement,
    EventHeading,
    derive_event_statement,
)
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState, ReportedLink
from tests.unit.domain.safety.reports import ALT, MEDDRA, OURS, RULE, derived, judged

HEADING = EventHeading(
    patient="p1",
    study="ResearchStudy/s1",
    infusions={1: ("MedicationAdministration/n1", "Procedure/n1"), 2: ("MedicationAdministration/n2",)},
)


def stated(event: AdverseEventRecord) -> AdverseEventStatement:
    statement = derive_event_statement(event, RULE, HEADING)
    assert statement is not None
    return statement


def written(judgement: dict[str, Any] | None = None, **changes: Any) -> AdverseEventStatement:
    return stated(derived(**{"judgement": judged(**(judgement or {})), "after_infusion": 1, **changes}))


def test_a_judged_event_is_stated_with_what_its_record_and_its_judge_say() -> None:
    links = tuple(ReportedLink(reference=each, grade=None, why="") for each in ("AdverseEvent/1", "Condition/c1"))
    assert written(reported=links) == AdverseEventStatement(
        identifier=(OURS, "AE-d1"),
        title=ALT,
        codings=(Coding(MEDDRA, "10001551", ALT),),
        category="Investigations",
        patient="p1",
        study="ResearchStudy/s1",
        onset="2026-03-09",
        detected="2026-03-11T18:30:00+01:00",
        recorded="2026-03-12T09:00:00+00:00",
        grade=3,
        serious=True,
        outcome="unknown",
        suspects=(Suspect(reference="MedicationAdministration/n1", relatedness="possible"),),
        conditions=("Condition/c1",),
    )


def test_nothing_is_stated_of_an_event_nobody_judged_or_that_was_dissolved() -> None:
    assert derive_event_statement(derived(), RULE, HEADING) is None
    gone = derived(judgement=judged(), state=EventState.DISSOLVED)
    assert derive_event_statement(gone, RULE, HEADING) is None


@pytest.mark.parametrize(
    ("changes", "said", "grade"),
    [
        ({"at_least": True, "worst_possible": 4}, None, None),
        ({"at_least": True}, None, None),
        ({"worst_possible": 4}, None, None),
        ({"grade": None, "worst_possible": 4}, None, None),
        ({"grade": 0, "worst_possible": 0}, None, None),
        ({"grade": None, "worst_possible": 4}, 4, 4),
        ({}, 2, 2),
        ({}, 0, None),
    ],
)
def test_a_grade_is_stated_where_it_is_certain_or_a_person_gave_it(
    changes: dict[str, Any], said: int | None, grade: int | None
) -> None:
    assert written({"grade": said}, **changes).grade == grade


@pytest.mark.parametrize(
    ("onset", "stated_as"),
    [
        ("2026-03-09T07:30:00+01:00", "2026-03-09T07:30:00+01:00"),
        ("2026-03-09T07:30:00.123Z", "2026-03-09T07:30:00.123Z"),
        ("2026-03-09T07:00:00Z/2026-03-09T08:00:00Z", "2026-03-09T07:00:00Z"),
        ("2026-03", "2026-03"),
        ("2026-03-09T07:30:00", "2026-03-09"),
        ("2026-03-09T07:30", "2026-03-09"),
    ],
)
def test_an_onset_fhir_cannot_write_is_stated_by_its_day(onset: str, stated_as: str) -> None:
    assert written(onset=onset).onset == stated_as


def test_an_event_without_a_day_has_no_onset() -> None:
    assert written(onset="", onset_on=None).onset is None


@pytest.mark.parametrize("aware", [None, "2026-03-11T18:30"])
def test_an_awareness_without_its_zone_is_not_written(aware: str | None) -> None:
    assert written({"aware": aware}).detected is None


def test_a_cause_nobody_assessed_is_none() -> None:
    assert written({"relatedness": "not-assessed"}).suspects == (Suspect(reference="MedicationAdministration/n1"),)


@pytest.mark.parametrize("infusion", [None, 3])
def test_before_any_known_infusion_nothing_is_suspected(infusion: int | None) -> None:
    assert written(after_infusion=infusion).suspects == ()


def test_an_event_without_a_code_is_stated_by_its_name() -> None:
    assert written(meddra=None, soc=None).codings == ()
