"""FHIR Observation -> findings: its own value and those of its components.

Knows: Observation's elements, which part says what about which. Does not know: other resources; specimen and
members are kept as references.
"""

from __future__ import annotations

from typing import Final

import msgspec

from fhir_adapter.domain.facts import Component, Fact, Finding, Reading
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.admission import About, admit, end_without_code, retract
from fhir_adapter.r4.bindings import ObservationStatus
from fhir_adapter.r4.coding import read_category, read_code, read_concepts
from fhir_adapter.r4.context import CodeReading
from fhir_adapter.r4.datetimes import read_occurrence
from fhir_adapter.r4.event_time import TimeChoice, read_event_time
from fhir_adapter.r4.finding import Occasion, Part, read_component, read_finding
from fhir_adapter.r4.observation_focus import is_about_another
from fhir_adapter.r4.read_specimen import NO_SPECIMEN, read_specimen_reference
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.recurrence import read_again, remember
from fhir_adapter.r4.references import find_patient, read_reference, read_references
from fhir_adapter.r4.wire_observation import ComponentElement, Observation

ROOT: Final = "Observation"
_EFFECTIVE: Final = f"{ROOT}.effective"
_RETRACTING: Final = frozenset({"entered-in-error", "cancelled"})
_STATUSES: Final = {status.value: status.value for status in ObservationStatus}
_components_decoder = msgspec.json.Decoder(tuple[ComponentElement, ...])


def read_observation(observation: Observation, received: Received) -> Reading:
    """Read the findings of an Observation.

    A value and its components are read apart: one that cannot be read never hides the others. What is about
    somebody else than the subject (a donor, a fetus) is left out whole. Does not fetch specimen or members.

    Args:
        observation: As received.
        received: The resource on its way.

    Returns:
        One finding per value whose code is needed; parts that could not be read as rejections.

    Source:
        http://hl7.org/fhir/R4/observation.html; rules A.11.
    """
    if observation.status in _RETRACTING:
        return retract(observation.subject, received)
    if observation.focus and is_about_another(observation, received):
        return received.excluded(Exclusion.OTHER_PATIENT, find_patient(observation.subject, received))
    return _read(observation, received)


def _read(observation: Observation, received: Received) -> Reading:
    """Read what is about the subject itself."""
    context = received.context
    code = read_code(observation.code, context)
    if code.excluded_by is not None and not observation.component:
        return _leave_out(observation, code.excluded_by, received)
    parts = _read_parts(observation, received) if observation.component else ()
    if code.meaning is None and all(part.code.meaning is None for part in parts):
        return _end_unneeded(observation, code, parts, received)
    effective = _read_effective(observation, received)
    status = _STATUSES.get(observation.status)
    patient = find_patient(observation.subject, received)
    if (
        patient is None
        or status is None
        or isinstance(effective, Rejection)
        or observation.modifier_extension
        or observation.implicit_rules
    ):
        return _refuse(observation, effective, _about(code, parts, observation, effective, received), received)
    specimen = NO_SPECIMEN
    if observation.specimen:
        specimen = read_specimen_reference(observation.specimen, observation.contained, received)
    found = None if parts else read_again(observation, effective, specimen, received)
    if found is None:
        occasion = Occasion(
            received,
            status,
            read_category(observation.category, context),
            effective,
            read_concepts(observation.method, context).answers if observation.method else None,
            specimen,
            read_references(observation.part_of, received),
        )
        return _read_first(observation, code, parts, occasion, patient)
    return received.mapped(patient, (found,), (), _references(observation, received))


def _read_first(
    observation: Observation, code: CodeReading, parts: tuple[Part, ...], occasion: Occasion, patient: str
) -> Reading:
    """Read in full what differs from every result before."""
    found = None if parts else read_finding(observation, code, ROOT, occasion)
    if not isinstance(found, Finding):
        return _read_values(observation, code, parts, occasion, patient)
    remember(observation, found, code.meaning, occasion.received)
    return occasion.received.mapped(patient, (found,), (), _references(observation, occasion.received))


def _refuse(
    observation: Observation, effective: Effective | Rejection | None, about: About, received: Received
) -> Reading:
    """Refuse the whole for the first thing that stands against it."""
    patient = admit(observation, observation.subject, "subject", received, about)
    if isinstance(patient, Reading):
        return patient
    if isinstance(effective, Rejection):
        return received.rejected(patient, about.claim(effective))
    return received.rejected(patient, about.refuse(RejectionReason.UNKNOWN_STATUS, f"{ROOT}.status"))


def _read_parts(observation: Observation, received: Received) -> tuple[Part, ...]:
    elements = _components_decoder.decode(observation.component)
    return tuple(
        Part(f"{ROOT}.component[{index}]", element, read_code(element.code, received.context))
        for index, element in enumerate(elements)
    )


def _read_effective(observation: Observation, received: Received) -> Effective | Rejection | None:
    moment, instant = observation.effective_date_time, observation.effective_instant
    others = observation.effective_period is not None or observation.effective_timing
    if moment and not instant and not others:
        return read_occurrence(moment, _EFFECTIVE, received.context)
    if moment and instant:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=_EFFECTIVE, detail="several")
    choice = TimeChoice(
        moment or instant, observation.effective_period, (("Timing", observation.effective_timing),)
    )
    return read_event_time(choice, _EFFECTIVE, received.context)


def _about(
    code: CodeReading,
    parts: tuple[Part, ...],
    observation: Observation,
    effective: Effective | Rejection | None,
    received: Received,
) -> About:
    meanings = [each.meaning for each in (code, *(part.code for part in parts)) if each.meaning is not None]
    concepts = tuple(dict.fromkeys(concept for meaning in meanings for concept in meaning.concepts))
    category = read_category(observation.category, received.context)
    return About(concepts, category, effective.effective if isinstance(effective, Rejection) else effective)


def _end_unneeded(
    observation: Observation, code: CodeReading, parts: tuple[Part, ...], received: Received
) -> Reading:
    """End an Observation none of whose codes is needed: left out, or refused where one could not be read."""
    unmapped = [part for part in parts if part.code.problem is not None]
    if code.problem is None and not unmapped:
        return _leave_out(observation, code.excluded_by or Exclusion.CODE_NOT_NEEDED, received)
    effective = _read_effective(observation, received)
    about = _about(code, parts, observation, effective, received)
    admitted = admit(observation, observation.subject, "subject", received, about)
    if isinstance(admitted, Reading):
        return admitted
    root = end_without_code(code, observation.code, f"{ROOT}.code", admitted, received, about)
    return received.rejected(admitted, *root.rejections, *(_refuse_code(part, about) for part in unmapped))


def _leave_out(observation: Observation, rule: Exclusion, received: Received) -> Reading:
    """End by a rule; most of what a hospital sends ends here."""
    patient = find_patient(observation.subject, received)
    return received.excluded(rule, patient, _references(observation, received))


def _refuse_code(part: Part, about: About) -> Rejection:
    detail = part.code.problem or "no-code"
    return about.refuse(RejectionReason.UNMAPPED_CODE, f"{part.path}.code", detail)


class _Found:
    """What the parts of one Observation gave."""

    __slots__ = ("attached", "facts", "rejections")

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.rejections: list[Rejection] = []
        self.attached: list[Component] = []

    def add(self, outcome: Finding | Component | Rejection | None) -> None:
        if isinstance(outcome, Finding):
            self.facts.append(outcome)
        elif isinstance(outcome, Component):
            self.attached.append(outcome)
        elif outcome is not None:
            self.rejections.append(outcome)


def _read_values(
    observation: Observation, code: CodeReading, parts: tuple[Part, ...], occasion: Occasion, patient: str
) -> Reading:
    received = occasion.received
    found = _Found()
    for part in parts:
        _read_part(part, code, occasion, found)
    main: Finding | Rejection | None = read_finding(observation, code, ROOT, occasion, tuple(found.attached))
    if main is None and code.meaning is not None and not _is_panel(observation, parts):
        absent = occasion.about(code.meaning)
        main = absent.refuse(RejectionReason.VALUE_ABSENT, f"{ROOT}.value", "none")
    if main is None and code.problem is not None:
        main = occasion.about(None).refuse(RejectionReason.UNMAPPED_CODE, f"{ROOT}.code", code.problem)
    found.add(main)
    references = _references(observation, received)
    if not found.facts and not found.rejections:
        return received.excluded(Exclusion.CODE_NOT_NEEDED, patient, references)
    return received.mapped(patient, tuple(found.facts), tuple(found.rejections), references)


def _read_part(part: Part, root: CodeReading, occasion: Occasion, found: _Found) -> None:
    """Read a component for itself where its code is needed, and as part of the value beside it."""
    if part.code.problem is not None:
        found.add(_refuse_code(part, occasion.about(None)))
        return
    known = part.code.known
    if known is None or (root.meaning is None and part.code.meaning is None):
        return
    component = read_component(part, known, occasion)
    found.add(component)
    if isinstance(component, Component) and part.code.meaning is not None:
        found.add(read_finding(part.element, part.code, part.path, occasion))


def _is_panel(observation: Observation, parts: tuple[Part, ...]) -> bool:
    """Say whether the values stand elsewhere: in components that are needed, or in members."""
    return bool(observation.has_member) or any(part.code.meaning is not None for part in parts)


def _references(observation: Observation, received: Received) -> tuple[str, ...]:
    """Give what the Observation points to and does not hold itself."""
    if not (observation.specimen or observation.has_member or observation.derived_from):
        return ()
    found: list[wire.Reference] = []
    if observation.specimen:
        found.append(wire.reference_decoder.decode(observation.specimen))
    for raw in (observation.has_member, observation.derived_from):
        if raw:
            found.extend(wire.references_decoder.decode(raw))
    resolved = (read_reference(each, received) for each in found)
    return tuple(dict.fromkeys(each for each in resolved if each is not None))
