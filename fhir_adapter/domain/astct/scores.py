"""What an ICE or a CAPD total says of the grade.

Knows: totals, answers that it could not be done, censored and differing totals, CAPD's baseline. Does not know:
whether the score is the right one for the age, how long it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.astct.arousal import Arousal, Consciousness
from fhir_adapter.domain.astct.held import Said, certainly, doubted, withheld_grade
from fhir_adapter.domain.astct.observed import Together, Watched, groups
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.facts import CodedValue, Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.queries import Operator, UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.icans_rule import AwakeCapd, CapdRule, IceRule
from fhir_adapter.domain.spans import last_fresh_day

Total = Decimal | None
"""A total; None = it could not be done."""

_PERSON: Final = "a person's judgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The CAPD total before the first infusion; of several at one moment the highest."""

    total: Decimal
    evidence: tuple[Evidence, ...]


def find_baseline(watched: Watched, rule: CapdRule, known: Consciousness) -> Baseline | None:
    """Find the CAPD total a later one is compared with.

    Args:
        watched: The first infusion, and whom.
        rule: How long before it the total may have been taken.
        known: A total taken from a sedated child is no baseline.

    Returns:
        The last exact total certainly before the first infusion; None without one.

    Source:
        clinical review PUT-8: at most 7 days before infusion 1.
    """
    day = watched.begins.astimezone(watched.zone).date()
    for group in reversed(groups(watched, rule.concept)):
        if not watched.lies_before(group.at) or last_fresh_day(group.at.first_day, rule.baseline) < day:
            continue
        read = [totals_of(each, rule) for each in group.findings if not each.contested]
        exact = [one[0] for one in read if len(one) == 1 and one[0] is not None]
        if len(exact) == len(group.findings) and not is_sedated(group, known):
            cited = tuple(of_finding(each, "baseline") for each in group.findings)
            return Baseline(total=max(exact), evidence=cited)
    return None


def totals_of(finding: Finding, rule: IceRule | CapdRule) -> tuple[Total, ...]:
    """Give every total a finding can mean: one where it is exact, more where it is censored.

    Args:
        finding: A score.
        rule: Its range, and the answers that say it could not be done.

    Returns:
        Rising; None alone where it could not be done; empty where it cannot be read as one.
    """
    if isinstance(finding.reported, CodedValue) and set(finding.reported.answers) & set(rule.unable):
        return (None,)
    number = finding.standard
    if number is None:
        return ()
    if number.comparator is None:
        return (number.value,) if rule.lowest <= number.value <= rule.highest else ()
    possible = interval_of(number)
    whole = (Decimal(total) for total in range(rule.lowest, rule.highest + 1))
    return tuple(
        total
        for total in whole
        if lies(possible, Operator.LESS, total) is not True and lies(possible, Operator.GREATER, total) is not True
    )


def is_sedated(group: Together, known: Consciousness) -> bool:
    """Say whether a score was taken from a sedated patient: a sedated state, or sedation on record."""
    beside, acting = known.beside(group.at), known.sedation_at(group.at)
    if any(each.is_recorded for each in acting) or (beside is not None and beside.grade is None):
        return True
    return bool(acting) and beside is not None and (beside.grade or 0) >= known.rule.asleep_from


def say_ice(total: Total, beside: Arousal | None, rule: IceRule) -> Said:
    """Say the grade of one ICE total.

    Args:
        total: None where it could not be done.
        beside: How awake the patient was.
        rule: Bands, and what an unarousable patient's is.

    Returns:
        The band's grade. At the lowest total consciousness tells the awake patient's grade from the unarousable
        one's: without a record of it the awake one's, and open. Not done is the unarousable patient's grade,
        unless an arousable one could not do it: then the awake one's, and open.

    Source:
        rules sheet E.3.
    """
    counted = total if total is not None else Decimal(rule.unarousable_at)
    band = certainly(next(band.grade for band in rule.bands if counted >= band.at_least))
    unarousable = certainly(rule.unable_grade)
    if counted > rule.unarousable_at:
        return band
    either = Said(grade=band.grade, worst=rule.unable_grade)
    is_unarousable = beside is not None and beside.grade == rule.unable_grade
    if is_unarousable or (total is None and beside is None):
        return unarousable
    if total is None:
        return doubted(either, UnknownReason.NEEDS_ATTESTATION, _PERSON, "ICE could not be done, yet arousable")
    if beside is None:
        wanted = "level of consciousness at the ICE"
        return doubted(
            either, UnknownReason.NEEDS_ATTESTATION, wanted, "ICE 0: awake or unarousable is not recorded"
        )
    return band


def say_capd(total: Total, beside: Arousal | None, rule: CapdRule, baseline: Baseline | None) -> Said:
    """Say the grade of one CAPD total.

    Args:
        total: None where it could not be done.
        beside: How awake the child was.
        rule: Limits and grades.
        baseline: The total before the first infusion.

    Returns:
        Delirium by the limit; below it the grade by arousal alone. A total that is not above its baseline, or has
        none, keeps its literal grade and asks a person.

    Source:
        rules sheet E.3; clinical review PUT-8.
    """
    if total is None:
        said = certainly(rule.unable_grade)
        if beside is None or beside.grade == rule.unable_grade:
            return said
        return doubted(said, UnknownReason.NEEDS_ATTESTATION, _PERSON, "CAPD could not be done, yet arousable")
    if total < rule.counts_from:
        return certainly(0)
    if total >= rule.delirium_from:
        return _against(baseline, total, certainly(rule.delirium_grade))
    return _say_below(total, beside, rule, baseline)


def _say_below(total: Decimal, beside: Arousal | None, rule: CapdRule, baseline: Baseline | None) -> Said:
    """Say the grade of a total below the limit of delirium: by arousal alone."""
    lowest, highest = rule.below
    if beside is None or beside.grade is None:
        note = "only arousal tells the grade of a CAPD below the limit, and it is not recorded"
        either = Said(grade=lowest, worst=highest)
        wanted = "level of consciousness at the CAPD"
        return _against(baseline, total, doubted(either, UnknownReason.NEEDS_ATTESTATION, wanted, note))
    if beside.grade > 0:
        return _against(baseline, total, certainly(min(beside.grade, highest)))
    if rule.awake is AwakeCapd.ZERO or (baseline is not None and total > baseline.total):
        return certainly(0)
    return _against(baseline, total, Said(grade=0, worst=lowest))


def _against(baseline: Baseline | None, total: Decimal, said: Said) -> Said:
    """Ask a person where a total is not above its baseline, or has none."""
    if baseline is None:
        note = "no CAPD before the first infusion to compare with"
        return doubted(said, UnknownReason.NEEDS_ATTESTATION, f"{_PERSON}: {note}", note)
    if total > baseline.total:
        return said
    note = f"CAPD not above its baseline of {baseline.total}"
    return doubted(said, UnknownReason.NEEDS_ATTESTATION, f"{_PERSON}: {note}", note)


def say_together(
    group: Together, rule: IceRule | CapdRule, title: str, say: Callable[[Total], Said]
) -> tuple[Said, bool]:
    """Say what the totals of one moment give together.

    Args:
        group: The findings.
        rule: How they are read.
        title: The score's name.
        say: Gives the grade of one total.

    Returns:
        What they say, and whether one of them counts as an assessment. Of several possible grades the highest is
        the literal one, and a person settles it; contents that contest each other say no grade.
    """
    each_said = [_say_finding(finding, rule, title, say) for finding in group.findings]
    totals = [str(total) for finding in group.findings for total in totals_of(finding, rule)[:1]]
    differ = f"{title} totals {group.when} differ ({', '.join(totals)}): the worst is taken"
    said = _highest(each_said, UnknownReason.CONFLICTING, f"the {title} settled by a person", differ)
    read = (finding for finding in group.findings if not finding.contested and totals_of(finding, rule))
    return said, any(True for _ in read)


def _say_finding(finding: Finding, rule: IceRule | CapdRule, title: str, say: Callable[[Total], Said]) -> Said:
    totals = totals_of(finding, rule)
    if not totals:
        unread = certainly(rule.unable_grade)
        wanted = f"a mapping of what the hospital answers for the {title}"
        return withheld_grade(unread, UnknownReason.UNMAPPED, wanted, f"{title} answer is not mapped")
    note = f"{title} is given as a limit: the worst it can mean is taken"
    said = _highest([say(total) for total in totals], UnknownReason.CENSORED, f"an exact {title} total", note)
    if not finding.contested:
        return said
    return withheld_grade(
        said, UnknownReason.CONFLICTING, f"the {title} settled by a person", f"two contents of one {title}"
    )


def _highest(said: Sequence[Said], reason: UnknownReason, wanted: str, note: str) -> Said:
    """Take the highest of several grades that may hold; open where they are not one."""
    if len({(each.grade, each.worst) for each in said}) == 1:
        return min(said, key=lambda each: len(each.causes))
    grades = [each.grade for each in said if each.grade is not None]
    both = Said(
        grade=max(grades, default=None),
        worst=max(each.worst for each in said),
        causes=tuple(dict.fromkeys(cause for each in said for cause in each.causes)),
    )
    return doubted(both, reason, wanted, note)
