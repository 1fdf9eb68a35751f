"""By what oxygen was given or breathing supported, and when: procedures, devices noted, signs of a ventilator.

Knows: periods, notes without an end, the device a record stands for. Does not know: flows, grades at a flow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.readings import TICK, Run, View, find_readings, lay_runs, loose_runs
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import CodedValue, Finding, Intervention
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.crs_rule import DeviceRule, HypoxiaRule
from fhir_adapter.domain.spans import Span, span

OXYGEN = "oxygen"

NO_DEVICE = ""
UNMAPPED = "?"
"""What a noted device may stand for besides those of the rule."""

_NEVER_BEGAN = frozenset({"not-done", "preparation"})
_NOT_OVER = frozenset({"in-progress", "on-hold"})
_STATED = _NOT_OVER | {"completed", "stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A time in which a device was used.

    Attributes:
        device: 0..1; None where the record's answer is not mapped.
        cause: 0..1; why it only may have been used.
    """

    device: DeviceRule | None
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...]
    cause: Cause | None = None

    def covers(self, moment: datetime) -> bool:
        """Say whether it goes on at a moment."""
        return self.start <= moment < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Say whether it has a moment in [start, end)."""
        return self.start < end and start < self.end


def find_uses(view: View, rule: HypoxiaRule) -> tuple[Use, ...]:
    """Find when which device was used, or may have been.

    A procedure that is over and states no end counts as noted at its start; a note holds until the next one, or
    until it tells no more.

    Args:
        view: The facts.
        rule: Devices; the first that fits a record is its device.

    Returns:
        Uses in order of time.

    Source:
        rules sheet E.1 and A.7; clinical review, section 5.
    """
    found = [use for done in _procedures(view, rule) for use in _uses_of(done, view, rule)]
    found += _noted(view, rule)
    found += [use for device in rule.devices for use in _shown(view, device)]
    return tuple(sorted(found, key=lambda use: (use.start, use.end, _name(use), str(use.evidence[:1]))))


def _name(use: Use) -> str:
    return use.device.id if use.device is not None else UNMAPPED


def device_of(concepts: Collection[ConceptId], rule: HypoxiaRule) -> DeviceRule | None:
    """Give the first device that one of some concepts stands for."""
    return next((each for each in rule.devices if not set(each.concepts).isdisjoint(concepts)), None)


def _procedures(view: View, rule: HypoxiaRule) -> Iterator[Intervention]:
    seen: set[Intervention] = set()
    for device in rule.devices:
        for concept in device.concepts:
            for done in view.timeline.interventions.get(concept, ()):
                if done not in seen and done.status not in _NEVER_BEGAN:
                    seen.add(done)
                    yield done


def _uses_of(done: Intervention, view: View, rule: HypoxiaRule) -> Iterator[Use]:
    start = done.performed.start if done.performed is not None else None
    at = span(start, view.zone) if start is not None else None
    if at is None or at.first > view.as_of:
        return
    device, evidence = device_of(done.concepts, rule), of_event(done, view.timeline, role=OXYGEN)
    first, last = _end(done, at, view)
    doubt = _doubt(done)
    if doubt is None and at.last < first:
        yield Use(device=device, start=at.last, end=first, evidence=evidence)
        edges = ((at.first, at.last), (first, last))
    else:
        edges = ((at.first, last), (last, last))
    cause = Cause(
        reason=doubt or UnknownReason.PARTIAL_DATE,
        note=f"whether {device.id if device is not None else OXYGEN} was used then is not certain",
        wanted=f"start, end and status of {device.id if device is not None else OXYGEN}",
        evidence=evidence,
    )
    for begun, over in edges:
        if begun < over:
            yield Use(device=device, start=begun, end=over, evidence=evidence, cause=cause)


def _doubt(done: Intervention) -> UnknownReason | None:
    if done.contested:
        return UnknownReason.CONFLICTING
    return None if done.status in _STATED else UnknownReason.UNMAPPED


def _end(done: Intervention, at: Span, view: View) -> tuple[datetime, datetime]:
    """Give the first and the last moment a procedure can have ended."""
    end = done.performed.end if done.performed is not None else None
    if end is not None:
        ended = span(end, view.zone)
        return ended.first, max(ended.last, at.first)
    if done.status in _NOT_OVER or done.status not in _STATED:
        return view.as_of + TICK, view.as_of + TICK
    return at.first + view.holds, at.last + view.holds


def _noted(view: View, rule: HypoxiaRule) -> Iterator[Use]:
    """Give the devices noted in findings."""
    devices = {device.id: device for device in rule.devices}
    order = [*sorted(devices, key=lambda name: devices[name].grade, reverse=True), NO_DEVICE]

    def kind(finding: Finding, _at: Span) -> str:
        answers = finding.reported.answers if isinstance(finding.reported, CodedValue) else ()
        device = device_of(answers, rule)
        if device is not None:
            return device.id
        return UNMAPPED if set(answers).isdisjoint(rule.no_device) else NO_DEVICE

    def worst(said: list[str]) -> str:
        return min(said, key=[UNMAPPED, *order].index)

    readings = list(find_readings(view, rule.device))
    runs = (
        *lay_runs(view, readings, kind, worst, role=OXYGEN, silent=NO_DEVICE),
        *loose_runs(view, readings, kind, role=OXYGEN),
    )
    return (_note(run, devices.get(run.kind)) for run in runs if run.kind != NO_DEVICE)


def _note(run: Run[str], device: DeviceRule | None) -> Use:
    unmapped = Cause(
        reason=UnknownReason.UNMAPPED,
        note="the device by which oxygen was given is not mapped",
        wanted="mapping of the device's code",
        evidence=run.evidence,
    )
    unsure = Cause(
        reason=UnknownReason.MISSING,
        note="a device noted in a result that may not decide",
        wanted="a final record of the device",
        evidence=run.evidence,
    )
    cause = unmapped if device is None else None if run.is_sure else unsure
    return Use(device=device, start=run.start, end=run.end, evidence=run.evidence, cause=cause)


def _shown(view: View, device: DeviceRule) -> Iterator[Use]:
    """Give the times in which findings show a device that exist only while it is used."""
    readings = list(find_readings(view, device.shown_by))

    def kind(_finding: Finding, _at: Span) -> str:
        return device.id

    runs = (
        *lay_runs(view, readings, kind, min, role=OXYGEN),
        *loose_runs(view, readings, kind, role=OXYGEN),
    )
    return (_note(run, device) for run in runs)
