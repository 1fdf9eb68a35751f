"""Nothing that identifies a patient stands outside the identity table, wire copies aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from fhir_adapter.domain.facts import Demographics, Reading
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.records import Amount, Evidence
from fhir_adapter.domain.source import PersonKey, RejectionReason, SubjectId
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.writeback import IntentState
from fhir_adapter.gateways.store.store import SqlStore, open_store
from fhir_adapter.ports.rows import Derivation, Settlement
from tests.store_dump import dump, tables_with
from tests.store_samples import (
    BIRTH_DATE,
    HOSPITAL,
    IDENTIFIER,
    NOON,
    SUBJECT,
    TRIAL,
    attestation,
    audit,
    decision,
    demographics,
    intent,
    item,
    keep_subject,
    moment,
    reading,
    receipt,
    record,
    rejection,
    run_row,
    subject_row,
    version,
)
from tests.stored_treatment import treatment

PATIENT = "canary-7f3"
REFERENCE = f"Patient/{PATIENT}"
WIRE = {"intent", "receipt"}

SHOWN = Evidence(
    reference=REFERENCE,
    version="1",
    last_updated=None,
    path="Patient.birthDate",
    reported=Amount(BIRTH_DATE),
    note="born 2012-07",
)
TREATED = treatment(notes=(f"born {BIRTH_DATE}",), evidence=(SHOWN,))
"""A treatment record that also names the donor's own record."""

OTHER = Evidence(reference="Observation/o1", version="1", last_updated=None, path="Observation.value")


@pytest.fixture
def store() -> Iterator[SqlStore]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


def fill(store: SqlStore) -> PersonKey:
    """Put the canary patient through every part of the store."""
    row = keep_subject(store, SUBJECT, PATIENT)
    said = attestation()
    (fact,) = said.facts
    assert isinstance(fact, Attestation)
    answered = version("QuestionnaireResponse", "q1")
    by_patient = replace(fact, source=answered, author=REFERENCE)
    store.facts.save_readings(
        "r1",
        [
            demographics(PATIENT),
            reading(PATIENT, references=(REFERENCE, "Patient/somebody-else")),
            Reading(source=answered, patient=PATIENT, facts=(by_patient,)),
            Reading(
                source=version("Patient", PATIENT, version="2", content="c2"),
                patient=PATIENT,
                rejections=(rejection(RejectionReason.MODIFIER_EXTENSION),),
            ),
        ],
        reading_digest="rd1",
        at=NOON,
    )
    wanted = intent(body={"resourceType": "ResearchSubject", "individual": {"reference": REFERENCE}})
    details = {"merged": REFERENCE, "identifier": IDENTIFIER[1]}
    telling = audit(old=None, new=f"{REFERENCE} born {BIRTH_DATE}", reason=f"MRN {IDENTIFIER[1]}, by phone")
    store.runs.start(run_row())
    store.records.commit(
        "r1",
        Derivation(
            row=replace(row, status="candidate"),
            record=record(evidence=(SHOWN, OTHER)),
            treatment=TREATED,
            intents=(wanted,),
            opened=(item(details=details),),
            audit=(telling,),
        ),
        at=NOON,
    )
    done = Settlement(hospital=HOSPITAL, intent=wanted, state=IntentState.DELIVERED, receipt=receipt(wanted))
    store.outbox.settle("r1", done, at=NOON)
    decided = decision(reason=f"spoke to {REFERENCE}")
    store.records.save_decision(decided, Derivation(row=row, record=None, audit=(telling,)), decided="R-1")
    return row.person


@pytest.mark.parametrize("secret", [PATIENT, BIRTH_DATE, IDENTIFIER[1], "2012-07", "somebody-else", "donor-77"])
def test_what_identifies_stands_in_the_identity_table_only(store: SqlStore, secret: str) -> None:
    fill(store)
    assert tables_with(store, secret) - WIRE == {"identity"}


def test_everything_comes_back_whole(store: SqlStore) -> None:
    person = fill(store)
    stored = store.records.latest_record(SUBJECT)
    assert stored is not None
    assert stored.record == record(evidence=(SHOWN, OTHER))
    given = store.records.latest_treatment(SUBJECT)
    assert given is not None
    assert given.record == TREATED
    (opened,) = store.records.review_items(TRIAL, open_only=False)
    assert opened.details == {"merged": REFERENCE, "identifier": IDENTIFIER[1]}
    assert store.records.decisions(SUBJECT)[0].reason == f"spoke to {REFERENCE}"
    assert store.records.audit_entries(SUBJECT)[0].new == f"{REFERENCE} born {BIRTH_DATE}"
    assert store.records.subjects(TRIAL)[0].patient == PATIENT
    readings = store.facts.load_readings(person, reading_digest="rd1")
    by_type = {found.source.reference: found for found in readings}
    assert by_type["Observation/o1"].references == (REFERENCE, "Patient/somebody-else")
    (said,) = by_type["QuestionnaireResponse/q1"].facts
    assert isinstance(said, Attestation)
    assert said.author == REFERENCE
    assert store.facts.rejections(HOSPITAL)[0].reference == REFERENCE


def test_evidence_of_an_earlier_birth_date_comes_back_as_it_was_shown(store: SqlStore) -> None:
    """A corrected birth date must not rewrite what a person saw before."""
    fill(store)
    corrected = demographics(PATIENT, version="3", content="c3")
    (fact,) = corrected.facts
    assert isinstance(fact, Demographics)
    born = replace(fact, birth_date=moment("2011-07-19"))
    store.facts.save_readings("r2", [replace(corrected, facts=(born,))], reading_digest="rd1", at=NOON)
    stored = store.records.latest_record(SUBJECT)
    assert stored is not None
    assert stored.record.criteria[0].evidence[0] == SHOWN


def test_the_same_piece_is_kept_once(store: SqlStore) -> None:
    fill(store)
    before = len(dump(store)["identity"])
    row = store.records.subjects(TRIAL)[0]
    again = record(digest="e2", evidence=(SHOWN, OTHER))
    derivation = Derivation(row=row, record=again, treatment=replace(TREATED, evidence_digest="t2"))
    store.records.commit("r2", derivation, at=NOON)
    assert len(dump(store)["identity"]) == before


@pytest.mark.parametrize("text", ["~1~", "~00000000000000000000000000000000~", "Patient/", '"~1~"', "~x~"])
def test_text_that_looks_like_a_number_of_ours_comes_back_as_it_was(store: SqlStore, text: str) -> None:
    row = keep_subject(store)
    entry = audit(reason=text, new="1")
    store.records.commit("r1", Derivation(row=row, record=None, audit=(entry,)), at=NOON)
    assert store.records.audit_entries() == (entry,)


def test_a_partial_birth_date_is_taken_out_where_it_stands_alone(store: SqlStore) -> None:
    patient = demographics("p1")
    (fact,) = patient.facts
    assert isinstance(fact, Demographics)
    partial = replace(fact, birth_date=FhirDateTime("2012", Precision.YEAR, date(2012, 1, 1)))
    store.facts.save_readings("r1", [replace(patient, facts=(partial,))], reading_digest="rd1", at=NOON)
    row = keep_subject(store)
    entry = audit(new="2012", reason="seen 2012-05-01")
    store.records.commit("r1", Derivation(row=row, record=None, audit=(entry,)), at=NOON)
    (kept,) = dump(store)["audit"]
    assert '"2012"' not in kept
    assert "seen 2012-05-01" in kept
    assert store.records.audit_entries() == (entry,)


def test_one_patients_row_is_not_mixed_with_anothers_that_begins_alike(store: SqlStore) -> None:
    second = SubjectId("S-2")
    one, other = keep_subject(store, SUBJECT, "p1"), keep_subject(store, second, "p12")
    assert one == subject_row(one.person)
    assert other == subject_row(other.person, second, patient="p12")
