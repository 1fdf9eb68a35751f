"""How resource types are searched by patient and by code.

Knows: the search parameters of R4's types. Does not know: which types a trial needs.

Source: http://hl7.org/fhir/R4/searchparameter-registry.html
"""

from __future__ import annotations

_PATIENT_PARAMETERS = {"Patient": "_id", "AdverseEvent": "subject", "Group": "member"}

UNBOUND = frozenset({
    "BiologicallyDerivedProduct",
    "Device",
    "Location",
    "Medication",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "ResearchStudy",
    "Substance",
})
"""Types of no patient; they are read where a patient's resource refers to them."""

CODE_PARAMETERS = {
    "Condition": "code",
    "DiagnosticReport": "code",
    "Observation": "combo-code",
    "Procedure": "code",
}
"""Types a server may filter by code without losing results we want.

`Observation?code=` would miss values that panels carry in components; `MedicationAdministration?code=` would miss
drugs given by reference: those types are read whole.
"""


def patient_parameter(resource_type: str) -> str:
    """Name the search parameter that restricts a type to one patient.

    Args:
        resource_type: FHIR type.

    Returns:
        The parameter's name.

    >>> patient_parameter("Observation"), patient_parameter("Patient")
    ('patient', '_id')
    """
    return _PATIENT_PARAMETERS.get(resource_type, "patient")
