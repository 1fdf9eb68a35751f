"""A ward of which somebody is under treatment: a record written by hand, kept in the ward's store."""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.review import ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.rows import Derivation
from tests.command import WARD, Place

TRIAL = TrialId("nct07256210")


def subject_of(place: Place, patient: str) -> SubjectId:
    """The subject id of a patient."""
    rows = place.run("subjects", "--format", "json").result
    return SubjectId(next(row["subject"] for row in rows if row["patient"] == patient))


def treat(
    place: Place,
    patient: str,
    record: TreatmentRecord,
    *,
    safety: SafetyRecord | None = None,
    asked: tuple[ReviewItem, ...] = (),
) -> SubjectId:
    """Keep a treatment record for a patient, what is known of the patient's safety, and what is asked about it."""
    subject = subject_of(place, patient)
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        rows = store.records.subjects(TRIAL, HospitalId(WARD))
        row = next(each for each in rows if each.subject == subject)
        own = replace(record, subject=subject, trial=TRIAL)
        own = replace(own, clearances=tuple(replace(each, subject=subject) for each in own.clearances))
        derivation = Derivation(
            row=row,
            record=None,
            treatment=own,
            safety=replace(safety, subject=subject, trial=TRIAL) if safety is not None else None,
            opened=tuple(replace(item, subject=subject, trial=TRIAL) for item in asked),
        )
        store.records.commit("hand", derivation, at=record.as_of)
    finally:
        store.close()
    return subject
