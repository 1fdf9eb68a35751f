"""Every result of the table is read and graded as told, whatever code and unit it comes in."""

from __future__ import annotations

from tests.scenarios.graded_results import graded_results
from tests.scenarios.reading import definitions_for, reading_context

TRIAL = "nct07256210"


def test_every_result_is_read_and_graded_as_told() -> None:
    definitions = definitions_for(TRIAL)
    assert definitions.trial.safety is not None
    scale, context = definitions.trial.safety.scale, reading_context(definitions)
    found = {each.id: each.told_by(context, scale) for each in graded_results()}
    assert found == {each.id: each.expected for each in graded_results()}


def test_every_result_is_told_once() -> None:
    ids = [result.id for result in graded_results()]
    assert len(ids) == len(set(ids)) > 150
