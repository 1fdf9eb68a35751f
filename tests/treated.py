"""Treatments derived from a few facts: a child of 15 kg, level 1, haploidentical donor, treosulfan.

Day -14 is 11 March 2026, day -12 13 March, day 0 25 March, day +5 30 March. Everything was read to its end.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.amount import Reckoning
from fhir_adapter.domain.dosing.body import Measured
from fhir_adapter.domain.dosing.body_size import Size
from fhir_adapter.domain.dosing.derive import derive_treatment
from fhir_adapter.domain.dosing.records import DosingRecord, TreatmentRecord
from fhir_adapter.domain.exposure import CellProduct, Exposure, Strength
from fhir_adapter.domain.facts import Fact, Finding, Intervention, Reading
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import Basis, PlannedItem
from fhir_adapter.domain.source import Completeness
from fhir_adapter.domain.statements import Attestation
from tests.builders import ZONE, cell_product, exposure, finding, procedure, quantity, read_completely
from tests.courses import (
    CELLS,
    CONTENT,
    GRAFT,
    SUBJECT,
    VEIN,
    a_regimen,
    a_treated_trial,
    an_item,
    height,
    stated,
    weight,
)
from tests.dose_units import DOSE_UNITS
from tests.scenes import timeline

READ = read_completely("MedicationAdministration", "Procedure", "Observation")
BODY = (weight("15"), height("100"))
DAY_15 = datetime(2026, 4, 9, 12, 0, tzinfo=ZONE)
"""Fifteen days after day 0."""


def treated(
    *facts: Fact | Reading | Completeness,
    items: tuple[PlannedItem, ...] = (),
    as_of: datetime | str = DAY_15,
    said: tuple[Attestation, ...] | None = None,
    read: tuple[Completeness, ...] | None = None,
    body: tuple[Finding, ...] = BODY,
    trial: dict[str, Any] | None = None,
    **more: Any,
) -> TreatmentRecord:
    """Derive a treatment; `items` replaces the whole plan, `said` what was stated, `read` the receipts."""
    receipts = tuple(READ) if read is None else read
    at = as_of if isinstance(as_of, datetime) else datetime.fromisoformat(as_of).replace(tzinfo=ZONE)
    record = derive_treatment(
        timeline(*facts, *body, *(stated() if said is None else said), *receipts),
        a_treated_trial(a_regimen(*items), **(trial or {})),
        subject=SUBJECT,
        as_of=at,
        zone=ZONE,
        **more,
    )
    assert record is not None
    return record


def dose(record: TreatmentRecord, item: str, day: int) -> DosingRecord:
    """The planned dose of an item on a day."""
    return next(
        each for each in record.records if each.planned is not None and (each.item, each.day) == (item, day)
    )


def unplanned(record: TreatmentRecord) -> tuple[DosingRecord, ...]:
    """What was given beside the plan."""
    return tuple(each for each in record.records if each.planned is None)


def shown(record: DosingRecord) -> tuple[str, ...]:
    """A dose in words: status or its reason, then the deviations."""
    status = f"UNKNOWN({record.reason})" if record.reason is not None else record.status.value
    return (status, *(each.value for each in record.deviations))


def amount(record: DosingRecord) -> Any:
    """What was given, in the item's unit."""
    given = record.administered
    return given.dose.value if given is not None and given.dose is not None else None


THIOTEPA = an_item("thiotepa", -14, basis=Basis.KG, amount=Fraction(10), course=Fraction(10))
"""10 mg/kg on day -14: for 15 kg 150 mg."""


def drug(
    amount_given: str | None = "150 mg",
    at: str | None = "2026-03-11T09:00/2026-03-11T10:00",
    *,
    of: str = "thiotepa",
    **more: Any,
) -> Exposure:
    """A drug into a vein over an hour; None = no dose was written down."""
    return exposure(of, at, **{"dose": a_quantity(amount_given), "route": (VEIN,), **more})


def a_quantity(text: str | None) -> Quantity | None:
    """Read `150 mg`."""
    if text is None:
        return None
    number, _, unit = text.partition(" ")
    return quantity(number, unit or None)


def strength(of: str, top: str, below: str) -> Strength:
    """How much of a drug is in how much of its product: `100 mg` in `10 mL`, or in `1` tablet."""
    numerator, denominator = a_quantity(top), a_quantity(below)
    assert numerator is not None
    assert denominator is not None
    return ((ConceptId(of),), numerator, denominator)


def infusion(amount_given: str | None, at: str = "2026-03-13T11:00/2026-03-13T11:30", **more: Any) -> Exposure:
    """Cells; `bag` names the products they came out of."""
    bags = more.pop("bags", ())
    return exposure(
        CELLS,
        at,
        **{
            "dose": a_quantity(amount_given),
            "route": (VEIN,),
            "supporting": tuple(f"BiologicallyDerivedProduct/{bag}" for bag in bags),
            **more,
        },
    )


def bag(name: str, content: str | None = None, **more: Any) -> CellProduct:
    """A bag of cells with its CD3-CD56+ content."""
    held = a_quantity(content)
    measures = ((CONTENT, held),) if held is not None else ()
    return cell_product(name, CELLS, **{"measures": measures, **more})


def graft(at: str = "2026-03-25T11:00", **more: Any) -> Intervention:
    """The graft infusion."""
    return procedure(GRAFT, at, **more)


def radiation(gray: str | None, at: str, **more: Any) -> Intervention:
    """A procedure of the item `tbi`, with its own dose in Gy."""
    return procedure("tbi", at, **{"radiation": a_quantity(f"{gray} Gy") if gray else None, **more})


def dose_during(done: Intervention, value: str, unit: str = "Gy", **more: Any) -> Finding:
    """A radiation dose measured as part of a procedure."""
    start = done.performed.start if done.performed is not None else None
    at = start.text if start is not None else None
    return finding(
        "radiation-dose",
        value,
        unit,
        at=at,
        **{"part_of": (done.source.reference,), "id_": f"dose-{done.source.id}-{value}".replace(":", "."), **more},
    )


def reckoning(item: PlannedItem = THIOTEPA, **more: Any) -> Reckoning:
    """Reckon for 15 kg and 0.5 m2; `kg` and `m2` None = not known."""
    kg, m2 = more.pop("kg", Fraction(15)), more.pop("m2", Fraction(1, 2))
    size = Size(weight=_measured(kg), area=_measured(m2))
    return Reckoning(**{
        "item": item,
        "units": DOSE_UNITS,
        "size": lambda: size,
        "stopped_dose": "unknown",
        **more,
    })


def _measured(value: Fraction | None) -> Measured:
    if value is None:
        return Measured(value=None, reason=UnknownReason.STALE, next_fact="a newer weight")
    return Measured(value=value)


def thiotepa(*facts: Fact | Reading | Completeness, **more: Any) -> DosingRecord:
    """10 mg/kg for 15 kg on day -14, 11 March 2026: 150 mg."""
    return dose(treated(*facts, **{"items": (THIOTEPA,), **more}), "thiotepa", -14)
