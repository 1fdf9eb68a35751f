"""What persons' judgements amount to at one moment: dose-limiting, settled, or still to be judged.

Knows: judgements, grades proposed and reported. Does not know: observation windows, the cohort.
"""

from __future__ import annotations

from datetime import datetime

from fhir_adapter.domain.safety.judged_grade import (
    bounds_of_event,
    highest_possible,
    is_overtaken,
    is_syndrome,
    judged_by,
    relatedness_of,
)
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode

_ASSOCIATED = frozenset({"related", "possible"})
_NOT_ASSOCIATED = frozenset({"unlikely", "not-related"})


def is_severe(episode: SyndromeEpisode, grade: int, as_of: datetime) -> bool:
    """Say whether a person found an episode of this grade or more associated with the intervention."""
    judged = judged_by(episode, as_of)
    return judged is not None and judged.associated and judged.grade >= grade


def is_pending(episode: SyndromeEpisode, grade: int, as_of: datetime) -> bool:
    """Say whether an episode may be of this grade and waits for a person.

    Args:
        episode: As proposed and judged now.
        grade: Lowest grade asked about.
        as_of: Judgements made later do not exist.

    Returns:
        True where it can have reached the grade and nobody judged it, or where it was judged neither severe nor
        as high as what is known now makes possible.

    Source:
        clinical review, section 2: u, and late or corrected adjudication.
    """
    if highest_possible(episode) < grade or is_severe(episode, grade, as_of):
        return False
    judged = judged_by(episode, as_of)
    return judged is None or is_overtaken(episode, judged)


def assess_coded(event: AdverseEventRecord, grade: int, as_of: datetime) -> bool | None:
    """Say whether a syndrome known only from a hospital's code is dose-limiting.

    Args:
        event: An adverse event; any other than a syndrome is not.
        grade: Lowest grade that is.
        as_of: Judgements made later do not exist.

    Returns:
        True or False by a person's word on its relation, None where it can have reached the grade and that is
        missing.
    """
    if not is_syndrome(event) or event.state is EventState.DISSOLVED:
        return False
    lowest, highest = bounds_of_event(event, None, as_of)
    if highest < grade:
        return False
    said = relatedness_of(event, as_of)
    if said in _NOT_ASSOCIATED:
        return False
    return True if said in _ASSOCIATED and lowest >= grade else None
