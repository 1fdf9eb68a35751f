"""Judging severe reactions since infusion 1: the rule of the first trial, a release. Now is 19 March, 11:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from fhir_adapter.domain.assessment import assess
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.treatment_operators import NoReaction, ReactionReading, Resolution
from tests.builders import attestation
from tests.reactions import at, changes, view_of
from tests.scenes import scene

RULE = NoReaction(
    part="N3-record",
    label="no severe reaction since infusion 1",
    grade=3,
    reading=ReactionReading.POSSIBLY_RELATED,
    resolution=Resolution.EVENT,
    release=Attested(link_id="N3-release", valid_for=Window(24, WindowUnit.HOUR), roles=("pi",)),
)
NOW = at("03-19T11:00")
DONE: dict[str, Any] = {
    "state": EventState.RESOLVED,
    "resolved": "2026-03-10",
    "changes": changes(("03-06", 3), ("03-10", 0)),
}
RELEASED = attestation("N3-release", True, by="pi", at="2026-03-19T08:00", reason="resolved in four days")


def judged(*said: Attestation, rule: NoReaction = RULE, as_of: datetime = NOW, **seen: Any) -> Answer:
    """Judge what is seen: `episodes`, `events`, `ungradable`."""
    view = view_of(as_of=as_of, **seen)
    return assess(rule, replace(scene(*said, as_of=as_of).at_as_of(), reactions=lambda _: view))


def truth(*said: Attestation, rule: NoReaction = RULE, **seen: Any) -> str:
    """The answer in one word."""
    return judged(*said, rule=rule, **seen).truth.name
