"""One subject's safety: graded results, adverse events, syndromes, dose-limiting toxicity.

Knows: how the parts of a safety record come together. Does not know: any particular trial, the store, the cohort,
who decides. The result is a proposal: a named person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar

from fhir_adapter.domain.astct.crs import propose_crs
from fhir_adapter.domain.astct.episodes import judged
from fhir_adapter.domain.astct.icans import propose_icans
from fhir_adapter.domain.astct.reported_syndromes import reported_syndromes
from fhir_adapter.domain.derived_digest import digest_derived
from fhir_adapter.domain.dosing.records import DosingRecord
from fhir_adapter.domain.dosing.stated import find_stated
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.regimen import Regimen
from fhir_adapter.domain.safety.baseline import find_baseline_before
from fhir_adapter.domain.safety.dose_limiting import Observed, assess_dose_limiting, observation_end
from fhir_adapter.domain.safety.ending import Ending
from fhir_adapter.domain.safety.events import derive_events
from fhir_adapter.domain.safety.graded import grade_results
from fhir_adapter.domain.safety.infusions_received import read_received
from fhir_adapter.domain.safety.reported import ReportScene, merge_reported
from fhir_adapter.domain.safety.reviewed import find_reviewed
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, SpecialInterest
from fhir_adapter.domain.safety_model.judgements import (
    DeathJudgement,
    EvaluabilityJudgement,
    EventJudgement,
    Judgement,
    SyndromeJudgement,
)
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, GradedResult, SafetyRecord, WindowState
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import midnight
from fhir_adapter.domain.timeline import Timeline

_J = TypeVar("_J", bound=Judgement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What of a subject's treatment its safety is derived against.

    Attributes:
        doses: 0..*; the subject's dosing records.
        infusions: 0..*; number and start of the cell infusions given.
        day_zero: 0..1; calendar day of day 0.
        level: 0..1; the assigned dose level.
        ending: 0..1; what ended observation first: a death, a withdrawal, leaving the study.
        withdrawn_on: 0..1; the day consent was withdrawn.
    """

    doses: tuple[DosingRecord, ...]
    infusions: tuple[tuple[int, datetime], ...] = ()
    day_zero: date | None = None
    level: int | None = None
    ending: Ending | None = None
    withdrawn_on: date | None = None


def derive_safety(  # noqa: PLR0913 - one named part per thing it is derived from
    timeline: Timeline,
    trial: Trial,
    *,
    subject: SubjectId,
    treated: Treated,
    as_of: datetime,
    zone: tzinfo,
    judgements: Sequence[Judgement] = (),
    previous: SafetyRecord | None = None,
    is_kept: bool = True,
) -> SafetyRecord | None:
    """Derive one subject's safety at one clinical time.

    Does not attribute, judge seriousness, or say that anything is dose-limiting: a named person does. No
    combination of facts raises, and the order of facts never shows.

    Args:
        timeline: The person's facts.
        trial: The trial's definitions.
        subject: Whose record it is.
        treated: What the subject was given.
        as_of: Clinical time, aware; infusions and judgements later than it do not exist.
        zone: The hospital's zone; calendar days are judged in it.
        judgements: 0..*; what named persons said, oldest first.
        previous: 0..1; the record before, its results not looked at: adverse events keep the ids they had there.
        is_kept: False where the record is only looked at: it then carries no digest.

    Returns:
        The record, until when it is valid by the passing of time alone, and the digest of what it says. None where
        the trial has no rules of safety or no treatment plan.

    Source:
        issue C; clinical review, sections 2 to 5 and 11.
    """
    if trial.safety is None or trial.regimen is None:
        return None
    now = as_of.astimezone(UTC)
    given = replace(treated, infusions=tuple(each for each in treated.infusions if each[1] <= now))
    said = [each for each in judgements if each.at <= now]
    deriving = _Deriving(
        timeline=timeline,
        trial=trial,
        rule=trial.safety,
        regimen=trial.regimen,
        subject=subject,
        treated=given,
        as_of=now,
        zone=zone,
        judgements=tuple(said),
        previous=previous,
    )
    record = deriving.record()
    return replace(record, evidence_digest=digest_derived(record)) if is_kept else record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deriving:
    """Everything one record is derived from."""

    timeline: Timeline
    trial: Trial
    rule: SafetyRule
    regimen: Regimen
    subject: SubjectId
    treated: Treated
    as_of: datetime
    zone: tzinfo
    judgements: tuple[Judgement, ...]
    previous: SafetyRecord | None

    def record(self) -> SafetyRecord:
        """Derive the parts, each from those before it."""
        treated, before = self.treated, self._baseline_before()
        results = self._results(before)
        syndromes = self._syndromes()
        events = self._events(results, before)
        limiting = self._dose_limiting(syndromes, events)
        has_died = any(each.special_interest is SpecialInterest.DEATH for each in events)
        return SafetyRecord(
            subject=self.subject,
            trial=self.trial.id,
            as_of=self.as_of.astimezone(self.zone),
            baseline_before=before.astimezone(self.zone) if before is not None else None,
            infusions=tuple((number, start.astimezone(self.zone)) for number, start in treated.infusions),
            results=results,
            events=events,
            syndromes=syndromes,
            dose_limiting=limiting,
            valid_until=self._valid_until(limiting, syndromes),
            definitions_digest=self.trial.digest,
            evidence_digest="",
            death=_last(self._said(DeathJudgement)) if has_died else None,
            withdrawn_on=treated.withdrawn_on,
            ends=treated.ending.day if treated.ending is not None and treated.ending.is_dated else None,
            notes=(
                ()
                if before is not None
                else ("start of conditioning not known: no result has a baseline to be compared with",)
            ),
        )

    def _baseline_before(self) -> datetime | None:
        return find_baseline_before(
            self.treated.doses,
            self.trial.anchor,
            self.regimen,
            day_zero=self.treated.day_zero,
            zone=self.zone,
        )

    def _results(self, before: datetime | None) -> tuple[GradedResult, ...]:
        who = self.timeline.demographics
        return grade_results(
            self.timeline,
            self.rule.scale,
            self.rule.episodes,
            infusions=self.treated.infusions,
            baseline_before=before,
            birth=who.birth_date if who is not None else None,
            gender=who.gender if who is not None else None,
            as_of=self.as_of,
            zone=self.zone,
        )

    def _events(
        self, results: tuple[GradedResult, ...], before: datetime | None
    ) -> tuple[AdverseEventRecord, ...]:
        treated, rule = self.treated, self.rule
        derived = derive_events(
            results,
            rule.scale,
            rule.episodes,
            timeline=self.timeline,
            subject=self.subject,
            infusions=treated.infusions,
            doses=treated.doses,
            day_zero=treated.day_zero,
            baseline_before=before,
            zone=self.zone,
            as_of=self.as_of,
            previous=self.previous,
        )
        scene = ReportScene(
            subject=self.subject,
            as_of=self.as_of,
            zone=self.zone,
            since=before,
            infusions=treated.infusions,
            day_zero=treated.day_zero,
            scale=rule.scale.title,
            terms=rule.catalogue,
            judgements={each.about: each for each in self._said(EventJudgement)},
            previous=self.previous.events if self.previous is not None else (),
        )
        return merge_reported(derived, self.timeline, rule.reporting, scene)

    def _syndromes(self) -> tuple[SyndromeRecord, ...]:
        who, rule = self.timeline.demographics, self.rule
        birth = who.birth_date if who is not None else None
        until = self._observed_until()
        reported = reported_syndromes(self.timeline, rule.reporting, as_of=self.as_of, zone=self.zone)
        crs = propose_crs(
            self.timeline,
            rule.crs,
            infusions=self.treated.infusions,
            until=until,
            as_of=self.as_of,
            zone=self.zone,
            birth=birth,
            stated=reported.crs,
        )
        icans = propose_icans(
            self.timeline,
            rule.icans,
            infusions=self.treated.infusions,
            until=until,
            as_of=self.as_of,
            zone=self.zone,
            birth=birth,
            stated=reported.icans,
        )
        said = self._said(SyndromeJudgement)
        return tuple(
            replace(each, episodes=tuple(judged(episode, said) for episode in each.episodes))
            for each in (crs, icans)
        )

    def _observed_until(self) -> datetime | None:
        """Give the end of observation as known now: that of the window, or of the day on which it was ended."""
        end = observation_end(self.rule.observation, self.treated.infusions, self.zone)
        ending = self.treated.ending
        if end is None or ending is None:
            return end
        return min(end, midnight(ending.day + timedelta(days=1), self.zone))

    def _dose_limiting(
        self, syndromes: tuple[SyndromeRecord, ...], events: tuple[AdverseEventRecord, ...]
    ) -> DoseLimitingRecord:
        treated, rule = self.treated, self.rule.observation
        part = find_stated(self.timeline.attestations, rule.part_link, until=self.as_of, zone=self.zone).value
        observed = Observed(
            part=str(part) if part is not None else "",
            level=treated.level,
            received=read_received(self.regimen.items, treated.doses, treated.infusions),
            syndromes=syndromes,
            events=events,
            ending=treated.ending,
            reviewed=find_reviewed(self.timeline, rule.reviewed, as_of=self.as_of, zone=self.zone),
            judgement=_last(self._said(EvaluabilityJudgement)),
        )
        return assess_dose_limiting(rule, observed, as_of=self.as_of, zone=self.zone)

    def _valid_until(self, limiting: DoseLimitingRecord, syndromes: tuple[SyndromeRecord, ...]) -> datetime | None:
        """Give the next moment at which time alone changes something: an open window grows by a day every day."""
        until = self._observed_until()
        moments = [each for each in (until, *(one.expires for one in syndromes)) if each is not None]
        if limiting.state is WindowState.OPEN:
            tomorrow = self.as_of.astimezone(self.zone).date() + timedelta(days=1)
            moments.append(midnight(tomorrow, self.zone))
        later = [each for each in moments if each > self.as_of]
        return min(later).astimezone(self.zone) if later else None

    def _said(self, kind: type[_J]) -> list[_J]:
        return [each for each in self.judgements if isinstance(each, kind)]


def _last(said: Iterable[_J]) -> _J | None:
    return next(iter(reversed(list(said))), None)
