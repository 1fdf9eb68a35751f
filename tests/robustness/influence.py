"""Which elements of a resource may change what: written by hand, so that nothing else can change it unseen.

A name is an element of the resource; one that begins with a dot stands beside the value (in the Observation or in
the component that carries the value); `[x]` stands for every type of a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.facts import Demographics, Diagnosis, Fact, Finding, Intervention, SpecimenKind
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.source import Exclusion
from fhir_adapter.domain.statements import Attestation, ConsentStatement
from tests.robustness.mutants import Path

Touched = Iterable[Path]

_VALUE = (".value[x]", ".dataAbsentReason")
_LIMITS = (".referenceRange", ".value[x]", ".code")

INFLUENCE: Mapping[type, Mapping[str, tuple[str, ...]]] = {
    Finding: {
        "reported": _VALUE,
        "standard": (*_VALUE, ".code"),
        "concepts": (".code",),
        "codings": (".code",),
        "qualifiers": (".code",),
        "status": ("status",),
        "category": ("category",),
        "effective": ("effective[x]",),
        "lln": _LIMITS,
        "uln": _LIMITS,
        "range_problem": _LIMITS,
        "range_path": _LIMITS,
        "ranges": _LIMITS,
        "interpretation": (".interpretation",),
        "method": ("method",),
        "specimen": ("specimen", "contained"),
        "specimen_reference": ("specimen", "contained"),
        "components": ("component",),
        "part_of": ("partOf",),
    },
    Demographics: {
        "birth_date": ("birthDate",),
        "gender": ("gender",),
        "deceased": ("deceased[x]",),
        "identifiers": ("identifier",),
        "links": ("link",),
        "active": ("active",),
    },
    SpecimenKind: {"concepts": ("type",), "codings": ("type",)},
    Product: {
        "concepts": ("code", "ingredient"),
        "codings": ("code", "ingredient"),
        "strengths": ("ingredient", "amount"),
    },
    CellProduct: {
        "reference": ("id",),
        "concepts": ("productCode", "contained"),
        "codings": ("productCode", "contained"),
        "category": ("productCategory", "contained"),
        "donor": ("collection", "contained"),
        "lots": ("identifier", "contained"),
        "measures": ("extension", "contained"),
    },
    Exposure: {
        "concepts": ("medication[x]", "contained"),
        "codings": ("medication[x]", "contained"),
        "medication_reference": ("medication[x]", "contained"),
        "status": ("status",),
        "effective": ("effective[x]",),
        "dose": ("dosage",),
        "rate": ("dosage",),
        "route": ("dosage",),
        "reasons": ("statusReason",),
        "identifiers": ("identifier",),
        "strengths": ("medication[x]", "contained"),
        "supporting": ("supportingInformation", "contained"),
    },
    Diagnosis: {
        "concepts": ("code",),
        "codings": ("code",),
        "clinical_status": ("clinicalStatus",),
        "verification_status": ("verificationStatus",),
        "onset": ("onset[x]",),
        "abatement": ("abatement[x]",),
        "abated": ("abatement[x]",),
        "recorded": ("recordedDate",),
    },
    Intervention: {
        "concepts": ("code",),
        "codings": ("code",),
        "status": ("status",),
        "performed": ("performed[x]",),
        "body_site": ("bodySite",),
        "elsewhere": ("bodySite",),
        "radiation": ("extension",),
        "radiation_path": ("extension",),
        "identifiers": ("identifier",),
        "part_of": ("partOf",),
    },
    ReportedEvent: {
        "concepts": ("event",),
        "codings": ("event",),
        "text": ("event",),
        "terms": ("event",),
        "grade": ("extension",),
        "severity": ("severity",),
        "serious": ("seriousness",),
        "outcome": ("outcome",),
        "occurred": ("date",),
        "detected": ("detected",),
        "recorded": ("recordedDate",),
        "conditions": ("resultingCondition",),
        "suspects": ("suspectEntity",),
        "studies": ("study",),
        "categories": ("category",),
        "identifiers": ("identifier",),
    },
    ConsentStatement: {
        "status": ("status",),
        "is_research": ("scope", "category"),
        "signed": ("dateTime",),
        "signers": ("performer", "contained", "patient"),
        "provisions": ("provision",),
        "denies": ("provision",),
        "ends": ("provision",),
        "policies": ("policy", "policyRule"),
        "verified": ("verification",),
    },
    Attestation: {
        "link_id": ("item",),
        "value": ("item",),
        "author": ("author",),
        "authored": ("authored",),
        "supersedes": (),
        "reason": (),
    },
}
"""Fact -> its field -> the elements that may change it."""

APART = frozenset({"source", "path", "contested"})
"""Fields that are not about the content."""

EXCLUDING: Mapping[Exclusion, tuple[str, ...]] = {
    Exclusion.RETRACTED: ("status", "verificationStatus"),
    Exclusion.CODE_NOT_NEEDED: ("code", "component", "medication[x]", "type", "scope", "category", "questionnaire",
                                "item", "ingredient", "value[x]", "policy", "policyRule"),
    Exclusion.CODE_UNMATCHED: ("code", "component", "medication[x]", "type", "event"),
    Exclusion.EVENT_POTENTIAL: ("actuality",),
    Exclusion.OTHER_PATIENT: ("subject", "patient", "focus"),
    Exclusion.TYPE_NOT_READ: ("resourceType",),
}  # fmt: skip
"""Rule that leaves a resource out -> the elements that may bring it about."""


def touches(touched: Touched, name: str, element: Path = ()) -> bool:
    """Say whether a change concerns an element."""
    at = element if name.startswith(".") else ()
    return any(_is_within(path, at, name.removeprefix(".")) for path in touched)


def _is_within(path: Path, at: Path, name: str) -> bool:
    if len(path) <= len(at):
        return at[: len(path)] == path
    return path[: len(at)] == at and is_named(str(path[len(at)]), name)


def is_named(key: str, name: str) -> bool:
    """Say whether a JSON key is an element: itself, what stands beside it, or one type of a choice."""
    key = key.removeprefix("_")
    return key.startswith(name[:-3]) if name.endswith("[x]") else key == name


def element_of(fact: Fact) -> Path:
    """Give where the fact's value stands: `Observation.component[1].value` -> component, 1."""
    if not isinstance(fact, Finding) or ".component[" not in fact.path:
        return ()
    return ("component", int(fact.path.partition("[")[2].partition("]")[0]))


def unexplained_changes(before: Fact, after: Fact, touched: Touched) -> list[str]:
    """List the fields that changed although nothing was touched that may change them."""
    table, element = INFLUENCE[type(before)], element_of(before)
    changed = [
        field.name
        for field in fields(before)
        if field.name not in APART and getattr(before, field.name) != getattr(after, field.name)
    ]
    found = [name for name in changed if not any(touches(touched, each, element) for each in table[name])]
    return found + _changed_parts(before, after, touched, element)


def _changed_parts(before: Any, after: Any, touched: Touched, element: Path) -> list[str]:
    """Look into quantities: the number follows its own digits alone, the comparator itself, the unit its code."""
    if not isinstance(before, Finding) or not isinstance(before.reported, Quantity):
        return []
    one, other = before.reported, after.reported
    if not isinstance(other, Quantity):
        return []
    held = (*element, "valueQuantity")
    follows = {"value": ("value",), "comparator": ("comparator",), "unit": ("code", "system")}
    return [
        f"reported.{part}"
        for part, keys in follows.items()
        if getattr(one, part) != getattr(other, part)
        and not any(touches(touched, f".{key}", held) for key in keys)
        and not any(path[: len(held)] != held and touches([path], ".value[x]", element) for path in touched)
    ]
