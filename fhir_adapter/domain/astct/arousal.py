"""How awake a patient was, and whether sedation explains it.

Knows: agitation and sedation scale, levels of consciousness in words, sedation recorded or given. Does not know:
scores, the syndrome's other signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.astct.held import Held, Said, certainly, doubted, withheld_grade
from fhir_adapter.domain.astct.observed import Together, Watched, distance, groups, in_time
from fhir_adapter.domain.astct.sedation import Sedation, find_sedation
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.facts import CodedValue, Finding
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.icans_rule import ArousalRule, IcansRule
from fhir_adapter.domain.spans import Span

DRIVER: Final = "consciousness"
WANTED_AWAKE: Final = "a neurological assessment without sedation, or a person's judgement"
_LEVEL: Final = "level of consciousness"
_SETTLED: Final = "the level of consciousness settled by a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arousal:
    """One record of how awake a patient was.

    Attributes:
        grade: 0..1; None for a sedated state.
        agree: False where records of one moment differ; the worst of them is taken.
        is_settled: False where two contents of one record contest each other.
    """

    at: Span
    when: str
    grade: int | None
    agree: bool
    is_settled: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consciousness:
    """Everything known of how awake a patient was.

    Attributes:
        records: Earliest first.
        sedation: In any order.
    """

    rule: ArousalRule
    records: tuple[Arousal, ...]
    sedation: tuple[Sedation, ...]

    def beside(self, at: Span) -> Arousal | None:
        """Give the record that says how awake the patient was at an assessment.

        Args:
            at: When it was made.

        Returns:
            The nearest in time, if it is near enough; of records equally near the worst. One whose contents
            contest each other says nothing.
        """
        near = [each for each in self.records if each.is_settled and distance(each.at, at) <= self.rule.holds]
        return min(
            near, key=lambda each: (distance(each.at, at), _worst_first(each), in_time(each.at)), default=None
        )

    def sedation_at(self, at: Span) -> tuple[Sedation, ...]:
        """Give the sedation that can have acted at a moment."""
        return tuple(each for each in self.sedation if each.meets(at))


def _worst_first(record: Arousal) -> tuple[bool, int]:
    return record.grade is not None, -(record.grade or 0)


def find_consciousness(watched: Watched, rule: IcansRule) -> Consciousness:
    """Collect everything known of how awake the patient was; records of one moment count as one."""
    found: dict[Span, list[tuple[int | None, Finding]]] = {}
    when: dict[Span, str] = {}
    for group in _recorded(watched, rule.arousal):
        for finding in group.findings:
            for grade in _grades(finding, rule.arousal):
                found.setdefault(group.at, []).append((grade, finding))
                when.setdefault(group.at, group.when)
    return Consciousness(
        rule=rule.arousal,
        records=tuple(_arousal(at, when[at], found[at]) for at in sorted(found, key=in_time)),
        sedation=find_sedation(watched, rule.sedation),
    )


def _recorded(watched: Watched, rule: ArousalRule) -> Iterator[Together]:
    yield from groups(watched, rule.scale)
    yield from groups(watched, rule.level)


def _arousal(at: Span, when: str, read: Sequence[tuple[int | None, Finding]]) -> Arousal:
    grades = {grade for grade, _ in read}
    return Arousal(
        at=at,
        when=when,
        grade=None if None in grades else max(grade for grade in grades if grade is not None),
        agree=len(grades) == 1,
        is_settled=not any(finding.contested for _, finding in read),
        evidence=tuple(of_finding(finding, "arousal") for _, finding in read),
    )


def _grades(finding: Finding, rule: ArousalRule) -> Iterator[int | None]:
    """Give the grade of a record, or None for a sedated state; nothing where it cannot be read as one."""
    if isinstance(finding.reported, CodedValue):
        answers = [rule.levels[answer] for answer in finding.reported.answers if answer in rule.levels]
        yield from sorted(answers)[-1:]
    number = finding.standard
    if number is None or number.comparator is not None or rule.scale not in finding.concepts:
        return
    if number.value <= rule.sedated_to:
        yield None
    else:
        yield from [band.grade for band in rule.bands if number.value >= band.at_least][:1]


def consciousness_held(watched: Watched, known: Consciousness, scores: Sequence[Span]) -> Iterator[Held]:
    """Say what each record of consciousness says of the grade, and for how long.

    A depressed level counts only where no sedation explains it. It stands until the next record, and once it has
    held by itself until the next score.

    Args:
        watched: Whom.
        known: Records of consciousness, sedation.
        scores: 0..*; when a score was taken.

    Yields:
        One per record since the first infusion that says something.

    Source:
        rules sheet E.3; clinical review PUT-8.
    """
    for record in known.records:
        said = said_of(record, known)
        if said is None or watched.lies_before(record.at):
            continue
        due = max(record.at.first, watched.begins) + known.rule.holds
        following = [each.at for each in known.records] + [each for each in scores if each.first >= due]
        acting = known.sedation_at(record.at)
        yield Held(
            driver=DRIVER,
            start=max(record.at.first, watched.begins),
            end=watched.speaks_until(record.at, known.rule.holds, following, is_normal=said.is_normal),
            said=watched.placed(said, record.at, _LEVEL),
            evidence=(*record.evidence, *(cited for each in acting for cited in each.evidence)),
        )


def said_of(record: Arousal, known: Consciousness) -> Said | None:
    """Say what one record says of the grade.

    Args:
        record: The record.
        known: Sedation around it.

    Returns:
        Its literal grade; no grade for a sedated state, or a state so deep that a sedative explains it as one;
        None for a lighter depression that a sedative explains.

    Source:
        clinical review PUT-8: only where a depressed level is recorded and no sedation explains it.
    """
    unarousable = certainly(known.rule.unarousable)
    if not record.is_settled:
        worst = unarousable if record.grade is None else certainly(record.grade)
        note = f"two contents of the {_LEVEL} {record.when}"
        return withheld_grade(worst, UnknownReason.CONFLICTING, _SETTLED, note)
    is_explained = bool(known.sedation_at(record.at))
    if record.grade is None or (is_explained and record.grade >= known.rule.asleep_from):
        note = sedated_note(record.when, is_explained=is_explained)
        return withheld_grade(unarousable, UnknownReason.NEEDS_ATTESTATION, WANTED_AWAKE, note)
    if is_explained and record.grade > 0:
        return None
    said = certainly(record.grade)
    if record.agree:
        return said
    note = f"levels of consciousness {record.when} differ: the worst is taken"
    return doubted(said, UnknownReason.CONFLICTING, _SETTLED, note)


def sedated_note(when: str, *, is_explained: bool) -> str:
    """Say why a deep state is no grade; without sedation on record it is not called sedation."""
    if is_explained:
        return f"sedated {when}: a sedated state is no grade"
    return (
        f"deeply depressed {when} and no sedation on record: a person says whether it is sedation or neurotoxicity"
    )


def unused_levels(watched: Watched, known: Consciousness) -> Iterator[str]:
    """Say which records of consciousness do not count: unmapped ones, and those a sedative explains."""
    for group in _recorded(watched, known.rule):
        if not any(True for finding in group.findings for _ in _grades(finding, known.rule)):
            yield f"{_LEVEL} {group.when} not used: its answer is not mapped"
    for record in known.records:
        if said_of(record, known) is None and not watched.lies_before(record.at):
            yield f"depressed consciousness {record.when} not counted: sedation explains it"
