"""What each administration of a steroid amounts to, and which of them cannot be reckoned.

Knows: statuses, routes, units, times of administrations; factors of a SteroidLoad. Does not know: totals, limits,
body weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION
from fhir_adapter.domain.evidence import amount_of, of_event
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.gaps import cause_of
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.quantity import Quantity, UnitRule, standardise
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.treatment_operators import SteroidLoad
from fhir_adapter.errors import UnitError

MINUTE = timedelta(minutes=1)

_DOSE = f"{MEDICATION_ADMINISTRATION}.dosage"
_IN_FULL = frozenset({"completed", "in-progress"})
_NEVER_GIVEN = "not-done"

_ADMINISTERED = "administered"
"""What a hospital's dose of a stopped administration must mean to be an amount given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteroidDose:
    """One administration as an amount of the reference steroid.

    Attributes:
        first: Its start, to the minute [UTC]; the window's edge where it began before.
        last: Its end; the same as `first` for a moment.
        began: Its real start, to the minute.
        amount: [mg], or [mg/kg] where `is_per_kg`.
        counts: False where the route leaves open whether it counts.
    """

    exposure: Exposure
    first: datetime
    last: datetime
    began: datetime
    amount: Fraction
    is_per_kg: bool
    counts: bool
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class SteroidDoses:
    """Every administration in the window: reckoned ones, and why others cannot be.

    Attributes:
        turns: When one of them leaves the window.
    """

    given: list[SteroidDose] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    turns: list[datetime] = field(default_factory=list)

    @property
    def certain(self) -> list[SteroidDose]:
        """Those that count whatever the open routes were."""
        return [each for each in self.given if each.counts]


def find_doses(node: SteroidLoad, scene: Scene) -> SteroidDoses:
    """Find the administrations of steroids in the window before the anchor.

    Takes what was really given: completed, in progress (its whole dose) and, where the hospital's dose of a
    stopped one is the amount given, stopped. What was not done is nothing.

    Args:
        node: Drugs, factors, routes, window, units.
        scene: Timeline and anchor.

    Returns:
        Reckoned administrations, and a cause for each that may lie in the window and cannot be: no dose or only
        part of it (MISSING), a unit that is none of mass (UNIT_UNUSABLE), an inexact one (CENSORED), no usable
        time (PARTIAL_DATE), contents that contest each other (CONFLICTING), a status that says nothing (UNMAPPED).

    Source:
        rules sheet C.3; clinical review, section 8; reading A20.
    """
    found = SteroidDoses()
    for exposure in _exposures(node, scene):
        at = scene.start_of(exposure.effective)
        if (
            exposure.status == _NEVER_GIVEN
            or _is_local(exposure, node)
            or _lies_outside(exposure, at, node, scene)
        ):
            continue
        dose = _reckon(exposure, at, node, scene)
        if isinstance(dose, Cause):
            found.causes.append(dose)
        else:
            found.given.append(dose)
        found.turns += _turns(exposure, at, node, scene)
    _once(found, scene)
    return found


def to_minute(moment: datetime) -> datetime:
    """Give the minute a moment lies in."""
    return moment.replace(second=0, microsecond=0)


def opening(node: SteroidLoad, scene: Scene) -> datetime:
    """Give the first minute that counts [UTC]."""
    return to_minute(scene.anchor.time) - timedelta(hours=node.within.amount)


def _exposures(node: SteroidLoad, scene: Scene) -> Iterator[Exposure]:
    seen: set[tuple[str, str, str, str]] = set()
    for drug in node.factors:
        for exposure in scene.timeline.exposures.get(drug, ()):
            source = exposure.source
            key = (source.reference, source.version, source.content, exposure.path)
            if key not in seen:
                seen.add(key)
                yield exposure


def _is_local(exposure: Exposure, node: SteroidLoad) -> bool:
    route = set(exposure.route or ())
    return not route.isdisjoint(node.local) and route.isdisjoint(node.systemic)


def _end(exposure: Exposure, at: Span | None, scene: Scene) -> datetime | None:
    """Give the last moment it may have run to; an open period of one in progress runs on."""
    effective = exposure.effective
    end = scene.span_of(effective.end) if effective is not None else None
    if end is not None:
        return end.last
    is_open = effective is not None and effective.is_period and exposure.status not in {"completed", "stopped"}
    if is_open:
        return scene.anchor.time
    return at.last if at is not None else None


def _lies_outside(exposure: Exposure, at: Span | None, node: SteroidLoad, scene: Scene) -> bool:
    if at is not None and at.first > scene.anchor.time:
        return True
    opens = opening(node, scene)
    end = _end(exposure, at, scene)
    began = to_minute(at.last) if at is not None else None
    ended = to_minute(end) if end is not None else None
    return (began is None or began < opens) and ended is not None and ended <= opens


def _turns(exposure: Exposure, at: Span | None, node: SteroidLoad, scene: Scene) -> list[datetime]:
    """Give when it leaves the window: a minute after the last that counts."""
    moments = [
        each for each in (at.last if at is not None else None, _end(exposure, at, scene)) if each is not None
    ]
    return [to_minute(each) + timedelta(hours=node.within.amount) + MINUTE for each in moments]


def _reckon(exposure: Exposure, at: Span | None, node: SteroidLoad, scene: Scene) -> SteroidDose | Cause:
    evidence = of_event(exposure, scene.timeline)
    doubt = _doubt(exposure, scene)
    if doubt is not None:
        return replace(doubt, evidence=evidence)
    if at is None or at.first != at.last:
        note = "an administration without a usable time"
        return Cause(reason=UnknownReason.PARTIAL_DATE, note=note, evidence=evidence)
    amount = _amount(exposure, node, scene)
    if isinstance(amount, Cause):
        return replace(amount, evidence=(*evidence, *amount.evidence))
    value, is_per_kg = amount
    factor = max(node.factors[drug] for drug in exposure.concepts if drug in node.factors)
    first, last = to_minute(at.first), to_minute(_end(exposure, at, scene) or at.first)
    return SteroidDose(
        exposure=exposure,
        first=max(first, opening(node, scene)),
        last=max(first, last),
        began=first,
        amount=value * factor,
        is_per_kg=is_per_kg,
        counts=bool(exposure.route) and not set(exposure.route or ()).isdisjoint(node.systemic),
        evidence=(*evidence, _of_dose(evidence[0], exposure)),
    )


def _of_dose(event: Evidence, exposure: Exposure) -> Evidence:
    reported = amount_of(exposure.dose) if exposure.dose is not None else None
    return replace(event, path=f"{_DOSE}.dose", role="dose", reported=reported, standard=None)


def _doubt(exposure: Exposure, scene: Scene) -> Cause | None:
    """Say what keeps an administration from being reckoned, whatever its dose."""
    if exposure.contested:
        return Cause(reason=UnknownReason.CONFLICTING, note="two contents of one administration")
    if exposure.status in _IN_FULL or (exposure.status == "stopped" and scene.stopped_dose == _ADMINISTERED):
        return None
    what = in_words(exposure.concepts[:1])
    if exposure.status in {"stopped", "on-hold"}:
        note = f"an administration that is {exposure.status} does not say how much was given"
        return Cause(reason=UnknownReason.MISSING, note=note, wanted=f"amount of {what} actually given")
    note = "an administration's status does not say whether it was given"
    return Cause(reason=UnknownReason.UNMAPPED, note=note, wanted=f"whether {what} was given")


def _amount(exposure: Exposure, node: SteroidLoad, scene: Scene) -> tuple[Fraction, bool] | Cause:
    """Give the amount as mass [mg] or mass per kilogram [mg/kg]; True for the latter."""
    dose, what = exposure.dose, in_words(exposure.concepts[:1])
    if dose is None:
        return _why_missing(exposure, what, scene)
    if dose.comparator is not None:
        return Cause(reason=UnknownReason.CENSORED, note="a dose that is itself a limit")
    if not is_measurable(dose.value) or dose.value < 0:
        return Cause(reason=UnknownReason.UNMAPPED, note="a dose that cannot be an amount")
    for rule, is_per_kg in ((node.doses, False), (node.doses_per_kg, True)):
        amount = _in(dose, rule)
        if amount is not None:
            return amount, is_per_kg
    content = _content(exposure, dose, node)
    if content is None:
        note = "a dose in a unit from which no mass follows"
        return Cause(reason=UnknownReason.UNIT_UNUSABLE, note=note, wanted=f"dose of {what} in mg or mg/kg")
    return content, False


def _why_missing(exposure: Exposure, what: str, scene: Scene) -> Cause:
    """Say why there is no dose: part of the resource that could not be read, or nothing was written."""
    beside = (gap for gap in scene.timeline.gaps if gap.source == exposure.source)
    unread = (cause_of(gap) for gap in beside if gap.rejection.path.startswith(_DOSE))
    wanted = f"dose of {what} actually given"
    missing = Cause(reason=UnknownReason.MISSING, note="an administration without a dose", wanted=wanted)
    return next(filter(None, unread), missing)


def _in(quantity: Quantity, rule: UnitRule) -> Fraction | None:
    """Convert exactly; None for a unit the rule does not know."""
    try:
        standard = standardise(Quantity(quantity.value, quantity.unit), rule)
    except UnitError:
        return None
    factor = rule.factors.get(quantity.unit or "", Fraction(1))
    return Fraction(quantity.value) * factor if standard.unit == rule.standard else None


def _content(exposure: Exposure, dose: Quantity, node: SteroidLoad) -> Fraction | None:
    """Reckon a volume or a number of tablets by the strength of the one steroid in the product [mg]."""
    strengths = [each for each in exposure.strengths if not node.factors.keys().isdisjoint(each[0])]
    if len(strengths) != 1:
        return None
    _, content, of = strengths[0]
    mass = _in(content, node.doses) if content.comparator is None else None
    if mass is None or of.comparator is not None or of.unit != dose.unit or not of.value > 0:
        return None
    return Fraction(dose.value) * mass / Fraction(of.value)


def _once(found: SteroidDoses, scene: Scene) -> None:
    """Count resources that share an identifier once; where they differ nobody knows which holds."""
    kept: dict[tuple[str, str], SteroidDose] = {}
    for dose in list(found.given):
        others = [kept[name] for name in dose.exposure.identifiers if name in kept]
        if others:
            found.given.remove(dose)
            if any(_differ(dose, other) for other in others):
                evidence = tuple(
                    each for one in (dose, *others) for each in of_event(one.exposure, scene.timeline)
                )
                note = "one administration is recorded twice, differently"
                found.causes.append(Cause(reason=UnknownReason.CONFLICTING, note=note, evidence=evidence))
            continue
        kept.update(dict.fromkeys(dose.exposure.identifiers, dose))


def _differ(one: SteroidDose, other: SteroidDose) -> bool:
    def said(dose: SteroidDose) -> tuple[object, ...]:
        return dose.amount, dose.is_per_kg, dose.first, dose.last, dose.counts

    return said(one) != said(other)
