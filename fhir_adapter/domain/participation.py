"""How a subject moves through the trial: what the adapter may set by itself, what only a person may.

Knows: participation statuses of FHIR R4, the trial's graph of moves. Does not know: who decides, what is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.protocol import ParticipationRule
from fhir_adapter.domain.records import Answer, EligibilityRecord, Verdict
from fhir_adapter.errors import DecisionRefusedError

POTENTIAL_CANDIDATE = "potential-candidate"
CANDIDATE = "candidate"
SCREENING = "screening"
ELIGIBLE = "eligible"
INELIGIBLE = "ineligible"
NOT_REGISTERED = "not-registered"
WITHDRAWN = "withdrawn"
OFF_STUDY = "off-study"

VERDICT_STATUSES = frozenset({ELIGIBLE, INELIGIBLE})
"""Statuses that say a person accepted a verdict."""

FINAL_STATUSES = frozenset({NOT_REGISTERED, WITHDRAWN, OFF_STUDY})
"""Statuses that end participation. Source: clinical rules H.1, rows without a following status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What participation rests on beside the record.

    Attributes:
        status: 0..1; where the subject stands now.
        moved: A person moved the subject: automatic statuses ended there.
        listed: The patient is on a roster or in a group.
        stopped: Consent is withdrawn or the patient died: nothing is automatic any more.
    """

    status: str | None
    moved: bool
    listed: bool
    stopped: bool = False


def derive_status(rule: ParticipationRule, standing: Standing, record: EligibilityRecord) -> str | None:
    """Say where the adapter's own rules put a subject.

    Never sets `eligible`, `ineligible` or anything later: a named person does. Never goes back, and never
    touches a subject a person has moved.

    Args:
        rule: The trial's participation rule.
        standing: Where the subject stands.
        record: The subject's eligibility now.

    Returns:
        The status now; None = the patient is in no written state and nothing is written about them.

    Source:
        design contracts, Who is written: (a) listed = candidate, (b) diagnosis part MET = potential-candidate,
        (c) valid research consent = screening.
    """
    if standing.moved or standing.stopped:
        return standing.status
    reached = [status for status in _grounds(rule, standing, record) if status in rule.automatic]
    if not reached:
        return standing.status
    highest = max(reached, key=rule.automatic.index)
    if standing.status is None:
        return highest
    return highest if highest in rule.graph.get(standing.status, ()) else standing.status


def _grounds(rule: ParticipationRule, standing: Standing, record: EligibilityRecord) -> Iterable[str]:
    if any(has_met_part(record, part) for part in rule.prescreen_parts):
        yield POTENTIAL_CANDIDATE
    if standing.listed:
        yield CANDIDATE
    if verdict_of(record, rule.consent_criterion) is Verdict.PASS:
        yield SCREENING


def verdict_of(record: EligibilityRecord, criterion: str) -> Verdict | None:
    """Give one criterion's verdict; None if the trial has no such criterion."""
    return next((result.verdict for result in record.criteria if result.id == criterion), None)


def has_met_part(record: EligibilityRecord, part: str) -> bool:
    """Say whether a named part of any criterion is MET; a criterion counts as a part of itself."""
    return any(
        (result.id == part and result.verdict is Verdict.PASS) or _is_met(result.parts, part)
        for result in record.criteria
    )


def _is_met(answers: tuple[Answer, ...], part: str) -> bool:
    return any(
        (answer.part == part and answer.truth is Truth.MET) or _is_met(answer.parts, part) for answer in answers
    )


def allowed_moves(rule: ParticipationRule, status: str | None) -> tuple[str, ...]:
    """List the statuses a person may choose next.

    Args:
        rule: The trial's participation rule.
        status: 0..1; where the subject stands; None = not in the trial's books yet.

    Returns:
        0..*; in the graph's order; for None the statuses participation may begin with.
    """
    return rule.automatic if status is None else rule.graph.get(status, ())


def check_move(rule: ParticipationRule, status: str | None, to: str) -> None:
    """Refuse a move the trial's graph does not have.

    Args:
        rule: The trial's participation rule.
        status: 0..1; where the subject stands.
        to: Where a person wants to put it.

    Raises:
        DecisionRefusedError: There is no such arrow; the message names those there are.

    Source:
        clinical rules H.1; the arrows are the trial's own, R4 has none.
    """
    allowed = allowed_moves(rule, status)
    if to not in allowed:
        here = status or "no status yet"
        choice = ", ".join(allowed) if allowed else "nothing: participation has ended"
        raise DecisionRefusedError(f"no move from {here} to {to}; allowed: {choice}")


def exit_status(rule: ParticipationRule, status: str | None) -> str | None:
    """Say with which status a subject leaves who withdraws consent.

    Args:
        rule: The trial's participation rule.
        status: 0..1; where the subject stands.

    Returns:
        `withdrawn` before registration, `off-study` afterwards, `not-registered` where neither may follow;
        None if participation has ended, or has no status the graph lets it end with.

    Source:
        clinical rules G.4 A35, H.1: R4 `withdrawn` means before registration.
    """
    allowed = allowed_moves(rule, status)
    return next((end for end in (WITHDRAWN, OFF_STUDY, NOT_REGISTERED) if end in allowed), None)
