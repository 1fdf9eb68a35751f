from __future__ import annotations

from dataclasses import replace

from fhir_adapter.sync.compare import Side, compare_definitions, compare_records, compare_with_run
from fhir_adapter.sync.pair import Pair
from tests.study import IDS, haemoglobin, make_trial, patient, whole_patient
from tests.ward import Ward

P1 = IDS.subject("p1")


def test_equal_records_have_no_change() -> None:
    ward = Ward(*whole_patient("p1"))
    run = ward.sync().run
    assert compare_with_run(ward.store, ward.clock, ward.derive_request(), run) == ()


def test_a_changed_value_and_verdict_are_named_against_an_earlier_run() -> None:
    ward = Ward(*whole_patient("p1"), *whole_patient("p2"))
    run = ward.sync().run
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    assert change.subject == P1
    assert change.verdict == Pair("UNDETERMINED", "INELIGIBLE")
    (criterion,) = change.criteria
    assert (criterion.id, criterion.verdict, criterion.reason) == ("I7", Pair("PASS", "FAIL"), Pair(None, None))
    assert criterion.removed == ("Observation/p1-hb value 101 g/L",)
    assert criterion.added == ("Observation/p1-hb value 60 g/L",)


def test_a_reason_that_changed_is_named() -> None:
    ward = Ward(*whole_patient("p1"))
    run = ward.sync().run
    ward.wait(days=20)
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    assert [(each.id, each.verdict, each.reason) for each in change.criteria] == [
        ("I7", Pair("PASS", "UNKNOWN"), Pair(None, "STALE"))
    ]


def test_changed_definitions_are_compared_on_the_same_facts_and_nothing_is_saved() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    before = repr(ward.memory_store.memory)
    stricter = ward.derive_request(trial=make_trial(least_haemoglobin="110", digest="definitions-2"))
    (change,) = compare_definitions(ward.store, ward.clock, ward.derive_request(), stricter)
    assert change.verdict == Pair("UNDETERMINED", "INELIGIBLE")
    assert [each.id for each in change.criteria] == ["I7"]
    assert repr(ward.memory_store.memory) == before


def test_a_subject_or_criterion_on_one_side_only_is_a_change() -> None:
    ward = Ward(patient("p1"))
    ward.sync()
    record = ward.record("p1")
    (change,) = compare_records(Side({}), Side({P1: record}))
    assert change.verdict == Pair(None, "UNDETERMINED")
    assert {each.verdict.old for each in change.criteria} == {None}
    shorter = replace(record, criteria=record.criteria[1:])
    (change,) = compare_records(Side({P1: record}), Side({P1: shorter}))
    assert [(each.id, each.verdict.new) for each in change.criteria] == [("AGE", None)]
