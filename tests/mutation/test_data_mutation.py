"""Every small change of the trial's definitions changes what some story says, or is explained.

Explained mutants are left out here; `make mutate-data` runs them too and says which explanations nobody needs.
"""

from __future__ import annotations

import pytest

from tests.mutation.harness import MutationReport, load_explanations, unexplained
from tests.mutation.shards import EXPLAINED, run_all


@pytest.fixture(scope="module")
def report() -> MutationReport:
    return run_all(explained=False)


@pytest.mark.slow
def test_every_mutant_is_noticed_or_explained(report: MutationReport) -> None:
    """A survivor is a number nobody tests: add a story, or explain it in survivors.yaml."""
    assert unexplained(report, load_explanations(EXPLAINED)) == []


@pytest.mark.slow
def test_most_mutants_are_noticed_by_a_story(report: MutationReport) -> None:
    assert len(report.killed) > 50  # of a sixth of them, where no hints are kept
