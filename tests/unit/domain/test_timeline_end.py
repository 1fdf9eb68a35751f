"""What began after a moment is left out of a timeline, whatever it is; the rest stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.source import Completeness, RejectionReason
from fhir_adapter.domain.statements import SignerRole
from fhir_adapter.domain.timeline_end import end_timeline
from tests.builders import (
    ZONE,
    attestation,
    consent,
    diagnosis,
    exposure,
    finding,
    moment,
    patient,
    procedure,
    receipt,
    refused,
)
from tests.scenes import timeline
from tests.unit.domain.safety.reports import report

LAST = datetime(2026, 3, 17, 23, 59, tzinfo=ZONE)
BY_THEN, LATER = "2026-03-17T23:59", "2026-03-17T23:59:01"


def left(*given: Fact | Reading | Completeness) -> bool:
    """Whether anything of these facts is left out."""
    whole = timeline(*given)
    return end_timeline(whole, LAST, ZONE) != whole


@pytest.mark.parametrize(
    ("at", "is_left"),
    [(BY_THEN, False), (LATER, True), ("2026-03-17", False), ("2026-03-18", True), (None, False)],
)
class TestEachKind:
    def test_a_result(self, at: str | None, is_left: bool) -> None:
        assert left(finding("alt", "30", at=at)) is is_left

    def test_something_given(self, at: str | None, is_left: bool) -> None:
        assert left(exposure("norepinephrine", at)) is is_left

    def test_a_problem(self, at: str | None, is_left: bool) -> None:
        assert left(diagnosis("crs", at)) is is_left

    def test_a_procedure(self, at: str | None, is_left: bool) -> None:
        assert left(procedure("sedation", at)) is is_left

    def test_a_report(self, at: str | None, is_left: bool) -> None:
        assert left(replace(report(on=None), occurred=finding("alt", at=at, answer="").effective)) is is_left

    def test_what_could_not_be_read(self, at: str | None, is_left: bool) -> None:
        assert left(refused(RejectionReason.INVALID_RESOURCE, "alt", at=at)) is is_left


def test_only_what_began_later_is_left_out() -> None:
    early, late = finding("alt", "30", at="2026-03-17"), finding("alt", "40", at="2026-03-18")
    other = finding("hemoglobin", "8", "g/dL", at="2026-03-18")
    ended = end_timeline(timeline(late, other, early), LAST, ZONE)
    assert {concept: found for concept, found in ended.findings.items() if found} == {ConceptId("alt"): (early,)}


def test_what_goes_on_after_it_counts_by_its_beginning() -> None:
    assert not left(exposure("norepinephrine", "2026-03-17T12:00/2026-03-19T12:00"))
    assert left(exposure("norepinephrine", "2026-03-18T12:00/2026-03-19T12:00"))


@pytest.mark.parametrize(("noticed", "is_left"), [("2026-03-17", False), ("2026-03-18", True)])
def test_what_says_only_when_it_was_noticed_or_written_down_counts_by_that(noticed: str, is_left: bool) -> None:
    assert left(diagnosis("crs", None, recorded=moment(noticed))) is is_left
    assert left(report(on=None, detected=moment(noticed))) is is_left
    assert left(report(on=None, recorded=moment(noticed))) is is_left
    assert not left(report(on="2026-03-10", recorded=moment(noticed)))


def test_who_it_is_and_what_persons_said_stays() -> None:
    said = attestation("study-part", "phase1", at="2026-04-01T09:00")
    signed = consent(SignerRole.PATIENT, signed="2026-04-01T09:00")
    assert not left(patient(), said, signed, receipt("Observation"))
