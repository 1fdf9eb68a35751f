from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.dosing.records import (
    Deviation,
    DosingStatus,
)
from fhir_adapter.domain.dosing.study_deviations import (
    Followed,
    ListedDeviation,
    StudyDeviation,
    list_deviations,
)
from fhir_adapter.domain.evidence import of_consent
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import CriterionResult, Eligibility, EligibilityRecord, Evidence, Verdict
from fhir_adapter.domain.renewal import Renewal
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.statements import ConsentStatement, SignerRole
from tests.builders import ZONE, consent
from tests.courses_given import course, given
from tests.store_samples import record as eligibility
from tests.stored_treatment import clearance, dosing_record, treatment

SUBJECT = SubjectId("S-1")
PARENT = SignerRole.REPRESENTATIVE


def judged(name: str, verdict: Verdict, *evidence: Evidence) -> CriterionResult:
    return CriterionResult(
        id=name,
        kind=Kind.INCLUSION,
        mode=Mode.AUTO,
        verdict=verdict,
        unknown_reason=UnknownReason.MISSING if verdict is Verdict.UNKNOWN else None,
        next_fact="ask" if verdict is Verdict.UNKNOWN else None,
        parts=(),
        evidence=evidence,
    )


def accepted(*results: CriterionResult, verdict: Eligibility = Eligibility.ELIGIBLE) -> EligibilityRecord:
    return eligibility(
        subject=SUBJECT, anchor=datetime(2026, 3, 3, 23, 30, tzinfo=UTC), criteria=results, verdict=verdict
    )


def signed(text: str | None, *, verdict: Verdict = Verdict.PASS) -> EligibilityRecord:
    return accepted(judged("I1", verdict, of_consent(consent(PARENT, signed=text))))


def listed(**followed: Any) -> list[ListedDeviation]:
    values: dict[str, Any] = {
        "subject": SUBJECT,
        "status": "screening",
        "eligibility": signed("2026-03-02T10:00"),
        "treatment": None,
    }
    return list(list_deviations([Followed(**(values | followed))], consent_criterion="I1", zone=ZONE))


def kinds(**followed: Any) -> list[str]:
    return [each.kind.value for each in listed(**followed)]


def test_a_course_as_planned_after_consent_has_no_deviation() -> None:
    assert listed(treatment=course(given()), status="on-study-intervention") == []


def test_a_subject_in_screening_has_no_deviation_whatever_is_open() -> None:
    open_record = accepted(judged("I7", Verdict.UNKNOWN), verdict=Eligibility.UNDETERMINED)
    assert listed(eligibility=open_record) == []
    assert listed(eligibility=None, status=None) == []


def test_every_deviation_of_a_dose_is_listed_with_its_item_day_and_parts() -> None:
    dose = given(deviations=(Deviation.DOSE_LOW, Deviation.WRONG_DAY), evidence=dosing_record().evidence, day=-12)
    low, late = listed(treatment=course(dose, evidence_digest="t9"))
    assert low == ListedDeviation(
        subject=SUBJECT,
        kind=Deviation.DOSE_LOW,
        what="fludarabine: GIVEN",
        when=date(2026, 3, 4),
        item="fludarabine",
        day=-12,
        record="t9",
        evidence=("MedicationAdministration/f1", "MedicationAdministration/nk1", "Observation/w1"),
    )
    assert late.kind is Deviation.WRONG_DAY


def test_a_deviation_of_a_dose_not_given_stands_on_its_planned_day() -> None:
    missed = given(administered=None, status=DosingStatus.UNKNOWN, deviations=(Deviation.DUPLICATE,))
    (deviation,) = listed(treatment=course(missed))
    assert (deviation.when, deviation.what) == (date(2026, 3, 4), "fludarabine: UNKNOWN")


def test_a_deviation_of_an_undated_administration_stands_on_its_planned_day() -> None:
    undated = given(None, deviations=(Deviation.NEEDS_DECISION,))
    assert [each.when for each in listed(treatment=course(undated))] == [date(2026, 3, 4)]


def test_the_total_of_a_course_is_listed_under_its_item() -> None:
    total = replace(treatment().totals[0], deviations=(Deviation.COURSE_TOTAL,))
    (deviation,) = listed(treatment=course(given(), totals=(total,)))
    assert (deviation.kind, deviation.item, deviation.what, deviation.when) == (
        Deviation.COURSE_TOTAL,
        "fludarabine",
        "fludarabine: the whole course",
        None,
    )


def test_an_infusion_on_hold_names_the_criteria_that_held_it_up() -> None:
    dose = given(item="nk-infusion-1", deviations=(Deviation.INFUSED_ON_HOLD,))
    other = clearance(
        infusion=2, as_of=datetime(2026, 3, 20, 10, 0, tzinfo=UTC), criteria=(judged("N4", Verdict.FAIL),)
    )
    held = clearance(criteria=(judged("N1", Verdict.FAIL), judged("N2", Verdict.PASS), judged("N4", Verdict.FAIL)))
    (deviation,) = listed(treatment=course(dose, clearances=(held, other)))
    assert deviation.what == "nk-infusion-1: HOLD N1 N4"


def test_an_infusion_on_hold_without_administration_names_its_status() -> None:
    dose = given(administered=None, deviations=(Deviation.INFUSED_ON_HOLD,), status=DosingStatus.UNKNOWN)
    assert [each.what for each in listed(treatment=course(dose))] == ["fludarabine: UNKNOWN"]


@pytest.mark.parametrize(
    ("consent_signed", "started", "kind"),
    [
        ("2026-03-04T11:00:00+01:00", "2026-03-04T11:00:00+01:00", None),
        ("2026-03-04T11:00:01+01:00", "2026-03-04T11:00:00+01:00", "CONSENT_AFTER_TREATMENT"),
        ("2026-03-03", "2026-03-04T11:00:00+01:00", None),
        ("2026-03-05", "2026-03-04T11:00:00+01:00", "CONSENT_AFTER_TREATMENT"),
        ("2026-03-04", "2026-03-04T11:00:00+01:00", "NO_VALID_CONSENT"),
        ("2026-03-04T11:00:00+01:00", "2026-03-04", "NO_VALID_CONSENT"),
        ("2026-03-03T23:30:00+00:00", "2026-03-04", "NO_VALID_CONSENT"),
    ],
)
def test_consent_is_asked_for_before_the_first_administration(
    consent_signed: str, started: str, kind: str | None
) -> None:
    found = kinds(eligibility=signed(consent_signed), treatment=course(given(started)))
    assert found == ([kind] if kind else [])


def test_a_consent_of_the_same_day_says_that_the_order_is_not_written() -> None:
    (deviation,) = listed(eligibility=signed("2026-03-04"), treatment=course(given()))
    assert deviation.what == "consent of the day of the first administration: which came first is not written"
    assert deviation.when == date(2026, 3, 4)
    assert deviation.evidence == ("MedicationAdministration/f1", "Consent/consent")


def test_without_consent_criterion_passed_there_is_no_valid_consent() -> None:
    assert kinds(eligibility=signed("2026-03-01", verdict=Verdict.UNKNOWN), treatment=course(given())) == [
        "ENROLLED_WITH_UNKNOWN",
        "NO_VALID_CONSENT",
    ]


def test_without_any_record_of_eligibility_nothing_is_known_of_consent_either() -> None:
    found = listed(eligibility=None, treatment=course(given()))
    assert {(each.kind.value, each.what) for each in found} == {
        ("NO_VALID_CONSENT", "no valid consent before the first administration"),
        ("ENROLLED_WITH_UNKNOWN", "eligibility was never derived"),
    }


@pytest.mark.parametrize(
    ("late", "kind"),
    [
        (consent(PARENT, signed="2026-03-05", id_="late"), "CONSENT_AFTER_TREATMENT"),
        (consent(PARENT, signed="2026-03-04T11:00:01", id_="late"), "CONSENT_AFTER_TREATMENT"),
        (consent(PARENT, signed="2026-03-04T10:59:59", id_="late"), "NO_VALID_CONSENT"),
        (consent(PARENT, signed="2026-03-04", id_="late"), "NO_VALID_CONSENT"),
        (consent(PARENT, signed="2026-04", id_="late"), "NO_VALID_CONSENT"),
        (consent(PARENT, signed=None, id_="late"), "NO_VALID_CONSENT"),
        (consent(PARENT, signed="2026-03-05", is_research=False), "NO_VALID_CONSENT"),
        (consent(PARENT, signed="2026-03-05", status="inactive"), "NO_VALID_CONSENT"),
        (consent(PARENT, signed="2026-03-05", denies=True), "NO_VALID_CONSENT"),
    ],
)
def test_a_consent_signed_late_is_told_from_none(late: ConsentStatement, kind: str) -> None:
    never = accepted(judged("I1", Verdict.FAIL), verdict=Eligibility.INELIGIBLE)
    found = listed(eligibility=never, treatment=course(given()), consents=(late,))
    (deviation,) = [each for each in found if each.kind is not StudyDeviation.ENROLLED_WITH_FAIL]
    assert deviation.kind.value == kind
    assert ("Consent/late" in deviation.evidence) == (kind == "CONSENT_AFTER_TREATMENT")


def test_a_second_consent_after_a_valid_first_one_is_no_deviation() -> None:
    renewed = consent(PARENT, signed="2026-03-09", id_="renewed")
    assert kinds(treatment=course(given()), consents=(renewed,)) == []


def test_a_criterion_that_passed_by_other_proof_than_a_consent_stands() -> None:
    shown = replace(of_consent(consent(PARENT)), role="shown")
    assert kinds(eligibility=accepted(judged("I1", Verdict.PASS, shown)), treatment=course(given())) == []


def test_a_signature_known_to_its_month_only_counts_as_the_criterion_judged_it() -> None:
    assert kinds(eligibility=signed("2026-02"), treatment=course(given())) == []


@pytest.mark.parametrize(
    ("status", "is_listed"),
    [
        ("pending-on-study", False),
        ("withdrawn", False),
        ("on-study", True),
        ("on-study-intervention", True),
        ("on-study-observation", True),
        ("follow-up", True),
        ("off-study", True),
    ],
)
def test_enrolment_begins_with_on_study(status: str, is_listed: bool) -> None:
    unknown = accepted(judged("I7", Verdict.UNKNOWN), verdict=Eligibility.UNDETERMINED)
    assert kinds(eligibility=unknown, status=status) == (["ENROLLED_WITH_UNKNOWN"] if is_listed else [])


def test_enrolled_with_fail_and_unknown_are_two_lines_at_the_anchors_day() -> None:
    hb = Evidence(reference="Observation/hb", version="1", last_updated=None, path="Observation.value")
    mixed = accepted(
        judged("I1", Verdict.PASS, of_consent(consent(PARENT))),
        judged("I5", Verdict.FAIL, hb),
        judged("I7", Verdict.UNKNOWN),
        judged("E1", Verdict.FAIL, hb),
        verdict=Eligibility.INELIGIBLE,
    )
    fail, unknown = listed(eligibility=mixed, status="on-study")
    assert fail == ListedDeviation(
        subject=SUBJECT,
        kind=StudyDeviation.ENROLLED_WITH_FAIL,
        what="I5 E1",
        when=date(2026, 3, 4),
        record="e1",
        evidence=("Observation/hb",),
    )
    assert (unknown.kind, unknown.what) == (StudyDeviation.ENROLLED_WITH_UNKNOWN, "I7")


def test_treatment_counts_as_enrolment_whatever_the_status() -> None:
    unknown = accepted(
        judged("I1", Verdict.PASS, of_consent(consent(PARENT))),
        judged("I7", Verdict.UNKNOWN),
        verdict=Eligibility.UNDETERMINED,
    )
    assert kinds(eligibility=unknown, status="candidate", treatment=course(given())) == ["ENROLLED_WITH_UNKNOWN"]


@pytest.mark.parametrize(("overdue", "found"), [(True, ["CONSENT_OVERDUE"]), (False, [])])
def test_renewed_consent_is_a_deviation_once_it_is_overdue(overdue: bool, found: list[str]) -> None:
    renewal = Renewal(due_age=14, due_since=date(2026, 1, 5), overdue=overdue)
    deviations = listed(renewal=renewal)
    assert [each.kind.value for each in deviations] == found
    assert [(each.what, each.when) for each in deviations] == [
        ("renewed consent at 14 years", date(2026, 1, 5)) for _ in found
    ]


def test_corrected_evidence_of_an_accepted_verdict_is_a_deviation() -> None:
    (deviation,) = listed(corrected=("Observation/hb",), eligibility=None)
    assert (deviation.kind, deviation.evidence, deviation.record) == (
        StudyDeviation.EVIDENCE_CORRECTED,
        ("Observation/hb",),
        None,
    )


def test_the_list_goes_by_subject_then_day_then_kind() -> None:
    early = given("2026-03-01", deviations=(Deviation.WRONG_DAY, Deviation.DOSE_HIGH))
    late = given("2026-03-09", deviations=(Deviation.DOSE_LOW,))
    first, second = (
        Followed(
            subject=SubjectId(name),
            status="on-study",
            eligibility=signed("2026-02-01"),
            treatment=replace(course(late, early), subject=SubjectId(name)),
            corrected=("Observation/hb",),
        )
        for name in ("S-1", "S-2")
    )
    found = list_deviations([second, first], consent_criterion="I1", zone=ZONE)
    assert [(each.subject, each.kind.value) for each in found] == [
        (name, kind)
        for name in ("S-1", "S-2")
        for kind in ("DOSE_HIGH", "WRONG_DAY", "DOSE_LOW", "EVIDENCE_CORRECTED")
    ]
