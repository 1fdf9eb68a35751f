"""Two derived records have one digest exactly where they say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from fhir_adapter.domain.derived_digest import digest_derived
from fhir_adapter.domain.evidence import RECEIPT
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.records import SafetyRecord
from tests.store_samples import NOON
from tests.stored_safety import adverse_event, graded_result, safety, syndrome
from tests.stored_treatment import treatment

LATER = NOON + timedelta(days=1)
RECORD = safety()


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": LATER},
        {"valid_until": None},
        {"definitions_digest": "d2"},
        {"evidence_digest": "other"},
        {"syndromes": (replace(syndrome(), expires=LATER),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_when_a_record_was_derived_and_until_when_it_holds_says_nothing(change: dict[str, Any]) -> None:
    assert digest_derived(replace(RECORD, **change)) == digest_derived(RECORD)


@pytest.mark.parametrize(
    "change",
    [
        {"baseline_before": LATER},
        {"infusions": ((1, LATER),)},
        {"results": (replace(graded_result(), value="261 U/L"),)},
        {"results": (graded_result(), graded_result())},
        {"events": (replace(adverse_event(), at_least=False),)},
        {"events": (replace(adverse_event(), lineage=()),)},
        {"syndromes": (replace(syndrome(), unassessed=()),)},
        {"dose_limiting": replace(RECORD.dose_limiting, dose_limiting=False)},
        {"death": None},
        {"ends": date(2026, 3, 12)},
        {"notes": ()},
    ],
)
def test_everything_a_person_sees_is_part_of_it(change: dict[str, Any]) -> None:
    assert digest_derived(replace(RECORD, **change)) != digest_derived(RECORD)


def cited(**given: Any) -> SafetyRecord:
    """A record that cites one source."""
    cites = Evidence(**{
        "reference": "MedicationAdministration",
        "version": "",
        "last_updated": None,
        "path": "",
        "role": RECEIPT,
        **given,
    })
    return safety(results=(replace(graded_result(), evidence=(cites,)),))


def test_when_a_type_was_read_to_its_end_says_nothing_but_when_a_resource_was_changed_does() -> None:
    told = LATER.isoformat()
    assert digest_derived(cited(last_updated=told)) == digest_derived(cited())
    assert digest_derived(cited(last_updated=told, role="")) != digest_derived(cited(role=""))


def test_a_number_and_its_text_of_a_treatment_record_are_told_apart_by_their_digits() -> None:
    assert digest_derived(treatment(level=2)) != digest_derived(treatment(level=1))
    assert digest_derived(treatment(notes=("1", "2"))) != digest_derived(treatment(notes=("12",)))
    assert digest_derived(treatment()) == digest_derived(treatment())


@dataclass(frozen=True)
class OneWord:
    """The smallest record there can be."""

    said: str


def test_a_record_of_one_word_has_a_digest_too() -> None:
    assert digest_derived(OneWord("a")) != digest_derived(OneWord("b"))
    assert digest_derived(OneWord("a")) == digest_derived(OneWord("a"))
