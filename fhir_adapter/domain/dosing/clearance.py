"""May the cells be infused? The trial's criteria to receive them, judged for one moment.

Knows: which criteria are asked at which infusion, what they amount to. Does not know: what a criterion is made of.
A proposal: the investigator decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.eligibility import build_scene, find_valid_until, judge_criterion
from fhir_adapter.domain.logic import Truth, all_of
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import Reactions
from fhir_adapter.domain.records import Answer, CriterionResult, Verdict
from fhir_adapter.domain.scene import Scene, utc
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.timeline import Timeline

_TRUTHS = {Verdict.PASS: Truth.MET, Verdict.FAIL: Truth.NOT_MET, Verdict.UNKNOWN: Truth.UNKNOWN}

_OVERALL = {Truth.MET: Clearance.CLEAR, Truth.NOT_MET: Clearance.HOLD, Truth.UNKNOWN: Clearance.UNKNOWN}


def derive_clearance(  # noqa: PLR0913 - one named part per thing it is judged by
    timeline: Timeline,
    trial: Trial,
    *,
    subject: SubjectId,
    infusion: int,
    as_of: datetime,
    zone: tzinfo,
    infused_at: datetime | None = None,
    infused_by: datetime | None = None,
    stopped_dose: str = "unknown",
    reactions: Reactions | None = None,
) -> ClearanceRecord:
    """Judge the criteria to receive one cell infusion.

    Does not use the anchor of eligibility: what counts is the moment of the infusion itself. Facts and
    statements later than that moment do not exist for it.

    Args:
        timeline: The person's facts.
        trial: The trial's definitions; its clearance criteria are inclusions.
        subject: Whose record it is.
        infusion: Number of the cell infusion.
        as_of: Clinical time, aware.
        zone: The hospital's zone.
        infused_at: 0..1; start of that infusion, where it was given; the first it can mean.
        infused_by: 0..1; the last its start can mean, where only its day is known.
        stopped_dose: What the dose of a stopped administration means here (`administered`, `ordered`,
            `unknown`).
        reactions: 0..1; gives what is known of the subject's adverse reactions at a moment; None = nothing is.

    Returns:
        CLEAR if every criterion passes, HOLD if one fails, else UNKNOWN, with every criterion's evidence and
        next fact. Where only the day of the infusion is known, a criterion decided differently at its two ends
        is UNKNOWN. A trial that asks nothing of this infusion is UNKNOWN: nothing was found, so nobody is cleared.
        `expires` is None for an infusion already given: its moment does not move.

    Source:
        registry page, criteria to receive NK cells; rules sheet I.3; clinical review, sections 10 and 12.
    """
    now = utc(as_of)
    is_retrospective = infused_at is not None and infused_at <= now
    moment = utc(infused_at) if infused_at is not None and is_retrospective else now
    by = min(utc(infused_by), now) if is_retrospective and infused_by is not None else moment
    asked = [each.criterion for each in trial.clearance if infusion in each.infusions]

    def judge(at: datetime) -> tuple[Scene, list[tuple[CriterionResult, Answer]]]:
        scene = build_scene(timeline, trial, as_of=at, zone=zone).at_as_of()
        scene = replace(scene, stopped_dose=stopped_dose, reactions=reactions)
        return scene, [judge_criterion(criterion, scene) for criterion in asked]

    scene, judged = judge(moment)
    criteria = [result for result, _ in judged]
    if by > moment:
        ends = f"{_clock(moment, zone)} and {_clock(by, zone)}"
        pairs = zip(criteria, judge(by)[1], strict=True)
        criteria = [_at_both(first, last, ends) for first, (last, _) in pairs]
    truth = all_of(_TRUTHS[result.verdict] for result in criteria) if criteria else Truth.UNKNOWN
    return ClearanceRecord(
        subject=subject,
        infusion=infusion,
        as_of=moment.astimezone(zone),
        verdict=_OVERALL[truth],
        criteria=tuple(criteria),
        is_retrospective=is_retrospective,
        infused_by=by.astimezone(zone) if by > moment else None,
        expires=None if is_retrospective else find_valid_until(scene, (answer for _, answer in judged)),
    )


def _at_both(first: CriterionResult, last: CriterionResult, ends: str) -> CriterionResult:
    """Judge a criterion for a start that lies anywhere between two moments: it holds where it holds for both."""
    if first.verdict is last.verdict:
        return last
    note = f"the infusion began between {ends}: {first.verdict} for the first, {last.verdict} for the last"
    return replace(
        last,
        verdict=Verdict.UNKNOWN,
        unknown_reason=UnknownReason.PARTIAL_DATE,
        next_fact="the exact time the infusion began",
        notes=(*last.notes, note),
    )


def _clock(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
