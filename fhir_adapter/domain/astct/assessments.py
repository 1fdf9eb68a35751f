"""Every ICE and CAPD of one subject: which of them counts, what it says, until when.

Knows: the score for the age, sedation around it, what replaces it, days without one. Does not know: other signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from fhir_adapter.domain.answers import next_fact
from fhir_adapter.domain.astct.arousal import WANTED_AWAKE, Consciousness, sedated_note
from fhir_adapter.domain.astct.held import Held, Said, certainly, doubted, withheld_grade
from fhir_adapter.domain.astct.instrument import Choice, choose_instrument, find_development
from fhir_adapter.domain.astct.observed import Together, Watched, groups, left_out
from fhir_adapter.domain.astct.scores import find_baseline, is_sedated, say_capd, say_ice, say_together
from fhir_adapter.domain.astct.windows import InfusionWindow
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.icans_rule import CapdRule, IcansRule, IceRule, Instrument
from fhir_adapter.domain.spans import midnight

TITLES: Final = {Instrument.ICE: "ICE", Instrument.CAPD: "CAPD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One score taken.

    Attributes:
        choice: The score that counts at that age.
        is_read: False where it is no assessment: not readable, or its contents contest each other.
    """

    instrument: Instrument
    group: Together
    choice: Choice
    said: Said
    is_read: bool
    evidence: tuple[Evidence, ...]

    @property
    def is_other(self) -> bool:
        """True where another score counts at that age."""
        return self.choice.instrument not in {self.instrument, None}

    @property
    def is_assessment(self) -> bool:
        """True unless it could not be read, or is not the score for the age."""
        return self.is_read and not self.is_other

    @property
    def counts(self) -> bool:
        """True where it is the assessment the syndrome needs."""
        return self.is_read and self.choice.instrument is self.instrument


def find_assessed(watched: Watched, rule: IcansRule, known: Consciousness) -> tuple[Assessed, ...]:
    """Find every score, before the first infusion too, and what it says of the grade.

    Args:
        watched: Whom.
        rule: Both scores.
        known: How awake the patient was.

    Returns:
        Earliest first. The wrong score for the age, one whose right score cannot be known, and one taken from a
        sedated patient say no grade, only how high it can be.

    Source:
        rules sheet E.2 and E.3; clinical review PUT-8.
    """
    development = find_development(watched, rule)
    baseline = find_baseline(watched, rule.capd, known)
    found: list[Assessed] = []
    for instrument, score in ((Instrument.ICE, rule.ice), (Instrument.CAPD, rule.capd)):
        for group in groups(watched, score.concept):
            beside, acting = known.beside(group.at), known.sedation_at(group.at)
            choice = choose_instrument(watched, rule, development, group.at)
            if isinstance(score, CapdRule):
                say = partial(say_capd, beside=beside, rule=score, baseline=baseline)
            else:
                say = partial(say_ice, beside=beside, rule=score)
            said, is_read = say_together(group, score, TITLES[instrument], say)
            compared = baseline.evidence if baseline is not None and instrument is Instrument.CAPD else ()
            cited = [of_finding(each, instrument.value) for each in group.findings]
            cited += [*compared, *choice.evidence, *(beside.evidence if beside is not None else ())]
            cited += [piece for each in acting for piece in each.evidence]
            found.append(
                Assessed(
                    instrument=instrument,
                    group=group,
                    choice=choice,
                    said=_chosen(_awake(said, group, known, score), instrument, choice),
                    is_read=is_read,
                    evidence=tuple(cited),
                )
            )
    return tuple(sorted(found, key=lambda each: (each.group.at.first, each.group.at.last, each.instrument)))


def _awake(said: Said, group: Together, known: Consciousness, score: IceRule | CapdRule) -> Said:
    """Take the grade away where sedation explains it; ask where a sedative may."""
    highest = certainly(score.unable_grade)
    if is_sedated(group, known):
        note = sedated_note(group.when, is_explained=bool(known.sedation_at(group.at)))
        return withheld_grade(highest, UnknownReason.NEEDS_ATTESTATION, WANTED_AWAKE, note)
    if said.is_normal or not known.sedation_at(group.at) or known.beside(group.at) is not None:
        return said
    note = f"a sedative was given {group.when} and the level of consciousness is not recorded"
    if said.worst >= score.unable_grade:
        return withheld_grade(highest, UnknownReason.NEEDS_ATTESTATION, WANTED_AWAKE, note)
    return doubted(said, UnknownReason.NEEDS_ATTESTATION, WANTED_AWAKE, note)


def _chosen(said: Said, instrument: Instrument, choice: Choice) -> Said:
    """Take the grade away where this is not, or may not be, the score for the age."""
    if choice.instrument is instrument:
        return said
    if choice.instrument is None:
        cause = choice.cause
        return said if cause is None else withheld_grade(said, cause.reason, next_fact(cause, ""), cause.note)
    right = TITLES[choice.instrument]
    note = f"{TITLES[instrument]} is not the score for this patient: {right} is"
    return withheld_grade(said, UnknownReason.NEEDS_ATTESTATION, f"a {right} total", note)


def scores_held(watched: Watched, rule: IcansRule, assessed: Sequence[Assessed]) -> Iterator[Held]:
    """Say how long each score speaks.

    Args:
        watched: Whom.
        rule: How long a normal one holds.
        assessed: Every score, earliest first.

    Yields:
        One per score since the first infusion. A score that counts, or may, is replaced by the next such one; the
        wrong score for the age by any, and it is silent while the right one speaks.
    """
    for each in assessed:
        at = each.group.at
        if watched.lies_before(at):
            continue
        following = [other.group.at for other in assessed if each.is_other or not other.is_other]
        yield Held(
            driver=each.instrument.value,
            start=max(at.first, watched.begins),
            end=watched.speaks_until(at, rule.holds, following, is_normal=each.said.is_normal),
            said=watched.placed(each.said, at, TITLES[each.instrument]),
            evidence=each.evidence,
            assesses=each.counts,
            secondary=each.is_other,
        )


def missing_days(
    watched: Watched, assessed: Sequence[Assessed], windows: Sequence[InfusionWindow]
) -> tuple[date, ...]:
    """List the days without an assessment.

    Args:
        watched: The hospital's zone, the present.
        assessed: Every score.
        windows: The infusions'.

    Returns:
        Calendar days at the hospital inside a window, that of the infusion included, which are wholly past and
        have neither the score for the age nor one whose right score cannot be known. One that could not be done,
        or was taken from a sedated patient, is an assessment.

    Source:
        clinical review PUT-8 and section 11.13.
    """
    done = {each.group.at.first_day for each in assessed if each.is_assessment}
    days: set[date] = set()
    for window in windows:
        day = window.start.astimezone(watched.zone).date()
        while midnight(day, watched.zone) < window.end and midnight(day + _DAY, watched.zone) <= watched.as_of:
            days.add(day)
            day += _DAY
    return tuple(sorted(days - done))


_DAY: Final = timedelta(days=1)


def unused_scores(watched: Watched, rule: IcansRule, assessed: Sequence[Assessed]) -> Iterator[str]:
    """Say which scores do not count, and why."""
    for each in assessed:
        if each.is_other and not watched.lies_before(each.group.at):
            yield f"{TITLES[each.instrument]} {each.group.when} not counted: not the score for this patient"
    yield from left_out(watched, rule.ice.concept, TITLES[Instrument.ICE])
    yield from left_out(watched, rule.capd.concept, TITLES[Instrument.CAPD])
