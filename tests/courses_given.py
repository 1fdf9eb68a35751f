"""Treatment records of doses given, synthetic, for what follows from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fhir_adapter.domain.dosing.records import AdministeredDose, DosingRecord, DosingStatus, TreatmentRecord
from fhir_adapter.domain.source import SubjectId
from tests.stored_treatment import dosing_record, treatment

SUBJECT = SubjectId("S-1")


def given(started: str | None = "2026-03-04T11:00:00+01:00", **more: Any) -> DosingRecord:
    """A dose given as planned; its deviations are none unless said otherwise."""
    on = date.fromisoformat(started[:10]) if started is not None else None
    dose = AdministeredDose(started=started, on=on, parts=("MedicationAdministration/f1",))
    values: dict[str, Any] = {
        "item": "fludarabine",
        "administered": dose,
        "status": DosingStatus.GIVEN,
        "deviations": (),
        "evidence": (),
    }
    return dosing_record(**(values | more))


def course(*records: DosingRecord, **more: Any) -> TreatmentRecord:
    return treatment(subject=SUBJECT, records=records, totals=more.pop("totals", ()), **more)
