from __future__ import annotations

from dataclasses import replace
from typing import Any

from typing_extensions import override

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import ConflictError, RetryableTransportError
from fhir_adapter.ports.sink import StoredResource
from tests.fakes.memory_sink import MemorySink
from tests.study import consent, patient
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
