"""Everything one statement is assessed against.

Knows: the timeline, the anchor, the person's age, when time alone may change an answer. Does not know:
operators.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Any

from fhir_adapter.domain.anchor import AS_OF, SAMPLE, Anchor
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.queries import AgeWindow, FindingQuery, Window, WindowUnit
from fhir_adapter.domain.reactions import Reactions
from fhir_adapter.domain.spans import (
    FIRST_DAY,
    LAST_DAY,
    Span,
    age_range,
    birthday,
    is_fresh,
    last_fresh_day,
    midnight,
    opens,
    span,
    stale_from,
)
from fhir_adapter.domain.timeline import Timeline


class Place(Enum):
    """Where a moment lies against a window that ends at the anchor, or at the planned day if that lies ahead.

    LATER: after the anchor, it does not exist for eligibility. INSIDE: it counts. EXPIRING: it counts today
    but no longer on the planned day. OUTSIDE: too old. UNCERTAIN: a partial date leaves it open.
    """

    LATER = "later"
    INSIDE = "inside"
    EXPIRING = "expiring"
    OUTSIDE = "outside"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Memo:
    """What several statements of one derivation would compute again.

    Attributes:
        spans: Identity of a moment on the timeline -> the moment (to keep it alive) and its span.
        selections: Query -> its current findings.
        scenes: Truth that lets the patient in -> the scene for it.
    """

    spans: dict[int, tuple[FhirDateTime, Span]] = field(default_factory=dict)
    selections: dict[FindingQuery, Any] = field(default_factory=dict)
    scenes: dict[Truth | None, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything one statement is assessed against. Immutable.

    Attributes:
        timeline: The person's facts.
        anchor: The moment eligibility is judged for.
        as_of: Clinical time [UTC].
        zone: The hospital's zone; calendar days are judged in it.
        birth: 0..1; date of birth, may be partial.
        gender: 0..1; FHIR administrative gender.
        consent_signed: 0..1; when the first research consent in force was signed.
        consent_signed_last: 0..1; the same, or when the last was signed where they may be of several studies.
        lets_in: 0..1; the truth of the present statement that lets the patient in; None where neither does.
        stopped_dose: What the dose of a stopped administration means at this hospital: `administered`,
            `ordered` or `unknown`.
        reactions: 0..1; gives what is known of the subject's adverse reactions at a moment.
        memo: What was computed for these facts and this anchor before; only ever the same again.
    """

    timeline: Timeline
    anchor: Anchor
    as_of: datetime
    zone: tzinfo
    birth: FhirDateTime | None = None
    gender: str | None = None
    consent_signed: FhirDateTime | None = None
    consent_signed_last: FhirDateTime | None = None
    lets_in: Truth | None = Truth.MET
    stopped_dose: str = "unknown"
    reactions: Reactions | None = None
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    def at_as_of(self) -> Scene:
        """Give the same scene judged for today, for what goes on after the anchor (a withdrawal)."""
        anchor = Anchor(start=self.as_of, time=self.as_of, day=self.today, source=AS_OF)
        return replace(self, anchor=anchor, memo=Memo())

    def at_sample(self, at: Span) -> Scene:
        """Give the same scene judged for the time a sample was taken."""
        anchor = Anchor(start=at.first, time=at.last, day=at.first_day, source=SAMPLE)
        return replace(self, anchor=anchor, memo=Memo())

    def steering(self, lets_in: Truth | None) -> Scene:
        """Give the same scene for a statement whose other truth lets the patient in, or neither."""
        known: Scene | None = self.memo.scenes.get(lets_in)
        if known is None:
            known = self.memo.scenes[lets_in] = replace(self, lets_in=lets_in)
        return known

    @property
    def today(self) -> date:
        """The calendar day of as_of at the hospital."""
        return self.as_of.astimezone(self.zone).date()

    @property
    def is_moving(self) -> bool:
        """True where the anchor is as_of, so that facts grow older as time passes."""
        return self.anchor.source == AS_OF

    def span_of(self, moment: FhirDateTime | None) -> Span | None:
        """Give all a written moment can mean; None where nothing was written."""
        if moment is None:
            return None
        known = self.memo.spans.get(id(moment))
        if known is None:
            known = self.memo.spans[id(moment)] = (moment, span(moment, self.zone))
        return known[1]

    def start_of(self, effective: Effective | None) -> Span | None:
        """Give all the start of a moment or period can mean."""
        return self.span_of(effective.start) if effective is not None else None

    def window_for_age(self, windows: tuple[AgeWindow, ...]) -> Window | None:
        """Choose the window for the patient's age at the anchor.

        Args:
            windows: 0..*; by rising age.

        Returns:
            The window; None where none is asked for. An unknown age can mean several: then the shortest, for
            what counts in that one counts in all of them.
        """
        if len(windows) < 2:
            return windows[0].window if windows else None
        possible = [each.window for each in self._possible(windows)] or [windows[-1].window]
        day = self.anchor.day
        return max(possible, key=lambda window: opens(window, day, self.zone))

    def _possible(self, windows: tuple[AgeWindow, ...]) -> Iterable[AgeWindow]:
        youngest, oldest = self.ages_on(self.anchor.day) or (None, None)
        for each in windows:
            if each.below_years is None or youngest is None or youngest < each.below_years:
                yield each
            if each.below_years is None or (oldest is not None and oldest < each.below_years):
                return

    def ages_on(self, day: date) -> tuple[int, int] | None:
        """Give the fewest and most completed years [a] on a day; None where no date of birth is known."""
        return age_range(self.birth, day, day) if self.birth is not None else None

    def place(self, at: Span, window: Window | None) -> Place:
        """Say where a moment lies against a window; no window reaches back without end."""
        anchor = self.anchor
        if at.first > anchor.time if at.first == at.last else at.first_day > anchor.day:
            return Place.LATER
        if at.first != at.last and at.last_day > anchor.day:
            return Place.UNCERTAIN
        if window is None:
            return Place.INSIDE
        if anchor.planned is None:
            return self._against(at, window, anchor.start, anchor.day)
        place = self._against(at, window, midnight(anchor.planned, self.zone), anchor.planned)
        if place is Place.OUTSIDE and self._against(at, window, anchor.start, anchor.day) is Place.INSIDE:
            return Place.EXPIRING
        return place

    @staticmethod
    def _against(at: Span, window: Window, moment: datetime, day: date) -> Place:
        if is_fresh(at.first, at.first_day, window, at=moment, on=day):
            return Place.INSIDE
        if is_fresh(at.last, at.last_day, window, at=moment, on=day):
            return Place.UNCERTAIN
        return Place.OUTSIDE

    def not_open(self, window: Window | None) -> date | None:
        """Give the day from which a result will count on the planned day, where that still lies ahead."""
        if window is None or self.anchor.planned is None:
            return None
        opening = opens(window, self.anchor.planned, self.zone)
        return opening.astimezone(self.zone).date() if opening > self.as_of else None

    def counts_until(self, at: Span, window: Window) -> str:
        """Say until which day, or hour, a fact of this time still counts."""
        if window.unit is WindowUnit.HOUR:
            until = (at.last + timedelta(hours=window.amount)).astimezone(self.zone)
            return until.isoformat(timespec="minutes")
        return last_fresh_day(at.last_day, window).isoformat()

    def edges(self, spans: Iterable[Span], windows: Iterable[Window | None]) -> datetime | None:
        """Give the next moment at which one of these facts enters or leaves one of these windows."""
        if not self.is_moving:
            return None
        asked = [window for window in windows if window is not None]
        planned = self.anchor.planned
        found = [opens(window, planned, self.zone) for window in asked if planned is not None]
        for at in spans:
            found += [stale_from(at.last, at.last_day, window, self.zone) for window in asked]
            if at.first != at.last:
                found.append(midnight(at.last_day, self.zone))
                found += [stale_from(at.first, at.first_day, window, self.zone) for window in asked]
        return self.next_of(found)

    def birthdays(self, years: Iterable[int]) -> datetime | None:
        """Give the next of these birthdays [a], where ages are judged today."""
        birth = self.birth
        if birth is None or not FIRST_DAY <= birth.first_day <= LAST_DAY:
            return None
        days = [birthday(day, each) for each in years for day in (birth.first_day, birth.last_day)]
        return self.next_of(midnight(day, self.zone) for day in days)

    def next_of(self, moments: Iterable[datetime | None]) -> datetime | None:
        """Give the earliest of some moments that lies after as_of."""
        return min((each for each in moments if each is not None and each > self.as_of), default=None)


def utc(moment: datetime) -> datetime:
    """Give the same instant in UTC."""
    return moment.astimezone(UTC)
