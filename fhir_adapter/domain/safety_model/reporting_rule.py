"""How hospital reports are joined to derived events, and which events must be told to whom by when, as data.

Knows: the shape of the rule. Does not know: any particular trial, the YAML it was written in, any patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Window
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.safety_model.event_records import SpecialInterest
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome


class ReportWhen(StrEnum):
    """Which serious events a report is due for.

    serious: every one. unexpected-related: those also unexpected and suspected to be caused by the intervention
    (SUSAR). unexpected-related-fatal: of these the fatal and the life-threatening ones.
    """

    SERIOUS = "serious"
    UNEXPECTED_RELATED = "unexpected-related"
    UNEXPECTED_RELATED_FATAL = "unexpected-related-fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRule:
    """One report that is due.

    Attributes:
        id: For example `sae-sponsor`.
        title: What is to be done, and who is to be told.
        when: For which serious events.
        within: How long after the site became aware; days are calendar days at the hospital.
        who: Roles of the people who have to see to it.
    """

    id: str
    title: str
    when: ReportWhen
    within: Window
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedKind:
    """Something a hospital reports that is an adverse event under one name.

    Attributes:
        name: Term of the scale where it has one, else the name used here.
        concepts: 0..*; of problems and reports that say it.
        terms: 0..*; further terms of the scale that mean it.
        scale: 0..1; the scale a person grades it by, where it is not the trial's.
        special: 0..1; set where the study looks at it whatever its grade.
        from_problems: True where a problem on the list is reason enough; False: only an AdverseEvent is.
    """

    name: str
    concepts: tuple[ConceptId, ...] = ()
    terms: frozenset[str] = frozenset()
    scale: str | None = None
    special: SpecialInterest | None = None
    from_problems: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeKind:
    """How a report of a syndrome is recognised; it is compared with the proposal and makes no event of its own."""

    syndrome: Syndrome
    concepts: tuple[ConceptId, ...]
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingRule:
    """What hospital reports mean to a trial, and its reporting duties.

    Attributes:
        system: Identifier system of the AdverseEvents we write: a report that carries it is our own, come back.
        term_systems: Code systems whose codes are the scale's terms.
        overlap_days: So many calendar days a report may lie outside an event of the same term and still be it.
        look_back_days: Reports of so many calendar days before the first conditioning drug are looked at.
        death: Name of the event a death is.
        kinds: 0..*; the first that fits holds.
        syndromes: 0..*.
        hematologic: Names of the terms that the criterion for the second infusion does not count.
        related: Words on relatedness that count as caused by the intervention.
        fatal: Criteria of seriousness, and outcomes, that make the short time hold.
        reports: 0..*; what is due.
    """

    system: str
    term_systems: tuple[str, ...]
    overlap_days: int
    look_back_days: int
    death: str
    kinds: tuple[ReportedKind, ...]
    syndromes: tuple[SyndromeKind, ...]
    hematologic: frozenset[str]
    related: frozenset[str]
    fatal: frozenset[str]
    reports: tuple[ReportRule, ...]

    def kind_of(self, concepts: tuple[ConceptId, ...], terms: tuple[str, ...]) -> ReportedKind | None:
        """Find what a report is, by its concepts, else by the terms of the scale it names."""
        for kind in self.kinds:
            named = {kind.name, *kind.terms}
            if any(concept in kind.concepts for concept in concepts) or any(term in named for term in terms):
                return kind
        return None

    def syndrome_of(self, concepts: tuple[ConceptId, ...], terms: tuple[str, ...]) -> Syndrome | None:
        """Find the syndrome a report names; None where it names none."""
        for each in self.syndromes:
            if any(concept in each.concepts for concept in concepts) or any(term in each.terms for term in terms):
                return each.syndrome
        return None

    def is_own(self, event: ReportedEvent) -> bool:
        """Say whether a report is one we wrote ourselves, come back."""
        return any(system == self.system for system, _ in event.identifiers)
