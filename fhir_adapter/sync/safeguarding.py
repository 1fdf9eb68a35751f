"""One subject's safety record: derived now, or up to the day participation ended.

Knows: withdrawal, death, leaving the study; what persons said so far. Does not know: how safety is derived, how a
record is saved.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fhir_adapter.domain.dosing.derive import Infusions, TreatmentReactions
from fhir_adapter.domain.dosing.records import DosingRecord, TreatmentRecord
from fhir_adapter.domain.participation import FINAL_STATUSES
from fhir_adapter.domain.reactions import ReactionsView
from fhir_adapter.domain.safety.derive import Treated, derive_safety
from fhir_adapter.domain.safety.ending import Ending, find_death_ending
from fhir_adapter.domain.safety.reactions import read_reactions
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.spans import midnight
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.timeline_end import end_timeline
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.ending import alive_if_denied, last_day_of
from fhir_adapter.sync.judgements import judgements_of
from fhir_adapter.sync.questions import is_withdrawn

WITHDRAWAL = "withdrawal of consent"
LEAVING = "leaving the study"


def safeguard(case: Case) -> SafetyRecord | None:
    """Derive one subject's safety record.

    After a withdrawal nothing that began later is looked at; what persons judge afterwards still counts.

    Args:
        case: The subject's case with its treatment.

    Returns:
        The record as it is now; None for whom there is no treatment record, or no rule of safety.

    Source:
        clinical review, PUT-13 and section 2.
    """
    treatment = case.treatment
    if treatment is None or case.trial.safety is None:
        return None
    ends = _ends(case)
    return derive_safety(
        _read_until(case, ends),
        case.trial,
        subject=case.row.subject,
        treated=_treated(case, treatment, ends),
        as_of=case.as_of,
        zone=case.zone,
        judgements=judgements_of(case.items, case.decisions),
        previous=case.safety_standing,
    )


def tell_reactions(case: Case) -> TreatmentReactions | None:
    """Give what tells of reactions at a moment, for the criteria to receive cells.

    Args:
        case: The subject's case.

    Returns:
        A function of doses recorded, infusions given and moment; None where the trial has no rule of safety.
    """
    safety = case.trial.safety
    if safety is None:
        return None
    timeline, said = _read_until(case, _ends(case)), judgements_of(case.items, case.decisions)

    def at(doses: tuple[DosingRecord, ...], infusions: Infusions, moment: datetime) -> ReactionsView | None:
        record = derive_safety(
            timeline,
            case.trial,
            subject=case.row.subject,
            treated=Treated(doses=doses, infusions=infusions),
            as_of=moment,
            zone=case.zone,
            judgements=said,
            previous=case.safety_standing,
            is_kept=False,
        )
        return read_reactions(record, timeline, safety.scale, case.zone) if record is not None else None

    return at


def _ends(case: Case) -> date | None:
    """Give the day consent was withdrawn; once that is on record only a person's word moves it, to earlier."""
    if not is_withdrawn(case):
        return None
    standing, said = case.safety_standing, last_day_of(case)
    known = standing.withdrawn_on if standing is not None and case.row.withdrawn else None
    return min(known, said) if known is not None else said


def _read_until(case: Case, ends: date | None) -> Timeline:
    timeline = alive_if_denied(case)
    if ends is None:
        return timeline
    over = midnight(ends + timedelta(days=1), case.zone)
    return end_timeline(timeline, over - timedelta(microseconds=1), case.zone)


def _treated(case: Case, treatment: TreatmentRecord, ends: date | None) -> Treated:
    judged = (each for each in treatment.clearances if each.is_retrospective)
    return Treated(
        doses=treatment.records,
        infusions=tuple((each.infusion, each.as_of) for each in judged),
        day_zero=treatment.day_zero,
        level=treatment.level,
        ending=_ending(case, ends),
        withdrawn_on=ends,
    )


def _ending(case: Case, ends: date | None) -> Ending | None:
    """Give what ended observation first: a withdrawal, a death, leaving the study."""
    found = [Ending(day=ends, why=WITHDRAWAL)] if ends is not None else []
    died = find_death_ending(alive_if_denied(case), as_of=case.as_of, zone=case.zone)
    found += [died] if died is not None else []
    if case.row.status in FINAL_STATUSES and case.row.until is not None:
        found.append(Ending(day=last_day_of(case), why=LEAVING))
    return min(found, key=lambda each: each.day, default=None)
