"""The closed set of operators criteria are trees of.

Knows: what each operator means. Does not know: any particular trial, the YAML it was written in, how it is
assessed. Every node states one clinical statement; `part` names it where it is shown inside its criterion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import FindingQuery, Limit, OnConflict, UnknownReason, Window
from fhir_adapter.domain.statements import SignerRole


class Absence(StrEnum):
    """What it means that nothing was found.

    missing: UNKNOWN(MISSING). attest: UNKNOWN(NEEDS_ATTESTATION). complete: NOT_MET, but only if every
    resource type the statement rests on was read completely for this patient; the receipt is the evidence.
    """

    MISSING = "missing"
    ATTEST = "attest"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Common to every operator.

    Attributes:
        part: 0..1; id under which the statement is shown among the criterion's parts.
        label: The statement in clinical words.
        next_fact: 0..1; the fact that would decide it, in clinical words; derived from label if empty.
        on_day_of: 0..1; judged for the time of this query's current finding, where there is one, not the anchor.
    """

    part: str | None = None
    label: str = ""
    next_fact: str = ""
    on_day_of: FindingQuery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Node):
    """Every statement holds."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Node):
    """At least one statement holds."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """The statement does not hold."""

    of: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class When(Node):
    """If the condition holds then one statement, otherwise another.

    UNKNOWN condition: UNKNOWN for the condition's reason, unless both statements give the same answer. A conflict
    inside the condition is never settled by a setting: neither side lets anybody in by itself.
    """

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(Node):
    """Several sources carry the same statement; opposite ones: `on_conflict`; a conflict within one stays one."""

    of: tuple[Node, ...]
    on_conflict: OnConflict = OnConflict.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAvailable(Node):
    """The first statement not UNKNOWN for MISSING, STALE or NOT_YET_DUE alone; a later one with a warning."""

    of: tuple[Node, ...]
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Node):
    """A named person says whether the statement holds.

    Attributes:
        link_id: The attestation's link.
        valid_for: 0..1; how old it may be; None = it counts until the anchor.
        roles: 0..*; roles of which the author must have one; empty = anybody listed.
        shows: 0..*; concepts shown beside it, deciding nothing.
        values: 0..*; for a link of type code: a value among these means that the statement holds, any other that
            it does not; empty = the link is true or false.
        continuous: True: a statement made after the anchor counts too, up to as_of (a withdrawal).
    """

    link_id: str
    valid_for: Window | None = None
    roles: tuple[str, ...] = ()
    shows: tuple[ConceptId, ...] = ()
    values: tuple[str, ...] = ()
    continuous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestable(Node):
    """Data decide; where they leave it UNKNOWN for a reason in `on`, an attestation may.

    Nobody attested anything: the data's reason stands. A stale or conflicting attestation adds its own. Data that
    let the patient in never outvote a person who says otherwise: `on_conflict` (worst: the person's word holds).
    """

    rule: Node
    by: Attested
    on: tuple[UnknownReason, ...]
    on_conflict: OnConflict = OnConflict.UNKNOWN


class AgeAt(StrEnum):
    """The moment at which age is judged."""

    CONSENT = "consent"
    AS_OF = "as-of"
    ANCHOR = "anchor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Node):
    """Completed years [a] lie in [at_least, below)."""

    at_least: int | None = None
    below: int | None = None
    at: AgeAt = AgeAt.ANCHOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sex(Node):
    """FHIR administrative gender equals `is_`; other or unknown = UNKNOWN."""

    is_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """A current finding lies on this side of a limit.

    Attributes:
        times_uln: True: the limit is a multiple of the upper limit of normal of the same result.
    """

    query: FindingQuery
    limit: Limit
    times_uln: bool = False
    on_conflict: OnConflict = OnConflict.UNKNOWN


class FormulaId(StrEnum):
    """Closed list of formulas; each is implemented once in domain/formulas.py."""

    BEDSIDE_SCHWARTZ = "bedside-schwartz"
    INDEXED_CLEARANCE = "indexed-clearance"
    CKD_EPI_2021 = "ckd-epi-2021"
    CKID_U25 = "ckid-u25"
    BSA_MOSTELLER = "bsa-mosteller"
    BSA_HAYCOCK = "bsa-haycock"
    BSA_DUBOIS = "bsa-dubois"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula(Node):
    """A value computed from current findings lies on this side of a limit.

    Attributes:
        formula: Which formula.
        inputs: Input name -> query.
        limit: 0..1; None = supportive value only: the node is always UNKNOWN(NEEDS_ATTESTATION).
        bsa: Formula of the body surface area where one is an input.
    """

    formula: FormulaId
    inputs: Mapping[str, FindingQuery]
    limit: Limit | None
    bsa: FormulaId = FormulaId.BSA_MOSTELLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded(Node):
    """A current coded answer is one of `met` (MET) or of `not_met` (NOT_MET); any other is UNMAPPED.

    Attributes:
        unconfirmed: 0..*; answers that leave it UNKNOWN(NEEDS_ATTESTATION) until confirmed.
        by_limit: True: quantities count too. Censored below (`<20`) = not detected, 0 = not detected,
            any other number = detected.
    """

    query: FindingQuery
    met: tuple[ConceptId, ...]
    not_met: tuple[ConceptId, ...]
    unconfirmed: tuple[ConceptId, ...] = ()
    by_limit: bool = False
    on_conflict: OnConflict = OnConflict.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class HasCondition(Node):
    """A problem of one of these concepts is on the list.

    Attributes:
        clinical: Clinical statuses that count; empty = any.
        verification: Verification statuses that count; a refuted one never does.
        presence_needs_attestation: True: a problem found is a flag for a person, not an answer.
        absence: What it means that none is found.
        settled_by: 0..*; if one of these is found instead, whenever it began, absence means NOT_MET.
        within: 0..1; onset or recording must lie in this window.
    """

    concepts: tuple[ConceptId, ...]
    clinical: tuple[str, ...] = ()
    verification: tuple[str, ...] = ("confirmed",)
    presence_needs_attestation: bool = False
    absence: Absence = Absence.MISSING
    settled_by: tuple[ConceptId, ...] = ()
    within: Window | None = None


class EventSource(StrEnum):
    """Which kinds of fact can be an event."""

    INTERVENTION = "procedure"
    EXPOSURE = "exposure"
    DIAGNOSIS = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWithin(Node):
    """An event of one of these concepts happened less than `within` before the anchor.

    Exactly `within` before does not count. An event without a usable date is UNKNOWN(PARTIAL_DATE). A period
    counts from its end; what is under way at the anchor counts. What counts today but no longer on the planned
    first day is UNKNOWN(NOT_YET_DUE).

    Attributes:
        concepts: 1..*; any of them.
        sources: 1..*; kinds of fact that can be the event; `complete` absence rests on their types.
        undated: 0..*; problems that outlive their event (a transplant status): found, whatever their date, they
            leave it UNKNOWN(PARTIAL_DATE), unless a dated event decides.
    """

    concepts: tuple[ConceptId, ...]
    sources: tuple[EventSource, ...]
    within: Window
    undated: tuple[ConceptId, ...] = ()
    absence: Absence = Absence.COMPLETE


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """Who must sign below an age [a] at signing; None = every age not covered before."""

    below_years: int | None
    roles: tuple[SignerRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSigned(Node):
    """An active research consent is signed by everybody the age at signing asks for."""

    rules: tuple[SignatureRule, ...]
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Node):
    """The latest research consent was refused or withdrawn."""

    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentProvision(Node):
    """The active research consent permits (MET) or denies (NOT_MET) this provision."""

    concept: ConceptId
    policies: tuple[str, ...] = ()
