from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from fhir_adapter.domain.dosing.stated import Stated, find_stated
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.statements import Attestation
from tests.builders import ZONE, attestation
from tests.scenes import AS_OF, timeline

HAPLO = attestation("donor-type", "haploidentical", at="2026-03-01T09:00")


def said(*made: Attestation, until: datetime = AS_OF) -> Stated:
    return find_stated(timeline(*made).attestations, "donor-type", until=until, zone=ZONE)


def test_nobody_said_anything() -> None:
    assert said(attestation("dose-level", "1")) == Stated(reason=UnknownReason.NEEDS_ATTESTATION)


def test_what_everybody_says_holds_with_all_of_them_as_evidence() -> None:
    found = said(HAPLO, attestation("donor-type", "haploidentical", by="dr-lang", at="2026-03-04T23:30"))
    assert (found.value, found.reason, found.authored) == ("haploidentical", None, date(2026, 3, 4))
    assert len(found.evidence) == 2


def test_people_who_differ_settle_nothing() -> None:
    found = said(HAPLO, attestation("donor-type", "matched-related", by="dr-lang", at="2026-03-04T09:00"))
    assert (found.value, found.reason, len(found.evidence)) == (None, UnknownReason.CONFLICTING, 2)


def test_a_statement_with_two_contents_settles_nothing() -> None:
    found = said(replace(HAPLO, contested=True))
    assert (found.value, found.reason) == (None, UnknownReason.CONFLICTING)


def test_a_later_statement_of_the_same_person_replaces_the_earlier() -> None:
    assert said(HAPLO, attestation("donor-type", "matched-related")).value == "matched-related"
    assert (
        said(HAPLO, attestation("donor-type", "matched-related", at="2026-03-11T12:01")).value == "haploidentical"
    )
