"""Which cell infusions the cohort's state holds, whatever the subject's own criteria say.

Knows: levels on hold, who stands between infusions. Does not know: a subject's own criteria, how a hold is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.subject import PENDING, UNKNOWN, CohortSubject, Counted
from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.records import CriterionResult, Verdict
from fhir_adapter.domain.source import SubjectId

COHORT_HOLD: Final = "cohort-hold"
"""Id under which a hold of the cohort stands among the criteria to receive cells."""

COHORT_HOLD_TEXT: Final = "No hold of the cohort's dose level."
"""What that criterion asks; the protocol has no wording for it."""

_MAY_BE_HELD = PENDING | UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortHold:
    """A hold of every further infusion at a level and above it.

    Attributes:
        level: The lowest level held.
        since: 0..1; when the toxicity began that made it one; None where that is not known.
        why: In plain words.
        until: 0..1; when a named person decided how to go on; None = it holds.
    """

    level: int
    since: datetime | None
    why: str
    until: datetime | None = None

    def holds(self, level: int | None, at: datetime) -> bool:
        """Say whether an infusion at this level and moment fell into it; one of unknown beginning says nothing."""
        if self.since is None or level is None or level < self.level:
            return False
        return self.since < at and (self.until is None or at < self.until)


def find_hold(cohort: Cohort) -> CohortHold | None:
    """Find what the cohort's state holds now.

    Args:
        cohort: As it stands.

    Returns:
        The hold that reaches lowest; None where nobody is held. A stopped study holds every level.

    Source:
        clinical review, PUT-3 and section 2 row 4.
    """
    level, last = cohort.proposal.hold_from, cohort.opened.last
    if level is None:
        return None
    if cohort.opened.stopped and last is not None:
        return CohortHold(level=level, since=last.at, why="the study is stopped")
    return _hold_of(cohort, level)


def hold_spans(cohort: Cohort, decisions: Iterable[EscalationDecision]) -> tuple[CohortHold, ...]:
    """Find every hold there was or is, by what is known now.

    Args:
        cohort: As it stands.
        decisions: 0..*; in any order; the first after a hold began, other than to wait, ended it.

    Returns:
        0..*; by level; one suspicion that was later judged away leaves no trace here.
    """
    ends = sorted(each.at for each in decisions if each.action != EscalationAction.WAIT)
    found = []
    for level in sorted(cohort.state.counts):
        count = cohort.state.at(level)
        if count.dlts + count.suspected >= cohort.scheme.rule.too_toxic:
            hold = _hold_of(cohort, level)
            until = next((at for at in ends if hold.since is not None and at > hold.since), None)
            found.append(replace(hold, until=until))
    return tuple(found)


def _hold_of(cohort: Cohort, level: int) -> CohortHold:
    begun = sorted(
        trace.subject.suspected_since
        for trace in cohort.at_level(level)
        if trace.counted in {Counted.TOXIC, Counted.SUSPECTED} and trace.subject.suspected_since is not None
    )
    count, limit = cohort.state.at(level), cohort.scheme.rule.too_toxic
    return CohortHold(
        level=level,
        since=begun[limit - 1] if len(begun) >= limit else None,
        why=f"level {level}: {count.dlts} dose-limiting toxicities judged and {count.suspected} suspected; "
        "further infusions at this and higher levels wait for a named decision",
    )


def held_subjects(cohort: Cohort, infusions: Sequence[int]) -> tuple[SubjectId, ...]:
    """Give the subjects a hold keeps from their next infusion.

    Args:
        cohort: As it stands.
        infusions: Numbers of the cell infusions of the plan.

    Returns:
        0..*; subjects of the escalating part at the level held or above it, reserved or between infusions, by
        subject id; those of unknown part or level too, for nobody said that they are not.
    """
    hold = find_hold(cohort)
    if hold is None:
        return ()
    return tuple(
        trace.subject.subject
        for trace in cohort.traces
        if (trace.counted in _MAY_BE_HELD or trace.subject.is_treated)
        and trace.counted is not Counted.OTHER_PART
        and _reaches(hold, trace.subject)
        and _awaits(trace.subject, infusions)
    )


def _reaches(hold: CohortHold, subject: CohortSubject) -> bool:
    return subject.level is None or subject.level >= hold.level


def _awaits(subject: CohortSubject, infusions: Sequence[int]) -> bool:
    return not {number for number, _ in subject.infusions}.issuperset(infusions)


def apply_hold(record: ClearanceRecord, cohort: Cohort) -> ClearanceRecord:
    """Add what the cohort says to one subject's clearance.

    Does not touch the clearance of an infusion already given: what was known of the cohort at its start is listed
    as a deviation of the escalation.

    Args:
        record: Judged by the subject's own criteria.
        cohort: As it stands now; a hold that began after the moment judged does not exist for it.

    Returns:
        The record as it is where the cohort does not hold the subject's level; else on HOLD, with one more
        criterion that FAILs and says why.

    Source:
        clinical review, PUT-3.
    """
    hold = find_hold(cohort)
    if record.is_retrospective or hold is None or (hold.since is not None and record.as_of < hold.since):
        return record
    trace = next((each for each in cohort.traces if each.subject.subject == record.subject), None)
    is_later = trace is not None and trace.counted is Counted.OTHER_PART and not cohort.opened.stopped
    if is_later or not (trace is None or _reaches(hold, trace.subject)):
        return record
    result = CriterionResult(
        id=COHORT_HOLD,
        kind=Kind.INCLUSION,
        mode=Mode.AUTO,
        verdict=Verdict.FAIL,
        unknown_reason=None,
        next_fact=None,
        parts=(),
        evidence=(),
        notes=(hold.why,),
    )
    return replace(record, verdict=Clearance.HOLD, criteria=(*record.criteria, result))
