"""FHIR AdverseEvent -> ReportedEvent.

Knows: AdverseEvent's elements in R4. Does not know: which events matter to a trial, whether one was derived too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import msgspec
from msgspec import Raw

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.r4.admission import About, admit, end_without_code, leave_out
from fhir_adapter.r4.adverse_event_codes import (
    OUTCOME_SYSTEM,
    SERIOUSNESS,
    SERIOUSNESS_SYSTEM,
    SEVERITY_SYSTEM,
    AdverseEventActuality,
    AdverseEventOutcome,
    AdverseEventSeverity,
)
from fhir_adapter.r4.adverse_event_grade import GradeReading, read_grade
from fhir_adapter.r4.adverse_event_suspect import SuspectEntity, read_suspects
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import read_code
from fhir_adapter.r4.context import CodeReading
from fhir_adapter.r4.datetimes import is_future, read_time
from fhir_adapter.r4.event_time import TimeChoice, lies_ahead, read_event_time
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_references
from fhir_adapter.r4.status_codes import parse_coded
from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Identifier, Resource, identifiers_of

T = TypeVar("T")
_NOT_LISTED = "not-listed"


class AdverseEvent(Resource, tag="AdverseEvent"):
    """AdverseEvent, as far as it is used."""

    identifier: Identifier | None = None
    actuality: str = ""
    category: tuple[CodeableConcept, ...] = ()
    event: Raw = ABSENT
    subject: Raw = ABSENT
    date: str = ""
    detected: str = ""
    recorded_date: str = ""
    resulting_condition: Raw = ABSENT
    seriousness: CodeableConcept | None = None
    severity: CodeableConcept | None = None
    outcome: CodeableConcept | None = None
    suspect_entity: tuple[SuspectEntity, ...] = ()
    study: Raw = ABSENT
    extension: Raw = ABSENT


class _What(msgspec.Struct, frozen=True):
    """What the event is: its code as read, and the names its codes have in the trial's scale."""

    code: CodeReading
    terms: tuple[str, ...]
    about: About

    @property
    def is_known(self) -> bool:
        return bool(self.about.concepts or self.terms)


def read_adverse_event(event: AdverseEvent, received: Received) -> Reading:
    """Read an adverse event the hospital reports.

    R4 has no status for it, so nothing retracts it but a newer version or its disappearance. A potential event
    happened to nobody and is left out by rule. A code nobody listed is refused, standard codes too: an adverse
    event must not vanish because it is coded in a way nobody foresaw. What cannot be understood of severity,
    grade, seriousness, outcome or causality is rejected as a part; a severity never becomes a grade.

    Args:
        event: As received.
        received: The resource on its way.

    Returns:
        One ReportedEvent, an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/adverseevent.html; clinical rules H.4, traps T12 and T13.
    """
    occurred = read_event_time(TimeChoice(event.date), "AdverseEvent.date", received.context)
    what = _what(event, occurred, received)
    rule = _leaving_out(event, what)
    if rule is not None:
        return leave_out(rule, event.subject, received)
    patient = admit(event, event.subject, "subject", received, what.about)
    if isinstance(patient, Reading):
        return patient
    if not what.is_known:
        code = replace(what.code, excluded_by=None, problem=what.code.problem or _NOT_LISTED)
        return end_without_code(code, event.event, "AdverseEvent.event", patient, received, what.about)
    if parse_binding(AdverseEventActuality, event.actuality) is None:
        refusal = what.about.refuse(RejectionReason.UNKNOWN_STATUS, "AdverseEvent.actuality")
        return received.rejected(patient, refusal)
    if lies_ahead(occurred):
        return received.rejected(patient, what.about.claim(occurred))
    return _report(event, what, patient, occurred, received)


def _leaving_out(event: AdverseEvent, what: _What) -> Exclusion | None:
    if event.actuality == AdverseEventActuality.POTENTIAL:
        return Exclusion.EVENT_POTENTIAL
    is_unmatched = what.code.excluded_by is Exclusion.CODE_UNMATCHED
    return Exclusion.CODE_UNMATCHED if is_unmatched and not what.is_known else None


def _what(event: AdverseEvent, occurred: Effective | Rejection | None, received: Received) -> _What:
    code = read_code(event.event, received.context)
    concepts = code.known.concepts if code.known is not None else ()
    listed = received.context.event_terms
    named = (listed.get((each.system or "", each.code or "")) for each in code.codings)
    terms = tuple(dict.fromkeys(name for name in named if name is not None))
    about = About(concepts=concepts, effective=None if isinstance(occurred, Rejection) else occurred)
    return _What(code, terms, about)


def _report(
    event: AdverseEvent,
    what: _What,
    patient: str,
    occurred: Effective | Rejection | None,
    received: Received,
) -> Reading:
    parts: list[Rejection] = []
    grade: GradeReading = read_grade(event.extension)
    suspects, unread = read_suspects(event.suspect_entity, received)
    fact = ReportedEvent(
        source=received.source,
        path="AdverseEvent.event",
        concepts=what.about.concepts,
        codings=what.code.codings,
        text=what.code.text,
        terms=what.terms,
        grade=_usable(grade, parts),
        severity=_coded(_usable(_severity(event), parts)),
        serious=_usable(_serious(event), parts),
        outcome=_coded(_usable(_outcome(event), parts)),
        occurred=_usable(occurred, parts),
        detected=_usable(_moment(event.detected, "AdverseEvent.detected", received), parts),
        recorded=_usable(_moment(event.recorded_date, "AdverseEvent.recordedDate", received), parts),
        conditions=read_references(event.resulting_condition, received),
        suspects=suspects,
        studies=read_references(event.study, received),
        categories=tuple(coding.code for one in event.category for coding in one.coding if coding.code),
        identifiers=identifiers_of((event.identifier,) if event.identifier is not None else ()),
    )
    return received.mapped(patient, (fact,), (*parts, *unread))


def _severity(event: AdverseEvent) -> AdverseEventSeverity | Rejection | None:
    if event.severity is None:
        return None
    severity = parse_coded(event.severity, SEVERITY_SYSTEM, AdverseEventSeverity)
    return severity or Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="AdverseEvent.severity")


def _outcome(event: AdverseEvent) -> AdverseEventOutcome | Rejection | None:
    if event.outcome is None:
        return None
    outcome = parse_coded(event.outcome, OUTCOME_SYSTEM, AdverseEventOutcome)
    return outcome or Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="AdverseEvent.outcome")


def _serious(event: AdverseEvent) -> bool | Rejection | None:
    if event.seriousness is None:
        return None
    said = {
        SERIOUSNESS[coding.code]
        for coding in event.seriousness.coding
        if coding.system == SERIOUSNESS_SYSTEM and coding.code in SERIOUSNESS
    }
    if len(said) == 1:
        return said.pop()
    return Rejection(reason=RejectionReason.UNMAPPED_CODE, path="AdverseEvent.seriousness")


def _moment(text: str, path: str, received: Received) -> FhirDateTime | Rejection | None:
    if not text:
        return None
    moment = read_time(text, path, received.context)
    if isinstance(moment, FhirDateTime) and is_future(Effective(moment), received.context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return moment


def _coded(code: AdverseEventSeverity | AdverseEventOutcome | None) -> str | None:
    return code.value if code is not None else None


def _usable(value: T | Rejection | None, parts: list[Rejection]) -> T | None:
    if isinstance(value, Rejection):
        parts.append(value)
        return None
    return value
