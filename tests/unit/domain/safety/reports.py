"""Hospital reports, problems and derived events for the tests of joining them; everything is synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.facts import Demographics, Diagnosis, Fact, Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.safety.reported import ReportScene, merge_reported
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    SpecialInterest,
)
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from fhir_adapter.domain.safety_model.reporting_rule import (
    ReportedKind,
    ReportingRule,
    ReportRule,
    ReportWhen,
    SyndromeKind,
)
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.domain.source import HospitalId, ResourceVersion, SubjectId
from fhir_adapter.domain.timeline import Timeline, build_timeline
from fhir_adapter.domain.toxicity.catalogue import Catalogue, CatalogueTerm

ZONE = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 3, 20, 12, tzinfo=ZONE)
SINCE = datetime(2026, 2, 20, 8, tzinfo=ZONE)
FIRST_INFUSION = datetime(2026, 2, 22, 10, tzinfo=ZONE)
MEDDRA = "https://www.meddra.org"
LOCAL_CODE = "https://clinic.example/codes"
OURS = "https://trial.example/adverse-events"
ALT = "Alanine aminotransferase increased"
TMA = "Thrombotic microangiopathy"
GVHD = "Graft-versus-host disease"


TERMS = Catalogue(
    scale="ctcae-v5",
    terms=tuple(
        CatalogueTerm(name=name, meddra=code, soc=soc, wording={})
        for name, code, soc in (
            (ALT, "10001551", "Investigations"),
            ("Sepsis", "10040047", "Infections and infestations"),
            ("Anemia", "10002272", "Blood and lymphatic system disorders"),
        )
    ),
)
RULE = ReportingRule(
    system=OURS,
    term_systems=(MEDDRA,),
    overlap_days=2,
    look_back_days=14,
    death="Death",
    kinds=(
        ReportedKind(name=GVHD, concepts=(ConceptId("gvhd"),), scale="MAGIC", special=SpecialInterest.GVHD),
        ReportedKind(
            name=TMA,
            concepts=(ConceptId("tma"),),
            terms=frozenset({"Hemolytic uremic syndrome", "Thrombotic thrombocytopenic purpura"}),
            special=SpecialInterest.TMA,
        ),
        ReportedKind(name="Sepsis", concepts=(ConceptId("sepsis"),)),
        ReportedKind(name="Infusion related reaction", special=SpecialInterest.INFUSION_REACTION),
        ReportedKind(name="Fever", concepts=(ConceptId("fever"),), from_problems=False),
    ),
    syndromes=(
        SyndromeKind(
            syndrome=Syndrome.CRS,
            concepts=(ConceptId("crs"),),
            terms=frozenset({"Cytokine release syndrome"}),
        ),
        SyndromeKind(syndrome=Syndrome.ICANS, concepts=(ConceptId("icans"),)),
    ),
    hematologic=frozenset({"Anemia"}),
    related=frozenset({"related", "possible"}),
    fatal=frozenset({"death", "life-threatening", "fatal"}),
    reports=(
        ReportRule(
            id="sae",
            title="SAE to the sponsor",
            when=ReportWhen.SERIOUS,
            within=Window(24, WindowUnit.HOUR),
            who=("investigator",),
        ),
        ReportRule(
            id="susar-7",
            title="SUSAR, fatal or life-threatening",
            when=ReportWhen.UNEXPECTED_RELATED_FATAL,
            within=Window(7, WindowUnit.DAY),
            who=("pi",),
        ),
        ReportRule(
            id="susar-15",
            title="SUSAR",
            when=ReportWhen.UNEXPECTED_RELATED,
            within=Window(15, WindowUnit.DAY),
            who=("pi",),
        ),
    ),
)
SCENE = ReportScene(
    subject=SubjectId("S-1"),
    as_of=AS_OF,
    zone=ZONE,
    since=SINCE,
    infusions=((1, FIRST_INFUSION),),
    day_zero=date(2026, 3, 6),
    scale="CTCAE 5.0",
    terms=TERMS,
)


def moment(text: str) -> FhirDateTime:
    """Give a written date, month or time as read."""
    if "T" in text:
        instant = datetime.fromisoformat(text)
        return FhirDateTime(text, Precision.TIME, instant.date(), instant)
    if len(text) == len("2026-03"):
        return FhirDateTime(text, Precision.MONTH, date.fromisoformat(f"{text}-01"))
    return FhirDateTime(text, Precision.DAY, date.fromisoformat(text))


def version(kind: str, name: str, number: str = "1") -> ResourceVersion:
    """Give a version; a second content of the same version contests the first."""
    return ResourceVersion(HospitalId("demo"), kind, name, number, moment("2026-03-19"), f"{name}{number}")


def report(name: str = "1", *, on: str | None = "2026-03-10", **changes: Any) -> ReportedEvent:
    """Give a report of an ALT rise without anything else, unless told otherwise."""
    said: dict[str, Any] = {
        "source": version("AdverseEvent", name),
        "path": "AdverseEvent.event",
        "concepts": (),
        "codings": (Coding(MEDDRA, "10001551"),),
        "terms": (ALT,),
        "occurred": Effective(moment(on)) if on is not None else None,
    }
    return ReportedEvent(**(said | changes))


def problem(concept: str, name: str = "c1", *, on: str | None = "2026-03-10", **changes: Any) -> Diagnosis:
    """Give a confirmed, active problem."""
    said: dict[str, Any] = {
        "source": version("Condition", name),
        "path": "Condition.code",
        "concepts": (ConceptId(concept),),
        "codings": (),
        "clinical_status": "active",
        "verification_status": "confirmed",
        "onset": Effective(moment(on)) if on is not None else None,
        "abatement": None,
        "recorded": None,
    }
    return Diagnosis(**(said | changes))


def patient(deceased: bool | str | None) -> Demographics:
    """Give the Patient, dead or alive."""
    when = moment(deceased) if isinstance(deceased, str) else deceased
    return Demographics(
        source=version("Patient", "p1"),
        path="Patient",
        birth_date=moment("2015-01-01"),
        gender="female",
        deceased=when,
    )


def timeline_of(*facts: Fact) -> Timeline:
    """Put facts in order, each as the only reading of its resource."""
    return build_timeline([Reading(source=each.source, patient="p1", facts=(each,)) for each in facts], ())


def derived(
    event_id: str = "AE-d1", *, on: str = "2026-03-09", until: str | None = "2026-03-14", **changes: Any
) -> AdverseEventRecord:
    """Give a derived ALT event of grade 3."""
    said: dict[str, Any] = {
        "id": event_id,
        "term": ALT,
        "meddra": "10001551",
        "soc": "Investigations",
        "scale": "CTCAE 5.0",
        "state": EventState.ONGOING if until is None else EventState.RESOLVED,
        "origin": EventOrigin.DERIVED,
        "onset": on,
        "onset_on": date.fromisoformat(on),
        "resolved": until,
        "resolved_on": None if until is None else date.fromisoformat(until),
        "grade": 3,
        "worst_possible": 3,
    }
    return AdverseEventRecord(**(said | changes))


def judged(**changes: Any) -> EventJudgement:
    """Give a judgement: serious, unexpected, possibly related, aware at a known time."""
    said: dict[str, Any] = {
        "about": "AE-d1",
        "by": "dr-weber",
        "at": datetime(2026, 3, 12, 9, tzinfo=UTC),
        "reason": "admitted to intensive care",
        "seen": "digest",
        "serious": True,
        "criteria": ("hospitalisation",),
        "relatedness": "possible",
        "expectedness": "unexpected",
        "aware": "2026-03-11T18:30:00+01:00",
    }
    return EventJudgement(**(said | changes))


def merged(
    *facts: Fact, events: tuple[AdverseEventRecord, ...] = (), **scene: Any
) -> tuple[AdverseEventRecord, ...]:
    """Join the reports among some facts to derived events."""
    return merge_reported(events, timeline_of(*facts), RULE, replace(SCENE, **scene))


def only(events: tuple[AdverseEventRecord, ...]) -> AdverseEventRecord:
    """Give the one event there is."""
    (event,) = events
    return event


def contesting(one: Fact, other: Fact) -> list[Reading]:
    """Give two contents of one resource that nothing can order."""
    sources = [
        replace(each.source, last_updated=None, content=f"content {n}") for n, each in enumerate((one, other))
    ]
    facts = [replace(each, source=source) for each, source in zip((one, other), sources, strict=True)]
    return [Reading(source=each.source, patient="p1", facts=(each,)) for each in facts]
