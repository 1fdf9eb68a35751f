from __future__ import annotations

import pytest

from fhir_adapter.domain.facts import Reading, SpecimenKind
from fhir_adapter.domain.source import Exclusion, HospitalId, Rejection, RejectionReason, ResourceVersion
from fhir_adapter.errors import InvariantError
from fhir_adapter.sync.counts import Tally, check_balance, rejected_share

SOURCE = ResourceVersion(HospitalId("h"), "Specimen", "1", "1", None, "c")
FACT = SpecimenKind(source=SOURCE, path="Specimen.type", concepts=(), codings=())
UNIT = Rejection(reason=RejectionReason.UNKNOWN_UNIT, path="Observation.value")
TIME = Rejection(reason=RejectionReason.NAIVE_TIME, path="Observation.effective")


def tally(*readings: Reading) -> Tally:
    counts = Tally()
    for reading in readings:
        counts.count(reading)
    return counts


MAPPED = Reading(source=SOURCE, patient="1", facts=(FACT,), rejections=(UNIT, TIME))
REJECTED = Reading(source=SOURCE, patient="1", rejections=(TIME, UNIT))
RETRACTED = Reading(source=SOURCE, patient="1", excluded_by=Exclusion.RETRACTED, retracts=True)
NOTHING = Reading(source=SOURCE, patient="1")


def test_each_resource_is_counted_once_by_how_it_ended() -> None:
    assert tally(MAPPED, REJECTED, RETRACTED, RETRACTED).as_dict() == {
        "received": 4,
        "mapped": 1,
        "rejected": 1,
        "excluded": 2,
        "rejected_parts": 2,
        "excluded_by": {"retracted": 2},
        "rejected_by": {"NAIVE_TIME": 1},
    }


def test_counts_in_which_every_resource_ended_balance() -> None:
    check_balance({"Specimen": tally(MAPPED, REJECTED, RETRACTED)})


def test_a_resource_that_ended_in_no_way_stops_the_run_and_names_the_type() -> None:
    with pytest.raises(InvariantError, match="Specimen"):
        check_balance({"Patient": tally(MAPPED), "Specimen": tally(NOTHING)})


def test_the_rejected_share_is_not_diluted_by_what_is_left_out() -> None:
    assert rejected_share({"a": tally(MAPPED, REJECTED, RETRACTED), "b": tally(REJECTED, REJECTED)}) == 0.75
    assert rejected_share({"a": tally(RETRACTED)}) == 0.0
