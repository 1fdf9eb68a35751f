"""Every small change of the trial's definitions changes what some story says, or is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.harness import MutationReport, idle, load_explanations, unexplained
from tests.mutation.shards import run_all

EXPLANATIONS = load_explanations(Path(__file__).parent / "survivors.yaml")


@pytest.fixture(scope="module")
def report() -> MutationReport:
    return run_all()


@pytest.mark.slow
def test_every_mutant_is_noticed_or_explained(report: MutationReport) -> None:
    """A survivor is a number nobody tests: add a story, or explain it in survivors.yaml."""
    assert unexplained(report, EXPLANATIONS) == []


@pytest.mark.slow
def test_every_explanation_is_still_needed(report: MutationReport) -> None:
    assert idle(report, EXPLANATIONS) == []


@pytest.mark.slow
def test_most_mutants_are_noticed_by_a_story(report: MutationReport) -> None:
    assert len(report.killed) > 300
