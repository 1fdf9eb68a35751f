"""Body weight, height and surface of one subject at one moment of the course.

Knows: which measurement holds at a moment, and when none does. Does not know: doses, the locked weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Final

from fhir_adapter.domain.anchor import AS_OF, SAMPLE, Anchor
from fhir_adapter.domain.answers import PRECEDENCE, Cause, in_order, next_fact
from fhir_adapter.domain.dosing.amount_words import in_digits, in_percent
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.formula_input import Input, take_input
from fhir_adapter.domain.formulas import CARDS, compute_area
from fhir_adapter.domain.intervals import EXACT
from fhir_adapter.domain.queries import FindingQuery, UnknownReason
from fhir_adapter.domain.records import Amount, Computation, Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.selection import select_current
from fhir_adapter.domain.spans import midnight

WEIGHT: Final = "weight"
HEIGHT: Final = "height"

_TICK = timedelta(microseconds=1)
_GONE = frozenset({UnknownReason.MISSING, UnknownReason.STALE})
"""What a new measurement no longer helps against once the moment has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure of the body at one moment, or why it is not known.

    Attributes:
        value: 0..1; exact [kg, cm or m2].
        reason: 0..1; set exactly where `value` is None.
        next_fact: 0..1; set where `reason` is.
        computations: 0..*; for the body surface.
        expires: 0..1; when the passing of time alone may change it.
    """

    value: Fraction | None
    evidence: tuple[Evidence, ...] = ()
    reason: UnknownReason | None = None
    next_fact: str | None = None
    computations: tuple[Computation, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The subject's body over the course; every moment is looked at once.

    Attributes:
        scenes: Moment -> what is looked at.
        known: Name and moment -> what was measured; only ever the same again.
    """

    course: Course
    scenes: dict[datetime, Scene] = field(default_factory=dict, compare=False, repr=False)
    known: dict[tuple[str, datetime], Measured] = field(default_factory=dict, compare=False, repr=False)

    def weight_at(self, moment: datetime) -> Measured:
        """Give the body weight [kg] that holds at a moment, within its age limit."""
        return self._measure(WEIGHT, self.course.regimen.body.weight, moment)

    def height_at(self, moment: datetime) -> Measured:
        """Give the body height [cm] that holds at a moment, within the limit for the age at it."""
        return self._measure(HEIGHT, self.course.regimen.body.height, moment)

    def area_at(self, moment: datetime, weight: Measured) -> Measured:
        """Compute the body surface [m2] from this weight and the height that holds at a moment."""
        height = self.height_at(moment)
        if weight.value is None or height.value is None:
            return _first_unknown(weight, height)
        rule = self.course.regimen.body
        area = compute_area(rule.area, height=_decimal(height.value), weight=_decimal(weight.value))
        card = CARDS[rule.area]
        values = {WEIGHT: weight.value, HEIGHT: height.value}
        shown = Computation(
            formula=rule.area.value,
            source=card.source,
            inputs=tuple((name, Amount(in_digits(values[name]), card.inputs[name])) for name in values),
            result=Amount(in_digits(Fraction(area)), card.unit),
        )
        return Measured(
            value=Fraction(area),
            evidence=in_order([*weight.evidence, *height.evidence]),
            computations=(shown,),
            expires=earliest(weight.expires, height.expires),
        )

    def _measure(self, name: str, query: FindingQuery, moment: datetime) -> Measured:
        found = self.known.get((name, moment))
        if found is None:
            found = self.known[name, moment] = self._choose(name, query, moment)
        return found

    def _choose(self, name: str, query: FindingQuery, moment: datetime) -> Measured:
        """Choose the latest of the current findings, unless they contradict each other."""
        scene = self._scene(moment)
        rule = self.course.regimen.body
        unit = CARDS[rule.area].inputs[name]
        selection = select_current(query, scene)
        taken = [take_input(name, finding, unit) for finding in selection.current]
        inputs = [each for each in taken if isinstance(each, Input)]
        causes = [*selection.causes] or [each.cause for each in selection.obstacles]
        causes += [each for each in taken if isinstance(each, Cause)]
        dispute = _dispute(name, inputs, scene, rule.replan_share) if inputs else None
        causes += [dispute] if dispute is not None else []
        if causes:
            return _unknown(causes, name, scene, selection.expires)
        latest = inputs[-1]
        evidence = (of_finding(latest.finding, name),)
        return Measured(value=Fraction(latest.quantity.value), evidence=evidence, expires=selection.expires)

    def _scene(self, moment: datetime) -> Scene:
        if moment not in self.scenes:
            course = self.course
            source = AS_OF if moment == course.as_of else SAMPLE
            day = moment.astimezone(course.zone).date()
            self.scenes[moment] = Scene(
                timeline=course.timeline,
                anchor=Anchor(start=moment, time=moment, day=day, source=source),
                as_of=course.as_of,
                zone=course.zone,
                birth=course.birth,
                gender=course.gender,
            )
        return self.scenes[moment]


def end_of(day: date, zone: tzinfo) -> datetime:
    """Give the last instant of a calendar day at the hospital [UTC], however long the day is."""
    return midnight(day + timedelta(days=1), zone) - _TICK


def reference_moment(course: Course, day: int, given: datetime | None) -> datetime:
    """Give the moment whose body weight and height a dose is computed from.

    Args:
        course: With its time.
        day: Planned day, relative to day 0.
        given: 0..1; start of the first administration.

    Returns:
        That start, else the end of the planned day, neither later than the course's time [UTC]; that time
        where day 0 is not known.

    Source:
        issue B, planned doses; clinical review, section 9: a weight's age limit holds where it is used.
    """
    if given is not None:
        return min(given.astimezone(UTC), course.as_of)
    on = course.date_of(day)
    return course.as_of if on is None else min(end_of(on, course.zone), course.as_of)


def earliest(*moments: datetime | None) -> datetime | None:
    """Give the earliest of some moments; None where there is none."""
    return min((each for each in moments if each is not None), default=None)


def _decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _dispute(name: str, inputs: Sequence[Input], scene: Scene, share: Fraction) -> Cause | None:
    """Say what keeps the latest of the day from holding: inexact, not surely the latest, or far from another."""
    timed = [(each, at) for each in inputs if (at := scene.start_of(each.finding.effective)) is not None]
    last = max(at.first for _, at in timed)
    latest = [each for each, at in timed if at.last >= last]
    if any(each.quantity.comparator is not None for each in latest):
        return _cause(UnknownReason.CENSORED, f"the {name} is stated as a limit only", name, latest)
    if len({each.quantity.value for each in latest}) > 1:
        return _cause(UnknownReason.CONFLICTING, f"different {name}s, none surely the latest", name, latest)
    exact = [Fraction(each.quantity.value) for each in inputs if each.quantity.comparator is None]
    if max(exact) - min(exact) > share * min(exact):
        limit = in_percent(share).lstrip("+")
        return _cause(UnknownReason.CONFLICTING, f"{name}s of one day differ by more than {limit}", name, inputs)
    return None


def _cause(reason: UnknownReason, note: str, name: str, inputs: Sequence[Input]) -> Cause:
    return Cause(reason=reason, note=note, evidence=tuple(of_finding(each.finding, name) for each in inputs))


def _unknown(causes: Sequence[Cause], name: str, scene: Scene, expires: datetime | None) -> Measured:
    first = min(causes, key=lambda cause: (PRECEDENCE[cause.reason], cause.note, cause.wanted))
    wanted = next_fact(first, f"body {name}")
    if first.reason in _GONE and not scene.is_moving:
        wanted = f"body {name} that still counts on {scene.anchor.day}"
    return Measured(
        value=None,
        reason=first.reason,
        next_fact=wanted,
        evidence=in_order(each for cause in causes for each in cause.evidence),
        expires=expires,
    )


def _first_unknown(*parts: Measured) -> Measured:
    reasons = [each for each in parts if each.reason is not None]
    first = min(reasons, key=_rank)
    return Measured(
        value=None,
        reason=first.reason,
        next_fact=first.next_fact,
        evidence=in_order(each for part in parts for each in part.evidence),
        expires=earliest(*(each.expires for each in parts)),
    )


def _rank(part: Measured) -> int:
    return PRECEDENCE[part.reason] if part.reason is not None else len(PRECEDENCE)
