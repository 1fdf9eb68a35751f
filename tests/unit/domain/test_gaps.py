from __future__ import annotations

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.gaps import about, cause_of, is_unmapped_code, says_not_measured, withheld
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.domain.timeline import Gap
from tests.builders import receipt, refused
from tests.scenes import timeline


def gap(reason: RejectionReason, detail: str = "") -> Gap:
    return timeline(refused(reason, "alt", detail=detail)).gaps[0]


@pytest.mark.parametrize(
    ("reason", "detail", "expected"),
    [
        (RejectionReason.VALUE_ABSENT, "masked", "HIDDEN"),
        (RejectionReason.VALUE_ABSENT, "as-text", "UNMAPPED"),
        (RejectionReason.VALUE_ABSENT, "unsupported", "UNMAPPED"),
        (RejectionReason.VALUE_ABSENT, "unknown", "MISSING"),
        (RejectionReason.VALUE_ABSENT, "not-performed", "MISSING"),
        (RejectionReason.UNKNOWN_UNIT, "", "UNIT_UNUSABLE"),
        (RejectionReason.MISSING_UNIT, "", "UNIT_UNUSABLE"),
        (RejectionReason.NAIVE_TIME, "", "PARTIAL_DATE"),
        (RejectionReason.UNMAPPED_CODE, "", "UNMAPPED"),
        (RejectionReason.UNSUPPORTED_VALUE, "", "UNMAPPED"),
        (RejectionReason.INVALID_RESOURCE, "", "UNMAPPED"),
        (RejectionReason.UNKNOWN_STATUS, "", "UNMAPPED"),
        (RejectionReason.MODIFIER_EXTENSION, "", "UNMAPPED"),
        (RejectionReason.IMPLICIT_RULES, "", "UNMAPPED"),
    ],
)
def test_each_refusal_has_its_reason(reason: RejectionReason, detail: str, expected: str) -> None:
    cause = cause_of(gap(reason, detail))
    assert cause is not None
    assert cause.reason == expected
    assert cause.evidence[0].note == (f"{reason} ({detail})" if detail else reason)


@pytest.mark.parametrize("reason", [RejectionReason.WRONG_PATIENT, RejectionReason.FUTURE_TIME])
def test_other_patients_and_the_future_hide_nothing(reason: RejectionReason) -> None:
    assert cause_of(gap(reason)) is None


def test_every_reason_of_refusal_is_provided_for() -> None:
    ignored = {RejectionReason.WRONG_PATIENT, RejectionReason.FUTURE_TIME}
    assert {reason for reason in RejectionReason if cause_of(gap(reason)) is None} == ignored


def test_only_gaps_of_the_concept_and_type_are_about_it() -> None:
    gaps = timeline(refused(RejectionReason.UNKNOWN_UNIT, "alt")).gaps
    assert list(about(gaps, (ConceptId("alt"),), ("Observation",))) == list(gaps)
    assert list(about(gaps, (ConceptId("ast"),), ("Observation",))) == []
    assert list(about(gaps, (ConceptId("alt"),), ("Procedure",))) == []


def test_what_a_gap_says() -> None:
    assert is_unmapped_code(gap(RejectionReason.UNMAPPED_CODE))
    assert not is_unmapped_code(gap(RejectionReason.VALUE_ABSENT, "not-performed"))
    assert says_not_measured(gap(RejectionReason.VALUE_ABSENT, "not-performed"))
    assert not says_not_measured(gap(RejectionReason.VALUE_ABSENT, "masked"))


def test_only_types_the_server_withholds_are_hidden() -> None:
    facts = timeline(receipt("Observation", hidden=True), receipt("Condition"))
    assert len(withheld(facts, ("Observation", "Condition", "Procedure"))) == 1
