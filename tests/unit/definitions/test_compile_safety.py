"""The sections of safety.yaml and the files it names compile to one rule of safety, and to what has to be read."""

from __future__ import annotations

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from tests.scenarios.reading import definitions_for

TRIAL = "nct07256210"


def test_the_shipped_rules_are_compiled_from_every_section() -> None:
    trial = definitions_for(TRIAL).trial
    rule = trial.safety
    assert rule is not None
    assert (rule.scale.id, len(rule.catalogue.terms), rule.judged_from_grade) == ("ctcae-v5", 837, 3)
    assert rule.observation.syndromes == (Syndrome.CRS, Syndrome.ICANS)
    assert (rule.crs.scale, rule.reporting.death) == ("ASTCT 2019", "Death")
    assert rule.episodes.baseline_days == 14


def test_what_the_rules_look_at_is_read() -> None:
    """What the scale grades, the syndromes look at and hospitals report belongs to what the trial needs."""
    trial = definitions_for(TRIAL).trial
    wanted = {"alt", "body-temperature", "capd-score", "norepinephrine", "gvhd", "red-cell-transfusion"}
    assert {ConceptId(each) for each in wanted} <= trial.needed
    assert {"AdverseEvent", "MedicationAdministration", "Condition"} <= set(trial.resource_types)
