"""Results since the first cell infusion that say nothing although they were made: what they hide may be severe.

Knows: which refused, contested and undated results a severe grade may hide behind. Does not know: how readable
results are graded, what follows from what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE, of_finding
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.gaps import about, cause_of, says_not_measured
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import Reaction, ReactionKind
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.scale import Term

_OBSERVATION = ("Observation",)
_Graded = dict[ConceptId, Term]
"""Concept -> the term under which its results can be worst."""


def list_unread(
    timeline: Timeline,
    terms: Iterable[Term],
    hematologic: Callable[[str], bool],
    *,
    since: datetime | None,
    as_of: datetime,
    zone: tzinfo,
) -> tuple[Reaction, ...]:
    """List the results nobody can grade because they could not be read, contest themselves, or have no day.

    Does not look at preliminary results, which never decide, nor at what is said not to have been measured.

    Args:
        timeline: The person's facts.
        terms: 0..*; of the scale.
        hematologic: Says of a term whether the criterion leaves it out.
        since: 0..1; start of the first cell infusion; None = nothing can have followed it.
        as_of: Clinical time, aware; what certainly came later does not exist.
        zone: The hospital's.

    Returns:
        One per result, by its reference, at worst the highest grade a number gives under its terms. What may lie
        before the first infusion or after it is listed: nobody can tell.

    Source:
        clinical review, PUT-2: what may be of grade 3 leaves the criterion UNKNOWN; design contracts, Criteria and
        verdicts: HIDDEN, CONFLICTING, UNIT_UNUSABLE and PARTIAL_DATE are reasons of UNKNOWN, never of PASS.
    """
    if since is None:
        return ()
    graded = _worst_terms(terms, hematologic)

    def may_follow(effective: Effective | None) -> bool:
        start = effective.start if effective is not None else None
        at = span(start, zone) if start is not None else None
        return at is None or (at.last >= since and at.first <= as_of)

    found: dict[tuple[str, str], Reaction] = {}
    for key, reaction in (*_refused(timeline, graded, may_follow), *_unusable(timeline, graded, may_follow, zone)):
        found.setdefault(key, reaction)
    return tuple(found[key] for key in sorted(found))


def _worst_terms(terms: Iterable[Term], hematologic: Callable[[str], bool]) -> _Graded:
    """Give the term of the highest grade for each concept; those only a person opens are asked for elsewhere."""
    found: _Graded = {}
    for term in terms:
        if not term.rules or term.by_person or term.age is not None or hematologic(term.name):
            continue
        for concept in term.concepts:
            if concept not in found or _highest(term) > _highest(found[concept]):
                found[concept] = term
    return found


def _highest(term: Term) -> int:
    return max(rule.grade for rule in term.rules)


_Found = Iterator[tuple[tuple[str, str], Reaction]]


def _refused(timeline: Timeline, graded: _Graded, may_follow: Callable[[Effective | None], bool]) -> _Found:
    for gap in about(timeline.gaps, graded, _OBSERVATION):
        cause = cause_of(gap)
        if cause is None or says_not_measured(gap) or not may_follow(gap.rejection.effective):
            continue
        term = max((graded[each] for each in gap.rejection.concepts if each in graded), key=_highest)
        yield (
            (gap.source.reference, gap.rejection.path),
            _reaction(gap.source.reference, term, cause.reason, cause.note, cause.evidence),
        )


def _unusable(
    timeline: Timeline, graded: _Graded, may_follow: Callable[[Effective | None], bool], zone: tzinfo
) -> _Found:
    for concept, term in graded.items():
        for finding in timeline.findings.get(concept, ()):
            reason = _why_unusable(finding, zone)
            if reason is not None and may_follow(finding.effective):
                reference = finding.source.reference
                note = "two contents contest each other" if finding.contested else "its day is not known"
                yield (reference, finding.path), _reaction(reference, term, reason, note, (of_finding(finding),))


def _why_unusable(finding: Finding, zone: tzinfo) -> UnknownReason | None:
    """Say why a final result is not graded; None where it is, or where it is not final."""
    if finding.status not in USABLE:
        return None
    if finding.contested:
        return UnknownReason.CONFLICTING
    start = finding.effective.start if finding.effective is not None else None
    return UnknownReason.PARTIAL_DATE if start is None or start.day(zone) is None else None


def _reaction(
    reference: str, term: Term, reason: UnknownReason, note: str, evidence: tuple[Evidence, ...]
) -> Reaction:
    return Reaction(
        name=f"{reference} ({term.name}), which cannot be graded: {note}",
        kind=ReactionKind.RESULT,
        lowest=0,
        highest=_highest(term),
        wanted=f"{term.name}: a result that can be read in place of {reference}",
        reason=reason,
        evidence=evidence,
    )
