"""The invented hospital with a subject under treatment whose treatment records are written by hand.

Nothing is derived: what a record says is planned and delivered by the real use cases.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus, TreatmentRecord
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.ports.rows import Derivation, SubjectRow
from fhir_adapter.sync.deliver import DeliverRequest, run_deliver
from fhir_adapter.sync.delivered import Delivered
from fhir_adapter.sync.plan_writes import open_planner
from fhir_adapter.sync.run import new_run
from tests.plans import given, planned, planning_trial, record_of, treatment_of
from tests.study import IDS, whole_patient
from tests.ward import Json, Ward


def day_13() -> DosingRecord:
    """The second day, not due yet."""
    return record_of(planned(day=-13))


def first_given(**more: Any) -> DosingRecord:
    """The first day, given as planned."""
    return record_of(status=DosingStatus.GIVEN, administered=given(), **more)


class PlannedWard(Ward):
    """A ward with one subject of a trial that writes plans."""

    def __init__(self) -> None:
        super().__init__(*whole_patient("p1"))
        self.trial = planning_trial()

    def admit(self) -> PlannedWard:
        """Let the first run write study and subject."""
        self.sync()
        return self

    def record_with(self, *doses: DosingRecord, **more: Any) -> TreatmentRecord:
        """A treatment record of the subject."""
        return treatment_of(*doses, subject=IDS.subject("p1"), **more)

    def plan(
        self, treatment: TreatmentRecord | None, *, on_file: bool = True, **changes: Any
    ) -> tuple[WriteIntent, ...]:
        """Plan what follows from a treatment record, as a derivation does."""
        row = replace(self.row("p1"), **changes)
        planner = open_planner(self.store.outbox, self.trial, self.traits.id)
        digest = treatment.evidence_digest if treatment is not None else None
        intents = (*planner.plan(row, record=None), *planner.plan_care_plan(row, treatment, record=digest))
        self._commit(row, treatment if on_file else None, intents)
        return intents

    def _commit(
        self, row: SubjectRow, treatment: TreatmentRecord | None, intents: tuple[WriteIntent, ...]
    ) -> None:
        run = new_run("derive", self.trial, self.traits, self.clock.now())
        self.store.runs.start(run)
        derivation = Derivation(row=row, record=None, treatment=treatment, intents=intents)
        self.store.records.commit(run.id, derivation, at=self.clock.now())

    def deliver(self, *, write: bool = True) -> Delivered:
        """Bring what waits to the hospital."""
        sink = self.sink
        assert sink is not None
        rows = self.store.records.subjects(self.trial.id)
        closed = frozenset(row.subject for row in rows if row.withdrawn or row.deceased)
        request = DeliverRequest(run="deliver", trial=self.trial, traits=self.traits, write=write, closed=closed)
        return run_deliver(self.store, sink, self.clock, request)

    def treat(self, *doses: DosingRecord, on_file: bool = True, **more: Any) -> Delivered:
        """Plan and deliver what these doses say."""
        self.plan(self.record_with(*doses, **more), on_file=on_file)
        return self.deliver()

    @property
    def care_plan(self) -> Json:
        """The one plan at the hospital."""
        (body,) = self.written("CarePlan")
        return body

    @property
    def activities(self) -> dict[str, Json]:
        """Its activities by id."""
        return {each["id"]: each for each in self.care_plan["activity"] if "id" in each}

    def edit_plan(self, **elements: Any) -> None:
        """Let somebody at the hospital change the plan."""
        self.held.edit("CarePlan", self.care_plan["id"], **elements)

    def edit_activity(self, name: str, **elements: Any) -> None:
        """Let somebody at the hospital change one activity."""
        activities = [each | elements if each["id"] == name else each for each in self.care_plan["activity"]]
        self.edit_plan(activity=activities)
