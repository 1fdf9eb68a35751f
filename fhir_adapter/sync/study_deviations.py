"""Put together what the deviations of a study are listed from: records, consents, corrected evidence.

Knows: loading every subject, what persons answered. Does not know: what counts as a deviation.
"""

from __future__ import annotations

from fhir_adapter.domain.dosing.study_deviations import Followed, ListedDeviation, list_deviations
from fhir_adapter.domain.freeze import find_corrections
from fhir_adapter.domain.renewal import Renewal, assess_renewal, signature_rule
from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.sync.derive import DeriveRequest, Deriving
from fhir_adapter.sync.desk import Desk


def run_deviations(desk: Desk) -> tuple[ListedDeviation, ...]:
    """List every deviation of the study at one hospital, from records and facts in the store; nothing is saved.

    Args:
        desk: Names trial, hospital and clinical time.

    Returns:
        0..*; by subject, day and kind.
    """
    as_of = desk.as_of or desk.clock.now().astimezone(desk.traits.zone)
    request = DeriveRequest(
        run="deviations",
        trial=desk.trial,
        traits=desk.traits,
        ids=desk.ids,
        reading_digest=desk.reading_digest,
        as_of=as_of,
    )
    deriving = Deriving(desk.store, desk.clock, request)
    followed = [_follow(deriving, row) for row in deriving.current_rows()]
    return list_deviations(
        followed, consent_criterion=desk.trial.participation.consent_criterion, zone=desk.traits.zone
    )


def _follow(deriving: Deriving, row: SubjectRow) -> Followed:
    records = deriving.store.records
    eligibility, treatment = records.latest_record(row.subject), records.latest_treatment(row.subject)
    timeline = deriving.load(row)
    frozen = eligibility.record if eligibility is not None and eligibility.frozen else None
    return Followed(
        subject=row.subject,
        status=row.status,
        eligibility=eligibility.record if eligibility is not None else None,
        treatment=treatment.record if treatment is not None else None,
        consents=timeline.consents,
        renewal=_renewal(deriving, row, timeline),
        corrected=find_corrections(frozen, timeline) if frozen is not None else (),
    )


def _renewal(deriving: Deriving, row: SubjectRow, timeline: Timeline) -> Renewal | None:
    """Give where renewed consent stands; None before a first consent, and where a person answered about it."""
    request = deriving.request
    trial, zone = request.trial, request.traits.zone
    today = request.as_of.astimezone(zone).date()
    renewal = assess_renewal(trial.participation, timeline, signature_rule(trial), today, zone)
    items = deriving.items.get(row.subject, ())
    answered = any(_answers(item, renewal.due_age) for item in items)
    return None if row.consent is None or answered else renewal


def _answers(item: ReviewItem, age: int | None) -> bool:
    asked = item.kind is ItemKind.RENEWED_CONSENT and (item.details or {}).get("age") == str(age)
    return asked and item.state is ItemState.DECIDED
