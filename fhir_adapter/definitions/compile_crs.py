"""`crs:` of a consensus and the drugs a trial takes for masking -> the domain's rule.

Knows: which concepts, units and windows each part needs. Does not know: any number, what a grade means.
"""

from __future__ import annotations

from fhir_adapter.definitions.compile_icans import compile_stated
from fhir_adapter.definitions.file_astct import AstctFile
from fhir_adapter.definitions.file_crs import (
    CrsPart,
    CrsReadingsPart,
    DeviceRow,
    HypotensionPart,
    HypoxiaPart,
    MaskingPart,
    PressureLimitRow,
)
from fhir_adapter.definitions.file_treatment_rule import LimitBody
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.queries import Limit, Window, WindowUnit
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

_CRS: Steps = ("crs",)
_UNITS = {WindowUnit.HOUR: "hours", WindowUnit.DAY: "days"}


def compile_crs(scope: RuleScope, file: AstctFile, trial: RuleScope, masking: MaskingPart) -> CrsRule:
    """Compile how cytokine release syndrome is graded.

    Args:
        scope: The consensus against the rest of the definitions; learns what it names.
        file: The consensus.
        trial: The trial's safety.yaml against the rest; learns what it names.
        masking: Its section `masking`.

    Returns:
        The rule.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    row = file.crs
    scope.rests_on(_CRS, "Observation", "MedicationAdministration", "Medication", "Procedure", "Condition")
    return CrsRule(
        scale=file.title,
        fever=_fever(scope, row),
        hypotension=_hypotension(scope, row.hypotension),
        hypoxia=_hypoxia(scope, row.hypoxia),
        masking=compile_masking(trial, masking),
        readings=_readings(scope, row.readings),
        stated=compile_stated(scope, row.stated, (*_CRS, "stated")),
    )


def compile_masking(scope: RuleScope, row: MaskingPart) -> tuple[MaskingDrugs, ...]:
    """Compile the drugs that mask a fever.

    Args:
        scope: safety.yaml against the rest of the definitions; learns what it names.
        row: Its section `masking`.

    Returns:
        The drugs, in the order written.

    Raises:
        DefinitionError: A concept or route does not exist, or is named twice.
    """
    found: list[MaskingDrugs] = []
    for place, drugs in enumerate(row.drugs):
        steps: Steps = ("masking", "drugs", place)
        scope.rests_on(steps, "MedicationAdministration", "Medication")
        found.append(
            MaskingDrugs(
                title=drugs.title,
                concepts=scope.concepts(drugs.concepts, (*steps, "concepts")),
                within=drugs.within,
                local=scope.answers(drugs.local, (*steps, "local")),
            )
        )
    return tuple(found)


def _fever(scope: RuleScope, row: CrsPart) -> FeverRule:
    steps: Steps = (*_CRS, "fever")
    concepts = scope.concepts(row.fever.concepts, (*steps, "concepts"))
    return FeverRule(
        concepts=concepts,
        limit=_limit(scope, row.fever.limit, scope.standard_units(concepts), (*steps, "limit")),
        grade=row.fever.grade,
    )


def _hypotension(scope: RuleScope, row: HypotensionPart) -> HypotensionRule:
    steps: Steps = (*_CRS, "hypotension")
    pressure, pressors = scope.concepts(row.pressure, (*steps, "pressure")), row.pressors
    units, here = scope.standard_units(pressure), (*steps, "pressors")
    every = [*pressors.counted, *pressors.add_on, *pressors.inotropes]
    twice = next((name for name in every if every.count(name) > 1), None)
    if twice is not None:
        raise scope.error(here, f"{twice} is named twice", "a drug counts, is an add-on or an inotrope")
    both = sorted(set(pressors.routes) & set(pressors.local))
    if both:
        raise scope.error((*here, "local"), f"{both[0]} is a route of an infusion too", "keep one")
    if pressors.several < pressors.one:
        raise scope.error((*here, "several"), "a lower grade than one pressor", "correct one of them")
    return HypotensionRule(
        pressure=pressure,
        limits=tuple(
            _pressure_limit(scope, each, units, (*steps, "limits", place)) for place, each in enumerate(row.limits)
        ),
        documented=scope.concepts(row.documented, (*steps, "documented")),
        grade=row.grade,
        counted=scope.concepts(pressors.counted, (*here, "counted")),
        add_on=scope.concepts(pressors.add_on, (*here, "add_on")),
        inotropes=scope.concepts(pressors.inotropes, (*here, "inotropes")),
        routes=scope.answers(pressors.routes, (*here, "routes")),
        local=scope.answers(pressors.local, (*here, "local")),
        one=pressors.one,
        several=pressors.several,
        many=pressors.many,
    )


def _pressure_limit(scope: RuleScope, row: PressureLimitRow, units: frozenset[str], steps: Steps) -> PressureLimit:
    if row.below is not None and row.below <= row.from_:
        raise scope.error((*steps, "below"), "no age lies between both", "write the first age that is too old")
    return PressureLimit(
        from_years=row.from_,
        below_years=row.below,
        limit=_limit(scope, row.limit, units, (*steps, "limit")),
        per_year=row.per_year,
    )


def _hypoxia(scope: RuleScope, row: HypoxiaPart) -> HypoxiaRule:
    steps: Steps = (*_CRS, "hypoxia")
    flow = scope.concepts(row.flow, (*steps, "flow"))
    generic = [place for place, each in enumerate(row.devices) if each.generic]
    if len(generic) != 1:
        raise scope.error((*steps, "devices"), "not exactly one generic device", "one stands where none is named")
    return HypoxiaRule(
        flow=flow,
        fraction=scope.concepts(row.fraction, (*steps, "fraction")),
        saturation=scope.concepts(row.saturation, (*steps, "saturation")),
        device=scope.concepts(row.device, (*steps, "device")),
        no_device=scope.answers(row.no_device, (*steps, "no_device")),
        low_flow=_limit(scope, row.low_flow, scope.standard_units(flow), (*steps, "low_flow")),
        devices=tuple(_device(scope, each, (*steps, "devices", place)) for place, each in enumerate(row.devices)),
    )


def _device(scope: RuleScope, row: DeviceRow, steps: Steps) -> DeviceRule:
    if not row.concepts and not row.shown_by:
        raise scope.error(steps, "nothing says that it is used", "state `concepts` or `shown_by`")
    if row.low_flow is None and (row.asks or row.generic):
        raise scope.error(steps, "its grade does not depend on the flow", "state `low_flow`")
    if row.low_flow is not None and row.low_flow > row.grade:
        raise scope.error((*steps, "low_flow"), "a higher grade at low flow", "correct one of them")
    return DeviceRule(
        id=row.id,
        concepts=scope.concepts(row.concepts, (*steps, "concepts")),
        grade=row.grade,
        shown_by=scope.concepts(row.shown_by, (*steps, "shown_by")),
        low_flow=row.low_flow,
        asks=row.asks,
        support=row.support,
        airway=row.airway,
        is_generic=row.generic,
    )


def _readings(scope: RuleScope, row: CrsReadingsPart) -> CrsReadings:
    return CrsReadings(
        holds=_window(scope, row.reading_holds, WindowUnit.HOUR, "reading_holds"),
        open_end=_window(scope, row.open_end, WindowUnit.HOUR, "open_end"),
        short_dose=row.short_dose_minutes,
        reaction=_window(scope, row.reaction_within, WindowUnit.HOUR, "reaction_within"),
        home_support=_window(scope, row.home_support_within, WindowUnit.DAY, "home_support_within"),
    )


def _window(scope: RuleScope, window: Window, unit: WindowUnit, key: str) -> Window:
    if window.unit is not unit:
        raise scope.error(
            (*_CRS, "readings", key), f"not a window in {_UNITS[unit]}", f"write it in {_UNITS[unit]}"
        )
    return window


def _limit(scope: RuleScope, body: LimitBody, units: frozenset[str], steps: Steps) -> Limit:
    if units != {body.unit}:
        raise scope.error((*steps, "unit"), f"limit in {body.unit}, not in {', '.join(sorted(units))}", "use it")
    return Limit(body.op, body.value, body.unit)
