from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.review import ItemKind
from tests.study import consent, haemoglobin, patient, whole_patient
from tests.treated_ward import answered, height, infused, treating, treatment, weight
from tests.ward import Ward, roster


def waiting(ward: Ward) -> list[str]:
    return [intent.resource_type for intent in ward.store.outbox.pending(ward.trial.id, ward.traits.id)]


def written(ward: Ward) -> Ward:
    """The same ward after a first run that wrote one candidate."""
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "candidate"
    return ward


def ward_with_candidate() -> Ward:
    return written(Ward(patient("p1")))


def consented(ward: Ward) -> None:
    ward.give(consent("p1"))


def rebuilt(ward: Ward) -> Ward:
    """A new store at the same hospital."""
    fresh = Ward(*ward.memory.resources)
    fresh.held = ward.held
    fresh.sink = ward.held
    return fresh


def test_a_rebuilt_store_finds_its_subjects_again() -> None:
    ward = rebuilt(ward_with_candidate())
    report = ward.sync(roster("p1"))
    assert (report.writes.created, report.writes.unchanged) == (0, 2)
    assert len(ward.written()) == 1
    assert len(ward.written("Provenance")) == 2


def test_a_rebuilt_store_carries_an_automatic_status_forward() -> None:
    ward = rebuilt(ward_with_candidate())
    consented(ward)
    report = ward.sync(roster("p1"))
    assert report.writes.updated == 1
    assert ward.written_of("p1")["status"] == "screening"
    assert ward.items() == []


def test_a_rebuilt_store_never_takes_back_what_a_person_decided() -> None:
    ward = ward_with_candidate()
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], status="on-study")
    ward = rebuilt(ward)
    report = ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "on-study"
    assert report.writes.for_review == 1
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {"resource": "ResearchSubject", "elements": "status"}


def test_a_rebuilt_store_finds_the_same_treatment_and_the_same_plan_again() -> None:
    child = (*whole_patient("p1"), weight("p1"), height("p1"), answered("p1"))
    first = treating(*child, *infused("p1", "Patient/donor"))
    first.sync()
    (plan,) = first.written("CarePlan")
    ward = treating(*first.memory.resources)
    ward.held = ward.sink = first.held
    report = ward.sync()
    assert treatment(ward) == replace(treatment(first), as_of=treatment(ward).as_of)
    assert (report.writes.created, report.writes.updated) == (0, 0)
    assert ward.written("CarePlan") == [plan]


def test_a_study_the_hospital_made_itself_is_used_and_left_alone() -> None:
    ward = Ward(patient("p1"))
    own = {
        "resourceType": "ResearchStudy",
        "id": "theirs",
        "identifier": [{"system": "https://registry.example", "value": "TINY-1"}],
        "status": "approved",
        "meta": {"versionId": "4"},
    }
    ward.held.held["ResearchStudy", "theirs"] = own
    dry = ward.sync(roster("p1"), write=False)
    assert dry.writes.differences[0].elements == ()
    report = ward.sync(roster("p1"))
    assert (report.writes.unchanged, report.writes.created) == (1, 1)
    assert ward.written("ResearchStudy") == [own]
    assert ward.written_of("p1")["study"] == {"reference": "ResearchStudy/theirs"}


def test_without_a_sink_what_is_planned_waits() -> None:
    ward = Ward(patient("p1"), haemoglobin("p1"))
    ward.sink = None
    report = ward.sync(roster("p1"))
    assert report.sink is None
    assert waiting(ward) == ["ResearchStudy", "ResearchSubject"]
