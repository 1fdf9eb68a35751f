"""File model of trials/<id>/safety.yaml: which scales grade toxicity, and how the trial follows and reports it.

Knows: the shape of the file. Does not know: the scales, whether its parts fit together.
"""

from __future__ import annotations

from fhir_adapter.definitions.file_crs import Grade, MaskingPart
from fhir_adapter.definitions.file_episodes import EpisodesPart
from fhir_adapter.definitions.file_observation import ObservationPart
from fhir_adapter.definitions.file_reporting import ReportingPart
from fhir_adapter.definitions.scalar_text import FileModel, Slug, Words


class JudgedPart(FileModel):
    """Which derived adverse events a named person judges: from this grade on."""

    from_grade: Grade
    source: Words


class SafetyFile(FileModel):
    """trials/<id>/safety.yaml."""

    scale: Slug
    syndromes: Slug
    episodes: EpisodesPart
    judged: JudgedPart
    masking: MaskingPart
    reporting: ReportingPart
    observation: ObservationPart
