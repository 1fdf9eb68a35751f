"""Facts with valid, synthetic defaults.

Times without a zone are times at the hospital (Europe/Berlin). Units are taken as the concepts' standard units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.facts import (
    CodedValue,
    Component,
    Demographics,
    Diagnosis,
    Fact,
    Finding,
    Intervention,
    Reading,
    SpecimenKind,
)
from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.source import Completeness, HospitalId, Rejection, RejectionReason, ResourceVersion
from fhir_adapter.domain.statements import Attestation, ConsentStatement, SignerRole

ZONE = ZoneInfo("Europe/Berlin")
HOSPITAL = HospitalId("ward")
UPDATED = "2026-03-10T06:00:00+01:00"

_TYPES: dict[type, str] = {
    Finding: "Observation",
    SpecimenKind: "Specimen",
    Product: "Medication",
    CellProduct: "BiologicallyDerivedProduct",
    Exposure: "MedicationAdministration",
    Diagnosis: "Condition",
    Intervention: "Procedure",
    ConsentStatement: "Consent",
    Attestation: "Attestation",
    Demographics: "Patient",
}


def moment(text: str) -> FhirDateTime:
    """Read `2026`, `2026-03`, `2026-03-05`, `2026-03-05T09:00` (at the hospital) or a time with its zone."""
    if len(text) < 10:
        year, _, month = text.partition("-")
        precision = Precision.MONTH if month else Precision.YEAR
        return FhirDateTime(text, precision, date(int(year), int(month or 1), 1))
    if "T" not in text:
        return FhirDateTime(text, Precision.DAY, date.fromisoformat(text))
    instant = datetime.fromisoformat(text)
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=ZONE)
    return FhirDateTime(aware.isoformat(), Precision.TIME, aware.date(), aware)


def during(text: str | None) -> Effective | None:
    """Read a moment, or a period written `start/end`; None = not stated."""
    if text is None:
        return None
    start, slash, end = text.partition("/")
    if not slash:
        return Effective(moment(start))
    return Effective(moment(start) if start else None, moment(end) if end else None, is_period=True)


def source(
    kind: str,
    id_: str,
    *,
    version: str = "1",
    updated: str | None = UPDATED,
    content: str | None = None,
) -> ResourceVersion:
    """Name one version of one resource; its content is that of its version unless said otherwise."""
    stamp = moment(updated) if updated is not None else None
    return ResourceVersion(HOSPITAL, kind, id_, version, stamp, content or f"{id_}-{version}")


def quantity(text: str, unit: str | None) -> Quantity:
    """Read `0.5` or `<=0.5`."""
    digits = text.lstrip("<>=")
    sign = text[: len(text) - len(digits)]
    return Quantity(Decimal(digits), unit, Comparator(sign) if sign else None)


def finding(
    concept: str,
    value: str | None = None,
    unit: str | None = None,
    at: str | None = "2026-03-09T08:00",
    *,
    answer: str | None = None,
    uln: str | None = None,
    id_: str | None = None,
    standard: Quantity | None = None,
    **more: Any,
) -> Finding:
    """A final result: a number in its unit, or a coded answer (`answer=""` = unmapped)."""
    number = quantity(value, unit) if value is not None else None
    answers = (ConceptId(answer),) if answer else ()
    return Finding(**{
        "source": source("Observation", id_ or f"{concept}-{at}-{value or answer}".replace("/", "_")),
        "path": "Observation.value",
        "concepts": (ConceptId(concept),),
        "codings": (Coding("http://loinc.org", concept),),
        "status": "final",
        "category": "laboratory",
        "effective": during(at),
        "reported": number or CodedValue((Coding("http://loinc.org", f"LA-{answer}"),), None, answers),
        "standard": standard or number,
        "uln": quantity(uln, unit) if uln is not None else None,
        "range_path": "Observation.referenceRange[0]" if uln is not None else None,
        **more,
    })


def component(concept: str, value: str | None, unit: str | None = None) -> Component:
    """A component beside a finding; None = not a number."""
    number = quantity(value, unit) if value is not None else None
    reported = number or CodedValue((), "see text", ())
    return Component("Observation.component[0]", (ConceptId(concept),), (), reported, number)


def exposure(
    concept: str | None, at: str | None = "2026-01-10T10:00", *, id_: str | None = None, **more: Any
) -> Exposure:
    """A completed administration; concept None = named by `medication_reference` only."""
    return Exposure(**{
        "source": source("MedicationAdministration", id_ or f"{concept}-{at}"),
        "path": "MedicationAdministration.medication",
        "concepts": (ConceptId(concept),) if concept else (),
        "codings": (Coding("http://www.whocc.no/atc", concept or "unknown"),),
        "status": "completed",
        "medication_reference": None,
        "effective": during(at),
        **more,
    })


def diagnosis(concept: str, since: str | None = "2025-04-10", *, id_: str | None = None, **more: Any) -> Diagnosis:
    """An active, confirmed problem."""
    return Diagnosis(**{
        "source": source("Condition", id_ or f"{concept}-{since}"),
        "path": "Condition.code",
        "concepts": (ConceptId(concept),),
        "codings": (Coding("http://snomed.info/sct", concept, concept.title()),),
        "clinical_status": "active",
        "verification_status": "confirmed",
        "onset": during(since),
        "abatement": None,
        "recorded": None,
        **more,
    })


def procedure(concept: str, at: str | None = "2025-10-01", *, id_: str | None = None, **more: Any) -> Intervention:
    """A completed procedure."""
    return Intervention(**{
        "source": source("Procedure", id_ or f"{concept}-{at}"),
        "path": "Procedure.code",
        "concepts": (ConceptId(concept),),
        "codings": (Coding("http://snomed.info/sct", concept),),
        "status": "completed",
        "performed": during(at),
        **more,
    })


def consent(
    *roles: SignerRole, signed: str | None = "2026-03-02T10:00", id_: str = "consent", **more: Any
) -> ConsentStatement:
    """An active research consent."""
    return ConsentStatement(**{
        "source": source("Consent", id_),
        "path": "Consent.status",
        "status": "active",
        "is_research": True,
        "signed": moment(signed) if signed is not None else None,
        "signers": roles,
        **more,
    })


def attestation(
    link: str,
    value: bool | date | Decimal | str = True,
    *,
    by: str = "dr-weber",
    at: str = "2026-03-11T09:00",
    id_: str | None = None,
    **more: Any,
) -> Attestation:
    """A statement made in the adapter."""
    return Attestation(**{
        "source": source("Attestation", id_ or f"{link}-{by}-{at}"),
        "path": "Attestation.value",
        "link_id": link,
        "value": value,
        "author": by,
        "authored": moment(at),
        **more,
    })


def specimen(id_: str, *concepts: str) -> SpecimenKind:
    """What a specimen is."""
    kinds = tuple(ConceptId(concept) for concept in concepts)
    return SpecimenKind(source=source("Specimen", id_), path="Specimen.type", concepts=kinds, codings=())


def product(id_: str, *concepts: str, **more: Any) -> Product:
    """What a medication contains."""
    kinds = tuple(ConceptId(concept) for concept in concepts)
    return Product(source=source("Medication", id_), path="Medication.code", concepts=kinds, codings=(), **more)


def cell_product(id_: str, *concepts: str, **more: Any) -> CellProduct:
    """A bag of cells."""
    where = source("BiologicallyDerivedProduct", id_)
    return CellProduct(**{
        "source": where,
        "path": "BiologicallyDerivedProduct",
        "reference": where.reference,
        "concepts": tuple(ConceptId(concept) for concept in concepts),
        "codings": (),
        "category": "cells",
        **more,
    })


def patient(born: str | None = "2018-05-20", sex: str | None = "male", *, id_: str = "child") -> Demographics:
    """The person."""
    birth = moment(born) if born is not None else None
    return Demographics(source=source("Patient", id_), path="Patient", birth_date=birth, gender=sex, deceased=None)


def reading(*facts: Fact, at: ResourceVersion | None = None, **more: Any) -> Reading:
    """What one resource gave; its source is that of its first fact."""
    where = at or facts[0].source
    return Reading(
        source=where, patient="child", facts=tuple(replace(fact, source=where) for fact in facts), **more
    )


def refused(
    reason: RejectionReason,
    *concepts: str,
    kind: str = "Observation",
    at: str | None = "2026-03-10T08:00",
    detail: str = "",
    category: str | None = None,
    id_: str = "refused",
) -> Reading:
    """A resource that could not be read."""
    rejection = Rejection(
        reason=reason,
        path=f"{kind}.value",
        detail=detail,
        concepts=tuple(ConceptId(concept) for concept in concepts),
        category=category,
        effective=during(at),
    )
    return Reading(source=source(kind, id_), patient="child", rejections=(rejection,))


def receipt(kind: str, *, complete: bool = True, **more: Any) -> Completeness:
    """A receipt that a type was read to its end."""
    return Completeness(resource_type=kind, complete=complete, query=f"{kind}-query", **more)


def read_completely(*kinds: str) -> Iterable[Completeness]:
    """Receipts for several types, all read to their end."""
    return tuple(receipt(kind) for kind in kinds)
