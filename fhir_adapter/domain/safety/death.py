"""A patient's death as an event of special interest: a person says what caused it and how it is related.

Knows: what Patient.deceased[x] says. Does not know: windows, who closes them.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from fhir_adapter.domain.evidence import of_patient
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.safety.identity import event_id
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    SpecialInterest,
)
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline

WORST = 5
"""The grade that is a death. The machine never gives it: somebody says that the death is related to an event."""


def find_death(
    timeline: Timeline,
    rule: ReportingRule,
    subject: SubjectId,
    *,
    as_of: datetime,
    zone: tzinfo,
    day_zero: date | None,
) -> AdverseEventRecord | None:
    """Give the death of a subject as an event.

    Does not say why the patient died, and gives no grade.

    Args:
        timeline: The person's facts.
        rule: What the event is called.
        subject: The subject.
        as_of: Clinical time; a later death has not happened.
        zone: The hospital's.
        day_zero: 0..1; calendar date of the first graft infusion.

    Returns:
        The event; None where nothing says that the patient died.

    Source:
        clinical review, section 11, item 1; http://hl7.org/fhir/R4/patient.html, Patient.deceased[x].
    """
    patient = timeline.demographics
    if patient is None or not patient.deceased:
        return None
    moment = patient.deceased if isinstance(patient.deceased, FhirDateTime) else None
    if moment is not None and span(moment, zone).first > as_of:
        return None
    day = moment.day(zone) if moment is not None else None
    written = moment.text if moment is not None else "true"
    return AdverseEventRecord(
        id=event_id(subject, rule.death, "Patient.deceased"),
        term=rule.death,
        meddra=None,
        soc=None,
        scale="",
        state=EventState.UNKNOWN,
        origin=EventOrigin.REPORTED,
        onset=moment.text if moment is not None else "",
        onset_on=day,
        onset_day=(day - day_zero).days if day is not None and day_zero is not None else None,
        grade=None,
        worst_possible=WORST,
        special_interest=SpecialInterest.DEATH,
        notes=("cause and relation to the intervention are said by a named person",),
        evidence=of_patient(timeline, "deceased", written),
    )
