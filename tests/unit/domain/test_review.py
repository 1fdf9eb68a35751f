from __future__ import annotations

from fhir_adapter.domain.review import ItemKind, item_id
from fhir_adapter.domain.source import SubjectId, TrialId


def test_an_item_keeps_its_id_as_long_as_its_question() -> None:
    def name(subject: str, *about: str) -> str:
        return item_id(ItemKind.ELIGIBILITY, TrialId("t"), SubjectId(subject), *about)

    assert name("S-1", "ELIGIBLE", "d1") == name("S-1", "ELIGIBLE", "d1")
    others = {name("S-1", "INELIGIBLE", "d1"), name("S-1", "ELIGIBLE", "d2"), name("S-2", "ELIGIBLE", "d1")}
    assert len(others | {name("S-1", "ELIGIBLE", "d1")}) == 4
