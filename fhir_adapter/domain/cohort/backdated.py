"""One subject as it stood at an earlier moment, for a decision that is recorded after it was made.

Knows: which times of a record show that something came later. Does not know: other subjects, the decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, WindowState


def stood_at(subject: CohortSubject, moment: datetime) -> CohortSubject:
    """Give a subject as it stood at a moment, as far as its newest records tell.

    What persons judged since about the time before counts: it is what is known of it.

    Args:
        subject: By its newest records.
        moment: Earlier than now, aware.

    Returns:
        The subject without infusions and toxicity that came later. Somebody assigned later has no place yet;
        somebody whose window was not over is still observed, unless a person replaced it.
    """
    is_later = subject.assigned is not None and subject.assigned[0] > moment
    record, since = subject.record, subject.suspected_since
    if record is not None:
        record = _stood(record, moment, has_reacted=since is None or since <= moment)
    return replace(
        subject,
        status=None if is_later else subject.status,
        infusions=tuple(each for each in subject.infusions if each[1] <= moment),
        record=record,
        suspected_since=since if since is not None and since <= moment else None,
    )


def _stood(record: DoseLimitingRecord, moment: datetime, *, has_reacted: bool) -> DoseLimitingRecord:
    """A toxicity that came later lies inside the window: it was open then."""
    end = record.window_end
    stands = record.dose_limiting is not False or record.replaced or end is None or end <= moment
    if has_reacted and stands:
        return record
    return replace(record, state=WindowState.OPEN, dose_limiting=False, evaluable=None, events=())
