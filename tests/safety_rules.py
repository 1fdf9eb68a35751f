"""An invented trial's rules of safety, put together from the rules each part is tested with."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.protocol import AttestationLink, LinkType, Trial
from fhir_adapter.domain.safety_model.rule import SafetyRule
from tests import crs, icans, small_scale
from tests.reactions import observation_rule
from tests.unit.domain.safety import reports

PART = AttestationLink(
    link_id="study-part", type=LinkType.CODE, text="part of the study", values=("phase1", "phase2")
)
FIRST_DRUG = ConceptId("fludarabine")


@lru_cache(maxsize=1)
def the_rule() -> SafetyRule:
    """Everything the parts know how to do; a person judges derived events from grade 3 on."""
    return safety_rule()


def safety_rule(**given: Any) -> SafetyRule:
    """The same with some of it changed."""
    values: dict[str, Any] = {
        "scale": small_scale.SCALE,
        "catalogue": reports.TERMS,
        "crs": crs.RULE,
        "icans": icans.RULE,
        "episodes": small_scale.RULE,
        "reporting": reports.RULE,
        "observation": observation_rule(),
        "judged_from_grade": 3,
    }
    return SafetyRule(**(values | given))


def guarding(trial: Trial, rule: SafetyRule | None = None) -> Trial:
    """A trial with a treatment plan that watches for toxicity, too."""
    return replace(
        trial,
        safety=rule or the_rule(),
        anchor=replace(trial.anchor, first_drugs=(FIRST_DRUG,)),
        links={**trial.links, PART.link_id: PART},
    )
