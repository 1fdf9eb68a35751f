"""Subjects with their safety records: who is found, who is listed once, what is told to those who are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import UsageError
from fhir_adapter.sync.followed import export_judged, find_safety, list_safety, require_safety
from tests.guarded_ward import P1, cells, decide, guard, sick, watching
from tests.study import IDS, make_trial, patient, whole_patient
from tests.treated_ward import state
from tests.ward import Ward


def merged() -> Ward:
    """Two records under treatment; then the hospital says that the second is carried on by the first."""
    ward = sick()
    ward.give(*whole_patient("p2"), cells(name="p2"))
    ward.sync()
    state(ward, "p2", "dose-level", "1")
    assert [each.subject for each in list_safety(ward.desk)] == sorted([P1, IDS.subject("p2")])
    link = {"other": {"reference": "Patient/p1"}, "type": "replaced-by"}
    ward.give(patient("p2", version="2", link=[link]))
    ward.sync()
    return ward


def test_a_trial_has_rules_of_safety_or_says_which_file_it_lacks() -> None:
    ward = watching()
    assert require_safety(ward.trial) is ward.trial.safety
    with pytest.raises(UsageError, match=r"hold no rules of safety \(safety.yaml beside trial.yaml\)"):
        require_safety(make_trial())


@pytest.mark.parametrize("name", ["Patient/p1", str(P1)])
def test_a_subject_is_found_by_each_of_its_names(name: str) -> None:
    ward = sick()
    assert find_safety(ward.desk, name) == guard(ward)


def test_nobody_answers_to_a_name_nobody_has() -> None:
    with pytest.raises(UsageError, match="no subject answers to that name"):
        find_safety(sick().desk, "Patient/nobody")


def test_who_is_not_treated_is_told_how_treatment_begins() -> None:
    ward = watching()
    ward.give(*whole_patient("p2"))
    ward.sync()
    with pytest.raises(UsageError, match="has no treatment record yet"):
        find_safety(ward.desk, "Patient/p2")
    assert [each.subject for each in list_safety(ward.desk)] == [P1]


def test_who_was_treated_before_there_were_rules_is_told_to_derive() -> None:
    ward = watching()
    rules = ward.trial
    ward.trial = replace(rules, safety=None)
    ward.give(*whole_patient("p2"))
    ward.sync()
    state(ward, "p2", "dose-level", "1")
    ward.trial = rules
    with pytest.raises(UsageError, match="has no safety record yet; `fhir-adapter derive` derives it"):
        find_safety(ward.desk, "Patient/p2")


def test_a_person_with_several_records_is_told_once_and_by_the_one_that_carries_on() -> None:
    ward = merged()
    assert [each.subject for each in list_safety(ward.desk)] == [P1]
    with pytest.raises(UsageError, match=f"merged into another one of the same person; ask for {P1}"):
        find_safety(ward.desk, "Patient/p2")


def test_infusions_filed_under_both_records_are_of_one_person() -> None:
    assert [number for number, _ in guard(merged()).infusions] == [1]


def test_questions_about_a_record_another_one_carries_on_for_are_closed() -> None:
    ward = merged()
    assert {item.subject for item in ward.items() if item.kind is not ItemKind.PATIENT_MERGED} == {P1}


def test_only_what_persons_judged_leaves_as_fhir() -> None:
    ward = sick()
    assert export_judged(ward.desk, list_safety(ward.desk)) == ()
    decide(ward, ward.item(ItemKind.ADVERSE_EVENT), serious="no", relatedness="possible")
    (body,) = export_judged(ward.desk, list_safety(ward.desk))
    assert (body["resourceType"], body["subject"]) == ("AdverseEvent", {"reference": "Patient/p1"})
    given = body["suspectEntity"][0]["instance"]["reference"]
    assert given == "MedicationAdministration/p1-nk-cells-03-13T11"


def test_of_nobody_nothing_leaves() -> None:
    assert export_judged(sick().desk, ()) == ()
