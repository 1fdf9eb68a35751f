"""One demo patient's whole record, so that the change of one resource can be judged by what follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import Verdict
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.timeline import build_timeline
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from tests import demo_export
from tests.robustness.mutants import Body, write
from tests.scenarios.reading import definitions_for, reading_context

TRIAL = "nct07256210"
AS_OF = datetime.fromisoformat(f"{demo_export.NOON}+01:00")
PAGE = PageContext()
HEALTHY = ("aml-boy-7", "tall-girl-15", "mpal-man-22")
"""Patients in whom everything is in order, one per disease."""

SHARED = frozenset({"Medication", "BiologicallyDerivedProduct"})
"""Types of no patient."""

Key = tuple[str, str]
Verdicts = Mapping[str, tuple[Verdict, str | None]]
"""Criterion -> verdict and reason."""


@dataclass(frozen=True, slots=True)
class World:
    """What is known of one patient.

    Attributes:
        bodies: The resources the hospital holds.
        readings: (type, id) -> reading; a day before each result stands another one, in order, for it to hide.
        verdicts: What follows.
    """

    patient: str
    bodies: tuple[Body, ...]
    readings: Mapping[Key, Reading]
    verdicts: Verdicts

    def with_instead(self, key: Key, reading: Reading | None) -> Verdicts:
        """Judge with another reading of one resource, or without it."""
        changed = {**self.readings, **({key: reading} if reading is not None else {})}
        if reading is None:
            del changed[key]
        return judge(self.patient, changed)

    @property
    def doubtful(self) -> bool:
        """Say whether any criterion does not pass."""
        return any(verdict is not Verdict.PASS for verdict, _ in self.verdicts.values())


@cache
def context() -> ReadingContext:
    """What the reader consults; it remembers what it has read."""
    return reading_context(definitions_for(TRIAL))


def read(raw: bytes) -> Reading:
    """Read one resource as a folder gives it."""
    return read_resource(raw, context(), PAGE)


@cache
def world_of(patient: str) -> World:
    """Read a patient's resources, and the earlier results that would let every criterion pass."""
    bodies = [json.loads(line) for _, line in demo_export.lines_about([patient])]
    held = [*bodies, *_earlier(patient, bodies)]
    readings = {(body["resourceType"], body["id"]): read(write(body)) for body in held}
    return World(patient, tuple(bodies), readings, judge(patient, readings))


def judge(patient: str, readings: Mapping[Key, Reading]) -> Verdicts:
    """Derive what follows for a patient; what names nobody is counted as refused, as a run would."""
    definitions = definitions_for(TRIAL)
    own = [each for each in readings.values() if each.patient == patient or each.source.type in SHARED]
    refused = [each.source.type for each in readings.values() if each.rejections and not each.facts]
    receipts = [
        Completeness(
            resource_type=kind,
            complete=True,
            rejected=refused.count(kind) + refused.count("Resource"),
            run="mutants",
            read_at=AS_OF.isoformat(),
        )
        for kind in definitions.trial.resource_types
    ]
    record = derive_eligibility(
        build_timeline(own, receipts),
        definitions.trial,
        subject=SubjectId("S-1"),
        as_of=AS_OF,
        zone=definitions.traits.zone,
    )
    return {result.id: (result.verdict, result.unknown_reason) for result in record.criteria}


def _earlier(patient: str, bodies: list[Body]) -> list[Body]:
    """Let a healthy patient's result of the same kind stand a day before each result."""
    found = []
    for body in bodies:
        if body["resourceType"] == "Observation" and len(body.get("effectiveDateTime", "")) >= len("2026-03-10"):
            model = _healthy().get(json.dumps(body.get("code")), body)
            text = json.dumps(model, ensure_ascii=False).replace(str(demo_export.patient_of(model)), patient)
            shifted = {
                "id": f"{body['id'][:50]}-earlier",
                "effectiveDateTime": _day_before(body["effectiveDateTime"]),
            }
            found.append({**json.loads(text), **shifted})
    return found


@cache
def _healthy() -> dict[str, Any]:
    results = [b for b in demo_export.resources() if b["resourceType"] == "Observation"]
    return {json.dumps(b["code"]): b for b in results if demo_export.patient_of(b) in HEALTHY and "code" in b}


def _day_before(text: str) -> str:
    day = date.fromisoformat(text[:10]) - timedelta(days=1)
    return day.isoformat() + text[10:]
