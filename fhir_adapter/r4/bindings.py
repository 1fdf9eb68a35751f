"""Required bindings of the elements that are read, copied from the specification.

Knows: the code lists. Does not know: what follows from a code. The lists in fhir.resources' own metadata are
cut off and are not enforced, so they are not used.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


class ObservationStatus(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-observation-status.html."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class AdministrativeGender(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-administrative-gender.html."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class PatientLinkType(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-link-type.html."""

    REPLACED_BY = "replaced-by"
    REPLACES = "replaces"
    REFER = "refer"
    SEE_ALSO = "seealso"


class SpecimenStatus(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-specimen-status.html."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    UNSATISFACTORY = "unsatisfactory"
    ENTERED_IN_ERROR = "entered-in-error"


class DiagnosticReportStatus(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-diagnostic-report-status.html."""

    REGISTERED = "registered"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


def parse_binding(bound: type[E], code: str) -> E | None:
    """Give the member for a code as received.

    Args:
        bound: The code list.
        code: As received; case counts.

    Returns:
        The member; None where the list does not have it.

    >>> parse_binding(AdministrativeGender, "Female") is None
    True
    """
    try:
        return bound(code)
    except ValueError:
        return None
