"""What is stated at a hospital of an adverse event that a named person judged.

Knows: which of a record's words may leave the adapter. Does not know: FHIR JSON, delivery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule

_WRITABLE: Final = re.compile(
    r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?",
)
"""A FHIR dateTime: to the year, month or day, or to the second with its zone."""

_ASSESSED: Final = frozenset({"related", "possible", "unlikely", "not-related"})
_CELLS: Final = "MedicationAdministration/"
_CONDITION: Final = "Condition/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventStatement:
    """One judged adverse event of a subject (FHIR AdverseEvent).

    Attributes:
        identifier: (our system, event id); the resource is found by it.
        title: Name of the event.
        codings: 0..*; the same as codes.
        category: 0..1; system organ class.
        patient: Logical id of the patient at this hospital.
        study: Reference to the ResearchStudy, or (system, value) of its identifier.
        onset: 0..1; when it began, as FHIR writes it.
        detected: 0..1; when the site became aware.
        recorded: When the person judged it.
        grade: 0..1; 1 to 5.
        serious: As the person judged.
        outcome: A word of EventJudgement.
        suspects: 0..*; the cell infusion before it, with the person's word on relatedness.
        conditions: 0..*; references of problems it resulted in.
    """

    identifier: tuple[str, str]
    title: str
    codings: tuple[Coding, ...]
    patient: str
    study: str | tuple[str, str]
    recorded: str
    serious: bool
    outcome: str
    category: str | None = None
    onset: str | None = None
    detected: str | None = None
    grade: int | None = None
    suspects: tuple[Suspect, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHeading:
    """What a statement of an event needs that the record does not hold.

    Attributes:
        infusions: Number of a cell infusion -> references of its administrations.
    """

    patient: str
    study: str | tuple[str, str]
    infusions: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def derive_event_statement(
    event: AdverseEventRecord, rule: ReportingRule, heading: EventHeading
) -> AdverseEventStatement | None:
    """Say of one event what may be written of it.

    States no grade that is not certain unless the person gave one, no severity, no cause nobody assessed.

    Args:
        event: The event.
        rule: Our identifier system, and the system of the scale's codes.
        heading: Patient, study, infusions.

    Returns:
        The statement; None where no named person judged the event, or it was dissolved.

    Source:
        clinical rules H.4; issue C: the adapter proposes, a person commits.
    """
    judgement = event.judgement
    if judgement is None or event.state is EventState.DISSOLVED:
        return None
    coded = (Coding(rule.term_systems[0], event.meddra, event.term),) if event.meddra is not None else ()
    problems = (link.reference for link in event.reported if link.reference.startswith(_CONDITION))
    return AdverseEventStatement(
        identifier=(rule.system, event.id),
        title=event.term,
        codings=coded,
        category=event.soc,
        patient=heading.patient,
        study=heading.study,
        onset=_onset(event),
        detected=_writable(judgement.aware),
        recorded=judgement.at.isoformat(timespec="seconds"),
        grade=_grade(event, judgement),
        serious=judgement.serious,
        outcome=judgement.outcome,
        suspects=_suspects(event, judgement, heading),
        conditions=tuple(problems),
    )


def _grade(event: AdverseEventRecord, judgement: EventJudgement) -> int | None:
    if judgement.grade is not None:
        return judgement.grade or None
    is_certain = not event.at_least and event.worst_possible == event.grade
    return event.grade or None if is_certain else None


def _onset(event: AdverseEventRecord) -> str | None:
    written = _writable(event.onset.partition("/")[0])
    return written or (event.onset_on.isoformat() if event.onset_on is not None else None)


def _writable(text: str | None) -> str | None:
    return text if text is not None and _WRITABLE.fullmatch(text) else None


def _suspects(event: AdverseEventRecord, judgement: EventJudgement, heading: EventHeading) -> tuple[Suspect, ...]:
    given = heading.infusions.get(event.after_infusion, ()) if event.after_infusion is not None else ()
    word = judgement.relatedness if judgement.relatedness in _ASSESSED else None
    return tuple(Suspect(reference=each, relatedness=word) for each in given if each.startswith(_CELLS))
