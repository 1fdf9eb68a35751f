"""QuestionnaireResponse -> attestations: only finished, signed, dated ones, one per link of the trial."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.domain.statements import Attestation
from tests.unit.r4.clinic import MODIFIER, QUESTIONNAIRE, causes, changed, only, read, utc


def item(link_id: str, **value: Any) -> dict[str, Any]:
    return {"linkId": link_id, "answer": [value]}


ANSWERED: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "qr-1",
    "meta": {"versionId": "1"},
    "questionnaire": f"{QUESTIONNAIRE}|2.1",
    "status": "completed",
    "subject": {"reference": "Patient/p-1"},
    "authored": "2026-02-25T14:00:00Z",
    "author": {"reference": "Practitioner/d-1"},
    "item": [item("E3", valueBoolean=False)],
}
FIRST = "QuestionnaireResponse.item[0]"


def attestations(resource: dict[str, Any]) -> list[Attestation]:
    facts = read(resource).facts
    assert all(isinstance(fact, Attestation) for fact in facts)
    return [fact for fact in facts if isinstance(fact, Attestation)]


def test_an_answer_becomes_an_attestation_of_its_author() -> None:
    reading = read(ANSWERED)
    assert (reading.patient, reading.rejections) == ("p-1", ())
    assert reading.facts == (
        Attestation(
            source=reading.source,
            path="QuestionnaireResponse.item[0].answer[0].value",
            link_id="E3",
            value=False,
            author="Practitioner/d-1",
            authored=utc("2026-02-25T14:00:00Z"),
        ),
    )


@pytest.mark.parametrize("questionnaire", [QUESTIONNAIRE, f"{QUESTIONNAIRE}|1", f"{QUESTIONNAIRE}|2.0.0-rc1"])
def test_any_version_of_the_trials_questionnaire_counts(questionnaire: str) -> None:
    assert len(attestations(changed(ANSWERED, questionnaire=questionnaire))) == 1


@pytest.mark.parametrize(
    "questionnaire", ["https://other.example/q", f"{QUESTIONNAIRE}/x", "Questionnaire/1", None]
)
def test_another_questionnaire_is_left_out(questionnaire: str | None) -> None:
    reading = read(changed(ANSWERED, questionnaire=questionnaire))
    assert (reading.excluded_by, reading.facts, reading.rejections) == (Exclusion.CODE_NOT_NEEDED, (), ())
    assert reading.patient == "p-1"


@pytest.mark.parametrize("status", ["completed", "amended"])
def test_a_finished_response_is_read(status: str) -> None:
    assert len(attestations(changed(ANSWERED, status=status))) == 1


def test_entered_in_error_retracts() -> None:
    reading = read(changed(ANSWERED, status="entered-in-error"))
    assert (reading.retracts, reading.facts, reading.patient) == (True, (), "p-1")


@pytest.mark.parametrize(
    ("change", "reason", "path", "detail"),
    [
        ({"status": "in-progress"}, RejectionReason.UNSUPPORTED_VALUE, "status", "in-progress"),
        ({"status": "stopped"}, RejectionReason.UNSUPPORTED_VALUE, "status", "stopped"),
        ({"status": "final"}, RejectionReason.UNKNOWN_STATUS, "status", ""),
        ({"status": None}, RejectionReason.UNKNOWN_STATUS, "status", ""),
        ({"authored": None}, RejectionReason.UNSUPPORTED_VALUE, "authored", "absent"),
        ({"authored": "2026-02-25"}, RejectionReason.UNSUPPORTED_VALUE, "authored", "no-time"),
        ({"authored": "2026-02-25T14:00:00"}, RejectionReason.NAIVE_TIME, "authored", "no-zone"),
        ({"authored": "2026-03-02T21:30:01Z"}, RejectionReason.FUTURE_TIME, "authored", ""),
        ({"author": None}, RejectionReason.UNSUPPORTED_VALUE, "author", "absent"),
        (
            {"author": {"reference": "Patient/p-1"}},
            RejectionReason.UNSUPPORTED_VALUE,
            "author",
            "not-a-practitioner",
        ),
        (
            {"author": {"reference": "https://elsewhere.example/Practitioner/1"}},
            RejectionReason.UNSUPPORTED_VALUE,
            "author",
            "not-a-practitioner",
        ),
        (
            {"author": {"display": "Dr. Who"}},
            RejectionReason.UNSUPPORTED_VALUE,
            "author",
            "not-a-practitioner",
        ),
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "modifierExtension", ""),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "implicitRules", ""),
        ({"subject": None}, RejectionReason.INVALID_RESOURCE, "subject", "no-patient"),
        (
            {"item": [{"linkId": "E3", "modifierExtension": MODIFIER}]},
            RejectionReason.MODIFIER_EXTENSION,
            "item[0].modifierExtension",
            "",
        ),
        (
            {"item": [item("x"), {"linkId": "E3", "answer": [{"modifierExtension": MODIFIER}]}]},
            RejectionReason.MODIFIER_EXTENSION,
            "item[1].answer[0].modifierExtension",
            "",
        ),
    ],
)
def test_a_response_nobody_can_stand_for_is_refused(
    change: dict[str, Any], reason: RejectionReason, path: str, detail: str
) -> None:
    rejection = only(read(changed(ANSWERED, **change)))
    assert (rejection.reason, rejection.path, rejection.detail) == (
        reason,
        f"QuestionnaireResponse.{path}",
        detail,
    )


def test_a_practitioners_role_may_sign() -> None:
    signed = changed(ANSWERED, author={"reference": "https://clinic.example/fhir/PractitionerRole/pr-1"})
    assert attestations(signed)[0].author == "PractitionerRole/pr-1"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (item("E3", valueBoolean=True), True),
        (item("day-0", valueDate="2026-04-01"), date(2026, 4, 1)),
        (item("level", valueInteger=2), Decimal(2)),
        (item("level", valueInteger=-1), Decimal(-1)),
        (item("donor", valueCoding={"system": "https://x.example", "code": "haploidentical"}), "haploidentical"),
        (item("donor", valueString="matched-related"), "matched-related"),
    ],
)
def test_each_link_takes_its_own_type_of_value(answer: dict[str, Any], value: object) -> None:
    (attestation,) = attestations(changed(ANSWERED, item=[answer]))
    assert attestation.value == value
    assert type(attestation.value) is type(value)


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (item("E3", valueString="false"), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("E3", valueInteger=0), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("E3", valueCoding={"code": "Y"}), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("E3", valueDecimal=1.0), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("E3", valueBoolean=True, valueString="true"), RejectionReason.INVALID_RESOURCE, "several"),
        (item("day-0", valueString="2026-04-01"), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("day-0", valueDateTime="2026-04-01T00:00:00Z"), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("day-0", valueDate="2026-04"), RejectionReason.UNSUPPORTED_VALUE, "partial-date"),
        (item("day-0", valueDate="2026-02-30"), RejectionReason.INVALID_RESOURCE, "date"),
        (item("day-0", valueDate="2026-04-01T00:00:00Z"), RejectionReason.INVALID_RESOURCE, "date"),
        (item("level", valueDecimal=2), RejectionReason.UNSUPPORTED_VALUE, "type"),
        (item("level", valueInteger=2.5), RejectionReason.INVALID_RESOURCE, "integer"),
        (item("level", valueInteger="2"), RejectionReason.INVALID_RESOURCE, "number"),
        (item("donor", valueCoding={"code": "sibling"}), RejectionReason.UNMAPPED_CODE, "not-allowed"),
        (item("donor", valueString="Haploidentical"), RejectionReason.UNMAPPED_CODE, "not-allowed"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_rejected_part(
    answer: dict[str, Any], reason: RejectionReason, detail: str
) -> None:
    reading = read(changed(ANSWERED, item=[answer, item("I10", valueBoolean=True)]))
    assert [fact.link_id for fact in reading.facts if isinstance(fact, Attestation)] == ["I10"]
    (part,) = reading.rejections
    assert (part.reason, part.path, part.detail) == (reason, f"{FIRST}.answer[0].value", detail)
    assert part.effective == Effective(utc("2026-02-25T14:00:00Z"))


def test_a_response_with_bad_answers_alone_is_rejected() -> None:
    rejection = only(read(changed(ANSWERED, item=[item("E3", valueString="no")])))
    assert rejection.path == f"{FIRST}.answer[0].value"


def test_links_the_trial_does_not_know_and_unanswered_ones_are_passed_over() -> None:
    items = [item("other", valueString="x"), {"linkId": "I10"}, item("E3", valueBoolean=True)]
    reading = read(changed(ANSWERED, item=items))
    assert [fact.path for fact in reading.facts] == ["QuestionnaireResponse.item[2].answer[0].value"]
    assert reading.rejections == ()


@pytest.mark.parametrize("items", [None, [item("other", valueBoolean=True)], [{"linkId": "E3"}]])
def test_a_response_without_an_answer_of_ours_is_left_out(items: list[dict[str, Any]] | None) -> None:
    assert read(changed(ANSWERED, item=items)).excluded_by is Exclusion.CODE_NOT_NEEDED


def test_items_are_found_below_items_and_below_answers() -> None:
    below_answer = {"linkId": "q", "answer": [{"valueBoolean": True, "item": [item("I10", valueBoolean=True)]}]}
    items = [{"linkId": "group", "item": [{"linkId": "x"}, item("E3", valueBoolean=False)]}, below_answer]
    found = attestations(changed(ANSWERED, item=items))
    assert [(a.link_id, a.value, a.path) for a in found] == [
        ("E3", False, "QuestionnaireResponse.item[0].item[1].answer[0].value"),
        ("I10", True, "QuestionnaireResponse.item[1].answer[0].item[0].answer[0].value"),
    ]


def test_two_answers_to_one_link_are_both_rejected() -> None:
    items = [item("E3", valueBoolean=False), item("E3", valueBoolean=True)]
    assert causes(read(changed(ANSWERED, item=items))) == [
        (RejectionReason.UNSUPPORTED_VALUE, "QuestionnaireResponse.item[0].answer", "several"),
        (RejectionReason.UNSUPPORTED_VALUE, "QuestionnaireResponse.item[1].answer", "several"),
    ]


def test_two_answers_in_one_item_are_rejected() -> None:
    both = {"linkId": "E3", "answer": [{"valueBoolean": False}, {"valueBoolean": False}]}
    assert causes(read(changed(ANSWERED, item=[both]))) == [
        (RejectionReason.UNSUPPORTED_VALUE, "QuestionnaireResponse.item[0].answer", "several")
    ]
