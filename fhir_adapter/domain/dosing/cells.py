"""How many of the cells that count were infused: by what was recorded, and by what the product holds.

Knows: products of cells and their content, several infusions out of one product. Does not know: dose levels,
plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.administrations import COMPLETED, Administration
from fhir_adapter.domain.dosing.amount import Reckoned, Reckoning, unknown
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.dosing.units_of_dose import kind_of, measure
from fhir_adapter.domain.exposure import CellProduct, Exposure
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason

Products = Mapping[str, tuple[CellProduct, ...]]

WANTED = "content of the product that was measured"


@dataclass(frozen=True, slots=True)
class Part:
    """One administration that counts, and the amount recorded of it."""

    given: Administration
    recorded: Reckoned


def reckon_cells(
    parts: Sequence[Part], others: Iterable[Administration], products: Products, content: ConceptId, by: Reckoning
) -> tuple[Reckoned, ...]:
    """Reckon the cells of every product infused, its administrations together.

    The content a product states is authoritative: it stands for the amount where none was recorded, and
    contradicts one that differs by more than the item's tolerance. It says nothing of an infusion that was
    stopped, or where something else was given out of the same product.

    Args:
        parts: 0..*; administrations that count, with the amount recorded of each.
        others: 0..*; administrations that do not count here: still running, or under another planned dose.
        products: Reference -> what the product is, of the timeline.
        content: Concept of the cells that count.
        by: Item, units, weight.

    Returns:
        One amount per product or administration without one, each absolute, with what was recorded per kilogram
        where nothing else is known.

    Source:
        rules sheet C.5; clinical review, section 11 item 6: CD3-CD56+ cells only.
    """
    elsewhere = {reference for given in others for reference in products_of(given, products)}
    return tuple(_together(group, elsewhere, products, content, by) for group in _by_product(parts, products))


def products_of(given: Administration, products: Products) -> tuple[str, ...]:
    """Give the references of the products of cells something was given out of; those known only."""
    deed = given.deed
    if not isinstance(deed, Exposure):
        return ()
    return tuple(each for each in dict.fromkeys(deed.supporting) if each in products)


def _by_product(parts: Sequence[Part], products: Products) -> Iterator[tuple[Part, ...]]:
    """Group the administrations that share a product."""
    left = list(parts)
    while left:
        group = [left.pop(0)]
        for known in group:  # grows while it is walked
            shared = set(products_of(known.given, products))
            same = [each for each in left if not shared.isdisjoint(products_of(each.given, products))]
            group += same
            left = [each for each in left if each not in same]
        yield tuple(group)


def _together(
    group: tuple[Part, ...], elsewhere: set[str], products: Products, content: ConceptId, by: Reckoning
) -> Reckoned:
    recorded = add(part.recorded for part in group)
    references = dict.fromkeys(each for part in group for each in products_of(part.given, products))
    held = [_content(products[reference], content, by) for reference in references]
    if any(part.given.status != COMPLETED for part in group) or not elsewhere.isdisjoint(references):
        return recorded
    if not held or any(each is None for each in held):
        return recorded
    whole = add(each for each in held if each is not None)
    if whole.value is None:
        return whole
    if recorded.value is None:
        is_absent = all(cause.reason is UnknownReason.MISSING for cause in recorded.causes)
        return whole if is_absent else recorded
    if is_within(recorded.value, whole.value, by.item.tolerance):
        return whole
    note = "the amount recorded and the content of the product differ"
    return unknown(UnknownReason.CONFLICTING, note, WANTED)


def add(amounts: Iterable[Reckoned]) -> Reckoned:
    """Add amounts; not known where one of them is not.

    Args:
        amounts: 0..*; nothing adds up to nothing.

    Returns:
        The sum, per kilogram only where every one was recorded so; every cause.
    """
    every = tuple(amounts)
    causes = tuple(dict.fromkeys(cause for each in every for cause in each.causes))
    values = [each.value for each in every if each.value is not None]
    per_kg = [each.per_kg for each in every if each.per_kg is not None]
    return Reckoned(
        value=sum(values, Fraction(0)) if not causes else None,
        per_kg=sum(per_kg, Fraction(0)) if per_kg and len(per_kg) == len(every) else None,
        causes=causes,
    )


def _content(versions: Sequence[CellProduct], content: ConceptId, by: Reckoning) -> Reckoned | None:
    """Give how many of the cells that count a product holds; None where it does not state it."""
    found = {quantity for product in versions for concept, quantity in product.measures if concept == content}
    if not found:
        return None
    if len(found) > 1 or any(product.contested for product in versions):
        return unknown(UnknownReason.CONFLICTING, "two contents of one product", WANTED)
    return _cells(found.pop(), by)


def _cells(quantity: Quantity, by: Reckoning) -> Reckoned:
    if quantity.comparator is not None:
        return unknown(UnknownReason.CENSORED, "the product's content is stated as a limit only", WANTED)
    if quantity.unit is None or not is_measurable(quantity.value) or quantity.value < 0:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the product's content has no usable unit", WANTED)
    number, wanted = measure(Fraction(quantity.value), quantity.unit, by.units), kind_of(by.item.unit, by.units)
    if number is None or wanted is None or number.kind is not wanted[0]:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the product's content has no usable unit", WANTED)
    return Reckoned(value=number.value / wanted[1])
