"""What every reader of our own resources needs: our identifier, references, and a way to refuse.

Knows: where they stand. Does not know: any particular resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_adapter.domain.source import Rejection, RejectionReason


class RefusedError(Exception):
    """Carries a rejection out of the element it was found in."""

    def __init__(self, reason: RejectionReason, path: str, detail: str = "") -> None:
        super().__init__(reason.value)
        self.rejection = Rejection(reason=reason, path=path, detail=detail)


def check_own(body: Mapping[str, Any], resource_type: str) -> None:
    """Refuse another type, and what nobody understands without knowing more rules.

    Args:
        body: FHIR JSON.
        resource_type: The type it must be of.

    Raises:
        RefusedError: It is another type, or carries implicit rules or a modifier.
    """
    if body.get("resourceType") != resource_type:
        raise RefusedError(RejectionReason.INVALID_RESOURCE, resource_type, "type")
    if "implicitRules" in body:
        raise RefusedError(RejectionReason.IMPLICIT_RULES, f"{resource_type}.implicitRules")
    if "modifierExtension" in body:
        raise RefusedError(RejectionReason.MODIFIER_EXTENSION, f"{resource_type}.modifierExtension")


def own_identifier(body: Mapping[str, Any], system: str, path: str) -> tuple[str, str]:
    """Give our identifier; identifiers of other systems are others' business.

    Args:
        body: FHIR JSON.
        system: Our identifier system.
        path: FHIRPath of the resource.

    Returns:
        (system, value).

    Raises:
        RefusedError: There is none of ours, or several.
    """
    identifiers = body.get("identifier")
    listed = identifiers if isinstance(identifiers, list) else []
    ours = [item for item in listed if isinstance(item, Mapping) and item.get("system") == system]
    value = ours[0].get("value") if len(ours) == 1 else None
    if not isinstance(value, str):
        detail = "several" if ours[1:] else "absent"
        raise RefusedError(RejectionReason.INVALID_RESOURCE, f"{path}.identifier", detail)
    return system, value


def own_reference(holder: Any, starts: tuple[str, ...], path: str) -> str:
    """Give a reference of one of the kinds we write.

    Args:
        holder: The element that holds it.
        starts: 1..*; beginnings of the references allowed.
        path: FHIRPath of the element.

    Returns:
        The reference as it stands.

    Raises:
        RefusedError: There is none, or it is of another kind.
    """
    reference = holder.get("reference") if isinstance(holder, Mapping) else None
    if not isinstance(reference, str) or not reference.startswith(starts):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, path, "reference")
    return reference
