"""The last look at what we send: FHIR's structure, and the code lists nobody else enforces.

Knows: the R4B models as checker, required bindings of what we write. Does not know: what is written or why.
What was checked is sent as it is; the model's own dump loses decimal digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.adverse_event_codes import (
    AdverseEventActuality,
    AdverseEventOutcome,
    AdverseEventSeverity,
)
from fhir_adapter.r4.models import check_resource
from fhir_adapter.r4.participation_codes import (
    BundleType,
    HttpVerb,
    IdentifierUse,
    ProvenanceEntityRole,
    ResearchStudyStatus,
    ResearchSubjectStatus,
)
from fhir_adapter.r4.plan_codes import (
    CarePlanActivityKind,
    CarePlanActivityStatus,
    CarePlanIntent,
    CarePlanStatus,
)

_REQUIRED_CODES: Mapping[str, type[StrEnum]] = {
    "AdverseEvent.actuality": AdverseEventActuality,
    "AdverseEvent.identifier.use": IdentifierUse,
    "AdverseEvent.outcome.coding.code": AdverseEventOutcome,
    "AdverseEvent.severity.coding.code": AdverseEventSeverity,
    "Bundle.entry.request.method": HttpVerb,
    "Bundle.type": BundleType,
    "CarePlan.activity.detail.kind": CarePlanActivityKind,
    "CarePlan.activity.detail.status": CarePlanActivityStatus,
    "CarePlan.identifier.use": IdentifierUse,
    "CarePlan.intent": CarePlanIntent,
    "CarePlan.status": CarePlanStatus,
    "Provenance.entity.role": ProvenanceEntityRole,
    "ResearchStudy.identifier.use": IdentifierUse,
    "ResearchStudy.status": ResearchStudyStatus,
    "ResearchSubject.identifier.use": IdentifierUse,
    "ResearchSubject.status": ResearchSubjectStatus,
}
_EMPTY: tuple[Any, ...] = (None, "", [], {})  # FHIR has no empty values; the model accepts some
OUTGOING_TYPES = frozenset({
    "AdverseEvent",
    "Bundle",
    "CarePlan",
    "Provenance",
    "ResearchStudy",
    "ResearchSubject",
})
"""The only resource types the adapter writes."""


def validate_outgoing(body: Mapping[str, Any], *, more_codes: Mapping[str, type[StrEnum]] | None = None) -> None:
    """Refuse to send anything that is not FHIR R4.

    Does not judge what others added to our resource: it is for the body we built, before merging.

    Args:
        body: FHIR JSON we built.
        more_codes: 0..*; FHIRPath without indexes -> code list, beside the required bindings.

    Raises:
        InvariantError: A type we do not write, a structure the model refuses, something empty, or a code
            outside its list.
            The message names paths and kinds of error, never content.

    Source:
        http://hl7.org/fhir/R4/terminologies.html#required; design style, traps T2 and T4.

    >>> validate_outgoing({"resourceType": "ResearchStudy", "status": "active"})
    """
    resource_type = body.get("resourceType")
    if resource_type not in OUTGOING_TYPES:
        raise InvariantError("a resource of a type the adapter never writes was about to be sent")
    problems = [f"{fault.path(resource_type)} {fault.kind}" for fault in check_resource(body)]
    problems += [f"{path} is empty" for path, value in _leaves(resource_type, body) if value in _EMPTY]
    problems += _code_problems(body, more_codes or {})
    if problems:
        raise InvariantError(f"an outgoing {resource_type} is not FHIR R4: {'; '.join(problems)}")


def _code_problems(body: Mapping[str, Any], more_codes: Mapping[str, type[StrEnum]]) -> list[str]:
    lists = {**_REQUIRED_CODES, **more_codes}
    return [
        f"{path} is not one of {', '.join(lists[path])}"
        for path, value in _leaves(str(body["resourceType"]), body)
        if path in lists and value not in list(lists[path])
    ]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Walk to every scalar and empty container; a resource inside a resource starts a path of its own."""
    if isinstance(value, Mapping) and value:
        start = str(value.get("resourceType", path))
        for key, item in value.items():
            yield from _leaves(f"{start}.{key}", item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _leaves(path, item)
    else:
        yield path, value
