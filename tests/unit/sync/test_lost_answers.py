from __future__ import annotations

import pytest

from fhir_adapter.errors import ConflictError, FatalTransportError, RetryableTransportError
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
