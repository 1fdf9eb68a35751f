"""One subject of the cohort from its treatment and safety records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from fhir_adapter.domain.cohort.from_records import read_subject
from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.evidence import of_attestation
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.domain.source import HospitalId, SubjectId
from tests.builders import ZONE, attestation
from tests.reactions import FIRST, SECOND, at, episode, event, syndromes
from tests.stored_safety import safety
from tests.stored_treatment import clearance, treatment


def said(*when: str, link: str = "dose-level") -> tuple[Any, ...]:
    """Evidence of statements about the level."""
    return tuple(of_attestation(attestation(link, Decimal(1), by=f"p{day}", at=day)) for day in when)


def subject(treated: TreatmentRecord | None = None, seen: SafetyRecord | None = None) -> CohortSubject:
    """Read the subject."""
    return read_subject(
        SubjectId("S-1"),
        HospitalId("ward"),
        "on-study",
        treatment=treated,
        safety=seen,
        level_link="dose-level",
        zone=ZONE,
    )


def test_without_records_nothing_is_known() -> None:
    assert subject() == CohortSubject(
        subject=SubjectId("S-1"), hospital=HospitalId("ward"), status="on-study", level=None
    )


def test_the_level_is_that_of_the_treatment_else_of_the_safety_record() -> None:
    assert subject(treatment(level=2), safety()).level == 2
    assert subject(treatment(level=None), safety()).level == 1
    assert subject(None, safety()).level == 1


class TestAssigned:
    def test_a_statement_with_its_time_means_that_moment(self) -> None:
        made = subject(treatment(evidence=said("2026-03-01T09:00")))
        assert made.assigned == (at("03-01T09:00"), at("03-01T09:00"))

    def test_one_dated_by_day_means_any_moment_of_it(self) -> None:
        first, last = subject(treatment(evidence=said("2026-03-01"))).assigned or (None, None)
        assert first == at("03-01T00:00")
        assert last is not None
        assert at("03-01T23:59") < last < at("03-02T00:00")

    def test_of_several_the_earliest_counts(self) -> None:
        made = subject(treatment(evidence=said("2026-03-05T09:00", "2026-03-01T09:00")))
        assert made.assigned == (at("03-01T09:00"), at("03-01T09:00"))

    def test_another_link_and_an_unreadable_time_assign_nothing(self) -> None:
        other = said("2026-03-01T09:00", link="dose-level-wish")
        odd = tuple(replace(each, effective="in March") for each in said("2026-03-01T09:00"))
        assert subject(treatment(evidence=other)).assigned is None
        assert subject(treatment(evidence=odd)).assigned is None


class TestInfusions:
    def test_they_are_those_of_the_safety_record_in_order(self) -> None:
        seen = safety(infusions=((2, SECOND), (1, FIRST)))
        assert subject(treatment(), seen).infusions == ((1, FIRST), (2, SECOND))

    def test_without_one_those_the_treatment_judged(self) -> None:
        given = clearance(infusion=1, as_of=FIRST, is_retrospective=True)
        planned = clearance(infusion=2, as_of=SECOND, is_retrospective=False)
        assert subject(treatment(clearances=(planned, given))).infusions == ((1, FIRST),)


class TestSuspicion:
    def limiting(self, *ids: str) -> Any:
        """What the record names."""
        return replace(safety().dose_limiting, events=ids)

    def test_it_begins_with_the_first_of_what_is_named(self) -> None:
        late = episode(start=at("03-09"))
        early = episode(id="ICANS-1", syndrome=Syndrome.ICANS, start=at("03-05"))
        coded = event(id="AE-7", onset_on=date(2026, 3, 4))
        seen = safety(syndromes=syndromes(late, early), events=(coded,))
        named = replace(seen, dose_limiting=self.limiting("CRS-1", "ICANS-1", "AE-7"))
        assert subject(None, named).suspected_since == at("03-04T00:00")
        assert subject(None, replace(seen, dose_limiting=self.limiting("CRS-1"))).suspected_since == at("03-09")

    def test_nothing_named_and_nothing_dated_begin_nowhere(self) -> None:
        seen = safety(syndromes=syndromes(episode()), events=(event(id="AE-7", onset_on=None),))
        assert subject(None, replace(seen, dose_limiting=self.limiting())).suspected_since is None
        assert subject(None, replace(seen, dose_limiting=self.limiting("AE-7"))).suspected_since is None


def test_missing_days_are_those_of_every_syndrome_once() -> None:
    days = (date(2026, 3, 6), date(2026, 3, 4))
    assert subject(None, safety(syndromes=syndromes(missing=days))).missing == (date(2026, 3, 4), date(2026, 3, 6))
