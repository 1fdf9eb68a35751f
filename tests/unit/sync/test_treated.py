"""Who is under treatment: everybody with a treatment record, a person with two hospital records once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.errors import UsageError
from fhir_adapter.sync.treated import find_carried, find_treated, list_treated, require_regimen
from tests.study import IDS, make_trial, patient
from tests.treated_ward import assigned, treating

REPLACED_BY_P2 = [{"other": {"reference": "Patient/p2"}, "type": "replaced-by"}]


def test_a_subject_with_an_assigned_level_is_found_with_the_newest_record() -> None:
    ward = assigned()
    found = find_treated(ward.desk, "Patient/p1")
    assert (found.row.subject, found.record.level) == (IDS.subject("p1"), 1)
    assert list_treated(ward.desk) == (found,)


def test_a_subject_without_assignment_is_told_by_which_statement_one_comes_about() -> None:
    ward = assigned(level=None)
    with pytest.raises(UsageError, match=f"attest {IDS.subject('p1')} dose-level LEVEL --by PERSON"):
        find_treated(ward.desk, "Patient/p1")
    assert list_treated(ward.desk) == ()


def test_a_record_merged_into_another_is_not_counted_twice_and_names_the_one_that_carries_on() -> None:
    ward = assigned()
    ward.give(patient("p2"))
    ward.sync()
    ward.give(patient("p1", version="2", link=REPLACED_BY_P2))
    ward.sync()
    assert [each.row.patient for each in list_treated(ward.desk)] == ["p2"]
    for ask in (find_carried, find_treated):
        with pytest.raises(UsageError, match=f"ask for {IDS.subject('p2')}"):
            ask(ward.desk, "Patient/p1")


def test_a_subject_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no subject answers to that name"):
        find_treated(treating().desk, "Patient/nobody")


def test_a_trial_without_a_plan_says_which_file_it_lacks() -> None:
    with pytest.raises(UsageError, match=r"tiny hold no treatment plan \(dosing.yaml"):
        require_regimen(replace(make_trial(), regimen=None))
