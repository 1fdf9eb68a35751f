"""A named person states whether a criterion's statement holds, or what is planned.

Knows: which statements a trial allows, who may make them. Does not know: what a statement decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fhir_adapter.domain.assessment import walk
from fhir_adapter.domain.criterion import Kind
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.operators import Attested, Node
from fhir_adapter.domain.protocol import AttestationLink, LinkType, Trial
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import ResourceVersion
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.treatment_operators import NoReaction
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.rows import AuditEntry, SubjectRow
from fhir_adapter.sync.desk import Desk, derive_again, find_person, find_subject, require_reason

ATTESTATION = "Attestation"
_ID_LENGTH = 20
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestRequest:
    """A statement as a person makes it.

    Attributes:
        subject: Subject id, `Patient/ID` or `system|value`.
        link: Criterion id or another link of the trial.
        value: As text.
        by: Person id or full name.
        reason: 0..1; in the person's words.
        supersedes: 0..1; id of an earlier statement under the same link, whoever made it.
    """

    subject: str
    link: str
    value: str
    by: str
    reason: str | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attesting:
    """What came of a statement.

    Attributes:
        id: By which a later statement can supersede it.
        meaning: What it says, in words.
        record: 0..1; the subject's record derived with it.
    """

    id: str
    subject: SubjectRow
    meaning: str
    record: EligibilityRecord | None


def explain_statement(trial: Trial, link: str, value: str) -> str:
    """Say what a statement would mean, before it is saved.

    Args:
        trial: Names the links.
        link: Criterion id or another link.
        value: As text.

    Returns:
        One sentence; for an exclusion it says which way the criterion turns.

    Raises:
        UsageError: The trial has no such link, or the value does not fit it; the message names what does.
    """
    known = _link(trial, link)
    holds = _typed(known, value)
    _check_level(trial, link, holds)
    text = f"{known.link_id} = {value}: {known.text}"
    kind = next((criterion.kind for criterion in trial.criteria if criterion.id == link), None)
    if kind is not Kind.EXCLUSION:
        return text
    return f"{text} ({'the exclusion applies: FAIL' if holds else 'the exclusion does not apply'})"


def run_attest(desk: Desk, request: AttestRequest) -> Attesting:
    """Save a statement and derive the subject again.

    Anybody listed may state what the trial allows to be stated; where a criterion asks for a role, its author
    needs it. The statement stays in the adapter: it is never written to the hospital.

    Args:
        desk: Where it happens.
        request: The statement.

    Returns:
        Its id, its meaning and the subject's record now.

    Raises:
        UsageError: No such subject, link or earlier statement, or a value that does not fit.
        DecisionRefusedError: The person is not listed, lacks the role, or releases a reaction without a reason.

    Source:
        design contracts, Attestations.
    """
    row = find_subject(desk, request.subject)
    meaning = explain_statement(desk.trial, request.link, request.value)
    person = find_person(desk.traits, request.by, _roles(desk.trial, request.link))
    if _is_release(desk.trial, request.link):
        require_reason(request.reason or "")
    if request.supersedes is not None:
        _check_superseded(desk, row, request)
    now = desk.clock.now()
    reading = _reading(desk, row, request, person.id, now)
    audit = AuditEntry(
        at=now,
        who=person.id,
        action="attest",
        subject=row.subject,
        old=request.supersedes,
        new=f"{request.link}={request.value}",
        reason=request.reason,
    )
    desk.store.facts.save_attestation(row.person, reading, at=now, audit=audit)
    record = derive_again(desk, row.subject)
    return Attesting(id=reading.source.id, subject=row, meaning=meaning, record=record)


def _link(trial: Trial, link: str) -> AttestationLink:
    known = trial.links.get(link)
    if known is None:
        raise UsageError(f"this trial has no statement {link}; it has: {', '.join(sorted(trial.links))}")
    return known


def _typed(link: AttestationLink, text: str) -> bool | date | Decimal | str:
    try:
        if link.type is LinkType.BOOLEAN:
            return _TRUTHS[text]
        if link.type is LinkType.DATE:
            return date.fromisoformat(text)
        if link.type is LinkType.INTEGER:
            return Decimal(int(text))
    except (KeyError, ValueError):
        raise UsageError(f"{link.link_id} is answered with {_expected(link)}") from None
    if text not in link.values:
        raise UsageError(f"{link.link_id} is answered with {_expected(link)}")
    return text


def _check_level(trial: Trial, link: str, value: bool | date | Decimal | str) -> None:
    """A dose level is one of the plan's: a slip of the pen must not assign anybody to nothing."""
    levels = trial.regimen.levels if trial.regimen is not None else None
    if levels is not None and link == levels.link_id and value not in levels.totals:
        raise UsageError(f"{link} is answered with {' or '.join(map(str, sorted(levels.totals)))}")


def _expected(link: AttestationLink) -> str:
    if link.type is LinkType.CODE:
        return " or ".join(link.values)
    words = {
        LinkType.BOOLEAN: "true or false",
        LinkType.DATE: "a date YYYY-MM-DD",
        LinkType.INTEGER: "a whole number",
    }
    return words[link.type]


def _nodes(trial: Trial) -> Iterator[Node]:
    for criterion in (*trial.criteria, *(each.criterion for each in trial.clearance)):
        yield from walk(criterion.rule)


def _is_release(trial: Trial, link: str) -> bool:
    """Say whether a statement releases reactions: it counts with a reason only."""
    return any(isinstance(node, NoReaction) and node.release.link_id == link for node in _nodes(trial))


def _roles(trial: Trial, link: str) -> frozenset[str]:
    asked = [
        set(node.roles)
        for node in _nodes(trial)
        if isinstance(node, Attested) and node.link_id == link and node.roles
    ]
    return frozenset[str]().union(*asked)


def _check_superseded(desk: Desk, row: SubjectRow, request: AttestRequest) -> None:
    earlier = {
        name
        for attestation in _attestations(desk, row)
        if attestation.link_id == request.link
        for name in (attestation.source.id, attestation.source.reference)
    }
    if request.supersedes not in earlier:
        raise UsageError(f"the subject has no earlier statement {request.supersedes} about {request.link}")


def _attestations(desk: Desk, row: SubjectRow) -> Iterator[Attestation]:
    for reading in desk.store.facts.load_readings(row.person, reading_digest=desk.reading_digest):
        yield from (fact for fact in reading.facts if isinstance(fact, Attestation))


def _reading(desk: Desk, row: SubjectRow, request: AttestRequest, author: str, now: datetime) -> Reading:
    authored = FhirDateTime(now.isoformat(), Precision.TIME, now.date(), now)
    content = digest_of(
        row.subject, request.link, request.value, author, authored.text, request.supersedes, request.reason
    )
    source = ResourceVersion(desk.traits.id, ATTESTATION, content[:_ID_LENGTH], "1", authored, content)
    statement = Attestation(
        source=source,
        path="Attestation.value",
        link_id=request.link,
        value=_typed(_link(desk.trial, request.link), request.value),
        author=author,
        authored=authored,
        supersedes=request.supersedes,
        reason=request.reason,
    )
    return Reading(source=source, patient=row.patient, facts=(statement,))
