"""When blood cells count as recovered: counts high enough, long enough, without a transfusion.

Knows: days in a row, transfusions in between, what nobody could read. Does not know: grades, episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.safety.given import Given, find_given, may_be_unread
from fhir_adapter.domain.safety_model.episode_rule import RecoveryRule
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.timeline import Timeline

_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Run:
    """Counts in a row that were all high enough: its first day, its last, and how many days in a row it has."""

    first: date
    last: date
    in_a_row: int = 1


class Recovery:
    """Follows the counts of one subject, earliest first, and says when they have recovered."""

    def __init__(self, rule: RecoveryRule, timeline: Timeline, *, as_of: datetime, zone: tzinfo) -> None:
        self.title = rule.title
        self._rule = rule
        self._zone = zone
        self._timeline = timeline
        self._given: tuple[Given, ...] = find_given(timeline, rule.without, as_of=as_of, zone=zone)
        self._run: _Run | None = None
        self._low_day: date | None = None

    def is_low(self, moment: Sequence[GradedResult]) -> bool:
        """Say whether a count of this moment is certainly below the limit."""
        return any(self._lies(result, Operator.LESS) is True for result in moment)

    def follow(self, moment: Sequence[GradedResult]) -> bool:
        """Take in the counts of one moment.

        Args:
            moment: 1..*; results of one moment.

        Returns:
            True where the counts have recovered by it: high enough on so many days in a row, or for so many days,
            and nothing was given, or can have been given unread, that would explain them.
        """
        day = moment[0].at.astimezone(self._zone).date()
        if not all(self._lies(result, Operator.GREATER_OR_EQUAL) is True for result in moment):
            self._run, self._low_day = None, day
            return False
        self._run = run = self._extended(day)
        if run is None or not self._is_long_enough(run):
            return False
        return self._is_unaided(day - timedelta(days=self._rule.days - 1), day)

    def _extended(self, day: date) -> _Run | None:
        run = self._run
        if run is None:
            return None if day == self._low_day else _Run(day, day)
        if day == run.last:
            return run
        if day - run.last > _DAY and self._rule.every_day:
            return _Run(day, day)
        return _Run(run.first, day, run.in_a_row + 1)

    def _is_long_enough(self, run: _Run) -> bool:
        if self._rule.every_day:
            return run.in_a_row >= self._rule.days
        return run.last - run.first >= timedelta(days=self._rule.days)

    def _is_unaided(self, first: date, last: date) -> bool:
        if not self._rule.without:
            return True
        for given in self._given:
            if given.at is None or (given.at.first_day <= last and given.at.last_day >= first):
                return False
        return not may_be_unread(self._timeline, first, last, self._zone)

    def _lies(self, result: GradedResult, operator: Operator) -> bool | None:
        standard = result.standard
        if standard is None or standard.unit != self._rule.unit:
            return None
        return lies(interval_of(standard), operator, self._rule.limit)
