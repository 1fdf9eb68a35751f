"""Timelines, scenes and invented trials to judge facts in. The present is 11 March 2026, noon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fhir_adapter.domain.anchor import find_anchor
from fhir_adapter.domain.assessment import assess
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import Criterion, Kind, Mode
from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Compare, Node
from fhir_adapter.domain.protocol import AnchorRule, ParticipationRule, StudyIdentity, Trial
from fhir_adapter.domain.queries import (
    AgeWindow,
    FindingQuery,
    Limit,
    OnConflict,
    Operator,
    UnknownReason,
    Window,
    WindowUnit,
)
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene, utc
from fhir_adapter.domain.source import Completeness, TrialId
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.timeline import Timeline, build_timeline
from tests.builders import ZONE, attestation, finding, moment, reading

AS_OF = datetime(2026, 3, 11, 12, 0, tzinfo=ZONE)
FIRST_DRUG = ConceptId("first-drug")
MONTH = Window(28, WindowUnit.DAY)


def timeline(*given: Fact | Reading | Completeness) -> Timeline:
    """Put facts, readings and receipts in order; a fact stands for a resource of its own."""
    receipts = [each for each in given if isinstance(each, Completeness)]
    readings = [
        each if isinstance(each, Reading) else reading(each)
        for each in given
        if not isinstance(each, Completeness)
    ]
    return build_timeline(readings, receipts)


ANCHOR = AnchorRule(first_drugs=(FIRST_DRUG,), plan_link="planned-day-0", offset_days=-14, search_days_before=3)


def scene(
    *given: Fact | Reading | Completeness,
    as_of: datetime = AS_OF,
    planned: str | None = None,
    lets_in: Truth | None = Truth.MET,
    consent_signed: str | None = None,
) -> Scene:
    """Set a scene; `planned` is the planned first day (14 days before the planned day 0)."""
    plan = () if planned is None else (_plan(planned),)
    facts = timeline(*given, *plan)
    who = facts.demographics
    return Scene(
        timeline=facts,
        anchor=find_anchor(facts, ANCHOR, as_of=as_of, zone=ZONE),
        as_of=utc(as_of),
        zone=ZONE,
        birth=who.birth_date if who is not None else None,
        gender=who.gender if who is not None else None,
        consent_signed=moment(consent_signed) if consent_signed is not None else None,
        lets_in=lets_in,
    )


def _plan(first_day: str) -> Attestation:
    day_0 = date.fromordinal(date.fromisoformat(first_day).toordinal() + 14)
    return attestation("planned-day-0", day_0, by="planner", at="2026-02-01T09:00")


def days(amount: int) -> Window:
    """A window of calendar days."""
    return Window(amount, WindowUnit.DAY)


def query(*concepts: str, window: Window | None = None, **more: Any) -> FindingQuery:
    """A query for findings of these concepts."""
    windows = (AgeWindow(None, window),) if window is not None else ()
    names = tuple(ConceptId(concept) for concept in concepts)
    return FindingQuery(**{"concepts": names, "windows": windows, **more})


def limit(text: str, unit: str = "mg/dL") -> Limit:
    """A limit written `>= 50`."""
    operator, value = text.split()
    return Limit(Operator(operator), Decimal(value), unit)


def ask(node: Node, *given: Fact | Reading | Completeness, **more: Any) -> Answer:
    """Assess a statement against facts."""
    return assess(node, scene(*given, **more))


def verdict(answer: Answer) -> str:
    """Write an answer as `MET`, `NOT_MET` or its reason for UNKNOWN."""
    return answer.reason.value if answer.reason is not None else answer.truth.value


def causes(answer: Answer) -> set[UnknownReason]:
    """Every reason among an answer's parts, or its own."""
    return {part.reason for part in answer.parts if part.reason is not None} or (
        {answer.reason} if answer.reason is not None else set()
    )


def criterion(id_: str, rule: Node, *, kind: Kind = Kind.INCLUSION, shows: Sequence[str] = ()) -> Criterion:
    """A criterion of an invented trial."""
    shown = tuple(ConceptId(concept) for concept in shows)
    return Criterion(id=id_, kind=kind, mode=Mode.AUTO, text=id_, source="invented", rule=rule, shows=shown)


def trial(*criteria: Criterion) -> Trial:
    """An invented trial."""
    return Trial(
        id=TrialId("tiny"),
        study=StudyIdentity(identifier_system="s", identifier_value="v", title="t", status="active", phase="n-a"),
        subject_system="https://trial.example/subjects",
        criteria=criteria,
        anchor=ANCHOR,
        participation=ParticipationRule(graph={}, automatic=(), prescreen_parts=(), consent_criterion=""),
        links={},
        settings={},
        questionnaires=(),
        resource_types=(),
        needed=frozenset(),
        prescreen_concepts=(),
        withdrawal_criterion="",
        digest="definitions-1",
    )


def lvef(window: Window | None = MONTH, *, on_conflict: OnConflict = OnConflict.UNKNOWN, **more: Any) -> Compare:
    """The statement: LVEF is at least 40 %; the finding counts for 28 days."""
    asked = query("lvef", window=window, **more)
    return Compare(query=asked, limit=limit(">= 40", "%"), on_conflict=on_conflict, label="LVEF")


def lvef_value(value: str, when: str | None = "2026-03-09T08:00", **more: Any) -> Finding:
    """An LVEF in percent."""
    return finding("lvef", value, "%", at=when, **more)


def outcome(*given: Fact | Reading | Completeness, node: Node | None = None, **more: Any) -> str:
    """Answer a statement, by default about the LVEF, in one word."""
    return verdict(ask(node or lvef(), *given, **more))
