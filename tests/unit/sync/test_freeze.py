from __future__ import annotations

from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import ItemKind
from tests.study import (
    haemoglobin,
)
from tests.ward import Ward, eligible


def frozen() -> Ward:
    ward = eligible()
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    return ward


def test_an_accepted_verdict_is_frozen_and_written() -> None:
    ward = frozen()
    assert ward.row("p1").status == "eligible"
    assert ward.is_frozen("p1")
    ward.sync()
    assert ward.written_of("p1")["status"] == "eligible"


def test_a_frozen_verdict_does_not_grow_stale() -> None:
    ward = frozen()
    ward.wait(days=60)
    ward.sync()
    assert ward.record("p1").verdict is Eligibility.ELIGIBLE
    assert ward.items() == []


def test_a_later_result_is_no_correction_of_a_frozen_verdict() -> None:
    ward = frozen()
    ward.give({**haemoglobin("p1", "60", day="2026-03-10"), "id": "later"})
    ward.sync()
    assert ward.items() == []
    assert ward.deviations() == []


def test_a_corrected_result_behind_a_frozen_verdict_opens_an_item_and_notes_a_deviation() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    item = ward.item(ItemKind.FROZEN_EVIDENCE)
    assert item.details == {"corrected": "Observation/p1-hb", "frozen": "ELIGIBLE", "now": "INELIGIBLE"}
    assert ward.deviations() == ["evidence of an accepted verdict was corrected"]
    assert ward.row("p1").status == "eligible", "never a new automatic status"
    assert ward.record("p1").verdict is Eligibility.ELIGIBLE
    ward.sync()
    assert len(ward.deviations()) == 1


def test_a_kept_verdict_is_not_asked_about_again_until_more_is_corrected() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id, accept=False)
    ward.sync()
    assert ward.items() == []
    assert ward.is_frozen("p1")
    ward.give(haemoglobin("p1", "65", version="3"))
    ward.sync()
    assert ward.item(ItemKind.FROZEN_EVIDENCE).asked == "EVIDENCE_CORRECTED"


def test_a_reopened_verdict_is_derived_again_and_asked_about() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id)
    assert not ward.is_frozen("p1")
    assert ward.record("p1").verdict is Eligibility.INELIGIBLE
    assert ward.item(ItemKind.ELIGIBILITY).asked == "INELIGIBLE"
    assert ward.row("p1").status == "eligible", "only a person moves the subject on"
