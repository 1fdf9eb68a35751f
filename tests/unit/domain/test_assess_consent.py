from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.operators import ConsentProvision, ConsentSigned, ConsentWithdrawn, SignatureRule
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.domain.statements import SignerRole
from tests.builders import ZONE, consent, moment, patient, reading, receipt, refused, source
from tests.scenes import ask, causes, outcome, verdict

PATIENT, PARENT, OTHER = SignerRole.PATIENT, SignerRole.REPRESENTATIVE, SignerRole.OTHER

SIGNED = ConsentSigned(
    rules=(
        SignatureRule(14, (PARENT,)),
        SignatureRule(18, (PATIENT, PARENT)),
        SignatureRule(None, (PATIENT,)),
    )
)
CHILD, TEEN, ADULT = patient("2018-05-20"), patient("2010-05-20"), patient("2003-05-20")


class TestSignatures:
    @pytest.mark.parametrize(
        ("who", "roles", "expected"),
        [
            (CHILD, (PARENT,), "MET"),
            (CHILD, (PATIENT,), "MISSING"),
            (TEEN, (PARENT,), "MISSING"),
            (TEEN, (PATIENT,), "MISSING"),
            (TEEN, (PATIENT, PARENT), "MET"),
            (ADULT, (PATIENT,), "MET"),
            (ADULT, (PARENT,), "MISSING"),
            (ADULT, (OTHER,), "MISSING"),
            (CHILD, (), "MISSING"),
        ],
    )
    def test_who_must_sign_depends_on_age(self, who: Fact, roles: tuple[SignerRole, ...], expected: str) -> None:
        assert outcome(who, consent(*roles), node=SIGNED) == expected

    @pytest.mark.parametrize(
        ("signed", "expected"), [("2026-03-04", "MET"), ("2026-03-05", "MISSING"), ("2026-03-06", "MISSING")]
    )
    def test_the_age_on_the_day_of_signing_counts(self, signed: str, expected: str) -> None:
        assert outcome(patient("2012-03-05"), consent(PARENT, signed=signed), node=SIGNED) == expected

    def test_the_eighteenth_birthday_counts_as_adult(self) -> None:
        assert outcome(patient("2008-03-02"), consent(PATIENT), node=SIGNED) == "MET"
        assert outcome(patient("2008-03-03"), consent(PATIENT), node=SIGNED) == "MISSING"

    def test_consents_of_different_studies_ask_which_is_the_trials(self) -> None:
        study, biobank = ("https://a.example",), ("https://b.example",)
        early = consent(PARENT, id_="bank", signed="2015-10-05", policies=biobank)
        assert outcome(CHILD, consent(PARENT, policies=study), early, node=SIGNED) == "NEEDS_ATTESTATION"
        shared = consent(PARENT, id_="both", policies=(*study, *biobank))
        assert outcome(CHILD, consent(PARENT, policies=study), shared, node=SIGNED) == "MET"

    def test_signers_of_several_consents_count_together(self) -> None:
        answer = ask(SIGNED, TEEN, consent(PATIENT, id_="a", signed="2026-03-01"), consent(PARENT, id_="b"))
        assert verdict(answer) == "MET"
        assert [each.reference for each in answer.evidence] == ["Consent/a", "Consent/b"]

    def test_a_consent_that_was_complete_stays_so_after_a_birthday(self) -> None:
        before = consent(PARENT, id_="a", signed="2024-05-01")
        assert outcome(TEEN, before, consent(PATIENT, id_="b"), node=SIGNED) == "MET"
        assert outcome(TEEN, before, node=SIGNED) == "MET"

    def test_what_is_missing_is_named(self) -> None:
        answer = ask(SIGNED, TEEN, consent(PATIENT))
        assert answer.next_fact == "research consent signed by representative"
        assert answer.notes == ("the signature of representative is missing",)

    def test_an_unknown_age_decides_only_where_every_age_would(self) -> None:
        assert outcome(patient(None), consent(PATIENT, PARENT), node=SIGNED) == "MET"
        answer = ask(SIGNED, patient(None), consent(PARENT))
        assert (verdict(answer), answer.next_fact) == ("MISSING", "date of birth")
        assert outcome(patient("2012"), consent(PARENT), node=SIGNED) == "PARTIAL_DATE"
        assert outcome(patient("2012"), consent(PATIENT), node=SIGNED) == "MISSING"

    def test_an_age_no_rule_covers_is_never_met(self) -> None:
        node = ConsentSigned(rules=(SignatureRule(14, (PARENT,)),))
        answer = ask(node, ADULT, consent(PARENT))
        assert answer.next_fact == "research consent signed by somebody entitled"


class TestInForce:
    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ({}, "MET"),
            ({"status": "inactive"}, "MISSING"),
            ({"status": "rejected"}, "MISSING"),
            ({"status": "draft"}, "MISSING"),
            ({"is_research": False}, "MISSING"),
            ({"denies": True}, "MISSING"),
            ({"verified": True}, "MET"),
            ({"verified": False}, "NEEDS_ATTESTATION"),
            ({"ends": moment("2026-03-10")}, "STALE"),
            ({"ends": moment("2026-03-11")}, "MET"),
            ({"signed": None}, "PARTIAL_DATE"),
            ({"signed": "2026-03"}, "PARTIAL_DATE"),
            ({"signed": "2026-03-12"}, "MISSING"),
        ],
    )
    def test_which_consents_count(self, more: dict[str, Any], expected: str) -> None:
        assert outcome(CHILD, consent(PARENT, **{"id_": "c", **more}), node=SIGNED) == expected

    def test_a_consent_signed_after_the_anchor_does_not_count(self) -> None:
        assert outcome(CHILD, consent(PARENT, signed="2026-03-08"), node=SIGNED, planned="2026-03-05") == "MISSING"

    def test_a_contested_consent_conflicts(self) -> None:
        one, two = (
            reading(consent(PARENT, status=status), at=source("Consent", "c", updated=None, content=status))
            for status in ("active", "inactive")
        )
        assert outcome(CHILD, one, two, node=SIGNED) == "CONFLICTING"
        assert outcome(CHILD, one, two, consent(PARENT, id_="d"), node=SIGNED) == "MET"

    def test_only_consents_under_the_policy_count(self) -> None:
        node = ConsentSigned(rules=SIGNED.rules, policies=("https://a.example",))
        assert (
            outcome(CHILD, consent(PARENT, policies=("https://a.example", "https://b.example")), node=node)
            == "MET"
        )
        assert outcome(CHILD, consent(PARENT, policies=("https://b.example",)), node=node) == "MISSING"

    def test_none_at_all(self) -> None:
        answer = ask(SIGNED, CHILD)
        assert (verdict(answer), answer.next_fact) == ("MISSING", "signed research consent")

    def test_what_could_hide_one(self) -> None:
        assert outcome(CHILD, receipt("Consent", hidden=True), node=SIGNED) == "HIDDEN"
        refusal = refused(RejectionReason.MODIFIER_EXTENSION, kind="Consent")
        assert outcome(CHILD, refusal, node=SIGNED) == "UNMAPPED"
        assert outcome(CHILD, refusal, consent(PARENT), node=SIGNED) == "MET"
        assert outcome(CHILD, refused(RejectionReason.WRONG_PATIENT, kind="Consent"), node=SIGNED) == "MISSING"

    def test_the_end_of_a_consent_and_of_an_open_month_are_edges(self) -> None:
        ending = consent(PARENT, ends=moment("2026-03-20"))
        assert ask(SIGNED, CHILD, ending).expires == datetime(2026, 3, 21, tzinfo=ZONE)
        assert ask(SIGNED, CHILD, consent(PARENT, signed="2026-03")).expires == datetime(2026, 3, 31, tzinfo=ZONE)
        assert ask(SIGNED, CHILD, ending, planned="2026-03-05").expires is None


class TestWithdrawn:
    node = ConsentWithdrawn()

    @pytest.mark.parametrize(
        ("status", "denies", "expected"),
        [
            ("active", False, "NOT_MET"),
            ("active", True, "MET"),
            ("inactive", False, "MET"),
            ("rejected", False, "MET"),
            ("draft", False, "MISSING"),
        ],
    )
    def test_by_status_of_the_latest(self, status: str, denies: bool, expected: str) -> None:
        assert outcome(consent(status=status, denies=denies), node=self.node) == expected

    def test_a_renewed_consent_replaces_the_withdrawn_one_and_the_other_way_round(self) -> None:
        old = consent(id_="old", signed="2024-01-01", status="inactive")
        assert outcome(old, consent(), node=self.node) == "NOT_MET"
        refused_later = consent(id_="new", signed="2026-03-10", status="rejected")
        assert outcome(consent(), refused_later, node=self.node) == "MET"

    def test_consents_count_up_to_now_also_past_the_anchor(self) -> None:
        withdrawn = consent(id_="new", signed="2026-03-10", status="rejected")
        assert outcome(consent(), withdrawn, node=self.node, planned="2026-03-05") == "MET"
        assert (
            outcome(consent(), consent(id_="n", signed="2026-03-12", status="rejected"), node=self.node)
            == "NOT_MET"
        )

    def test_consents_of_one_day_that_disagree_conflict(self) -> None:
        both = consent(signed="2026-03-02"), consent(id_="b", signed="2026-03-02", status="rejected")
        assert outcome(*both, node=self.node) == "CONFLICTING"

    def test_an_undated_one_that_disagrees_leaves_it_open(self) -> None:
        assert (
            outcome(consent(), consent(id_="b", signed=None, status="rejected"), node=self.node) == "PARTIAL_DATE"
        )
        assert outcome(consent(id_="b", signed=None, status="rejected"), node=self.node) == "MET"

    def test_a_contested_one_conflicts(self) -> None:
        one, two = (
            reading(consent(PARENT, status="active"), at=source("Consent", "c", updated=None, content=content))
            for content in ("a", "b")
        )
        assert outcome(one, two, node=self.node) == "CONFLICTING"

    @pytest.mark.parametrize(
        ("reason", "at", "expected"),
        [
            (RejectionReason.MODIFIER_EXTENSION, "2026-03-10", "UNMAPPED"),
            (RejectionReason.MODIFIER_EXTENSION, None, "UNMAPPED"),
            (RejectionReason.MODIFIER_EXTENSION, "2026-03-01", "NOT_MET"),
            (RejectionReason.UNMAPPED_CODE, "2026-03-10", "NOT_MET"),
            (RejectionReason.FUTURE_TIME, None, "NOT_MET"),
            (RejectionReason.WRONG_PATIENT, "2026-03-10", "NOT_MET"),
        ],
    )
    def test_a_later_consent_that_could_not_be_read_may_be_the_withdrawal(
        self, reason: RejectionReason, at: str | None, expected: str
    ) -> None:
        assert outcome(consent(), refused(reason, kind="Consent", at=at), node=self.node) == expected

    def test_none_at_all(self) -> None:
        assert outcome(node=self.node) == "MISSING"
        assert causes(ask(self.node, receipt("Consent", hidden=True))) == {"HIDDEN", "MISSING"}


class TestProvision:
    node = ConsentProvision(concept=ConceptId("follow-up"))

    def naming(self, *rulings: str, **more: Any) -> Fact:
        return consent(PARENT, provisions=tuple((each, (ConceptId("follow-up"),)) for each in rulings), **more)

    @pytest.mark.parametrize(
        ("rulings", "expected"),
        [
            (("permit",), "MET"),
            (("deny",), "NOT_MET"),
            (("permit", "deny"), "CONFLICTING"),
            ((), "NEEDS_ATTESTATION"),
        ],
    )
    def test_permit_and_deny(self, rulings: tuple[str, ...], expected: str) -> None:
        assert outcome(self.naming(*rulings), node=self.node) == expected

    def test_the_latest_consent_that_names_it_decides(self) -> None:
        given: list[Fact | Reading] = [
            self.naming("deny", id_="a", signed="2025-01-01"),
            self.naming("permit", id_="b", signed="2026-01-01"),
            self.naming(id_="c", signed="2026-02-01"),
        ]
        assert outcome(*given, node=self.node) == "MET"

    def test_a_contested_one_conflicts_and_one_out_of_force_is_not_asked(self) -> None:
        one, two = (
            reading(self.naming("permit"), at=source("Consent", "c", updated=None, content=content))
            for content in ("a", "b")
        )
        assert outcome(one, two, node=self.node) == "CONFLICTING"
        assert outcome(self.naming("permit", status="inactive"), node=self.node) == "NEEDS_ATTESTATION"
