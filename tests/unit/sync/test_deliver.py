from __future__ import annotations

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.writeback import ElementDifference
from tests.study import IDS, SUBJECTS, consent, make_traits, patient, whole_patient
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


def test_the_study_is_written_once_and_each_subject_once() -> None:
    ward = Ward(*whole_patient("p1"), *whole_patient("p2"))
    report = ward.sync()
    assert report.writes.as_dict() == {
        "created": 3, "updated": 0, "unchanged": 0, "conflicts": 0, "for_review": 0, "dry_run": 0,
    }  # fmt: skip
    (study,) = ward.written("ResearchStudy")
    assert [body["study"]["reference"] for body in ward.written()] == [f"ResearchStudy/{study['id']}"] * 2
    assert {body["identifier"][0]["system"] for body in ward.written()} == {SUBJECTS}


def test_a_second_run_writes_nothing() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    before = list(ward.held.writes)
    report = ward.sync()
    assert ward.held.writes == before
    assert set(report.writes.as_dict().values()) == {0}


def test_each_write_has_a_provenance_of_its_own_that_names_the_version() -> None:
    ward = ward_with_candidate()
    consented(ward)
    ward.sync(roster("p1"))
    targets = sorted(body["target"][0]["reference"] for body in ward.written("Provenance"))
    subject, (study,) = ward.written_of("p1"), ward.written("ResearchStudy")
    assert targets == [
        f"ResearchStudy/{study['id']}/_history/1",
        f"ResearchSubject/{subject['id']}/_history/1",
        f"ResearchSubject/{subject['id']}/_history/2",
    ]
    activities = [body["activity"]["coding"][0]["code"] for body in ward.written("Provenance")]
    assert sorted(activities) == ["CREATE", "CREATE", "UPDATE"]


def test_the_provenance_names_the_sources_of_the_record() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    sources = [
        entity["what"]["reference"] for body in ward.written("Provenance") for entity in body.get("entity", [])
    ]
    assert "Observation/p1-hb/_history/1" in sources
    assert "Consent/p1-consent/_history/1" in sources


def test_the_person_who_decided_is_an_agent_of_the_provenance() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    ward.give(patient("p1", version="2", deceasedBoolean=True))
    ward.sync(roster("p1"))
    ward.answer(ward.item(ItemKind.DECEASED).id, by="kurz")
    ward.sync(roster("p1"))
    agents = [agent["who"]["display"] for body in ward.written("Provenance") for agent in body["agent"]]
    assert sorted(agents) == ["Cleo Kurz", "fhir-adapter", "fhir-adapter", "fhir-adapter"]


def test_a_hospital_may_switch_provenance_off() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.traits = make_traits(provenance=False)
    ward.sync()
    assert ward.written("Provenance") == []
    assert len(ward.written()) == 1


@pytest.mark.parametrize(("enabled", "asked"), [(True, False), (False, True), (False, False)])
def test_without_the_hospitals_leave_and_the_callers_wish_nothing_is_written(enabled: bool, asked: bool) -> None:
    ward = Ward(*whole_patient("p1"))
    ward.traits = make_traits(writes_enabled=enabled)
    report = ward.sync(write=asked)
    assert ward.held.writes == []
    assert report.is_dry_run
    assert report.writes.dry_run == 2
    assert waiting(ward) == ["ResearchStudy", "ResearchSubject"]


def test_a_dry_run_shows_how_the_elements_we_own_would_change() -> None:
    ward = ward_with_candidate()
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], text={"status": "generated"})
    consented(ward)
    report = ward.sync(roster("p1"), write=False)
    (difference,) = report.writes.differences
    assert difference.subject == IDS.subject("p1")
    assert difference.resource_id == ward.written_of("p1")["id"]
    assert difference.elements == (
        ElementDifference("status", "candidate", "screening"),
        ElementDifference("period.start", None, "2026-02-01"),
        ElementDifference("consent.reference", None, "Consent/p1-consent"),
    )


def test_a_dry_run_of_something_new_shows_every_element() -> None:
    report = Ward(patient("p1")).sync(roster("p1"), write=False)
    study, subject = report.writes.differences
    assert (study.resource_type, study.resource_id) == ("ResearchStudy", None)
    assert [each.path for each in subject.elements] == [
        "identifier", "status", "study.reference", "individual.reference",
    ]  # fmt: skip


def test_what_a_dry_run_left_waiting_is_written_by_the_next_run() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"), write=False)
    report = ward.sync(roster("p1"))
    assert report.writes.created == 2


def test_a_second_status_before_the_first_was_delivered_replaces_it() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"), write=False)
    consented(ward)
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "screening"
    assert [write for write in ward.held.writes if "ResearchSubject" in write] == ["create ResearchSubject"]
