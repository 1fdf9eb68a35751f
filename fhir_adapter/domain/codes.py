"""Codes, the clinical concepts they stand for, and the hospital's own codes mapped onto them.

Knows: codings, concepts, lookups. Does not know: files, FHIR JSON, any particular terminology's content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

ConceptId = NewType("ConceptId", str)
"""The name of a value set: one clinical concept, for example `creatinine`."""


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of one code system, as the source wrote it."""

    system: str | None
    code: str | None
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMeaning:
    """What one code means to the adapter.

    Attributes:
        concepts: 1..*; every concept whose value set lists the code.
        unit_rule: 0..1; id of the UnitRule its quantities follow; None where it carries no quantity.
        qualifiers: 0..*; what the code itself says, for example `room-air`, `measured`.
        score: 0..1; the number an answer code stands for (text of a Decimal), for example Lansky 50.
    """

    concepts: tuple[ConceptId, ...]
    unit_rule: str | None = None
    qualifiers: frozenset[str] = frozenset()
    score: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminology:
    """Everything needed to give a coding its meaning.

    Attributes:
        systems: URIs of the code systems whose codes need no hospital map.
        meanings: (system, code) -> meaning, hospital's mapped local codes included.
        unmatched: (system, code) the hospital's concept map marks as having no counterpart.
        local_systems: Systems the hospital's concept map covers: an unlisted code in them is UNMAPPED_CODE.
        text_answers: (concept or "*", text as written) -> concepts, exact matches only.
        substance_systems: Systems each of whose drug codes names the substance; a drug coded in another one that
            no value set lists may be any drug.
        digest: Digest of all of the above, part of every fact's reading digest.
    """

    systems: frozenset[str]
    meanings: Mapping[tuple[str, str], CodeMeaning]
    unmatched: frozenset[tuple[str, str]] = frozenset()
    local_systems: frozenset[str] = frozenset()
    text_answers: Mapping[tuple[str, str], tuple[ConceptId, ...]] = field(default_factory=dict)
    substance_systems: frozenset[str] = frozenset()
    digest: str = ""
