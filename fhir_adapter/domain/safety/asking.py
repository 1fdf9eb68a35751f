"""Which adverse events a named person must judge, and on what.

Knows: grounds of a judgement. Does not know: who is asked, how the answer is kept.
"""

from __future__ import annotations

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventOrigin, EventState


def needs_judgement(event: AdverseEventRecord, from_grade: int) -> bool:
    """Say whether a person must judge an adverse event's seriousness and relation to the intervention.

    Does not look at whether somebody did: the question stays the same as long as `judged_on` does.

    Args:
        event: As derived now.
        from_grade: Lowest grade of derived events that are judged.

    Returns:
        True for what a hospital reports or the study looks at whatever its grade, and for derived events that can
        have reached the grade since the first cell infusion and are not expected. False for the rest, and for
        dissolved ones.

    Source:
        issue C, adverse-event records: seriousness, relatedness, expectedness and outcome are a person's.
    """
    if event.state is EventState.DISSOLVED:
        return False
    if event.origin is not EventOrigin.DERIVED or event.special_interest is not None:
        return True
    is_new = event.treatment_emergent is not False
    return is_new and event.expected is None and event.worst_possible >= from_grade


def judged_on(event: AdverseEventRecord) -> str:
    """Give the digest of what a judgement rests on: what the event is, how bad it was, when it began; not its end.

    An onset moved to another day may lie on the other side of an infusion: its relation to it is asked again.

    Args:
        event: As derived now.

    Returns:
        The digest.
    """
    day = event.onset_on.isoformat() if event.onset_on is not None else event.onset
    return digest_of(event.id, event.term, event.grade, event.at_least, event.worst_possible, day)
