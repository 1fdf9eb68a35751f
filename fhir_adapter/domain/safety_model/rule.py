"""Everything a trial's definitions say about safety, together.

Knows: which rules there are. Does not know: what each of them means, any particular trial.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.safety_model.crs_rule import CrsRule
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.safety_model.icans_rule import IcansRule
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule
from fhir_adapter.domain.toxicity.catalogue import Catalogue
from fhir_adapter.domain.toxicity.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyRule:
    """How a trial grades, follows and reports toxicity.

    Attributes:
        scale: What results are graded by.
        catalogue: Every term of that scale an event may be coded with.
        crs: How cytokine release syndrome is proposed.
        icans: How neurologic toxicity is proposed.
        episodes: How results become adverse events.
        reporting: What hospitals report, and what is due to whom.
        observation: How long a subject is observed, and what is dose-limiting.
        judged_from_grade: Lowest grade of a derived adverse event that a named person judges.
    """

    scale: Scale
    catalogue: Catalogue
    crs: CrsRule
    icans: IcansRule
    episodes: EpisodeRule
    reporting: ReportingRule
    observation: ObservationRule
    judged_from_grade: int
