"""When a subject's participation ended, and whether a death somebody denied is looked at.

Knows: what persons said of withdrawal and death. Does not know: what follows for treatment and safety.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_adapter.domain.participation import FINAL_STATUSES
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.questions import is_deceased


def last_day_of(case: Case) -> date:
    """Give the day participation ended by a person's word, else the day the withdrawal became known."""
    try:
        until = date.fromisoformat(case.row.until or "")
    except ValueError:
        return case.today
    return min(until, case.today) if case.row.status in FINAL_STATUSES else case.today


def alive_if_denied(case: Case) -> Timeline:
    """Give the facts without a death a person said did not happen."""
    timeline, who = case.timeline, case.timeline.demographics
    if who is None or who.deceased is None or is_deceased(case):
        return timeline
    return replace(timeline, demographics=replace(who, deceased=None))
