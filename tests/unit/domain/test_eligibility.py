from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import Criterion, Kind
from fhir_adapter.domain.eligibility import derive_eligibility, find_part
from fhir_adapter.domain.operators import (
    Absence,
    Age,
    AgeAt,
    AllOf,
    Attested,
    ConsentSigned,
    Formula,
    FormulaId,
    HasCondition,
    SignatureRule,
)
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import RejectionReason, SubjectId
from fhir_adapter.domain.statements import SignerRole
from tests.builders import (
    ZONE,
    attestation,
    consent,
    diagnosis,
    during,
    exposure,
    finding,
    patient,
    procedure,
    receipt,
    refused,
)
from tests.scenes import AS_OF, criterion, limit, lvef, lvef_value, query, timeline, trial

HEART = criterion("I8", lvef())
INFECTION = criterion("E5", Attested(link_id="E5"), kind=Kind.EXCLUSION)


def derive(*given: Any, criteria: tuple[Criterion, ...] = (HEART,), as_of: datetime = AS_OF) -> EligibilityRecord:
    return derive_eligibility(timeline(*given), trial(*criteria), subject=SubjectId("S-1"), as_of=as_of, zone=ZONE)


def verdicts(record: EligibilityRecord) -> dict[str, str]:
    return {result.id: result.verdict.value for result in record.criteria}


@pytest.mark.parametrize(("value", "expected"), [("60", "PASS"), ("30", "FAIL"), ("<50", "UNKNOWN")])
def test_an_inclusion_passes_when_met(value: str, expected: str) -> None:
    assert verdicts(derive(lvef_value(value))) == {"I8": expected}


@pytest.mark.parametrize(("value", "expected"), [(True, "FAIL"), (False, "PASS"), ("soon", "UNKNOWN")])
def test_an_exclusion_passes_when_not_met(value: Any, expected: str) -> None:
    assert verdicts(derive(attestation("E5", value), criteria=(INFECTION,))) == {"E5": expected}


@pytest.mark.parametrize(
    ("value", "infected", "expected"),
    [
        ("60", False, "ELIGIBLE"),
        ("30", False, "INELIGIBLE"),
        ("30", None, "INELIGIBLE"),
        ("60", True, "INELIGIBLE"),
        ("60", None, "UNDETERMINED"),
    ],
)
def test_all_pass_is_eligible_any_fail_is_ineligible(value: str, infected: bool | None, expected: str) -> None:
    said = [attestation("E5", infected)] if infected is not None else []
    record = derive(lvef_value(value), *said, criteria=(HEART, INFECTION))
    assert record.verdict == expected


def test_failing_and_unknown_criteria_are_listed() -> None:
    record = derive(lvef_value("30"), criteria=(HEART, INFECTION))
    assert (record.failing, record.unknown) == (("I8",), ("E5",))


def test_an_unknown_criterion_has_reason_and_next_fact_and_a_decided_one_has_neither() -> None:
    [heart, infection] = derive(lvef_value("60"), criteria=(HEART, INFECTION)).criteria
    assert (heart.unknown_reason, heart.next_fact) == (None, None)
    assert (infection.unknown_reason, infection.next_fact) == ("NEEDS_ATTESTATION", "a person's statement")


def test_times_are_those_of_the_hospital() -> None:
    record = derive(as_of=AS_OF.astimezone(tz=ZONE) - timedelta(0))
    assert record.as_of.isoformat() == record.anchor.isoformat() == "2026-03-11T12:00:00+01:00"
    assert (record.anchor_source, record.definitions_digest) == ("as-of", "definitions-1")


class TestParts:
    def test_a_part_is_found_in_any_depth(self) -> None:
        rule = AllOf(part="organs", of=(AllOf(of=(replace(lvef(), part="heart"),)),))
        record = derive(lvef_value("60"), criteria=(HEART, criterion("I2", rule)))
        found = find_part(record, "heart")
        assert found is not None
        assert found.truth == "MET"
        assert [part.part for part in record.criteria[1].parts] == ["organs"]
        assert find_part(record, "lung") is None

    def test_a_rule_without_part_id_shows_its_statements(self) -> None:
        record = derive(criteria=(criterion("I2", AllOf(of=(lvef(), lvef()))),))
        assert len(record.criteria[0].parts) == 2


def test_what_a_criterion_shows_is_evidence_that_decides_nothing() -> None:
    record = derive(
        finding("crp", "5", "mg/L"), lvef_value("60"), criteria=(criterion("I8", lvef(), shows=("crp",)),)
    )
    assert [each.role for each in record.criteria[0].evidence] == ["shown", "value"]


class TestConsentDate:
    young = criterion("AGE", Age(below=18, at=AgeAt.CONSENT))
    signed = criterion("I1", ConsentSigned(rules=(SignatureRule(None, (SignerRole.PATIENT,)),), policies=("p",)))

    def age(self, *given: Any, criteria: tuple[Criterion, ...] = ()) -> str:
        record = derive(patient("2008-03-05"), *given, criteria=(self.young, *criteria))
        return record.criteria[0].verdict.value

    def test_age_is_judged_when_the_first_consent_in_force_was_signed(self) -> None:
        later = consent(SignerRole.PATIENT, signed="2026-03-06", id_="later")
        assert self.age() == "FAIL"
        assert self.age(consent(SignerRole.PATIENT, signed="2026-03-04"), later) == "PASS"
        assert self.age(consent(SignerRole.PATIENT, signed="2026-03-04", status="inactive"), later) == "FAIL"
        assert self.age(consent(SignerRole.PATIENT, signed=None)) == "FAIL"

    def test_consents_of_several_studies_count_only_where_they_agree_on_the_age(self) -> None:
        biobank = consent(SignerRole.PATIENT, signed="2015-03-04", id_="bank", policies=("q",))
        trial_consent = consent(SignerRole.PATIENT, signed="2026-03-06", policies=("p",))
        assert self.age(biobank, trial_consent) == "UNKNOWN"
        assert self.age(replace(biobank, policies=("p",)), trial_consent) == "PASS"

    def test_only_consents_under_the_trials_policies_count(self) -> None:
        other = consent(SignerRole.PATIENT, signed="2026-03-04", policies=("q",))
        assert self.age(other, criteria=(self.signed,)) == "FAIL"
        ours = consent(SignerRole.PATIENT, signed="2026-03-04", policies=("p",))
        assert self.age(ours, criteria=(self.signed,)) == "PASS"


class TestAnchor:
    """Treatment cannot flip a child who is already in the trial."""

    def test_labs_after_the_first_drug_do_not_count(self) -> None:
        plan = attestation("planned-day-0", AS_OF.date() + timedelta(days=10), at="2026-02-01T09:00")
        drug = exposure("first-drug", "2026-03-07T10:00")
        record = derive(plan, drug, lvef_value("60", "2026-03-01"), lvef_value("30", "2026-03-08"))
        assert verdicts(record) == {"I8": "PASS"}
        assert (record.anchor_source, record.anchor.isoformat()) == (
            "first-trial-drug",
            "2026-03-07T10:00:00+01:00",
        )
        assert record.valid_until is None

    def test_gvhd_after_the_anchor_does_not_count(self) -> None:
        active = HasCondition(concepts=(ConceptId("gvhd"),), clinical=("active",))
        plan = attestation("planned-day-0", AS_OF.date(), at="2026-02-01T09:00")
        rule = criterion("E2b", active, kind=Kind.EXCLUSION)
        assert (
            derive(plan, diagnosis("gvhd", "2026-03-05"), criteria=(rule,)).criteria[0].unknown_reason == "MISSING"
        )


class TestValidity:
    def test_the_next_edge_of_any_criterion(self) -> None:
        assert derive(lvef_value("60", "2026-03-09")).valid_until == datetime(2026, 4, 7, tzinfo=ZONE)

    def test_the_planned_day_is_an_edge(self) -> None:
        plan = attestation("planned-day-0", datetime(2026, 4, 2, tzinfo=ZONE).date(), at="2026-02-01T09:00")
        assert derive(lvef_value("60"), plan).valid_until == datetime(2026, 3, 19, tzinfo=ZONE)

    def test_without_edges_it_is_valid_for_ever(self) -> None:
        assert derive().valid_until is None

    @pytest.mark.parametrize(
        "later",
        [
            lvef_value("30", "2026-03-13T08:00"),
            exposure("x", "2026-03-13T08:00"),
            procedure("x", "2026-03-13T08:00"),
            diagnosis("x", "2026-03-13T08:00"),
            diagnosis("x", "2026-03-01", abatement=during("2026-03-13T08:00")),
            consent(signed="2026-03-13T08:00"),
            attestation("x", at="2026-03-13T08:00"),
            refused(RejectionReason.UNKNOWN_UNIT, "lvef", at="2026-03-13T08:00"),
        ],
    )
    def test_a_record_derived_for_the_past_ends_where_a_later_fact_begins(self, later: Any) -> None:
        assert derive(lvef_value("60"), later).valid_until == datetime(2026, 3, 13, 8, 0, tzinfo=ZONE)

    def test_facts_without_time_are_no_edges(self) -> None:
        undated = (finding("x", "1", "g", at=None), diagnosis("y", None), consent(signed=None))
        gap = refused(RejectionReason.UNKNOWN_UNIT, "z", at=None)
        assert derive(*undated, gap).valid_until is None


class TestDigest:
    def test_the_same_evidence_later_is_the_same_record(self) -> None:
        first, later = (derive(lvef_value("60"), as_of=AS_OF + timedelta(days=day)) for day in (0, 5))
        assert first.evidence_digest == later.evidence_digest
        assert first.as_of != later.as_of

    @pytest.mark.parametrize(
        "other",
        [
            (lvef_value("61"),),
            (lvef_value("60", "2026-03-08T08:00"),),
            (lvef_value("30"),),
            (),
            (lvef_value("60", "2025-03-08T08:00"),),
        ],
    )
    def test_other_evidence_or_reasons_are_another_record(self, other: tuple[Any, ...]) -> None:
        assert derive(lvef_value("60")).evidence_digest != derive(*other).evidence_digest

    def test_a_new_reading_of_complete_absence_is_the_same_record(self) -> None:
        rule = HasCondition(concepts=(ConceptId("gvhd"),), absence=Absence.COMPLETE)
        runs = [
            derive(
                receipt("Condition", run=run, read_at=run), criteria=(criterion("E2", rule, kind=Kind.EXCLUSION),)
            )
            for run in ("run-1", "run-2")
        ]
        assert runs[0].criteria[0].verdict == "PASS"
        assert runs[0].evidence_digest == runs[1].evidence_digest

    def test_computations_count(self) -> None:
        area = Formula(
            formula=FormulaId.BSA_MOSTELLER,
            inputs={"weight": query("weight"), "height": query("height")},
            limit=limit("> 0", "m2"),
        )
        rule = criterion("BSA", area)
        height = finding("height", "100", "cm")
        records = [derive(finding("weight", each, "kg"), height, criteria=(rule,)) for each in ("30", "31")]
        assert records[0].evidence_digest != records[1].evidence_digest
