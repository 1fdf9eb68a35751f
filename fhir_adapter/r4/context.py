"""What reading depends on beside the bytes: the hospital, its terminology, the page.

Knows: what a reader may consult. Does not know: FHIR JSON, where definitions come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from fhir_adapter.domain.codes import CodeMeaning, Coding, Terminology
from fhir_adapter.domain.facts import CodedValue, Finding, ReferenceRange
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.protocol import AttestationLink
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.ports.hospital import HospitalTraits

K = TypeVar("K")
V = TypeVar("V")

CACHE_LIMIT = 20_000
"""Entries per cache; real vocabularies are far smaller, a hostile one only costs speed."""


class Cache(dict[K, V], Generic[K, V]):
    """A dict that forgets everything once it is full, so that no input can grow it without end."""

    def keep(self, key: K, value: V) -> V:
        """Remember a value and give it back."""
        if len(self) >= CACHE_LIMIT:
            self.clear()
        self[key] = value
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReading:
    """What one element of codes (Observation.code, Condition.code, ...) is about.

    Exactly one of three holds: `meaning` names at least one needed concept; `excluded_by` is the rule that
    leaves the resource out; `problem` says why the code could not be read (a closed word).

    Attributes:
        codings: As written.
        text: As written.
        meaning: 0..1; union of what the codings mean, needed concepts only.
        excluded_by: 0..1.
        problem: 0..1; `no-code`, `no-system`, `unknown-system`, `not-in-map`, `not-listed`.
        known: 0..1; everything the codings mean, needed or not (the oxygen beside a saturation, say).
    """

    codings: tuple[Coding, ...]
    text: str | None
    meaning: CodeMeaning | None = None
    excluded_by: Exclusion | None = None
    problem: str | None = None
    known: CodeMeaning | None = None


class TimeProblem(NamedTuple):
    """Why a text is no usable time: a reason and a closed word."""

    reason: RejectionReason
    detail: str


class Limits(NamedTuple):
    """The limits of normal of one result.

    Attributes:
        lln: 0..1; only where exactly one range is given and it holds for everybody.
        uln: 0..1; the same.
        problem: 0..1; why neither could be taken.
        path: 0..1; FHIRPath of the range taken.
        ranges: 0..*; every readable range.
    """

    lln: Quantity | None = None
    uln: Quantity | None = None
    problem: str | None = None
    path: str | None = None
    ranges: tuple[ReferenceRange, ...] = ()


KindKey = tuple[bytes, bytes, bytes, bytes, bytes, str, object]
"""Everything that decides what a result is, as it was written."""


class KnownKind(NamedTuple):
    """The first result of its kind, and the rule its numbers follow."""

    first: Finding
    rule: UnitRule


@dataclass(frozen=True, slots=True)
class Caches:
    """What was decoded before; keys are the bytes of the JSON element or the text of a time."""

    codes: Cache[bytes, CodeReading] = field(default_factory=Cache)
    concepts: Cache[bytes, CodedValue] = field(default_factory=Cache)
    categories: Cache[bytes, str | None] = field(default_factory=Cache)
    times: Cache[str, FhirDateTime | TimeProblem] = field(default_factory=Cache)
    moments: Cache[str, Effective] = field(default_factory=Cache)
    patients: Cache[tuple[bytes, str | None, str | None], str | None] = field(default_factory=Cache)
    limits: Cache[tuple[bytes, str | None, str, str], Limits] = field(default_factory=Cache)
    kinds: Cache[KindKey, KnownKind] = field(default_factory=Cache)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """Everything reading depends on for one hospital and one trial; immutable but for its caches.

    Attributes:
        traits: Of the hospital.
        terminology: Codes and their meanings, the hospital's local ones included.
        unit_rules: Unit rule id -> rule.
        needed: Concepts a criterion uses; a code about none of them is excluded.
        resource_types: FHIR types to read; others are excluded.
        read_at: The later of now and as_of, aware; what lies after it is refused as FUTURE_TIME.
        reading_digest: Digest of terminology, concept map and reader, kept with every fact.
        validate_full: True = every resource also passes the R4B model, duplicate keys are refused.
        questionnaires: Canonical URLs of questionnaires whose answers are attestations.
        links: linkId -> what may be attested there.
        event_terms: (system, code) -> name of an adverse event in the trial's scale.
        surely_past: A calendar date that is over in every zone when reading begins.
        caches: Of this context alone; a copy with other terminology or zone starts anew.
    """

    traits: HospitalTraits
    terminology: Terminology
    unit_rules: Mapping[str, UnitRule]
    needed: frozenset[str]
    resource_types: frozenset[str]
    read_at: datetime
    reading_digest: str
    validate_full: bool = False
    questionnaires: tuple[str, ...] = ()
    links: Mapping[str, AttestationLink] = field(default_factory=dict)
    event_terms: Mapping[tuple[str, str], str] = field(default_factory=dict)
    surely_past: date = field(init=False, compare=False, repr=False)
    caches: Caches = field(default_factory=Caches, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Find the last calendar date that lies before `read_at` in every zone."""
        object.__setattr__(self, "surely_past", self.read_at.date() - timedelta(days=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """Where a page came from and whom it was asked for.

    Attributes:
        base: 0..1; base URL, to make absolute references relative.
        references: fullUrl -> `Type/id`, for urn:uuid references inside a Bundle.
        patient: 0..1; logical id of the patient asked for.
    """

    base: str | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    patient: str | None = None
