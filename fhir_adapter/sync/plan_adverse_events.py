"""Adverse events a named person judged, as AdverseEvent: planned for a hospital that allows it, and for export.

Knows: which events may leave, what they refer to. Does not know: how they were derived, FHIR JSON, delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.safety.event_statement import (
    AdverseEventStatement,
    EventHeading,
    derive_event_statement,
)
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.ports.records import RecordStore
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.r4.build_adverse_event import build_adverse_event
from fhir_adapter.sync.plan_writes import WritePlanner


def plan_adverse_events(
    planner: WritePlanner,
    row: SubjectRow,
    safety: SafetyRecord | None,
    treatment: TreatmentRecord | None,
    *,
    override: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[WriteIntent, ...]:
    """Plan the writes of one subject's judged adverse events.

    Plans nothing where the hospital does not allow it. An event that is not judged, or was dissolved, is not
    written; one that stands at the hospital is never deleted.

    Args:
        planner: Plans writes.
        row: Where the subject stands.
        safety: 0..1; the subject's safety record.
        treatment: 0..1; the treatment record, for the infusions an event may be caused by.
        override: 0..*; event id -> elements in which a person decided for ours.

    Returns:
        0..*; the study first where it is not there yet; each by the person who judged it.

    Source:
        issue C: where a hospital allows it, write-back; the adapter proposes, a person commits.
    """
    if safety is None or not planner.writes_events:
        return ()
    chosen = override or {}
    heading = _heading(planner.trial, row, treatment, planner.study_reference())
    intents: dict[str, WriteIntent] = {}
    for event, statement in _stated(planner.trial, safety, heading):
        by = event.judgement.by if event.judgement is not None else ""
        planned = planner.plan_event(
            row,
            build_adverse_event(statement),
            record=safety.evidence_digest,
            by=by,
            override=chosen.get(event.id, ()),
        )
        intents |= {intent.id: intent for intent in planned}
    return tuple(intents.values())


def plan_events_by_person(
    records: RecordStore, planner: WritePlanner, row: SubjectRow, *, override: Mapping[str, tuple[str, ...]]
) -> tuple[WriteIntent, ...]:
    """Plan the writes that a person's decision on an edited adverse event asks for.

    Args:
        records: Where the records are kept.
        planner: Plans writes.
        row: Where the subject stands.
        override: Event id -> elements in which the person decided for ours.

    Returns:
        0..*; see `plan_adverse_events`.
    """
    safety, treatment = records.latest_safety(row.subject), records.latest_treatment(row.subject)
    return plan_adverse_events(
        planner,
        row,
        safety.record if safety is not None else None,
        treatment.record if treatment is not None else None,
        override=override,
    )


def export_adverse_events(
    trial: Trial, row: SubjectRow, safety: SafetyRecord, treatment: TreatmentRecord | None
) -> tuple[dict[str, Any], ...]:
    """Give one subject's judged adverse events as FHIR R4 AdverseEvents, for whoever takes them further.

    Args:
        trial: Names the study, by its identifier.
        row: The subject.
        safety: The safety record.
        treatment: 0..1; the treatment record.

    Returns:
        0..*; FHIR JSON, in the order of the record.
    """
    study = trial.study.identifier_system, trial.study.identifier_value
    heading = _heading(trial, row, treatment, study)
    return tuple(build_adverse_event(statement) for _, statement in _stated(trial, safety, heading))


def _stated(
    trial: Trial, safety: SafetyRecord, heading: EventHeading
) -> Iterator[tuple[AdverseEventRecord, AdverseEventStatement]]:
    if trial.safety is None:
        return
    for event in safety.events:
        statement = derive_event_statement(event, trial.safety.reporting, heading)
        if statement is not None:
            yield event, statement


def _heading(
    trial: Trial, row: SubjectRow, treatment: TreatmentRecord | None, study: str | tuple[str, str]
) -> EventHeading:
    items = trial.regimen.items if trial.regimen is not None else ()
    numbers = {item.id: item.infusion for item in items if item.infusion is not None}
    given: dict[int, tuple[str, ...]] = {}
    for dose in treatment.records if treatment is not None else ():
        number = numbers.get(dose.item)
        if number is not None and dose.administered is not None:
            given[number] = (*given.get(number, ()), *dose.administered.parts)
    return EventHeading(patient=row.patient, study=study, infusions=given)
