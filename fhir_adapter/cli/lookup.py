"""Subjects with their latest records, as several commands show them; a word where there are none."""

from __future__ import annotations

from fhir_adapter.bootstrap import Workplace
from fhir_adapter.cli.output import say
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.explain import WaitingOut
from fhir_adapter.report.subjects import Listed
from fhir_adapter.sync.treated import Treated, list_treated, require_regimen


def list_subjects(workplace: Workplace) -> list[Listed]:
    """Give every subject with the latest record, in the order of subject ids."""
    trial, traits = workplace.definitions.trial, workplace.definitions.traits
    records = workplace.store.records
    return [
        Listed(
            subject=row.subject,
            patient=f"Patient/{row.patient}",
            status=row.status,
            record=stored.record if (stored := records.latest_record(row.subject)) else None,
        )
        for row in records.subjects(trial.id, traits.id)
    ]


def list_waiting(workplace: Workplace, subject: SubjectId) -> list[WaitingOut]:
    """Give the review items that wait for an answer about one subject, oldest first."""
    items = workplace.store.records.review_items(workplace.definitions.trial.id)
    return [WaitingOut(id=item.id, kind=item.kind, asked=item.asked) for item in items if item.subject == subject]


def list_under_treatment(workplace: Workplace) -> tuple[Treated, ...]:
    """Give everybody under treatment; where there is nobody, say how somebody gets there."""
    regimen = require_regimen(workplace.definitions.trial)
    treated = list_treated(workplace.desk())
    if not treated:
        trial_id, hospital_id = workplace.definitions.trial.id, workplace.definitions.traits.id
        say(
            f"nobody is under treatment yet in {trial_id} at {hospital_id}: a treatment record is derived once a "
            f"dose level is assigned (fhir-adapter attest SUBJECT {regimen.levels.link_id} LEVEL --by PERSON)"
        )
    return treated
