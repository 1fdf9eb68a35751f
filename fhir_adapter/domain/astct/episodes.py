"""Intervals of a syndrome -> one episode per infusion, beside what the hospital says and a named person judged.

Knows: where an episode begins and ends, which statement of the hospital belongs to which infusion, what a
judgement was made on. Does not know: how an interval was graded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from fhir_adapter.domain.astct.stated import Stated
from fhir_adapter.domain.astct.windows import InfusionWindow
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.safety_model.event_records import ReportedLink
from fhir_adapter.domain.safety_model.judgements import SyndromeJudgement
from fhir_adapter.domain.safety_model.syndrome_records import (
    ProposalStatus,
    Syndrome,
    SyndromeEpisode,
    SyndromeInterval,
)

Laid = tuple[InfusionWindow, tuple[SyndromeInterval, ...]]
"""The window of one infusion and the intervals that cover it."""

HIGHEST = 4
"""The highest grade a machine speaks of: grade 5 is a named person's.

Source: rules sheet E.1: death due to the syndrome, by the investigator's attribution.
"""

_FEVER_ALONE = 1


def derive_episodes(
    syndrome: Syndrome, laid: Sequence[Laid], stated: Sequence[Stated] = ()
) -> tuple[SyndromeEpisode, ...]:
    """Derive one episode per infusion after which something is to be judged.

    An episode reaches from the first interval above grade 0 to the last. An interval that nobody can grade opens
    one where it may be more than grade 1; a stretch without a temperature is listed as missing instead. What the
    hospital says opens one too: silence beside it is a disagreement.

    Args:
        syndrome: Which.
        laid: 0..*; each infusion's window with its intervals, earliest first.
        stated: 0..*; what the hospital says, in any order.

    Returns:
        The episodes, by infusion.

    Source:
        issue C, ASTCT; rules sheet E.1, E.3.
    """
    placed = [(place_of(each, [window for window, _ in laid]), each) for each in stated]
    found = (
        _episode(syndrome, window, intervals, _in_order(each for place, each in placed if place == window.number))
        for window, intervals in laid
    )
    return tuple(each for each in found if each is not None)


def place_of(stated: Stated, windows: Iterable[InfusionWindow]) -> int | None:
    """Place a statement of the hospital after an infusion.

    Args:
        stated: The statement.
        windows: 0..*; the infusions', earliest first.

    Returns:
        The number of the last infusion it may follow; None where it follows none. One that says only when it was
        recorded may have begun long before: written down after the window it is of the last infusion before it,
        and one without any time of the last of all.
    """
    first, last = stated.first, stated.last
    numbers = [
        each.number
        for each in windows
        if (last is None or each.start <= last) and (stated.begun_by or first is None or _lies_in(first, each))
    ]
    return numbers[-1] if numbers else None


def _lies_in(moment: datetime, window: InfusionWindow) -> bool:
    """Say whether a moment does not lie behind a window."""
    return moment < window.end or window.is_open


def _in_order(stated: Iterable[Stated]) -> tuple[Stated, ...]:
    return tuple(sorted(stated, key=lambda each: (str(each.first), each.reference)))


def is_above(interval: SyndromeInterval) -> bool:
    """Say whether an interval belongs to an episode by itself."""
    if interval.status is ProposalStatus.UNGRADABLE:
        return interval.worst > _FEVER_ALONE
    return interval.worst > 0


def is_asked(interval: SyndromeInterval) -> bool:
    """Say whether an interval asks a person; a short stretch without a temperature does not."""
    return is_above(interval) and interval.status is not ProposalStatus.PROPOSED


def _episode(
    syndrome: Syndrome,
    window: InfusionWindow,
    intervals: tuple[SyndromeInterval, ...],
    stated: tuple[Stated, ...],
) -> SyndromeEpisode | None:
    above = [place for place, interval in enumerate(intervals) if is_above(interval)]
    if not above and not stated:
        return None
    covered = intervals[above[0] : above[-1] + 1] if above else ()
    grades = [each.grade for each in covered if each.grade is not None]
    grade = max(grades, default=None if covered else 0)
    worst = max((each.worst for each in covered), default=0)
    disagrees = any(_disagrees(each, grade, worst) for each in stated)
    counted = [min(each.grade, HIGHEST) for each in stated if each.counts and each.grade is not None]
    start, end = _extent(window, covered, stated)
    episode = SyndromeEpisode(
        id=f"{syndrome}-{window.number}",
        syndrome=syndrome,
        after_infusion=window.number,
        start=start,
        end=end,
        grade=grade,
        worst=max([worst, *counted]),
        needs_attestation=disagrees or any(is_asked(each) for each in covered),
        intervals=covered,
        reported=tuple(ReportedLink(reference=each.reference, grade=each.grade, why=each.why) for each in stated),
        disagrees=disagrees,
    )
    return replace(episode, digest=digest_episode(episode))


def _disagrees(stated: Stated, grade: int | None, worst: int) -> bool:
    """Say whether a statement differs from the proposal; a grade the proposal leaves possible does not."""
    if not stated.counts:
        return False
    if stated.grade is None:
        return worst == 0
    return not (grade or 0) <= stated.grade <= worst


def _extent(
    window: InfusionWindow, covered: tuple[SyndromeInterval, ...], stated: tuple[Stated, ...]
) -> tuple[datetime, datetime | None]:
    if covered:
        return covered[0].start, covered[-1].end
    inside = [each.first for each in stated if each.first is not None and _lies_in(each.first, window)]
    begun = max(window.start, min(inside, default=window.start))
    return begun, None if window.is_open else window.end


def digest_episode(episode: SyndromeEpisode) -> str:
    """Digest what a person is asked to judge.

    Args:
        episode: As derived.

    Returns:
        The digest of its grades over time, their drivers and what the hospital says. Further readings that change
        no grade leave it as it is, and so does the passing of time.
    """
    steps = [
        (each.start.isoformat(), each.status.value, each.grade, each.worst, each.driver, each.reason)
        for each in episode.intervals
    ]
    reported = [(each.reference, each.grade) for each in episode.reported]
    return digest_of(episode.id, episode.grade, episode.worst, steps, reported)


def judged(episode: SyndromeEpisode, judgements: Iterable[SyndromeJudgement]) -> SyndromeEpisode:
    """Put a named person's latest judgement beside an episode.

    Args:
        episode: As derived.
        judgements: 0..*; of any episode; of those made at one moment the last counts.

    Returns:
        The episode with its judgement, where there is one. It does not stand any more where the data changed after
        the person looked and may now be a higher grade than the one judged, by the proposal or by the hospital; or
        where it said that the episode is not associated and something more than fever began after it was said.

    Source:
        issue C, readings: a judgement holds, and the question opens again where the proposal rose above it. What
        may be higher opens it too, and what a person called not associated excuses nothing that came later.
    """
    mine = [each for each in judgements if each.about == episode.id]
    if not mine:
        return episode
    latest = max(reversed(mine), key=lambda each: each.at)  # of two at one moment the one made later
    is_covered = max(episode.grade or 0, episode.worst) <= latest.grade and not _began_after(episode, latest)
    return replace(episode, judgement=latest, stands=latest.seen == episode.digest or is_covered)


def _began_after(episode: SyndromeEpisode, judgement: SyndromeJudgement) -> bool:
    """Say whether more than fever began after a person called what was there not associated."""
    later = (each for each in episode.intervals if each.start > judgement.at)
    return not judgement.associated and any(each.worst > _FEVER_ALONE for each in later)
