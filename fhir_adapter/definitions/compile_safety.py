"""A trial's safety.yaml, with the scale and the consensus it names -> the domain's rules of safety.

Knows: which section is compiled against what. Does not know: what a section means.
"""

from __future__ import annotations

from fhir_adapter.definitions.compile_crs import compile_crs
from fhir_adapter.definitions.compile_episodes import compile_episodes
from fhir_adapter.definitions.compile_icans import compile_icans
from fhir_adapter.definitions.compile_observation import compile_observation
from fhir_adapter.definitions.compile_reporting import compile_reporting
from fhir_adapter.definitions.compile_scale import compile_scale
from fhir_adapter.definitions.load_safety import SafetyFiles
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.domain.safety_model.rule import SafetyRule


def compile_safety(files: SafetyFiles, scope: RuleScope, consensus: RuleScope) -> SafetyRule:
    """Compile a trial's rules of safety.

    Args:
        files: The files.
        scope: safety.yaml against the rest of the definitions; learns what it names and what the scale grades.
        consensus: The consensus against the rest; learns what it names.

    Returns:
        The rules.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    safety, scale = files.safety.model, compile_scale(files.scale)
    return SafetyRule(
        scale=scale,
        catalogue=files.catalogue,
        crs=compile_crs(consensus, files.consensus.model, scope, safety.masking),
        icans=compile_icans(consensus, files.consensus.model.icans),
        episodes=compile_episodes(scope, safety.episodes, scale),
        reporting=compile_reporting(scope, safety.reporting),
        observation=compile_observation(scope, safety.observation),
        judged_from_grade=safety.judged.from_grade,
    )
