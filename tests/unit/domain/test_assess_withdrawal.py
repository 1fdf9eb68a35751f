from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.operators import ConsentWithdrawn
from fhir_adapter.domain.statements import ConsentStatement, SignerRole
from tests.builders import consent, receipt
from tests.scenes import outcome

PATIENT, PARENT, OTHER = SignerRole.PATIENT, SignerRole.REPRESENTATIVE, SignerRole.OTHER
NODE = ConsentWithdrawn()


def withdrawn(*roles: SignerRole, signed: str | None = "2026-03-01", **more: Any) -> ConsentStatement:
    return consent(*roles, id_="old", signed=signed, status="inactive", **more)


class TestRenewal:
    @pytest.mark.parametrize(
        ("refused_by", "signed_by", "expected"),
        [
            ((PARENT,), (PARENT,), "NOT_MET"),
            ((PARENT,), (PATIENT, PARENT), "NOT_MET"),
            ((PATIENT, PARENT), (PARENT,), "NOT_MET"),
            ((PARENT,), (PATIENT,), "CONFLICTING"),  # the father withdrew, the daughter did not
            ((PATIENT,), (PARENT,), "CONFLICTING"),
            ((), (PARENT,), "NOT_MET"),  # nobody is named: the later one holds
            ((OTHER,), (PARENT,), "NOT_MET"),
        ],
    )
    def test_a_refusal_is_taken_back_by_those_who_refused(
        self, refused_by: tuple[SignerRole, ...], signed_by: tuple[SignerRole, ...], expected: str
    ) -> None:
        assert outcome(withdrawn(*refused_by), consent(*signed_by), node=NODE) == expected

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [(("p",), ("p", "q"), "NOT_MET"), (("p",), ("q",), "CONFLICTING"), ((), ("q",), "NOT_MET")],
    )
    def test_a_consent_to_another_study_takes_nothing_back(
        self, old: tuple[str, ...], new: tuple[str, ...], expected: str
    ) -> None:
        assert outcome(withdrawn(PARENT, policies=old), consent(PARENT, policies=new), node=NODE) == expected

    def test_a_later_refusal_holds_whoever_signed(self) -> None:
        assert outcome(withdrawn(PARENT, signed="2026-03-04"), consent(PATIENT), node=NODE) == "MET"


class TestReading:
    def test_no_withdrawal_is_known_only_where_every_consent_was_read(self) -> None:
        given = consent(PARENT)
        assert outcome(given, receipt("Consent"), node=NODE) == "NOT_MET"
        assert outcome(given, receipt("Consent", complete=False), node=NODE) == "MISSING"
        assert outcome(given, receipt("Consent", truncated=True), node=NODE) == "MISSING"
        assert outcome(given, receipt("Consent", hidden=True), node=NODE) == "HIDDEN"

    def test_a_withdrawal_that_was_read_holds_whatever_else_is_hidden(self) -> None:
        assert outcome(withdrawn(PARENT), receipt("Consent", hidden=True), node=NODE) == "MET"
