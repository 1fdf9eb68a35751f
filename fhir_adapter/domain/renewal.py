"""Renewed consent: a child who reaches an age at which they sign for themselves is asked again.

Knows: birthdays, consents, the days of grace. Does not know: who is asked, how it is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from fhir_adapter.domain.assessment import walk
from fhir_adapter.domain.operators import ConsentSigned
from fhir_adapter.domain.protocol import ParticipationRule, Trial
from fhir_adapter.domain.spans import birthday
from fhir_adapter.domain.statements import ConsentStatement, SignerRole
from fhir_adapter.domain.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Where renewed consent stands on one day.

    Attributes:
        due_age: 0..1; the age [a] reached without a consent of its own since.
        due_since: 0..1; the birthday.
        overdue: True once the days of grace are over: a deviation.
        recheck_on: 0..1; the next day on which this may change by itself.
    """

    due_age: int | None = None
    due_since: date | None = None
    overdue: bool = False
    recheck_on: date | None = None


def signature_rule(trial: Trial) -> ConsentSigned | None:
    """Find who must sign at which age in the trial's consent criterion; None where it does not say."""
    rules = (each.rule for each in trial.criteria if each.id == trial.participation.consent_criterion)
    return next((node for rule in rules for node in walk(rule) if isinstance(node, ConsentSigned)), None)


def assess_renewal(
    rule: ParticipationRule, timeline: Timeline, signed: ConsentSigned | None, today: date, zone: tzinfo
) -> Renewal:
    """Say whether a participant's consent has to be renewed because of an age reached.

    Does not say whether the first consent was valid; see the consent criterion.

    Args:
        rule: The ages and the days of grace.
        timeline: The person's facts.
        signed: 0..1; the trial's rule of who must sign at which age.
        today: Calendar day of the judgement in the hospital's zone.
        zone: The hospital's zone.

    Returns:
        Nothing due where the birth date is unknown or partial: no age is guessed.

    Source:
        clinical review PUT-13: on reaching 14 and 18 a re-consent item opens; without it after 30 d a deviation.
    """
    birth = _birth_day(timeline, zone)
    if birth is None:
        return Renewal()
    coming = [birthday(birth, age) for age in rule.consent_due_ages]
    upcoming = min((day for day in coming if day > today), default=None)
    reached = [(age, day) for age, day in zip(rule.consent_due_ages, coming, strict=True) if day <= today]
    if not reached:
        return Renewal(recheck_on=upcoming)
    age, since = max(reached, key=lambda pair: pair[1])
    if _is_renewed(timeline, signed, age, since, zone):
        return Renewal(recheck_on=upcoming)
    grace_over = since + timedelta(days=rule.consent_grace_days + 1)
    overdue = today >= grace_over
    next_day = upcoming if overdue else min(day for day in (grace_over, upcoming) if day is not None)
    return Renewal(due_age=age, due_since=since, overdue=overdue, recheck_on=next_day)


def _birth_day(timeline: Timeline, zone: tzinfo) -> date | None:
    demographics = timeline.demographics
    if demographics is None or demographics.birth_date is None:
        return None
    return demographics.birth_date.day(zone)


def _is_renewed(timeline: Timeline, signed: ConsentSigned | None, age: int, since: date, zone: tzinfo) -> bool:
    """Signers of several documents count together, as they do for the first consent."""
    policies = signed.policies if signed is not None else ()
    renewing = [
        consent
        for consent in timeline.consents
        if _counts(consent, policies) and (day := _signed_on(consent, zone)) is not None and day >= since
    ]
    signers = {signer for consent in renewing for signer in consent.signers}
    return bool(renewing) and _required(signed, age) <= signers


def _counts(consent: ConsentStatement, policies: tuple[str, ...]) -> bool:
    is_in_force = consent.status == "active" and not consent.denies and consent.verified is not False
    return consent.is_research and is_in_force and (not policies or not set(policies).isdisjoint(consent.policies))


def _signed_on(consent: ConsentStatement, zone: tzinfo) -> date | None:
    return consent.signed.day(zone) if consent.signed is not None else None


def _required(signed: ConsentSigned | None, age: int) -> set[SignerRole]:
    rules = signed.rules if signed is not None else ()
    return next((set(rule.roles) for rule in rules if rule.below_years is None or age < rule.below_years), set())
