"""What could not be read, as a cause of UNKNOWN.

Knows: which refusal becomes which reason, and whether it may hide the fact asked for. Does not know: windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_gap
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.domain.timeline import Gap, Timeline

NOT_MEASURED = frozenset({"not-performed", "not-asked", "asked-declined", "not-applicable", "not-permitted"})
"""Absent reasons that say no value exists; such a result never outranks an earlier value.

Source: http://hl7.org/fhir/R4/valueset-data-absent-reason.html
"""

HAPPENED = "happened"
"""Detail of something refused for its date ahead although it is said to be done."""

_HIDDEN_WORDS = frozenset({"masked"})
_UNREADABLE_WORDS = frozenset({"unsupported", "as-text"})

_REASONS = {
    RejectionReason.UNMAPPED_CODE: UnknownReason.UNMAPPED,
    RejectionReason.UNKNOWN_UNIT: UnknownReason.UNIT_UNUSABLE,
    RejectionReason.MISSING_UNIT: UnknownReason.UNIT_UNUSABLE,
    RejectionReason.UNSUPPORTED_VALUE: UnknownReason.UNMAPPED,
    RejectionReason.NAIVE_TIME: UnknownReason.PARTIAL_DATE,
    RejectionReason.FUTURE_TIME: UnknownReason.PARTIAL_DATE,
    RejectionReason.INVALID_RESOURCE: UnknownReason.UNMAPPED,
    RejectionReason.UNKNOWN_STATUS: UnknownReason.UNMAPPED,
    RejectionReason.MODIFIER_EXTENSION: UnknownReason.UNMAPPED,
    RejectionReason.IMPLICIT_RULES: UnknownReason.UNMAPPED,
}


def cause_of(gap: Gap) -> Cause | None:
    """Turn a refusal into a cause of UNKNOWN.

    Args:
        gap: What could not be read.

    Returns:
        HIDDEN for a masked value; UNMAPPED for a value that exists in a form not read; MISSING for other
        absent values; UNIT_UNUSABLE, PARTIAL_DATE or UNMAPPED by the refusal's reason. None where it concerns
        another patient, or something that lies ahead: neither is a fact about now. What is said to be done and
        dated ahead happened on a day nobody knows: PARTIAL_DATE.

    Source:
        design contracts, Criteria and verdicts; http://hl7.org/fhir/R4/valueset-data-absent-reason.html.
    """
    rejection = gap.rejection
    is_ahead = rejection.reason is RejectionReason.FUTURE_TIME
    if rejection.reason is RejectionReason.WRONG_PATIENT or (is_ahead and rejection.detail != HAPPENED):
        return None
    reason = _REASONS.get(rejection.reason) or _absent(rejection.detail)
    words = f"{gap.source.type} not readable: {rejection.reason.value}"
    note = f"{words} ({rejection.detail})" if rejection.detail else words
    return Cause(reason=reason, note=note, evidence=(of_gap(gap),))


def _absent(detail: str) -> UnknownReason:
    if detail in _HIDDEN_WORDS:
        return UnknownReason.HIDDEN
    return UnknownReason.UNMAPPED if detail in _UNREADABLE_WORDS else UnknownReason.MISSING


def is_unmapped_code(gap: Gap) -> bool:
    """Say whether nothing is known of what the refused resource was about."""
    return gap.rejection.reason is RejectionReason.UNMAPPED_CODE


def says_not_measured(gap: Gap) -> bool:
    """Say whether the refused result itself states that no value exists."""
    return gap.rejection.reason is RejectionReason.VALUE_ABSENT and gap.rejection.detail in NOT_MEASURED


def about(gaps: Iterable[Gap], concepts: Iterable[ConceptId], types: Iterable[str]) -> Iterator[Gap]:
    """Give the gaps in resources of these types that concern one of these concepts."""
    wanted, kinds = frozenset(concepts), frozenset(types)
    for gap in gaps:
        if gap.source.type in kinds and not wanted.isdisjoint(gap.rejection.concepts):
            yield gap


def withheld(timeline: Timeline, types: Iterable[str]) -> tuple[Cause, ...]:
    """Give a cause for each of these types of which the server withholds something."""
    return tuple(
        Cause(reason=UnknownReason.HIDDEN, note=f"the hospital withholds {kind} resources")
        for kind in types
        if kind in timeline.completeness and timeline.completeness[kind].hidden
    )
