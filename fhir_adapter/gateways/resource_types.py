"""The resource types of FHIR R4, to recognise them in file names and references.

Knows: their names, and how a type is searched by patient. Does not know: their elements.

Source: http://hl7.org/fhir/R4/resourcelist.html and the search parameters of each type.
"""

from __future__ import annotations

_NAMES = """
    Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic
    Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry
    ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication
    CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage
    CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric
    DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis
    Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence
    EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group
    GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation
    ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location Measure
    MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
    MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged
    MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader
    MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition
    OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice
    PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure Provenance
    Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
    SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap
    Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities
    TestReport TestScript ValueSet VerificationResult VisionPrescription
"""
RESOURCE_TYPES = frozenset(_NAMES.split())
"""Every resource type of R4."""

_PATIENT_PARAMETERS = {"Patient": "_id", "AdverseEvent": "subject", "Group": "member"}

UNBOUND = frozenset({
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
