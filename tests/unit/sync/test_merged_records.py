from __future__ import annotations

from fhir_adapter.domain.review import ItemKind
from tests.study import (
    condition,
    consent,
    haemoglobin,
    patient,
)
from tests.ward import Ward, eligible

REPLACED_BY_NEW = [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]


def test_facts_of_a_merged_record_count_for_the_surviving_person() -> None:
    ward = Ward(patient("old"), condition("old"), haemoglobin("old"), patient("new"), consent("new"))
    ward.sync()
    assert {row.patient for row in ward.store.records.subjects(ward.trial.id)} == {"old", "new"}
    ward.give(patient("old", version="2", link=REPLACED_BY_NEW))
    ward.sync()
    assert ward.record("new").unknown == ("I4",)
    item = ward.item(ItemKind.PATIENT_MERGED)
    assert item.subject == ward.row("new").subject
    assert item.details == {"merged": ward.row("old").subject, "written": "yes"}


def test_a_merge_a_person_calls_wrong_is_undone() -> None:
    ward = Ward(patient("old", link=REPLACED_BY_NEW), condition("old"), patient("new"), consent("new"))
    ward.sync()
    assert [row.patient for row in ward.store.records.subjects(ward.trial.id)] == ["new"]
    assert "I2" not in ward.record("new").unknown
    ward.answer(ward.item(ItemKind.PATIENT_MERGED).id, accept=False, by="kurz")
    assert "I2" in ward.record("new").unknown
    ward.sync()
    assert {row.patient for row in ward.store.records.subjects(ward.trial.id)} == {"old", "new"}
    assert ward.items(ItemKind.PATIENT_MERGED) == []


def test_the_questions_about_a_record_that_was_merged_are_closed() -> None:
    ward = eligible("old")
    ward.give(patient("new"))
    ward.give(patient("old", version="2", link=REPLACED_BY_NEW))
    ward.sync()
    open_subjects = {item.subject for item in ward.items()}
    assert open_subjects == {ward.row("new").subject}
