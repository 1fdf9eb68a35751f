"""A trial's rules as data: criteria, settings, anchor, participation.

Knows: the shape of a trial's definitions. Does not know: any particular trial, the YAML it was written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.care_plan import CarePlanRule
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import ClearanceCriterion, Criterion
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.queries import Window
from fhir_adapter.domain.regimen import Regimen
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.domain.source import TrialId


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A named reading of an ambiguity.

    Attributes:
        id: Name.
        value: The value in force.
        note: Why it is needed and what the alternatives are.
        source: Where the default comes from.
        ambiguity: 0..1; its number in the list of ambiguities, for example `A15`.
        alternatives: 0..*; the other readings somebody may choose.
    """

    id: str
    value: str
    note: str
    source: str
    ambiguity: str | None = None
    alternatives: tuple[str, ...] = ()


class LinkType(StrEnum):
    """What an attestation's value must be."""

    BOOLEAN = "boolean"
    DATE = "date"
    INTEGER = "integer"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationLink:
    """A statement people may make for this trial.

    Attributes:
        link_id: Criterion id or other link.
        type: Type of its value.
        values: Allowed codes, for type code.
        text: The statement in words; for an exclusion it says that true excludes.
        valid_for: 0..1.
    """

    link_id: str
    type: LinkType
    text: str
    values: tuple[str, ...] = ()
    valid_for: Window | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorRule:
    """How the eligibility anchor is found.

    Attributes:
        first_drugs: Concepts of the trial's first drugs.
        plan_link: Attestation link of the planned day 0.
        offset_days: Day of the first drug relative to day 0 (-14).
        search_days_before: How many days before the planned first day a first drug may lie and still be
            the trial's; earlier exposure to the same drugs is earlier treatment.
    """

    first_drugs: tuple[ConceptId, ...]
    plan_link: str
    offset_days: int
    search_days_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationRule:
    """How a subject moves through the trial.

    Attributes:
        graph: Status -> statuses that may follow.
        automatic: Statuses the adapter may set by itself, in rising order.
        prescreen_parts: 1..*; part ids, one of which being MET makes a prescreened patient a potential candidate.
        consent_criterion: Criterion whose PASS makes a listed patient `screening`.
        consent_due_ages: Ages [a] at which renewed consent is due.
        consent_grace_days: Days after which a missing renewed consent is a deviation.
    """

    graph: Mapping[str, tuple[str, ...]]
    automatic: tuple[str, ...]
    prescreen_parts: tuple[str, ...]
    consent_criterion: str
    consent_due_ages: tuple[int, ...] = ()
    consent_grace_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyIdentity:
    """What is written about the study itself (FHIR ResearchStudy)."""

    identifier_system: str
    identifier_value: str
    title: str
    status: str
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Everything the adapter knows about one trial.

    Attributes:
        digest: Digest of the definitions every derived record carries.
        subject_system: Identifier system of our subject ids.
        questionnaires: Canonical URLs of the questionnaires whose answers are attestations.
        resource_types: FHIR types the criteria rest on.
        needed: Every concept the criteria use.
        prescreen_concepts: Diagnosis concepts a prescreen searches for.
        withdrawal_criterion: Criterion whose FAIL means consent was withdrawn.
        regimen: 0..1; the treatment plan; None where the trial's definitions have none.
        clearance: 0..*; criteria to receive a cell infusion.
        care_plan: 0..1; what is written as CarePlan.
        safety: 0..1; how toxicity is graded, followed and reported.
        escalation: 0..1; how the dose is found; None where the trial has no dose escalation.
    """

    id: TrialId
    study: StudyIdentity
    subject_system: str
    criteria: tuple[Criterion, ...]
    anchor: AnchorRule
    participation: ParticipationRule
    links: Mapping[str, AttestationLink]
    settings: Mapping[str, Setting]
    questionnaires: tuple[str, ...]
    resource_types: tuple[str, ...]
    needed: frozenset[ConceptId]
    prescreen_concepts: tuple[ConceptId, ...]
    withdrawal_criterion: str
    digest: str
    regimen: Regimen | None = None
    clearance: tuple[ClearanceCriterion, ...] = ()
    care_plan: CarePlanRule | None = None
    escalation: EscalationRule | None = None
    safety: SafetyRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The two times a derivation is made for.

    Attributes:
        as_of: Clinical time, aware, in the hospital's zone.
        known_at: 0..1; knowledge time; None = everything in the store.
    """

    as_of: datetime
    known_at: datetime | None = field(default=None)
