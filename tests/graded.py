"""Results of a child in treatment, graded by a small scale whose numbers are those printed in CTCAE 5.0.

The first conditioning drug began on 11 March 2026 at 09:00 (day -14), infusion 1 on 13 March at 11:00, infusion 2
on 30 March at 11:00; day 0 is 25 March. The present is 1 May, noon.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from fhir_adapter.domain.dosing.records import AdministeredDose, DosingRecord, DosingStatus
from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.safety.events import derive_events
from fhir_adapter.domain.safety.graded import grade_results
from fhir_adapter.domain.safety_model.episode_rule import (
    EpisodeRule,
)
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.records import GradedResult, SafetyRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.toxicity.result import GradeStatus
from tests.builders import ZONE, finding, moment, quantity
from tests.scenes import timeline
from tests.small_scale import RULE, SCALE
from tests.stored_safety import safety

SUBJECT = SubjectId("S-1")
FIRST_DRUG = datetime(2026, 3, 11, 9, 0, tzinfo=ZONE)
INFUSION_1 = datetime(2026, 3, 13, 11, 0, tzinfo=ZONE)
INFUSION_2 = datetime(2026, 3, 30, 11, 0, tzinfo=ZONE)
INFUSIONS = ((1, INFUSION_1), (2, INFUSION_2))
DAY_ZERO = date(2026, 3, 25)
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=ZONE)


_UNITS = {
    "alt": "U/L",
    "hemoglobin": "g/dL",
    "potassium": "mmol/L",
    "calcium-total": "mg/dL",
    "calcium-corrected": "mg/dL",
    "albumin": "g/dL",
    "body-temperature": "Cel",
}


def lab(concept: str, value: str, at: str, *, normal: str | None = None, **more: Any) -> Finding:
    """A result in its usual unit; `at` without year is of March 2026 (`12`, `12T08:00`), `normal` is `150-400`."""
    unit = more.pop("unit", _UNITS.get(concept, "10*9/L"))
    low, _, high = (normal or "").partition("-")
    when = at if len(at) > 8 else f"2026-03-{at}"
    return finding(
        concept,
        value,
        unit,
        at=when,
        lln=quantity(low, unit) if low else None,
        uln=high or None,
        **{"id_": f"{concept}-{at}-{value}".replace(":", ".").replace("<", "lt"), **more},
    )


def alt(value: str, at: str, *, normal: str | None = "0-40", **more: Any) -> Finding:
    """An ALT, normal up to 40 U/L."""
    return lab("alt", value, at, normal=normal, **more)


def platelets(value: str, at: str, **more: Any) -> Finding:
    """A platelet count, normal from 150."""
    return lab("platelets", value, at, **{"normal": "150-400", **more})


def neutrophils(value: str, at: str, **more: Any) -> Finding:
    """A neutrophil count, normal from 1.8."""
    return lab("neutrophils", value, at, **{"normal": "1.8-8", **more})


def hemoglobin(value: str, at: str, **more: Any) -> Finding:
    """A hemoglobin, normal from 11.5 g/dL."""
    return lab("hemoglobin", value, at, **{"normal": "11.5-15", **more})


def temperature(value: str, at: str, **more: Any) -> Finding:
    """A body temperature."""
    return lab("body-temperature", value, at, **more)


def graded(
    *facts: Fact | Reading | Completeness,
    rule: EpisodeRule = RULE,
    born: str | None = "2018-05-20",
    gender: str | None = "male",
    **more: Any,
) -> tuple[GradedResult, ...]:
    """Grade the results among some facts."""
    return grade_results(
        timeline(*facts),
        SCALE,
        rule,
        **{
            "infusions": INFUSIONS,
            "baseline_before": FIRST_DRUG,
            "birth": moment(born) if born is not None else None,
            "gender": gender,
            "as_of": NOW,
            "zone": ZONE,
            **more,
        },
    )


def events(
    *facts: Fact | Reading | Completeness,
    rule: EpisodeRule = RULE,
    previous: Iterable[AdverseEventRecord] | None = None,
    doses: Iterable[DosingRecord] = (),
    day_zero: date | None = DAY_ZERO,
    infusions: tuple[tuple[int, datetime], ...] = INFUSIONS,
    as_of: datetime = NOW,
    **more: Any,
) -> tuple[AdverseEventRecord, ...]:
    """Derive the adverse events of some facts; `previous` are those of the record before."""
    before = more.get("baseline_before", FIRST_DRUG)
    return derive_events(
        graded(*facts, rule=rule, infusions=infusions, as_of=as_of, **more),
        SCALE,
        rule,
        timeline=timeline(*facts),
        subject=SUBJECT,
        infusions=infusions,
        doses=tuple(doses),
        day_zero=day_zero,
        baseline_before=before,
        zone=ZONE,
        as_of=as_of,
        previous=_record(previous) if previous is not None else None,
    )


def _record(former: Iterable[AdverseEventRecord]) -> SafetyRecord:
    return safety(events=tuple(former))


def only(found: Iterable[AdverseEventRecord], term: str | None = None) -> AdverseEventRecord:
    """The only event, or the only one of a term."""
    (event,) = (each for each in found if term is None or each.term == term)
    return event


def word(result: GradedResult) -> str:
    """A grade in one word: `2`, `>=1`, `?3` (ungradable, at worst 3)."""
    grade = result.grade
    if grade.status is GradeStatus.GRADED:
        return str(grade.grade)
    return f">={grade.grade}" if grade.status is GradeStatus.AT_LEAST else f"?{grade.worst}"


def words(results: Iterable[GradedResult], term: str) -> list[str]:
    """The grades of one term, earliest first."""
    return [word(each) for each in results if each.term == term]


def dose(item: str, started: str | None, *parts: str, **more: Any) -> DosingRecord:
    """A dose of the trial that was given."""
    given = AdministeredDose(started=started, parts=parts, on=more.pop("on", None))
    return DosingRecord(**{
        "item": item,
        "title": item.capitalize(),
        "kind": "drug",
        "day": None,
        "date": None,
        "planned": None,
        "administered": given,
        "status": DosingStatus.GIVEN,
        **more,
    })
