"""Whether an adverse event is one the treatment itself is known to cause.

Knows: which terms are expected until which day. Does not know: how bad an event is. What is
expected is said, never hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.safety.episodes import Episode
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.spans import clamped


@dataclass(frozen=True, slots=True)
class Expectation:
    """Why an event is expected, and what goes beyond it."""

    text: str | None = None
    notes: tuple[str, ...] = ()


NOT_EXPECTED = Expectation()


def judge_expected(
    episode: Episode,
    rule: EpisodeRule,
    *,
    baseline_before: datetime | None,
    day_zero: date | None,
    as_of: datetime,
    zone: tzinfo,
) -> Expectation:
    """Say whether an event is expected.

    Args:
        episode: The event.
        rule: What is expected, until when.
        baseline_before: 0..1; start of the first conditioning drug.
        day_zero: 0..1; calendar day of day 0.
        as_of: Clinical time, aware.
        zone: The hospital's zone.

    Returns:
        Expected where it began after the treatment did and not later than the last day it is expected to begin;
        with a note where it lasts beyond that day. Not expected where those days are not known.

    Source:
        issue C, adverse-event records: expected conditioning aplasia, flagged by a setting, not hidden.
    """
    opening = episode.opening
    if baseline_before is None or day_zero is None or opening.at < baseline_before:
        return NOT_EXPECTED
    end = episode.closing[0].at if episode.closing is not None else as_of
    for each in rule.expected:
        last_day = clamped(day_zero) + timedelta(days=each.last_day)
        if opening.term not in each.terms or opening.at.astimezone(zone).date() > last_day:
            continue
        if end.astimezone(zone).date() > last_day:
            return Expectation(each.text, (f"lasts beyond day {each.last_day:+d}, until which it is expected",))
        return Expectation(each.text)
    return NOT_EXPECTED
