from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fhir_adapter.domain.facts import Demographics
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.operators import ConsentSigned
from fhir_adapter.domain.renewal import Renewal, assess_renewal, signature_rule
from fhir_adapter.domain.source import HospitalId, ResourceVersion
from fhir_adapter.domain.statements import ConsentStatement, SignerRole
from fhir_adapter.domain.timeline import Timeline
from tests.study import PARTICIPATION, SIGNATURES, ZONE, make_trial

SIGNED = ConsentSigned(rules=SIGNATURES)
PARENT, CHILD = SignerRole.REPRESENTATIVE, SignerRole.PATIENT


def source(kind: str) -> ResourceVersion:
    return ResourceVersion(HospitalId("h"), kind, "1", "1", None, "c")


def consent(day: date, *signers: SignerRole, **changes: object) -> ConsentStatement:
    moment = FhirDateTime(day.isoformat(), Precision.DAY, day)
    statement = ConsentStatement(
        source=source("Consent"), path="Consent", status="active", is_research=True, signed=moment, signers=signers
    )
    return replace(statement, **changes)  # type: ignore[arg-type]


def timeline(*consents: ConsentStatement, birth: date | None = date(2012, 3, 11)) -> Timeline:
    written = FhirDateTime(birth.isoformat(), Precision.DAY, birth) if birth else None
    person = Demographics(source=source("Patient"), path="Patient", birth_date=written, gender=None, deceased=None)
    return Timeline(demographics=person, consents=consents)


def assess(facts: Timeline, today: date) -> Renewal:
    return assess_renewal(PARTICIPATION, facts, SIGNED, today, ZONE)


FIRST = consent(date(2025, 12, 1), PARENT)


def test_nothing_is_due_the_day_before_the_birthday() -> None:
    assert assess(timeline(FIRST), date(2026, 3, 10)) == Renewal(recheck_on=date(2026, 3, 11))


def test_renewed_consent_is_due_on_the_fourteenth_birthday() -> None:
    assert assess(timeline(FIRST), date(2026, 3, 11)) == Renewal(
        due_age=14, due_since=date(2026, 3, 11), recheck_on=date(2026, 4, 11)
    )


@pytest.mark.parametrize(("today", "overdue"), [(date(2026, 4, 10), False), (date(2026, 4, 11), True)])
def test_thirty_days_of_grace_are_given(today: date, overdue: bool) -> None:
    assert assess(timeline(FIRST), today).overdue is overdue


def test_once_overdue_it_is_looked_at_again_at_the_next_age() -> None:
    assert assess(timeline(FIRST), date(2026, 5, 1)).recheck_on == date(2030, 3, 11)


def test_a_consent_signed_on_the_birthday_by_both_renews_it() -> None:
    renewed = consent(date(2026, 3, 11), PARENT, CHILD)
    assert assess(timeline(FIRST, renewed), date(2026, 4, 20)) == Renewal(recheck_on=date(2030, 3, 11))


@pytest.mark.parametrize(
    "other",
    [
        consent(date(2026, 3, 10), PARENT, CHILD),
        consent(date(2026, 3, 20), PARENT),
        consent(date(2026, 3, 20), PARENT, CHILD, status="proposed"),
        consent(date(2026, 3, 20), PARENT, CHILD, is_research=False),
        consent(date(2026, 3, 20), PARENT, CHILD, denies=True),
        consent(date(2026, 3, 20), PARENT, CHILD, verified=False),
        consent(date(2026, 3, 20), PARENT, CHILD, signed=None),
        consent(
            date(2026, 3, 20), PARENT, CHILD, signed=FhirDateTime("2026-03", Precision.MONTH, date(2026, 3, 1))
        ),
    ],
    ids=[
        "a day early",
        "parent alone",
        "not active",
        "not research",
        "denied",
        "refuted",
        "undated",
        "month only",
    ],
)
def test_a_consent_that_falls_short_renews_nothing(other: ConsentStatement) -> None:
    assert assess(timeline(FIRST, other), date(2026, 3, 25)).due_age == 14


def test_two_documents_since_the_birthday_renew_it_together() -> None:
    both = timeline(FIRST, consent(date(2026, 3, 12), PARENT), consent(date(2026, 3, 19), CHILD))
    assert assess(both, date(2026, 4, 20)).due_age is None


def test_at_eighteen_the_patient_signs_alone() -> None:
    grown = timeline(consent(date(2030, 3, 12), CHILD))
    assert assess(grown, date(2030, 4, 1)) == Renewal()
    assert assess(timeline(FIRST), date(2030, 3, 11)).due_age == 18


def test_without_a_full_date_of_birth_no_age_is_guessed() -> None:
    year = FhirDateTime("2012", Precision.YEAR, date(2012, 1, 1))
    known = timeline(FIRST)
    assert known.demographics is not None
    partial = replace(known, demographics=replace(known.demographics, birth_date=year))
    for facts in (timeline(FIRST, birth=None), partial, replace(known, demographics=None)):
        assert assess(facts, date(2026, 3, 11)) == Renewal()


def test_a_trial_that_names_no_signers_takes_any_later_consent() -> None:
    later = timeline(FIRST, consent(date(2026, 3, 12)))
    assert assess_renewal(PARTICIPATION, later, None, date(2026, 3, 20), ZONE).due_age is None


def test_a_consent_to_another_policy_renews_nothing() -> None:
    asked = ConsentSigned(rules=SIGNATURES, policies=("ours",))
    for policies, due in ((("theirs",), 14), (("ours", "more"), None)):
        facts = timeline(consent(date(2026, 3, 12), PARENT, CHILD, policies=policies))
        assert assess_renewal(PARTICIPATION, facts, asked, date(2026, 3, 20), ZONE).due_age == due


def test_a_trial_without_ages_asks_nobody_again() -> None:
    rule = replace(PARTICIPATION, consent_due_ages=())
    assert assess_renewal(rule, timeline(FIRST), SIGNED, date(2030, 4, 1), ZONE) == Renewal()


def test_the_signers_are_found_in_the_consent_criterion() -> None:
    found = signature_rule(make_trial())
    assert found is not None
    assert found.rules == SIGNATURES
    assert signature_rule(replace(make_trial(), criteria=())) is None
