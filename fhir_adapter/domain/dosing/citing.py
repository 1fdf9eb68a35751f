"""Evidence of what was given: the administration, its amount as written, its product, the dose measured during it.

Knows: how administrations are cited. Does not know: what they amount to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fhir_adapter.domain.answers import in_order
from fhir_adapter.domain.dosing.administrations import Administration, Deed
from fhir_adapter.domain.dosing.irradiation import doses_during
from fhir_adapter.domain.evidence import amount_of, of_event, of_finding
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Amount, Evidence
from fhir_adapter.domain.timeline import Timeline

GIVEN = "given"
"""Role of what was administered or done."""


def cite(given: Iterable[Administration], timeline: Timeline) -> tuple[Evidence, ...]:
    """Cite every resource that tells of some administrations, with the amounts as the hospital wrote them.

    Args:
        given: 0..*; administrations.
        timeline: For products and doses measured during procedures.

    Returns:
        Evidence in order, without repeats.
    """
    return in_order(each for one in given for deed in one.deeds for each in _of_deed(deed, timeline))


def _of_deed(deed: Deed, timeline: Timeline) -> Iterator[Evidence]:
    event = of_event(deed, timeline, GIVEN)
    yield from event
    if isinstance(deed, Exposure):
        where = f"{deed.source.type}.dosage"
        if deed.dose is not None:
            yield replace(
                event[0], path=f"{where}.dose", role="dose", reported=amount_of(deed.dose), standard=None
            )
        if deed.rate is not None:
            yield replace(event[0], path=f"{where}.rate", role="rate", reported=_rate(*deed.rate), standard=None)
        return
    if deed.radiation is not None:
        path = deed.radiation_path or deed.path
        yield replace(event[0], path=path, role="dose", reported=amount_of(deed.radiation), standard=None)
    yield from (of_finding(each, "dose") for each in doses_during(deed, timeline.findings))


def _rate(amount: Quantity, time: Quantity | None) -> Amount:
    if time is None:
        return amount_of(amount)
    per = " ".join(each for each in (str(time.value), time.unit) if each)
    return Amount(str(amount.value), f"{amount.unit or ''} / {per}", None)
