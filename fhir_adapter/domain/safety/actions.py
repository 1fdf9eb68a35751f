"""What was done about an adverse event: transfusions and rescue drugs given while it lasted.

Knows: what was given when, what the trial itself gave. Does not know: whether it helped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from fhir_adapter.domain.safety.given import Given, begin_of, find_given
from fhir_adapter.domain.safety_model.episode_rule import ActionRule, EpisodeRule
from fhir_adapter.domain.safety_model.event_records import Action
from fhir_adapter.domain.timeline import Timeline


class ActionBook:
    """What was given of everything that is done about events, looked up once per subject."""

    def __init__(
        self,
        timeline: Timeline,
        rule: EpisodeRule,
        *,
        planned: Iterable[str],
        as_of: datetime,
        zone: tzinfo,
    ) -> None:
        """Look up what was given.

        Args:
            timeline: The person's facts.
            rule: What counts, for which terms.
            planned: References of the trial's own doses: they are given by plan, not because of an event.
            as_of: Clinical time, aware.
            zone: The hospital's zone.
        """
        own = frozenset(planned)
        self._lead = timedelta(hours=rule.action_hours)
        self._given: list[tuple[ActionRule, tuple[Given, ...]]] = [
            (each, tuple(_certain(timeline, each, own, as_of=as_of, zone=zone))) for each in rule.actions
        ]

    def during(self, term: str, first: datetime, last: datetime) -> tuple[Action, ...]:
        """List what was given about an event of a term.

        Args:
            term: Name of the term.
            first: When the event began.
            last: When it ended, or as_of.

        Returns:
            Earliest first; what began a little before the event, or went on into it, too.
        """
        found = [
            (given, rule)
            for rule, everything in self._given
            if term in rule.terms
            for given in everything
            if _overlaps(given, first - self._lead, last)
        ]
        found.sort(key=lambda each: (begin_of(each[0]), each[0].reference, each[1].title))
        return tuple(_action(rule, given) for given, rule in found)


def _certain(
    timeline: Timeline, rule: ActionRule, own: frozenset[str], *, as_of: datetime, zone: tzinfo
) -> Iterator[Given]:
    everything = find_given(timeline, rule.concepts, as_of=as_of, zone=zone)
    return (each for each in everything if each.is_certain and each.reference not in own)


def _overlaps(given: Given, first: datetime, last: datetime) -> bool:
    is_begun = given.at is not None and given.at.first <= last
    return is_begun and (given.end is None or given.end >= first)


def _action(rule: ActionRule, given: Given) -> Action:
    return Action(title=rule.title, reference=given.reference, at=given.written, role=rule.role)
