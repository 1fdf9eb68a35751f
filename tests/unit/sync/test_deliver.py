from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from typing_extensions import override

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.writeback import ElementDifference
from fhir_adapter.errors import ConflictError, FatalTransportError, RetryableTransportError
from fhir_adapter.ports.sink import StoredResource
from tests.fakes.memory_sink import MemorySink
from tests.study import IDS, SUBJECTS, consent, haemoglobin, make_traits, patient, whole_patient
from tests.ward import Ward, roster

LOST = RetryableTransportError(action="write")


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


# Somebody else's edits


def test_an_edit_of_an_element_we_do_not_own_survives_our_update() -> None:
    ward = ward_with_candidate()
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], assignedArm="A")
    consented(ward)
    report = ward.sync(roster("p1"))
    assert ward.written_of("p1")["assignedArm"] == "A"
    assert ward.written_of("p1")["status"] == "screening"
    assert (report.writes.updated, report.writes.for_review) == (1, 0)


def edited() -> Ward:
    ward = ward_with_candidate()
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], status="eligible")
    consented(ward)
    return ward


def test_an_edit_of_our_element_stays_and_is_put_to_a_person() -> None:
    ward = edited()
    report = ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "eligible"
    assert ward.written_of("p1")["consent"] == {"reference": "Consent/p1-consent"}
    assert (report.writes.updated, report.writes.for_review) == (1, 1)
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {"resource": "ResearchSubject", "elements": "status"}


def test_an_edit_is_asked_about_once_and_not_overwritten_later() -> None:
    ward = edited()
    ward.sync(roster("p1"))
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, accept=False, by="kurz")
    ward.give(consent("p1", number="2", signed="2026-02-20T10:00:00+01:00"))
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "eligible"
    assert ward.items(ItemKind.WRITE_CONFLICT) == []


def test_a_person_may_decide_that_ours_replaces_the_edit() -> None:
    ward = edited()
    ward.sync(roster("p1"))
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, by="kurz")
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "screening"
    assert ward.items(ItemKind.WRITE_CONFLICT) == []
    assert set(ward.sync(roster("p1")).writes.as_dict().values()) == {0}


def test_a_resource_somebody_deleted_is_not_written_again_without_a_person() -> None:
    ward = ward_with_candidate()
    del ward.held.held["ResearchSubject", ward.written_of("p1")["id"]]
    consented(ward)
    report = ward.sync(roster("p1"))
    assert (report.writes.conflicts, report.exit_code) == (1, 1)
    assert ward.written() == []
    assert ward.item(ItemKind.WRITE_CONFLICT).asked == "gone"
    assert set(ward.sync(roster("p1")).writes.as_dict().values()) == {0}
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, by="kurz")
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "screening"


def test_two_resources_with_our_identifier_are_put_to_a_person() -> None:
    ward = Ward(patient("p1"))
    twin = {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": SUBJECTS, "value": IDS.subject("p1")}],
        "status": "candidate",
        "meta": {"versionId": "1"},
    }
    for name in ("a", "b"):
        ward.held.held["ResearchSubject", name] = {**twin, "id": name}
    report = ward.sync(roster("p1"))
    assert report.writes.conflicts == 1
    assert ward.item(ItemKind.WRITE_CONFLICT).asked == "several"
    del ward.held.held["ResearchSubject", "b"]
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, by="kurz")
    assert ward.sync(roster("p1")).writes.conflicts == 0
    assert ward.written_of("p1")["individual"] == {"reference": "Patient/p1"}


class BusySink(MemorySink):
    """Somebody else changes the resource just before each of our updates, a given number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    @override
    def update(self, resource_id: str, body: Any, stored: StoredResource) -> StoredResource:
        if self.times:
            self.times -= 1
            self.edit("ResearchSubject", resource_id, assignedArm=f"arm {self.times}")
        return super().update(resource_id, body, stored)


def busy(times: int) -> Ward:
    ward = Ward(patient("p1"))
    ward.held = BusySink(times)
    ward.sink = ward.held
    written(ward)
    consented(ward)
    return ward


def test_a_conflict_is_planned_again_once_from_what_stands_there_now() -> None:
    ward = busy(1)
    report = ward.sync(roster("p1"))
    assert (report.writes.updated, report.writes.conflicts) == (1, 0)
    assert ward.written_of("p1")["status"] == "screening"
    assert ward.written_of("p1")["assignedArm"] == "arm 0"


def test_a_second_conflict_is_put_to_a_person() -> None:
    ward = busy(2)
    report = ward.sync(roster("p1"))
    assert (report.writes.conflicts, report.exit_code) == (1, 1)
    item = ward.item(ItemKind.WRITE_CONFLICT)
    assert item.asked == "changed-meanwhile"
    assert ward.written_of("p1")["status"] == "candidate"
    ward.answer(item.id, by="kurz")
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "screening"


# Lost answers


@pytest.mark.parametrize("lost", [True, False])
def test_after_a_lost_answer_to_a_create_the_resource_is_looked_up_first(lost: bool) -> None:
    ward = Ward(patient("p1"))
    ward.held.faults, ward.held.lost = [LOST], lost
    report = ward.sync(roster("p1"))
    assert report.writes.created == 2
    assert len(ward.written("ResearchStudy")) == 1
    assert len(ward.written("Provenance")) == 2
    assert ward.held.writes.count("create ResearchStudy") == 1


@pytest.mark.parametrize("lost", [True, False])
def test_after_a_lost_answer_to_an_update_the_resource_is_read_first(lost: bool) -> None:
    ward = ward_with_candidate()
    consented(ward)
    ward.held.faults, ward.held.lost = [LOST], lost
    report = ward.sync(roster("p1"))
    assert report.writes.updated == 1
    assert ward.written_of("p1")["meta"]["versionId"] == "2"
    assert len(ward.written("Provenance")) == 3


def test_if_the_hospital_stays_silent_the_run_fails_and_the_next_one_completes_it() -> None:
    ward = Ward(patient("p1"))
    ward.held.faults = [LOST, LOST]
    with pytest.raises(RetryableTransportError):
        ward.sync(roster("p1"))
    assert waiting(ward) == ["ResearchStudy", "ResearchSubject"]
    assert ward.sync(roster("p1")).writes.created == 2


def test_an_update_refused_for_good_stops_the_run_and_stays_waiting() -> None:
    ward = ward_with_candidate()
    consented(ward)
    ward.held.faults = [FatalTransportError(action="update", status=422)]
    with pytest.raises(FatalTransportError):
        ward.sync(roster("p1"))
    assert waiting(ward) == ["ResearchSubject"]


def test_a_conditional_create_that_matches_several_is_put_to_a_person() -> None:
    ward = Ward(patient("p1"))
    ward.held.faults = [ConflictError(action="create", status=412)]
    report = ward.sync(roster("p1"))
    assert report.writes.conflicts == 1
    assert waiting(ward) == ["ResearchStudy", "ResearchSubject"], "without the study nothing can refer to it"
    assert ward.items() == []
    assert ward.sync(roster("p1")).writes.created == 2


class OutpacedSink(MemorySink):
    """Somebody else is faster: what `find` does not see yet is there when we write, or gone."""

    def __init__(self, *, twins: int = 0, gone: bool = False, silent: bool = False) -> None:
        super().__init__()
        self.twins = twins
        self.gone = gone
        self.silent = silent

    @override
    def create(self, body: Any, identifier: tuple[str, str]) -> StoredResource:
        if body["resourceType"] == "ResearchSubject" and self.twins:
            for number in range(self.twins):
                twin = {**body, "id": f"twin-{number}", "status": "on-study", "meta": {"versionId": "1"}}
                self.held["ResearchSubject", f"twin-{number}"] = twin
            self.twins = 0
            if self.silent:
                raise LOST
        return super().create(body, identifier)

    @override
    def update(self, resource_id: str, body: Any, stored: StoredResource) -> StoredResource:
        if self.gone:
            del self.held["ResearchSubject", resource_id]
        return super().update(resource_id, body, stored)


def outpaced(sink: OutpacedSink) -> Ward:
    ward = Ward(patient("p1"))
    ward.held = sink
    ward.sink = sink
    return ward


def test_a_create_that_finds_a_colleagues_resource_leaves_their_status() -> None:
    ward = outpaced(OutpacedSink(twins=1))
    report = ward.sync(roster("p1"))
    assert (report.writes.created, report.writes.unchanged, report.writes.for_review) == (1, 1, 1)
    assert ward.written_of("p1")["status"] == "on-study"


def test_a_conditional_create_of_a_subject_that_matches_several_is_put_to_a_person() -> None:
    ward = outpaced(OutpacedSink(twins=2))
    assert ward.sync(roster("p1")).writes.conflicts == 1
    assert ward.item(ItemKind.WRITE_CONFLICT).asked == "several"


def test_several_found_after_a_lost_answer_are_put_to_a_person() -> None:
    ward = outpaced(OutpacedSink(twins=2, silent=True))
    assert ward.sync(roster("p1")).writes.conflicts == 1
    assert ward.item(ItemKind.WRITE_CONFLICT).asked == "several"


def test_a_resource_deleted_while_we_update_it_is_put_to_a_person() -> None:
    sink = OutpacedSink()
    ward = written(outpaced(sink))
    consented(ward)
    sink.gone = True
    assert ward.sync(roster("p1")).writes.conflicts == 1
    assert ward.item(ItemKind.WRITE_CONFLICT).asked == "gone"


def retitled(ward: Ward) -> None:
    study = replace(ward.trial.study, title="A tiny trial, amended")
    ward.trial = replace(ward.trial, study=study, digest="definitions-2")


def test_an_amended_study_is_updated() -> None:
    ward = ward_with_candidate()
    retitled(ward)
    report = ward.sync(roster("p1"))
    assert report.writes.updated == 1
    assert ward.written("ResearchStudy")[0]["title"] == "A tiny trial, amended"


def test_an_edit_of_the_study_stays_and_blocks_nobody() -> None:
    ward = ward_with_candidate()
    (study,) = ward.written("ResearchStudy")
    ward.held.edit("ResearchStudy", study["id"], title="Theirs")
    retitled(ward)
    report = ward.sync(roster("p1"))
    assert ward.written("ResearchStudy")[0]["title"] == "Theirs"
    assert (report.writes.unchanged, report.exit_code) == (1, 0)
    assert ward.items() == []


def test_a_provenance_that_matches_several_is_tried_again_and_asks_nobody() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"), write=False)
    ward.sink = RefusingProvenance()
    report = ward.sync(roster("p1"))
    assert report.writes.conflicts == 2
    assert ward.items() == []
    assert waiting(ward) == ["Provenance", "Provenance"]


class RefusingProvenance(MemorySink):
    @override
    def create(self, body: Any, identifier: tuple[str, str]) -> StoredResource:
        if body["resourceType"] == "Provenance":
            raise ConflictError(action="create", status=412)
        return super().create(body, identifier)


# Without receipts


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
