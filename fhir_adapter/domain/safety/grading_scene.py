"""Everything the results of one subject are graded against, and the sample a grade is made of.

Knows: age, limits of normal of the same result, baselines, cell infusions. Does not know: how a grade is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_finding, of_limit
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.reference_range import NormalLimit, find_limits
from fhir_adapter.domain.safety.baseline import BaselineWindow
from fhir_adapter.domain.safety.usable import Usable, find_usable
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import ToxicityGrade
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Scale

Infusions = tuple[tuple[int, datetime], ...]
"""Number and start of every cell infusion given, earliest first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A result with its limits of normal and its baseline, and what says so.

    Attributes:
        baseline: 0..1; the result it is compared with.
        evidence: The result first.
        at: The earliest moment it can mean, at the hospital.
        until: 0..1; the latest one, where that is another.
        after_infusion: 0..1; number of the last cell infusion that began before it.
    """

    result: Usable
    measurement: Measurement
    baseline: Usable | None
    evidence: tuple[Evidence, ...]
    at: datetime
    until: datetime | None
    after_infusion: int | None

    def with_inputs(self, inputs: Mapping[ClinicalInput, bool]) -> Measurement:
        """Give the measurement with what is recorded besides the number."""
        if not inputs:
            return self.measurement
        known = self.measurement
        return Measurement(
            reported=known.reported,
            standard=known.standard,
            lln=known.lln,
            uln=known.uln,
            baseline=known.baseline,
            baseline_lln=known.baseline_lln,
            baseline_uln=known.baseline_uln,
            inputs=inputs,
            age_years=known.age_years,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """What a result is compared with."""

    value: Decimal | None = None
    lln: Decimal | None = None
    uln: Decimal | None = None
    evidence: tuple[Evidence, ...] = ()


_WITHOUT = _Compared()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingScene:
    """Everything the results of one subject are graded against. Immutable.

    Attributes:
        scene: Timeline, age, sex, zone, as_of.
        since: First calendar day whose results are graded.
        window: 0..1; where baselines lie; None where it is not known when treatment began.
        memo: Reference and path of a baseline -> what was taken from it before; only ever the same again.
        ages: Day -> completed years on it, where they are certain.
    """

    scale: Scale
    rule: EpisodeRule
    scene: Scene
    since: date
    window: BaselineWindow | None
    infusions: Infusions
    memo: dict[tuple[str, str], _Compared] = field(default_factory=dict, compare=False, repr=False)
    ages: dict[date, int | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def timeline(self) -> Timeline:
        """The person's facts."""
        return self.scene.timeline

    def usable(self, concepts: Iterable[ConceptId]) -> tuple[Usable, ...]:
        """Give the results of some concepts that can be graded, earliest first."""
        scene = self.scene
        return find_usable(self.timeline, concepts, since=self.since, as_of=scene.as_of, zone=scene.zone)

    def sample(self, result: Usable, baseline: Usable | None) -> Sample:
        """Take a result with its limits and its baseline, for grading.

        Args:
            result: The result.
            baseline: 0..1; the result it is compared with, in the same standard unit.

        Returns:
            Limits and baseline in the standard unit, each cited.

        Source:
            rules sheet A.11, limits from the same result; clinical review, PUT-6.
        """
        lln, uln = self._limits(result)
        compared = self._compared(baseline)
        measurement = Measurement(
            reported=result.reported,
            standard=_number(result.standard),
            lln=_value(lln),
            uln=_value(uln),
            baseline=compared.value,
            baseline_lln=compared.lln,
            baseline_uln=compared.uln,
            age_years=self._age(result.at.first_day),
        )
        own = (of_finding(result.finding), *_cited(result, lln, "lln"), *_cited(result, uln, "uln"))
        at, zone = result.at, self.scene.zone
        return Sample(
            result,
            measurement,
            baseline,
            (*own, *compared.evidence),
            at.first.astimezone(zone),
            at.last.astimezone(zone) if at.last != at.first else None,
            self._after_infusion(at),
        )

    def build(
        self,
        sample: Sample,
        grade: ToxicityGrade,
        *,
        value: str | None = None,
        standard: Quantity | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> GradedResult:
        """Build the graded result of a sample.

        Args:
            sample: What was graded.
            grade: Its grade under one term.
            value: 0..1; as shown, where it is not the value as reported.
            standard: 0..1; the value graded, where it is not the result's own.
            evidence: 0..*; what it rests on besides the sample.

        Returns:
            The graded result.
        """
        result = sample.result
        effective = result.finding.effective
        return GradedResult(
            term=grade.term,
            reference=result.finding.source.reference,
            path=result.finding.path,
            effective=effective.start.text if effective is not None and effective.start is not None else "",
            at=sample.at,
            value=value or shown(result.reported),
            grade=grade,
            baseline=sample.baseline.finding.source.reference if sample.baseline is not None else None,
            after_infusion=sample.after_infusion,
            evidence=(*sample.evidence, *evidence),
            until=sample.until,
            standard=standard or result.standard,
        )

    def _compared(self, baseline: Usable | None) -> _Compared:
        """Take a baseline with its limits; the same one serves many results."""
        if baseline is None:
            return _WITHOUT
        known = self.memo.get(baseline.key)
        if known is None:
            lln, uln = self._limits(baseline)
            known = self.memo[baseline.key] = _Compared(
                value=_number(baseline.standard),
                lln=_value(lln),
                uln=_value(uln),
                evidence=(
                    of_finding(baseline.finding, "baseline"),
                    *_cited(baseline, lln, "baseline-lln"),
                    *_cited(baseline, uln, "baseline-uln"),
                ),
            )
        return known

    def _limits(self, result: Usable) -> tuple[NormalLimit | None, NormalLimit | None]:
        """Give the limits of normal of a result that are in its own standard unit and do not contradict."""
        unit = result.standard.unit if result.standard is not None else result.reported.unit
        lln, uln = find_limits(result.finding, self.scene)
        lln = lln if lln is not None and lln.quantity.unit == unit else None
        uln = uln if uln is not None and uln.quantity.unit == unit else None
        if lln is not None and uln is not None and lln.quantity.value > uln.quantity.value:
            return None, None
        return lln, uln

    def _age(self, day: date) -> int | None:
        if day not in self.ages:
            ages = self.scene.ages_on(day)
            self.ages[day] = ages[0] if ages is not None and ages[0] == ages[1] >= 0 else None
        return self.ages[day]

    def _after_infusion(self, at: Span) -> int | None:
        return max((number for number, start in self.infusions if start < at.last), default=None)


def shown(quantity: Quantity) -> str:
    """Write a value as people read it: `<0.1 10*9/L`."""
    number = f"{quantity.comparator or ''}{quantity.value}"
    return f"{number} {quantity.unit}" if quantity.unit else number


def _number(quantity: Quantity | None) -> Decimal | None:
    return quantity.value if quantity is not None else None


def _value(limit: NormalLimit | None) -> Decimal | None:
    return limit.quantity.value if limit is not None else None


def _cited(result: Usable, limit: NormalLimit | None, role: str) -> list[Evidence]:
    return [of_limit(result.finding, limit.quantity, limit.path, role)] if limit is not None else []
