"""Where named persons work: who they are, what they may do, which subject they mean.

Knows: people of the hospital, subjects, deriving one subject again. Does not know: any particular decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.hospital import HospitalTraits, Person
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.derive import DeriveRequest, run_derive
from fhir_adapter.sync.run import new_run
from fhir_adapter.sync.subject_ids import SubjectIds


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a person's decision needs beside the decision.

    Attributes:
        as_of: 0..1; clinical time of what is derived afterwards; None = now.
    """

    store: Store
    clock: Clock
    trial: Trial
    traits: HospitalTraits
    ids: SubjectIds
    reading_digest: str
    as_of: datetime | None = None


def find_person(traits: HospitalTraits, name: str, roles: Iterable[str]) -> Person:
    """Find who decides, by id or full name, and check that they may.

    Args:
        traits: List the hospital's people.
        name: As given on the command line.
        roles: Roles of which one is needed; empty = anybody listed.

    Returns:
        The person.

    Raises:
        DecisionRefusedError: Nobody of that name is listed, or without a needed role; the message names roles.
    """
    found = [person for person in traits.people.values() if name in {person.id, person.name}]
    if len(found) != 1:
        listed = ", ".join(sorted(traits.people)) or "nobody"
        raise DecisionRefusedError(
            f"the person is not listed under `people:` of the hospital, or is listed twice; listed: {listed}"
        )
    needed = sorted(set(roles))
    if needed and not set(found[0].roles) & set(needed):
        raise DecisionRefusedError(f"{found[0].id} may not decide this; it takes one of: {', '.join(needed)}")
    return found[0]


def require_reason(text: str) -> str:
    """Refuse a decision without a reason.

    Args:
        text: In the person's words.

    Returns:
        The text without spaces around it.

    Raises:
        DecisionRefusedError: It is empty.
    """
    reason = text.strip()
    if not reason:
        raise DecisionRefusedError("a decision needs a reason in words")
    return reason


def find_subject(desk: Desk, text: str) -> SubjectRow:
    """Find a subject by subject id, `Patient/ID`, or `system|value`.

    Args:
        desk: Names trial and hospital.
        text: As given on the command line.

    Returns:
        The subject's row.

    Raises:
        UsageError: Nobody, or more than one, answers to it.
    """
    rows = desk.store.records.subjects(desk.trial.id, desk.traits.id)
    if "|" in text:
        system, _, value = text.partition("|")
        persons = desk.store.facts.persons_identified(desk.traits.id, (system, value))
        found = [row for row in rows if row.person in persons]
    else:
        found = [row for row in rows if text in {row.subject, f"Patient/{row.patient}"}]
    if len(found) != 1:
        raise UsageError(
            f"{'several subjects answer' if found else 'no subject answers'} to that name in this trial; "
            "`fhir-adapter subjects` lists them"
        )
    return found[0]


def derive_again(desk: Desk, subject: SubjectId) -> EligibilityRecord | None:
    """Derive one subject again after a person changed what holds.

    Args:
        desk: Names trial, hospital and clinical time.
        subject: Who.

    Returns:
        The record as derived now; None where another record carries on for the subject.
    """
    now = desk.clock.now()
    row = new_run("derive", desk.trial, desk.traits, now)
    desk.store.runs.start(row)
    derived = run_derive(
        desk.store,
        desk.clock,
        DeriveRequest(
            run=row.id,
            trial=desk.trial,
            traits=desk.traits,
            ids=desk.ids,
            reading_digest=desk.reading_digest,
            as_of=desk.as_of or now.astimezone(desk.traits.zone),
            everyone=True,
            only=frozenset({subject}),
        ),
    )
    report = derived.as_report()
    desk.store.runs.finish(replace(row, finished=desk.clock.now(), exit_code=0, report=report))
    return derived.records.get(subject)
