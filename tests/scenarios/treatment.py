"""Derive a story's treatment with the real reader, definitions and rules, and compare it with what was told.

Knows: how treatment stories write doses, totals, clearance. Does not know: what should follow.

Under `then`: `day-zero: 2025-08-07 graft`, `doses: {thiotepa -14: {planned: 120 mg, given: 120 mg, status: GIVEN,
deviations: [..], why: STALE, level: 2, off: 1, minutes: 60, note: words}}` (`none`: there is no such record;
`unplanned ITEM DAY` names what was given without a plan; `note: none`: nothing is noted), `totals`, `feasibility`,
`donor`, `clearance`, `treatment: none`. Numbers are compared to the last digit told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.dosing.derive import Infusions, before, derive_treatment
from fhir_adapter.domain.dosing.donor import find_donor_reference
from fhir_adapter.domain.dosing.records import DosingRecord, TreatmentRecord
from fhir_adapter.domain.quantity import to_decimal
from fhir_adapter.domain.reactions import ReactionsView
from fhir_adapter.domain.safety.derive import Treated, derive_safety
from fhir_adapter.domain.safety.reactions import read_reactions
from fhir_adapter.domain.safety_model.judgements import Judgement
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.timeline import Timeline, build_timeline
from fhir_adapter.r4.context import ReadingContext
from tests.scenarios.derive import read_others, read_story, receipts_of
from tests.scenarios.judged import judgements_in
from tests.scenarios.story import Story

Told = Mapping[str, Any]

TREATMENT = frozenset({"treatment", "day-zero", "doses", "totals", "feasibility", "donor", "clearance"})
"""What a story may tell of treatment under `then`."""


def timeline_of(story: Story, definitions: Definitions, context: ReadingContext) -> Timeline:
    """Put in order what the hospital holds on the story's patient."""
    return build_timeline(read_story(story, context), receipts_of(story, definitions))


def donor_of(
    story: Story, definitions: Definitions, context: ReadingContext, timeline: Timeline
) -> Timeline | None:
    """Put in order what the hospital holds on the donor of the cells, where it holds anything."""
    regimen = definitions.trial.regimen
    reference = find_donor_reference(timeline, regimen) if regimen is not None else None
    readings = [each for each in read_others(story, context) if f"Patient/{each.patient}" == reference]
    return build_timeline(readings, ()) if readings else None


def treatment_of(
    story: Story, definitions: Definitions, timeline: Timeline, donor: Timeline | None = None
) -> TreatmentRecord | None:
    """Derive the story's treatment record."""
    return derive_treatment(
        timeline,
        definitions.trial,
        subject=SubjectId(story.id),
        as_of=story.as_of,
        zone=definitions.traits.zone,
        stopped_dose=definitions.traits.stopped_dose,
        donor=donor,
        withdrawn_on=story.withdrawn_on,
        reactions=partial(_reactions, story, definitions, timeline),
    )


def _reactions(
    story: Story,
    definitions: Definitions,
    timeline: Timeline,
    doses: tuple[DosingRecord, ...],
    infusions: Infusions,
    moment: datetime,
) -> ReactionsView | None:
    """Tell what is known of adverse reactions at a moment, with what persons had said of them by then."""
    trial = definitions.trial

    def derived(*said: Judgement) -> SafetyRecord | None:
        return derive_safety(
            timeline,
            trial,
            subject=SubjectId(story.id),
            treated=Treated(doses=doses, infusions=infusions),
            as_of=moment,
            zone=definitions.traits.zone,
            judgements=said,
        )

    record = derived()
    if story.judged:
        record = derived(*judgements_in(story, record))
    if record is None or trial.safety is None:
        return None
    return read_reactions(record, timeline, trial.safety.scale, definitions.traits.zone)


def differences(story: Story, definitions: Definitions, context: ReadingContext) -> list[str]:
    """List everything in which the story ends otherwise than told; empty where it ends as told."""
    timeline = timeline_of(story, definitions, context)
    return differences_in(story, definitions, timeline, donor_of(story, definitions, context, timeline))


def differences_in(
    story: Story, definitions: Definitions, timeline: Timeline, donor: Timeline | None = None
) -> list[str]:
    """List the same for what was read before."""
    record = treatment_of(story, definitions, timeline, donor)
    if record is None or story.then.get("treatment") == "none":
        return [] if (record is None) == (story.then.get("treatment") == "none") else ["treatment"]
    found = list(_heads(record, story.then))
    found += _doses(record, story.then.get("doses", {}))
    found += _totals(record, story.then.get("totals", {}))
    found += _feasibility(record, story.then.get("feasibility", {}))
    found += _donor(record, story.then.get("donor", {}))
    for told in story.then.get("clearance", ()):
        found += _clearance(story, definitions, timeline, record, told)
    return found


def _heads(record: TreatmentRecord, then: Told) -> Iterator[str]:
    day = f"{record.day_zero} {record.day_zero_source}" if record.day_zero is not None else "unknown"
    if then.get("day-zero", day) != day:
        yield f"day-zero: {day}"


def _doses(record: TreatmentRecord, told: Told) -> Iterator[str]:
    by_name = {_name(each): each for each in record.records}
    for name, expected in told.items():
        dose = by_name.get(name)
        if dose is None or expected == "none":
            if (dose is None) != (expected == "none"):
                yield f"{name}: {'no record' if dose is None else dose.status}"
            continue
        yield from (f"{name} {key}: {is_}" for key, is_, wanted in _compared(dose, expected) if is_ != wanted)


def _name(record: DosingRecord) -> str:
    planned = "" if record.planned is not None else "unplanned "
    return f"{planned}{record.item} {record.day}"


def _compared(record: DosingRecord, expected: Told) -> Iterator[tuple[str, str, str]]:
    """Give key, what is, and what was told."""
    planned, given = record.planned, record.administered
    for key, wanted in expected.items():
        if key in {"planned", "given"}:
            side = planned if key == "planned" else given
            dose = side.dose if side is not None else None
            yield key, "none" if dose is None else _amount(dose.value, dose.unit, wanted), wanted
        elif key == "deviations":
            yield key, " ".join(sorted(record.deviations)), " ".join(sorted(wanted))
        elif key == "note":
            notes = [*record.notes, *(planned.notes if planned is not None else ())]
            yield key, wanted if any(wanted in note for note in notes) else "; ".join(notes) or "none", wanted
        else:
            yield key, _plain(key, record), wanted
    if "deviations" not in expected and record.deviations:
        yield "deviations", " ".join(sorted(record.deviations)), ""


_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "status": lambda record: str(record.status),
    "why": lambda record: str(record.reason),
    "date": lambda record: str(record.date),
    "off": lambda record: str(record.day_offset),
    "level": lambda record: str(record.administered.matched_level),
    "minutes": lambda record: str(record.administered.minutes),
    "reasons": lambda record: " ".join(record.status_reasons),
    "replanned": lambda record: "yes" if record.planned.replanned else "no",
    "parts": lambda record: str(len(record.administered.parts)),
    "per-kg": lambda record: str(record.planned.per_kg.value),
    "given-per-kg": lambda record: str(record.administered.per_kg.value),
}


def _plain(key: str, record: DosingRecord) -> str:
    """Say what a record says under a key; `none` where it lacks the part the key is about."""
    try:
        return _PLAIN[key](record)
    except AttributeError:
        return "none"


def _amount(value: Fraction, unit: str, told: str) -> str:
    """Write an exact amount with as many decimals as the story tells."""
    number = told.split(maxsplit=1)[0]
    try:
        places = Decimal(number)
    except ArithmeticError:
        return f"{value} {unit}"
    shown = to_decimal(value).quantize(Decimal(1).scaleb(int(places.as_tuple().exponent)), ROUND_HALF_EVEN)
    return f"{shown} {unit}"


def _totals(record: TreatmentRecord, told: Told) -> Iterator[str]:
    totals = {each.item: each for each in record.totals}
    for item, expected in told.items():
        total = totals.get(item)
        for key, told_value in expected.items():
            wanted = " ".join(told_value) if key == "deviations" else told_value
            if total is None:
                is_ = "no total"
            elif key == "deviations":
                is_ = " ".join(total.deviations)
            elif key == "per":
                is_ = total.per_basis
            elif key == "complete":
                is_ = "yes" if total.is_complete else "no"
            else:
                dose = total.planned if key == "planned" else total.administered
                is_ = "none" if dose is None else _amount(dose.value, dose.unit, wanted)
            if is_ != wanted:
                yield f"total {item} {key}: {is_}"


_ANSWER = {True: "yes", False: "no", None: "unknown"}


def _feasibility(record: TreatmentRecord, told: Told) -> Iterator[str]:
    found = {"reached-level": _ANSWER[record.feasibility.reached_level]}
    for each in record.feasibility.infusions:
        given = {True: "given", False: "not-given", None: "open"}[each.given]
        window = {True: " in-window", False: " off-window", None: ""}[each.in_window]
        found[f"infusion-{each.infusion}"] = given + window
    yield from (f"feasibility {key}: {found.get(key)}" for key, wanted in told.items() if found.get(key) != wanted)


def _donor(record: TreatmentRecord, told: Told) -> Iterator[str]:
    found = {each.id: each.value or str(each.reason) for each in record.donor}
    yield from (f"donor {key}: {found.get(key)}" for key, wanted in told.items() if found.get(key) != wanted)


def _clearance(
    story: Story, definitions: Definitions, timeline: Timeline, treatment: TreatmentRecord, told: Told
) -> Iterator[str]:
    given = tuple((each.infusion, each.as_of) for each in treatment.clearances if each.is_retrospective)
    record = derive_clearance(
        timeline,
        definitions.trial,
        subject=SubjectId(story.id),
        infusion=int(told["infusion"]),
        as_of=datetime.fromisoformat(told["at"]),
        zone=definitions.traits.zone,
        stopped_dose=definitions.traits.stopped_dose,
        reactions=partial(
            _reactions, story, definitions, timeline, treatment.records, before(int(told["infusion"]), given)
        ),
    )
    found = {"verdict": str(record.verdict)} | {
        each.id: f"{each.verdict} {each.unknown_reason}" if each.unknown_reason else str(each.verdict)
        for each in record.criteria
    }
    for key, wanted in told.items():
        if key not in {"infusion", "at"} and found.get(key) != wanted:
            yield f"clearance {told['infusion']} at {told['at']} {key}: {found.get(key)}"
