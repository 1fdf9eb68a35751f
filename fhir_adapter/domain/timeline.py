"""One person's facts in order: which version holds, what was retracted, what could not be read.

Knows: supersession by lastUpdated, retraction, joining specimens and products. Does not know: the trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import (
    Demographics,
    Diagnosis,
    Exposure,
    Finding,
    Intervention,
)
from fhir_adapter.domain.source import Completeness, Rejection, ResourceVersion
from fhir_adapter.domain.statements import Attestation, ConsentStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A current resource, or part of one, that could not be read: data hidden from the rules."""

    source: ResourceVersion
    rejection: Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The current facts of one person.

    Attributes:
        demographics: 0..1; None where no Patient was read or its versions cannot be ordered.
        findings: Concept -> findings, earliest effective first; those without a time last.
        exposures: Concept -> exposures, earliest first.
        diagnoses: Concept -> diagnoses.
        interventions: Concept -> interventions, earliest first.
        consents: Consents, earliest signed first.
        attestations: Attestations, earliest authored first.
        gaps: What could not be read.
        completeness: Resource type -> receipt of the latest reading.
    """

    demographics: Demographics | None = None
    findings: Mapping[ConceptId, tuple[Finding, ...]] = field(default_factory=dict)
    exposures: Mapping[ConceptId, tuple[Exposure, ...]] = field(default_factory=dict)
    diagnoses: Mapping[ConceptId, tuple[Diagnosis, ...]] = field(default_factory=dict)
    interventions: Mapping[ConceptId, tuple[Intervention, ...]] = field(default_factory=dict)
    consents: tuple[ConsentStatement, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    completeness: Mapping[str, Completeness] = field(default_factory=dict)
