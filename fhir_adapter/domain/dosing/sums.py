"""What was given under one planned dose: all its administrations together.

Knows: which administrations count, their sum, their duration, what keeps the amount from being known. Does not
know: the planned amount, deviations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.dosing.administrations import STOPPED, UNDER_WAY, Administration, Deed, when_of
from fhir_adapter.domain.dosing.amount import Reckoned, Reckoning, reckon, unknown
from fhir_adapter.domain.dosing.cells import Part, add, reckon_cells
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.duration import minutes_of
from fhir_adapter.domain.dosing.irradiation import doses_during, reckon_procedure, without_parts
from fhir_adapter.domain.dosing.repeats import Stretch, stretch_of
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.gaps import cause_of
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import Basis, ItemKind

_ABSENT = frozenset({UnknownReason.MISSING})

ENDED = "end of the administration, and the amount given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What was given under one planned dose.

    Attributes:
        amount: All counted administrations together, in the item's unit; causes where it is not known.
        counted: 0..*; administrations that count.
        running: 0..*; administrations that have not ended: their amount does not count yet.
        stretches: 0..*; time and amount of each counted one whose amount is known, to find repeats.
        minutes: 0..1; how long all parts together ran, overlaps once [min].
    """

    amount: Reckoned
    counted: tuple[Administration, ...]
    running: tuple[Administration, ...]
    stretches: tuple[Stretch, ...]
    minutes: Fraction | None


def sum_up(
    given: Sequence[Administration], others: Iterable[Administration], course: Course, by: Reckoning
) -> Sum:
    """Add up what was given under one planned dose.

    What has not ended never counts towards the amount: it may still be stopped.

    Args:
        given: 1..*; administrations matched to the dose that were not merely not done.
        others: 0..*; every other administration of the same concepts.
        course: For products, measured doses, refused parts.
        by: Item, units, weight and surface.

    Returns:
        The sum; not known where one part's amount is not.

    Source:
        issue B, administered doses: several bags of one planned dose summed.
    """
    ended = [each for each in given if each.status not in UNDER_WAY]
    running = tuple(each for each in given if each.status in UNDER_WAY)
    amounts = {id(each): _doubted(each, _amount(each, course, by)) for each in ended}
    counted = _counted(ended, amounts)
    parts = [Part(each, amounts[id(each)]) for each in counted]
    if by.item.kind is ItemKind.CELLS:
        elsewhere = (*running, *others)
        products = course.timeline.cell_products
        whole = add(reckon_cells(parts, elsewhere, products, course.regimen.cells.content, by))
    else:
        whole = add(part.recorded for part in parts)
    if running and not counted:
        whole = unknown(UnknownReason.NOT_YET_DUE, "not ended yet", ENDED)
    if by.item.basis is Basis.NONE:
        whole = Reckoned()
    stretches = (stretch_of(part.given, part.recorded.value, course.zone) for part in parts)
    return Sum(
        amount=_per_kg(whole, by),
        counted=counted,
        running=running,
        stretches=tuple(each for each in stretches if each is not None),
        minutes=minutes_of(when_of(each.deed) for each in (*counted, *running)),
    )


def _counted(ended: Sequence[Administration], amounts: Mapping[int, Reckoned]) -> tuple[Administration, ...]:
    """Leave out procedures that are part of another one here, so that no dose counts twice."""
    done = [deed for each in ended if isinstance(deed := each.deed, Intervention)]
    doses = {each.deed.source.reference: amounts[id(each)].value for each in ended}
    counted, _ = without_parts(done, doses)
    return tuple(each for each in ended if not isinstance(each.deed, Intervention) or each.deed in counted)


def _doubted(given: Administration, amount: Reckoned) -> Reckoned:
    """Nothing is known of an amount while it is not known which content holds, or whether it was given."""
    return Reckoned(causes=given.causes) if given.causes else amount


def _amount(given: Administration, course: Course, by: Reckoning) -> Reckoned:
    """Reckon one administration; others that share its identifier must not say another amount."""
    first = _of_deed(given.deed, course, by)
    alike = [deed for deed in given.deeds[1:] if deed.status == given.status]
    for deed in alike:
        other = _of_deed(deed, course, by)
        if first.value is None or other.value is None:
            continue
        if not is_within(other.value, first.value, by.item.tolerance):
            return unknown(UnknownReason.CONFLICTING, "one administration is recorded with different amounts")
    return first


def _of_deed(deed: Deed, course: Course, by: Reckoning) -> Reckoned:
    if isinstance(deed, Intervention):
        if by.item.kind is not ItemKind.IRRADIATION:
            return unknown(UnknownReason.MISSING, "a procedure records no amount")
        return reckon_procedure(deed, doses_during(deed, course.timeline.findings), by)
    found = reckon(deed, by)
    if found.value is not None:
        # a rate does not stand in for a dose that was written down and could not be read
        unread = [cause for cause in _refused(deed, course, ".dosage.dose") if cause.reason not in _ABSENT]
        return Reckoned(causes=tuple(unread)) if unread and deed.status != STOPPED else found
    is_absent = all(cause.reason in _ABSENT for cause in found.causes)
    refused = _refused(deed, course, ".dosage.") if is_absent else ()
    return replace(found, causes=refused) if refused else found


def _refused(deed: Exposure, course: Course, part: str) -> tuple[Cause, ...]:
    """Give why the amount of an administration was refused when it was read."""
    found = (
        cause_of(gap)
        for gap in course.timeline.gaps
        if gap.is_part and gap.source == deed.source and part in gap.rejection.path
    )
    return tuple(cause for cause in found if cause is not None)


def _per_kg(whole: Reckoned, by: Reckoning) -> Reckoned:
    """Say the cells per kilogram; as recorded where they were, else over the weight used. Drugs have none."""
    if by.item.kind is not ItemKind.CELLS:
        return replace(whole, per_kg=None)
    if whole.per_kg is not None or whole.value is None:
        return whole
    weight = by.size().weight.value
    return replace(whole, per_kg=whole.value / weight) if weight else whole
