from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from fhir_adapter.domain.assessment import assess
from fhir_adapter.domain.operators import Age, AgeAt, Sex
from tests.builders import ZONE, moment, patient, reading, source
from tests.scenes import ask, scene, verdict

AGE = Age(at_least=1, below=26, at=AgeAt.AS_OF)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2025-03-11", "MET"),  # the first birthday
        ("2025-03-12", "NOT_MET"),
        ("2000-03-12", "MET"),  # the day before the 26th birthday
        ("2000-03-11", "NOT_MET"),
        ("2000", "PARTIAL_DATE"),
        ("2001", "MET"),
        (None, "MISSING"),
        ("0001-01-01", "NOT_MET"),
        ("9999-12-31", "NOT_MET"),
    ],
)
def test_completed_years_today(born: str | None, expected: str) -> None:
    assert verdict(ask(AGE, patient(born))) == expected


def test_open_bounds() -> None:
    assert verdict(ask(Age(at_least=7), patient("2018-05-20"))) == "MET"
    assert verdict(ask(Age(below=7), patient("2018-05-20"))) == "NOT_MET"


@pytest.mark.parametrize(
    ("signed", "expected"), [("2026-03-02", "MET"), ("2026-03-05", "NOT_MET"), ("2026-03", "PARTIAL_DATE")]
)
def test_age_at_consent(signed: str, expected: str) -> None:
    node = Age(below=18, at=AgeAt.CONSENT)
    assert verdict(ask(node, patient("2008-03-05"), consent_signed=signed)) == expected


def test_without_consent_the_age_of_today_counts_and_birthdays_change_it() -> None:
    answer = ask(Age(below=18, at=AgeAt.CONSENT), patient("2008-03-20"))
    assert verdict(answer) == "MET"
    assert answer.expires == datetime(2026, 3, 20, tzinfo=ZONE)
    assert ask(Age(below=18, at=AgeAt.CONSENT), patient("2008-03-20"), consent_signed="2026-03-02").expires is None


def test_age_at_the_anchor_is_fixed_once_the_planned_day_is_past() -> None:
    node = Age(below=18, at=AgeAt.ANCHOR)
    assert verdict(ask(node, patient("2008-03-06"), planned="2026-03-05")) == "MET"
    assert ask(node, patient("2008-03-20"), planned="2026-03-05").expires is None
    assert verdict(ask(node, patient("2008-03-06"))) == "NOT_MET"


def test_the_date_of_birth_is_evidence() -> None:
    [evidence] = ask(AGE, patient()).evidence
    assert (evidence.reference, evidence.path, evidence.role) == (
        "Patient/child",
        "Patient.birthDate",
        "birthDate",
    )


def test_a_contested_patient_conflicts() -> None:
    one, two = (
        reading(patient(born), at=source("Patient", "child", updated=None, content=born))
        for born in ("2018-05-20", "2018-05-21")
    )
    assert verdict(ask(AGE, one, two)) == "CONFLICTING"
    assert verdict(ask(Sex(is_="male"), one, two)) == "CONFLICTING"


@pytest.mark.parametrize(
    ("sex", "expected"),
    [("female", "MET"), ("male", "NOT_MET"), ("other", "MISSING"), ("unknown", "MISSING"), (None, "MISSING")],
)
def test_administrative_gender(sex: str | None, expected: str) -> None:
    assert verdict(ask(Sex(is_="female"), patient(sex=sex))) == expected


def test_nobody_known_nothing_known() -> None:
    assert verdict(ask(AGE)) == "MISSING"
    assert ask(Sex(is_="female")).next_fact == "sex"


@pytest.mark.parametrize(
    ("first", "expected"), [("2008-03-04", "CONFLICTING"), ("2008-03-05", "MET"), ("2026-03-02", "MET")]
)
def test_several_consents_count_only_where_the_age_held_at_all_of_them(first: str, expected: str) -> None:
    node = Age(at_least=1, below=26, at=AgeAt.CONSENT)
    there = replace(scene(patient("2007-03-05"), consent_signed=first), consent_signed_last=moment("2026-03-02"))
    assert verdict(assess(node, there)) == expected
