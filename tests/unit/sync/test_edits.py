from __future__ import annotations

from typing import Any

from typing_extensions import override

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.ports.sink import StoredResource
from tests.fakes.memory_sink import MemorySink
from tests.study import IDS, SUBJECTS, consent, patient
from tests.ward import Ward, roster


def written(ward: Ward) -> Ward:
    """The same ward after a first run that wrote one candidate."""
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "candidate"
    return ward


def ward_with_candidate() -> Ward:
    return written(Ward(patient("p1")))


def consented(ward: Ward) -> None:
    ward.give(consent("p1"))


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
