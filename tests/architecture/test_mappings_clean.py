"""The adapter's own mappings load and have nothing to say against them."""

from __future__ import annotations

from fhir_adapter.definitions.load import available_hospitals, available_trials, load_definitions
from fhir_adapter.definitions.review import review_mappings


def test_the_review_finds_nothing_but_notes() -> None:
    review = review_mappings()
    assert [finding for finding in review.findings if finding.severity.value != "note"] == []


def test_every_hospital_loads_with_every_trial() -> None:
    for hospital in available_hospitals():
        for trial in available_trials():
            assert load_definitions(hospital=hospital, trial=trial).trial.id == trial
