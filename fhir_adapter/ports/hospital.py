"""How one hospital behaves and what it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from fhir_adapter.domain.source import HospitalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may decide or attest: listed in hospital.yaml `people:`."""

    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalTraits:
    """How one hospital behaves and what it allows; filled by definitions.

    Attributes:
        zone: The hospital's time zone; calendar days are judged in it.
        base_urls: Absolute bases its references may carry.
        assume_zone: 0..1; zone to add to naive times, only where a named person declared it.
        assumed_by: 0..1; who declared it and on what ground, shown in the evidence.
        writes_enabled: False = every delivery is a dry run.
        provenance: False = no Provenance is written.
        folder_only: True = nothing is ever written to a server.
        people: Person id -> person.
        default_scope: 0..1; `all`, `prescreen`, `group:ID`, `roster:FILE`.
        category_systems: 0..*; reserved for servers that require a category in Observation searches.
        stopped_dose: What the dose of a stopped administration means here: `administered` (what was really
            given), `ordered` (what was to be given), `unknown`.
        rejection_budget: Rejected share above which a run ends with exit 1.
        adverse_events_written: True = adverse events a named person judged are written here as AdverseEvent.
    """

    id: HospitalId
    title: str
    zone: tzinfo
    zone_name: str
    server: str | None = None
    base_urls: tuple[str, ...] = ()
    assume_zone: str | None = None
    assumed_by: str | None = None
    writes_enabled: bool = False
    provenance: bool = True
    folder_only: bool = False
    people: Mapping[str, Person] = field(default_factory=dict)
    default_scope: str | None = None
    consent_policies: tuple[str, ...] = ()
    rejection_budget: float = 1.0
    stopped_dose: str = "unknown"
    adverse_events_written: bool = False
