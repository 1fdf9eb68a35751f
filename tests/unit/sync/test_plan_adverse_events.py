"""A judged adverse event is written where the hospital allows it: once, by its judge, merged, never deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.ports.rows import Derivation
from fhir_adapter.sync.deliver import DeliverRequest, run_deliver
from fhir_adapter.sync.delivered import Delivered
from fhir_adapter.sync.plan_adverse_events import (
    export_adverse_events,
    plan_adverse_events,
    plan_events_by_person,
)
from fhir_adapter.sync.plan_writes import WritePlanner, open_planner
from fhir_adapter.sync.run import new_run
from tests.planned_ward import PlannedWard
from tests.plans import given, planned, record_of
from tests.stored_safety import safety
from tests.study import IDS
from tests.unit.domain.safety.reports import ALT, OURS, RULE, derived, judged

UNUSED = cast("Any", None)
REPORTING = SafetyRule(
    scale=UNUSED,
    catalogue=UNUSED,
    crs=UNUSED,
    icans=UNUSED,
    episodes=UNUSED,
    reporting=RULE,
    observation=UNUSED,
    judged_from_grade=3,
)


class EventWard(PlannedWard):
    """A ward whose subject was given cells and had an adverse event; its safety records are written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.admit()
        regimen = self.trial.regimen
        assert regimen is not None
        cells = replace(regimen.items[0], id="nk", infusion=1)
        self.trial = replace(self.trial, safety=REPORTING, regimen=replace(regimen, items=(*regimen.items, cells)))
        self.infused = self.record_with(
            record_of(planned("nk"), item="nk", administered=given(parts=("MedicationAdministration/n1",)))
        )

    def planner(self, *, allowed: bool = True) -> WritePlanner:
        return open_planner(self.store.outbox, self.trial, self.traits.id, writes_events=allowed)

    def save(self, *events: AdverseEventRecord, digest: str = "s1") -> SafetyRecord:
        """Keep what a record says of the events, with what it plans."""
        record = safety(
            subject=IDS.subject("p1"), trial=self.trial.id, events=events, digest=digest, syndromes=(), results=()
        )
        row = self.row("p1")
        intents = plan_adverse_events(self.planner(), row, record, self.infused)
        self.commit(Derivation(row=row, record=None, treatment=self.infused, safety=record, intents=intents))
        return record

    def commit(self, derivation: Derivation) -> None:
        run = new_run("derive", self.trial, self.traits, self.clock.now())
        self.store.runs.start(run)
        self.store.records.commit(run.id, derivation, at=self.clock.now())

    def write(self, *events: AdverseEventRecord, digest: str = "s1") -> Delivered:
        self.save(*events, digest=digest)
        return self.deliver()

    @property
    def event(self) -> dict[str, Any]:
        (body,) = self.written("AdverseEvent")
        return body


EVENT = derived(judgement=judged(by="weber"), after_infusion=1)


@pytest.fixture
def ward() -> EventWard:
    """A ward at which one judged event stands."""
    ward = EventWard()
    ward.write(EVENT)
    return ward


def test_a_judged_event_is_written_for_patient_study_and_infusion(ward: EventWard) -> None:
    body, (study,) = ward.event, ward.written("ResearchStudy")
    assert body["identifier"] == {"system": OURS, "value": "AE-d1"}
    assert body["meta"]["tag"] == [{"system": OURS, "code": "AE-d1"}]
    assert (body["event"]["text"], body["subject"]) == (ALT, {"reference": "Patient/p1"})
    assert body["study"] == [{"reference": f"ResearchStudy/{study['id']}"}]
    assert body["suspectEntity"][0]["instance"] == {"reference": "MedicationAdministration/n1"}


def test_the_judge_and_the_sources_stand_in_its_provenance() -> None:
    ward = EventWard()
    event = replace(EVENT, evidence=safety().events[0].evidence)
    ward.write(event)
    (provenance,) = (
        each for each in ward.written("Provenance") if each["target"][0]["reference"].startswith("AdverseEvent/")
    )
    assert [agent["who"]["display"] for agent in provenance["agent"]] == ["fhir-adapter", "Dr. Ada Weber"]
    cited = {entity["what"]["reference"].split("/_history")[0] for entity in provenance["entity"]}
    assert cited == {each.reference for each in event.evidence}


def test_an_unchanged_event_is_not_written_again(ward: EventWard) -> None:
    before = list(ward.held.writes)
    assert ward.write(EVENT, digest="s2").as_dict()["updated"] == 0
    assert ward.held.writes == before


def test_a_new_judgement_updates_it_and_what_others_added_stays(ward: EventWard) -> None:
    ward.held.edit("AdverseEvent", ward.event["id"], note="theirs")
    ward.write(replace(EVENT, judgement=judged(by="weber", outcome="recovered")), digest="s2")
    assert ward.event["outcome"]["coding"][0]["code"] == "resolved"
    assert ward.event["note"] == "theirs"
    assert ward.event["identifier"] == {"system": OURS, "value": "AE-d1"}


def test_what_somebody_edited_stays_and_is_asked_about_with_the_event_named(ward: EventWard) -> None:
    ward.held.edit("AdverseEvent", ward.event["id"], date="2026-03-01")
    ward.write(replace(EVENT, onset="2026-03-08"), digest="s2")
    assert ward.event["date"] == "2026-03-01"
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {
        "resource": "AdverseEvent",
        "elements": "date",
        "event": "AE-d1",
    }
    decided = plan_events_by_person(
        ward.store.records, ward.planner(), ward.row("p1"), override={"AE-d1": ("date",)}
    )
    ward.commit(Derivation(row=ward.row("p1"), record=None, intents=decided))
    ward.deliver()
    assert ward.event["date"] == "2026-03-08"


def test_two_events_edited_alike_are_two_questions() -> None:
    ward = EventWard()
    both = [replace(EVENT, id=name) for name in ("AE-d1", "AE-d2")]
    ward.write(*both)
    for body in ward.written("AdverseEvent"):
        ward.held.edit("AdverseEvent", body["id"], date="2026-03-01")
    ward.write(*(replace(each, onset="2026-03-08") for each in both), digest="s2")
    assert {(item.details or {})["event"] for item in ward.items(ItemKind.WRITE_CONFLICT)} == {"AE-d1", "AE-d2"}


def test_an_event_that_is_dissolved_is_neither_updated_nor_deleted(ward: EventWard) -> None:
    before = dict(ward.event)
    ward.write(replace(EVENT, state=EventState.DISSOLVED, resolved=None), digest="s2")
    assert ward.event == before


def test_nothing_is_planned_without_permission_judgement_record_status_or_consent() -> None:
    ward = EventWard()
    record = ward.save(EVENT)
    unjudged = replace(record, events=(replace(EVENT, judgement=None),))
    row = ward.row("p1")
    assert plan_adverse_events(ward.planner(allowed=False), row, record, None) == ()
    assert plan_adverse_events(ward.planner(), row, unjudged, None) == ()
    assert plan_adverse_events(ward.planner(), row, None, None) == ()
    assert plan_adverse_events(ward.planner(), replace(row, status=None), record, None) == ()
    assert plan_adverse_events(ward.planner(), replace(row, withdrawn=True), record, None) == ()
    ward.trial = replace(ward.trial, safety=None)
    assert plan_adverse_events(ward.planner(), row, record, None) == ()


def test_a_fatal_event_is_written_of_a_patient_who_died() -> None:
    ward = EventWard()
    record = ward.save(EVENT)
    dead = replace(ward.row("p1"), deceased=True)
    ward.commit(Derivation(row=dead, record=None, intents=()))
    assert ward.deliver().created == 1
    assert ward.event["event"]["text"] == ALT
    assert plan_adverse_events(ward.planner(), dead, record, ward.infused) == ()


def test_what_waits_when_consent_is_withdrawn_is_not_written_any_more() -> None:
    ward = EventWard()
    ward.save(EVENT)
    sink = ward.sink
    assert sink is not None
    subject = frozenset({IDS.subject("p1")})
    request = DeliverRequest(
        run="deliver", trial=ward.trial, traits=ward.traits, write=True, closed=subject, withdrawn=subject
    )
    assert run_deliver(ward.store, sink, ward.clock, request).created == 0
    assert ward.written("AdverseEvent") == []


def test_without_a_regimen_or_a_treatment_nothing_is_suspected() -> None:
    ward = EventWard()
    record = ward.save(EVENT)
    row = ward.row("p1")
    for trial, treatment in ((ward.trial, None), (replace(ward.trial, regimen=None), ward.infused)):
        (body,) = export_adverse_events(trial, row, record, treatment)
        assert "suspectEntity" not in body


def test_an_export_names_the_study_by_its_identifier_and_leaves_out_what_nobody_judged() -> None:
    ward = EventWard()
    record = ward.save(EVENT, derived("AE-d2"))
    study = ward.trial.study
    (body,) = export_adverse_events(ward.trial, ward.row("p1"), record, ward.infused)
    assert body["identifier"]["value"] == "AE-d1"
    assert body["study"] == [{"identifier": {"system": study.identifier_system, "value": study.identifier_value}}]
    assert export_adverse_events(replace(ward.trial, safety=None), ward.row("p1"), record, None) == ()
