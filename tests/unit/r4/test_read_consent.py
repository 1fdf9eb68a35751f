"""Consent -> ConsentStatement: to research or not, by whom, permitting and denying what, until when."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.domain.statements import ConsentStatement, SignerRole
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.unit.r4.clinic import (
    CONTEXT,
    FOLLOW_UP,
    LOCAL,
    MODIFIER,
    SAMPLES,
    SCOPES,
    SNOMED,
    causes,
    changed,
    coded,
    day,
    on,
    only,
    read,
)

CATEGORIES = "http://terminology.hl7.org/CodeSystem/consentcategorycodes"
SIGNED: dict[str, Any] = {
    "resourceType": "Consent",
    "id": "co-1",
    "meta": {"versionId": "1"},
    "status": "active",
    "scope": coded(SCOPES, "research"),
    "category": [coded(CATEGORIES, "research")],
    "patient": {"reference": "Patient/p-1"},
    "dateTime": "2026-02-10",
    "performer": [{"reference": "Patient/p-1"}, {"reference": "RelatedPerson/r-1"}],
    "policy": [{"uri": "https://trial.example/consent/v2"}],
    "policyRule": coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
    "verification": [{"verified": True}],
    "provision": {
        "type": "permit",
        "period": {"start": "2026-02-10", "end": "2028-02-10"},
        "code": [coded(LOCAL, "FU")],
        "provision": [{"type": "deny", "code": [coded(LOCAL, "SAMPLES")]}],
    },
}


def statement(resource: dict[str, Any]) -> ConsentStatement:
    (fact,) = read(resource).facts
    assert isinstance(fact, ConsentStatement)
    return fact


def test_a_research_consent_is_read_whole() -> None:
    reading = read(SIGNED)
    assert (reading.patient, reading.rejections) == ("p-1", ())
    assert reading.facts == (
        ConsentStatement(
            source=reading.source,
            path="Consent.status",
            status="active",
            is_research=True,
            signed=day("2026-02-10"),
            signers=(SignerRole.PATIENT, SignerRole.REPRESENTATIVE),
            provisions=(("permit", (FOLLOW_UP,)), ("deny", (SAMPLES,))),
            denies=False,
            ends=day("2028-02-10"),
            policies=(
                "https://trial.example/consent/v2",
                "http://terminology.hl7.org/CodeSystem/v3-ActCode|OPTIN",
            ),
            verified=True,
        ),
    )


@pytest.mark.parametrize("status", ["draft", "proposed", "active", "rejected", "inactive"])
def test_every_state_that_is_no_error_is_read_and_kept(status: str) -> None:
    assert statement(changed(SIGNED, status=status)).status == status


def test_entered_in_error_retracts() -> None:
    reading = read(changed(SIGNED, status="entered-in-error"))
    assert (reading.retracts, reading.facts, reading.patient) == (True, (), "p-1")


@pytest.mark.parametrize("status", ["signed", "withdrawn", None])
def test_a_state_r4_does_not_know_is_rejected(status: str | None) -> None:
    rejection = only(read(changed(SIGNED, status=status)))
    assert (rejection.reason, rejection.path) == (RejectionReason.UNKNOWN_STATUS, "Consent.status")
    assert rejection.effective == on("2026-02-10")


def test_a_consent_that_says_little_is_read_as_saying_little() -> None:
    bare = {
        key: value
        for key, value in SIGNED.items()
        if key not in {"dateTime", "performer", "policy", "policyRule", "verification", "provision", "category"}
    }
    fact = statement(bare)
    assert (fact.signed, fact.signers, fact.provisions, fact.denies) == (None, (), (), False)
    assert (fact.ends, fact.policies, fact.verified) == (None, (), None)


class TestResearch:
    @pytest.mark.parametrize("scope", ["patient-privacy", "treatment", "adr"])
    def test_a_consent_to_something_else_is_left_out_whatever_its_category(self, scope: str) -> None:
        reading = read(changed(SIGNED, scope=coded(SCOPES, scope)))
        assert (reading.excluded_by, reading.patient) == (Exclusion.CODE_NOT_NEEDED, "p-1")

    def test_a_category_decides_where_the_scope_is_the_hospitals_own(self) -> None:
        assert statement(changed(SIGNED, scope=coded(LOCAL, "OWN"))).is_research

    def test_a_hospitals_own_scope_may_be_mapped_to_research(self) -> None:
        assert statement(changed(SIGNED, scope=coded(LOCAL, "STUDY"), category=None)).is_research

    @pytest.mark.parametrize("scope", [coded(LOCAL, "OWN"), {"text": "research"}, None])
    def test_a_scope_nobody_declared_is_a_gap(self, scope: dict[str, Any] | None) -> None:
        rejection = only(read(changed(SIGNED, scope=scope, category=None)))
        assert (rejection.reason, rejection.path) == (RejectionReason.UNMAPPED_CODE, "Consent.scope")
        assert rejection.effective == on("2026-02-10")

    @pytest.mark.parametrize("scope", [coded(SNOMED, "1"), coded(LOCAL, "ZZ")])
    def test_a_scope_known_to_be_something_else_is_left_out(self, scope: dict[str, Any]) -> None:
        assert read(changed(SIGNED, scope=scope, category=None)).excluded_by is Exclusion.CODE_NOT_NEEDED


class TestSigners:
    @pytest.mark.parametrize(
        ("performer", "role"),
        [
            ({"reference": "Patient/p-1"}, SignerRole.PATIENT),
            ({"reference": "https://clinic.example/fhir/Patient/p-1"}, SignerRole.PATIENT),
            ({"reference": "Patient/p-2"}, SignerRole.OTHER),
            ({"reference": "RelatedPerson/r-1"}, SignerRole.REPRESENTATIVE),
            ({"type": "RelatedPerson", "identifier": {"value": "7"}}, SignerRole.REPRESENTATIVE),
            ({"reference": "#mother"}, SignerRole.REPRESENTATIVE),
            ({"reference": "#doctor"}, SignerRole.OTHER),
            ({"reference": "#nobody"}, SignerRole.OTHER),
            ({"type": "Patient", "identifier": {"value": "7"}}, SignerRole.OTHER),
            ({"reference": "Practitioner/d-1"}, SignerRole.OTHER),
            ({"reference": "Organization/o-1"}, SignerRole.OTHER),
            ({"display": "Mother"}, SignerRole.OTHER),
        ],
    )
    def test_in_which_capacity_somebody_signed(self, performer: dict[str, Any], role: SignerRole) -> None:
        contained = [
            {"resourceType": "RelatedPerson", "id": "mother", "patient": {"reference": "Patient/p-1"}},
            {"resourceType": "Practitioner", "id": "doctor"},
        ]
        assert statement(changed(SIGNED, performer=[performer], contained=contained)).signers == (role,)


class TestProvisions:
    def test_a_denying_top_provision_is_kept_as_such(self) -> None:
        fact = statement(changed(SIGNED, provision={"type": "deny"}))
        assert (fact.denies, fact.provisions) == (True, ())

    def test_provisions_are_read_to_any_depth(self) -> None:
        inner = {"type": "permit", "code": [coded(LOCAL, "FU")]}
        provision = {"type": "deny", "provision": [{"type": "deny", "provision": [inner]}]}
        assert statement(changed(SIGNED, provision=provision)).provisions == (("permit", (FOLLOW_UP,)),)

    def test_a_code_nobody_asks_for_is_passed_over(self) -> None:
        reading = read(changed(SIGNED, provision={"type": "permit", "code": [coded(SNOMED, "1")]}))
        assert reading.rejections == ()

    def test_a_code_nobody_can_name_is_a_rejected_part(self) -> None:
        provision = {"type": "permit", "provision": [{"type": "permit", "code": [coded(LOCAL, "NEW")]}]}
        reading = read(changed(SIGNED, provision=provision))
        assert len(reading.facts) == 1
        assert causes(reading) == [
            (RejectionReason.UNMAPPED_CODE, "Consent.provision.provision[0].code[0]", "not-in-map")
        ]

    def test_a_provision_that_says_neither_permit_nor_deny_is_a_rejected_part(self) -> None:
        reading = read(changed(SIGNED, provision={"code": [coded(LOCAL, "FU")]}))
        (part,) = reading.rejections
        assert (part.reason, part.path, part.detail) == (
            RejectionReason.UNSUPPORTED_VALUE,
            "Consent.provision.type",
            "absent",
        )
        assert part.concepts == (FOLLOW_UP,)
        assert statement(changed(SIGNED, provision={"code": [coded(LOCAL, "FU")]})).provisions == ()

    @pytest.mark.parametrize(
        ("provision", "reason", "path"),
        [
            ({"type": "maybe"}, RejectionReason.UNKNOWN_STATUS, "Consent.provision.type"),
            (
                {"type": "permit", "provision": [{"type": "x"}]},
                RejectionReason.UNKNOWN_STATUS,
                "Consent.provision.provision[0].type",
            ),
            (
                {"type": "permit", "provision": [{}, {"modifierExtension": MODIFIER}]},
                RejectionReason.MODIFIER_EXTENSION,
                "Consent.provision.provision[1].modifierExtension",
            ),
            ({"period": {"end": "soon"}}, RejectionReason.INVALID_RESOURCE, "Consent.provision.period.end"),
            (
                {"period": {"end": "2026-12-31T00:00:00"}},
                RejectionReason.NAIVE_TIME,
                "Consent.provision.period.end",
            ),
        ],
    )
    def test_a_provision_that_could_turn_the_consent_around_refuses_the_whole(
        self, provision: dict[str, Any], reason: RejectionReason, path: str
    ) -> None:
        rejection = only(read(changed(SIGNED, provision=provision)))
        assert (rejection.reason, rejection.path) == (reason, path)


@pytest.mark.parametrize(
    ("verification", "verified"),
    [
        ([{"verified": False}], False),
        ([{"verified": False}, {"verified": True}], True),
        ([{"verified": True}], True),
    ],
)
def test_whether_anybody_confirmed_it_is_kept(verification: list[dict[str, Any]], verified: bool) -> None:
    assert statement(changed(SIGNED, verification=verification)).verified is verified


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"dateTime": "2026-03-03"}, RejectionReason.FUTURE_TIME, "Consent.dateTime"),
        ({"dateTime": "2026-02-10T10:00:00"}, RejectionReason.NAIVE_TIME, "Consent.dateTime"),
        ({"dateTime": "10 Feb"}, RejectionReason.INVALID_RESOURCE, "Consent.dateTime"),
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Consent.modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "Consent.implicitRules"),
        (
            {"policy": [{"modifierExtension": MODIFIER}]},
            RejectionReason.MODIFIER_EXTENSION,
            "Consent.policy[0].modifierExtension",
        ),
        (
            {"verification": [{"verified": True, "modifierExtension": MODIFIER}]},
            RejectionReason.MODIFIER_EXTENSION,
            "Consent.verification[0].modifierExtension",
        ),
        ({"patient": None}, RejectionReason.INVALID_RESOURCE, "Consent.patient"),
        ({"verification": {}}, RejectionReason.INVALID_RESOURCE, "Consent.verification"),
    ],
)
def test_what_cannot_be_understood_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(SIGNED, **change)))
    assert (rejection.reason, rejection.path) == (reason, path)


class TestPoliciesOfTheTrial:
    context = replace(
        CONTEXT, traits=replace(CONTEXT.traits, consent_policies=("https://t.example/v1", "https://t.example/v2"))
    )

    def policies(self, *uris: str, **more: Any) -> tuple[str, ...] | Exclusion | None:
        resource = {**SIGNED, "policy": [{"uri": uri} for uri in uris], "policyRule": {}, **more}
        reading = read_resource(json.dumps(resource).encode(), self.context, PageContext())
        if not reading.facts:
            return reading.excluded_by
        (fact,) = reading.facts
        assert isinstance(fact, ConsentStatement)
        return fact.policies

    def test_a_consent_to_another_study_is_left_out(self) -> None:
        assert self.policies("https://biobank.example") is Exclusion.CODE_NOT_NEEDED

    def test_every_version_of_the_trials_consent_is_one_study(self) -> None:
        versions = ("https://t.example/v1", "https://t.example/v2")
        assert self.policies(versions[0]) == versions
        assert self.policies(versions[1]) == versions[::-1]

    def test_a_consent_that_names_no_document_may_be_the_trials(self) -> None:
        rule = coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN")
        assert self.policies() == ()
        assert self.policies(policyRule=rule) == ("http://terminology.hl7.org/CodeSystem/v3-ActCode|OPTIN",)
