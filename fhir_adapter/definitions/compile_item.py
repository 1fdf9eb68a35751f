"""One planned item as written -> the domain's, with everything about it checked against itself.

Knows: which parts of an item belong together. Does not know: the other items, any particular trial.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from fhir_adapter.definitions.file_dosing import NO_UNIT, DayRow, ItemRow, StatedRow, ToleranceRow
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.protocol import LinkType
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.regimen import (
    AttestedValue,
    Basis,
    DayRange,
    DoseUnit,
    ItemKind,
    PlannedDay,
    PlannedItem,
    Tolerance,
)
from fhir_adapter.domain.vocabulary import RADIATION_DOSE

_UNITS_OF: Final[Mapping[Basis, tuple[DoseUnit, ...]]] = {
    Basis.KG: (DoseUnit.MASS, DoseUnit.CELLS),
    Basis.M2: (DoseUnit.MASS,),
    Basis.ABSOLUTE: (DoseUnit.MASS, DoseUnit.CELLS, DoseUnit.RADIATION),
    Basis.LEVEL: (DoseUnit.CELLS,),
    Basis.NONE: (),
}
"""What an item's absolute amount may be, by what it is reckoned by."""

_TYPES_OF: Final[Mapping[ItemKind, tuple[str, ...]]] = {
    ItemKind.DRUG: ("MedicationAdministration", "Medication"),
    ItemKind.CELLS: ("MedicationAdministration", "BiologicallyDerivedProduct"),
    ItemKind.IRRADIATION: ("Procedure", "Observation"),
    ItemKind.GRAFT: ("Procedure", "MedicationAdministration"),
}
"""FHIR types that say what became of an item."""

_NO_TOLERANCE: Final = Tolerance(Fraction(0), Fraction(0))
"""Of an amount or a duration the plan does not state: nothing is compared with it."""

Slip = tuple[str, str, str]
"""Key of the item, what is wrong with it, what to do."""


def compile_item(
    scope: RuleScope, row: ItemRow, dose_units: Mapping[DoseUnit, UnitRule], steps: Steps
) -> PlannedItem:
    """Compile one planned item.

    Args:
        scope: The rest of the definitions; learns what the item names.
        row: As written.
        dose_units: What amounts may state.
        steps: Where it stands in the file.

    Returns:
        The domain's item.

    Raises:
        DefinitionError: It names something that does not exist, or its parts do not belong together.
    """
    _refuse_first(scope, (*_amount_slips(row, dose_units), *_kind_slips(row), *_time_slips(row)), steps)
    scope.rests_on(steps, *_TYPES_OF[row.kind])
    concepts = scope.concepts(row.concepts, (*steps, "concepts"))
    if row.kind is ItemKind.IRRADIATION:
        scope.concepts([RADIATION_DOSE], steps)
    return PlannedItem(
        id=row.id,
        title=row.title,
        kind=row.kind,
        concepts=concepts,
        days=_days(scope, row, steps),
        basis=row.basis,
        amount=row.amount,
        unit=row.unit,
        tolerance=_tolerance(row.tolerance),
        duration_tolerance=_tolerance(row.duration_tolerance),
        in_window=_range(row.in_window),
        source=row.source,
        course=row.course,
        as_course=row.as_course,
        routes=scope.answers(row.routes, (*steps, "routes")),
        minutes=row.minutes,
        undecided_outside=None if row.undecided_outside is None else _range(row.undecided_outside),
        reach=row.reach,
        only_if=_stated(scope, row.only_if, (*steps, "only_if")),
        exclusive=row.exclusive,
        locked_weight=row.locked_weight,
        infusion=row.infusion,
        codings=tuple(_codings(scope, row, steps)),
        body_sites=scope.answers(row.body_sites, (*steps, "body_sites")),
        warn_above=row.warn_above,
    )


def _refuse_first(scope: RuleScope, slips: tuple[Slip, ...], steps: Steps) -> None:
    for key, problem, remedy in slips:
        raise scope.error((*steps, key), problem, remedy)


def _amount_slips(row: ItemRow, dose_units: Mapping[DoseUnit, UnitRule]) -> Iterator[Slip]:
    if row.basis is Basis.NONE:
        stated = [key for key in ("amount", "course", "warn_above") if getattr(row, key) is not None]
        if stated or row.unit != NO_UNIT:
            yield (
                (stated or ["unit"])[0],
                "basis none states no amount",
                "remove it or name what it is reckoned by",
            )
        return
    allowed = [dose_units[kind].standard for kind in _UNITS_OF[row.basis]]
    if row.amount is None:
        yield "basis", f"basis {row.basis} without an amount", "state `amount`, or basis none"
    if row.unit not in allowed:
        yield "unit", f"unit {row.unit} with basis {row.basis}", f"write it in {' or '.join(allowed)}"
    if row.tolerance is None:
        yield "basis", "an amount without tolerance", "say how far it may lie below and above"


def _kind_slips(row: ItemRow) -> Iterator[Slip]:
    cells = row.kind is ItemKind.CELLS
    if cells != (row.infusion is not None):
        yield "kind", "the number of the infusion belongs to cells, and only to them", "state `infusion`"
    if row.basis is Basis.LEVEL and not cells:
        yield "basis", "a share of the dose level belongs to cells", "choose another basis"
    if row.as_course and row.kind is not ItemKind.IRRADIATION:
        yield "as_course", "only irradiation is one dose over all its days", "remove it"
    if row.exclusive is not None and row.only_if is None:
        yield "exclusive", "nothing chooses this item of its group", "state `only_if`"
    if row.body_sites and row.kind is not ItemKind.IRRADIATION:
        yield "body_sites", "only irradiation has a body site", "remove it"


def _time_slips(row: ItemRow) -> Iterator[Slip]:
    if (row.minutes is None) != (row.duration_tolerance is None):
        yield "minutes", "a duration and its tolerance belong together", "state both or neither"
    for key in ("in_window", "undecided_outside"):
        pair: list[int] | None = getattr(row, key)
        if pair is not None and pair[0] > pair[1]:
            yield key, "the last day lies before the first", "write the earlier day first"


def _days(scope: RuleScope, row: ItemRow, steps: Steps) -> tuple[PlannedDay, ...]:
    days: list[PlannedDay] = []
    for place, written in enumerate(row.days):
        here = (*steps, "days", place)
        only_if = _stated(scope, written.only_if, (*here, "only_if")) if isinstance(written, DayRow) else None
        day = PlannedDay(written.day if isinstance(written, DayRow) else written, only_if)
        if days and day.day <= days[-1].day:
            raise scope.error(here, f"day {day.day} after day {days[-1].day}", "write the days in rising order")
        days.append(day)
    return tuple(days)


def _stated(scope: RuleScope, row: StatedRow | None, steps: Steps) -> AttestedValue | None:
    if row is None:
        return None
    link = scope.link_of_type(row.link, LinkType.CODE, (*steps, "link"))
    if row.is_ not in link.values:
        raise scope.error((*steps, "is"), f"{row.is_} is no value of {row.link}", "name one it allows")
    return AttestedValue(row.link, row.is_)


def _codings(scope: RuleScope, row: ItemRow, steps: Steps) -> Iterator[Coding]:
    for place, code in enumerate(row.codings):
        here = (*steps, "codings", place, "code")
        if not set(scope.known_coding(code, here)) & set(row.concepts):
            problem = f"{code.code} means none of the item's concepts"
            raise scope.error(here, problem, "name a code of one of their value sets")
        yield Coding(code.system, code.code, code.display)


def _tolerance(row: ToleranceRow | None) -> Tolerance:
    return _NO_TOLERANCE if row is None else Tolerance(row.below, row.above)


def _range(pair: list[int]) -> DayRange:
    first, last = pair
    return DayRange(first, last)
