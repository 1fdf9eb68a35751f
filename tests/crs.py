"""The rule CRS is graded by, written by hand, and short ways to tell what happened to a child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from fhir_adapter.domain.astct.crs import propose_crs
from fhir_adapter.domain.astct.stated import Stated
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Fact, Finding, Intervention, Reading
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.safety_model.crs_rule import (
    CrsReadings,
    CrsRule,
    DeviceRule,
    FeverRule,
    HypotensionRule,
    HypoxiaRule,
    MaskingDrugs,
    PressureLimit,
)
from fhir_adapter.domain.safety_model.stated_rule import StatedRule
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeInterval, SyndromeRecord
from fhir_adapter.domain.source import Completeness
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import ZONE, exposure, finding, moment, procedure, reading, receipt
from tests.icans import clock
from tests.scenes import limit

STEROIDS: Final = (
    *("prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone", "betamethasone"),
    *("cortisone", "triamcinolone", "deflazacort"),
)


def named(*names: str) -> tuple[ConceptId, ...]:
    """Concepts by name."""
    return tuple(ConceptId(name) for name in names)


def hours(amount: int) -> Window:
    """A window of hours."""
    return Window(amount, WindowUnit.HOUR)


def days(amount: int) -> Window:
    """A window of days."""
    return Window(amount, WindowUnit.DAY)


def device(id_: str, concept: str, grade: int, **more: Any) -> DeviceRule:
    """A device with one concept."""
    return DeviceRule(id=id_, concepts=named(concept), grade=grade, **more)


RULE: Final = CrsRule(
    scale="ASTCT 2019",
    fever=FeverRule(concepts=named("body-temperature"), limit=limit(">= 38.0", "Cel"), grade=1),
    hypotension=HypotensionRule(
        pressure=named("systolic-blood-pressure"),
        limits=(
            PressureLimit(from_years=1, below_years=11, limit=limit("< 70", "mm[Hg]"), per_year=2),
            PressureLimit(from_years=11, below_years=None, limit=limit("< 90", "mm[Hg]"), per_year=0),
        ),
        documented=named("hypotension"),
        grade=2,
        counted=named("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "angiotensin-ii"),
        add_on=named("vasopressin", "terlipressin"),
        inotropes=named("dobutamine", "milrinone"),
        routes=named("intravenous"),
        local=named(*(
            "topical",
            "inhaled",
            "nasal",
            "ophthalmic",
            "otic",
            "rectal",
            "intra-articular",
            "intrathecal",
        )),
        one=3,
        several=4,
        many=2,
    ),
    hypoxia=HypoxiaRule(
        flow=named("inhaled-oxygen-flow"),
        fraction=named("inhaled-oxygen-concentration"),
        saturation=named("spo2"),
        device=named("oxygen-device"),
        no_device=named("no-oxygen-device"),
        low_flow=limit("<= 6", "L/min"),
        devices=(
            device("nasal cannula", "oxygen-nasal-cannula", 3, low_flow=2),
            device("blow-by", "blow-by-oxygen", 2),
            device("face mask", "oxygen-mask", 3),
            device("high-flow device", "high-flow-oxygen", 3, low_flow=2, asks=True),
            device("CPAP", "cpap", 4, support=1),
            device("non-invasive ventilation", "non-invasive-ventilation", 4, support=2),
            device("invasive ventilation", "invasive-ventilation", 4, support=3, airway=True),
            device("ventilator", "ventilator-support", 4, shown_by=named("ventilation-mode"), support=3),
            device("unnamed device", "low-flow-oxygen", 3, low_flow=2, asks=True, is_generic=True),
        ),
    ),
    masking=(
        MaskingDrugs(
            title="a blocker of interleukin 6 or 1",
            concepts=named("tocilizumab", "interleukin-blocker"),
            within=days(28),
        ),
        MaskingDrugs(
            title="a systemic steroid",
            concepts=named(*STEROIDS),
            within=hours(24),
            local=named(*(
                "intrathecal",
                "topical",
                "inhaled",
                "nasal",
                "ophthalmic",
                "otic",
                "rectal",
                "intra-articular",
            )),
        ),
        MaskingDrugs(
            title="a drug that lowers fever",
            concepts=named("antipyretic"),
            within=hours(24),
            local=named("topical", "ophthalmic", "otic", "nasal"),
        ),
    ),
    readings=CrsReadings(
        holds=hours(12), open_end=hours(24), short_dose=60, reaction=hours(6), home_support=days(30)
    ),
    stated=StatedRule(
        concept=ConceptId("crs"), grades={ConceptId(f"crs-grade-{grade}"): grade for grade in range(1, 6)}
    ),
)
"""What mappings/terminology/astct-2019.yaml and safety.yaml of the first trial must compile to."""

INFUSED: Final = "2026-03-09T10:00"
CHILD: Final = "2018-05-20"
READ: Final = receipt("MedicationAdministration")
BY_VEIN: Final = named("intravenous")


def temperature(value: str, at: str | None, **more: Any) -> Finding:
    """A body temperature in degrees Celsius."""
    return finding("body-temperature", value, "Cel", at, **more)


def pressure(value: str, at: str | None, **more: Any) -> Finding:
    """A systolic pressure."""
    return finding("systolic-blood-pressure", value, "mm[Hg]", at, **more)


def flow(value: str, at: str | None, **more: Any) -> Finding:
    """A flow of oxygen in litres per minute."""
    return finding("inhaled-oxygen-flow", value, "L/min", at, **more)


def fraction(value: str, at: str | None, **more: Any) -> Finding:
    """An inspired oxygen concentration in percent."""
    return finding("inhaled-oxygen-concentration", value, "%", at, **more)


def noted(answer: str, at: str, **more: Any) -> Finding:
    """The device by which oxygen is given; an empty answer is not mapped."""
    return finding("oxygen-device", at=at, answer=answer, **more)


def given(drug: str, at: str | None, **more: Any) -> Exposure:
    """Something given by vein; `start/end` for an infusion."""
    id_ = f"{drug}-{at}".replace("/", "_")
    return exposure(drug, at, **{"route": BY_VEIN, "id_": id_, **more})


def used(concept: str, at: str | None, **more: Any) -> Intervention:
    """A device used; `start/end`."""
    return procedure(concept, at, id_=f"{concept}-{at}".replace("/", "_"), **more)


RATE: Final = (Quantity(Decimal("0.1"), "ug/kg/min"), None)

Given = Fact | Reading | Completeness


def propose(
    *facts: Given,
    born: str | None = CHILD,
    as_of: str = "2026-03-20T12:00",
    infused: Iterable[str] = (INFUSED,),
    until: str | None = None,
    rule: CrsRule = RULE,
    stated: Sequence[Stated] = (),
    read: Completeness | None = READ,
) -> SyndromeRecord:
    """Propose the grades of a child of seven, eleven days after one infusion; every drug was read."""
    readings = [
        each if isinstance(each, Reading) else reading(each)
        for each in facts
        if not isinstance(each, Completeness)
    ]
    receipts = [each for each in facts if isinstance(each, Completeness)]
    return propose_crs(
        build_timeline(readings, [*receipts, *([read] if read is not None else [])]),
        rule,
        infusions=tuple((number, clock(start)) for number, start in enumerate(infused, 1)),
        until=clock(until) if until is not None else None,
        as_of=clock(as_of),
        zone=ZONE,
        birth=moment(born) if born is not None else None,
        stated=stated,
    )


def evidence_of(interval: SyndromeInterval) -> set[str]:
    """Roles and references an interval rests on."""
    return {f"{each.role} {each.reference}" for each in interval.evidence}
