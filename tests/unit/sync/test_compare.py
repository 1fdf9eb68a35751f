from __future__ import annotations

from dataclasses import replace

from fhir_adapter.sync.compare import RecordChange, Side, compare_definitions, compare_records, compare_with_run
from fhir_adapter.sync.pair import Pair
from tests.guarded_ward import administered, alt, guarding_trial, sick
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


def said_of_safety(change: RecordChange) -> dict[str, list[tuple[str | None, str | None]]]:
    """Kind -> what is said before and now."""
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for each in change.safety:
        found.setdefault(each.kind, []).append((each.said.old, each.said.new))
    return found


def test_a_result_taken_back_changes_itself_and_its_event_and_nothing_else() -> None:
    ward = sick()
    run = ward.sync().run
    ward.give(alt("300", "03-15T08", version="2", status="entered-in-error"))
    ward.sync()
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    assert (change.verdict.is_changed, change.criteria, change.doses) == (False, (), ())
    said = said_of_safety(change)
    assert sorted(said) == ["event", "result"]
    assert said["result"] == [("300 U/L: grade 3", None)]
    ((before, now),) = said["event"]
    assert before is not None
    assert now is not None
    assert before.startswith("ONGOING, grade 3")
    assert now.startswith("DISSOLVED, grade 3")


def test_a_corrected_result_is_named_with_both_values() -> None:
    ward = sick()
    run = ward.sync().run
    ward.give(alt("900", "03-15T08", version="2"))
    ward.sync()
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    assert said_of_safety(change)["result"] == [("300 U/L: grade 3", "900 U/L: grade 4")]


def test_a_drug_taken_back_changes_the_syndrome_and_who_counts() -> None:
    ward = sick()
    run = ward.sync().run
    ward.give(administered("norepinephrine", "03-14T09", "03-14T11", version="2", status="entered-in-error"))
    ward.sync()
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    assert sorted(said_of_safety(change)) == ["dose-limiting", "syndrome"]


def test_other_definitions_of_the_window_change_who_counts_and_nothing_else() -> None:
    ward = sick()
    ward.wait(days=8)
    shorter = ward.derive_request(trial=guarding_trial(digest="definitions-2", window_days=7))
    before = repr(ward.memory_store.memory)
    (change,) = compare_definitions(ward.store, ward.clock, ward.derive_request(), shorter)
    assert {each.kind for each in change.safety} == {"dose-limiting"}
    assert repr(ward.memory_store.memory) == before
