"""The deviations of a whole study: doses, windows, consent, enrolment, corrected evidence.

Knows: what derived records say about each subject. Does not know: how records are derived, stored or shown, and
what a deviation means for anybody: a person judges that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum

from fhir_adapter.domain.dosing.first_given import Moment, find_first_given, read_moment
from fhir_adapter.domain.dosing.records import Clearance, Deviation, DosingRecord, TreatmentRecord
from fhir_adapter.domain.records import CriterionResult, EligibilityRecord, Verdict
from fhir_adapter.domain.renewal import Renewal
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.statements import ConsentStatement

CONSENT = "consent"
"""Role of a consent cited as evidence."""

ENROLLED = frozenset({"on-study", "on-study-intervention", "on-study-observation", "follow-up", "off-study"})
"""Statuses that say the subject was registered. Source: clinical rules H.1; `withdrawn` means before that."""


class StudyDeviation(StrEnum):
    """How a subject's course departs from the protocol, beside its doses. A closed list."""

    CONSENT_AFTER_TREATMENT = "CONSENT_AFTER_TREATMENT"
    NO_VALID_CONSENT = "NO_VALID_CONSENT"
    ENROLLED_WITH_FAIL = "ENROLLED_WITH_FAIL"
    ENROLLED_WITH_UNKNOWN = "ENROLLED_WITH_UNKNOWN"
    CONSENT_OVERDUE = "CONSENT_OVERDUE"
    EVIDENCE_CORRECTED = "EVIDENCE_CORRECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is known of one subject.

    Attributes:
        status: 0..1; participation status.
        eligibility: 0..1; the accepted record where there is one, else the newest.
        treatment: 0..1; the newest treatment record.
        consents: 0..*; every consent read, to tell one signed late from none.
        renewal: 0..1; where renewed consent stands, unless a person answered that.
        corrected: 0..*; references of accepted evidence that no longer say what they said.
    """

    subject: SubjectId
    status: str | None
    eligibility: EligibilityRecord | None
    treatment: TreatmentRecord | None = None
    consents: tuple[ConsentStatement, ...] = ()
    renewal: Renewal | None = None
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDeviation:
    """One line of the list.

    Attributes:
        kind: Of a dose or of the study.
        what: In closed words, criterion ids and codes; nothing the hospital wrote.
        when: 0..1; calendar day at the hospital: of the administration, else the planned one; of the first
            administration; of the birthday.
        item: 0..1; the planned item it is about.
        day: 0..1; its day relative to day 0.
        record: 0..1; digest of the record that says so.
        evidence: 0..*; references of what it rests on.
    """

    subject: SubjectId
    kind: Deviation | StudyDeviation
    what: str
    when: date | None = None
    item: str | None = None
    day: int | None = None
    record: str | None = None
    evidence: tuple[str, ...] = ()


def list_deviations(
    followed: Iterable[Followed], *, consent_criterion: str, zone: tzinfo
) -> tuple[ListedDeviation, ...]:
    """List every deviation of a study: of doses, of consent, of enrolment, of corrected evidence.

    Does not judge how grave one is, and derives nothing: what a record leaves UNKNOWN is no deviation, apart
    from eligibility, which must be known before treatment.

    Args:
        followed: 0..*; the study's subjects.
        consent_criterion: Id of the criterion a valid research consent makes PASS.
        zone: The hospital's zone.

    Returns:
        0..*; by subject, day and kind.

    Source:
        clinical review, section 9 no. 4: deviations list of the whole study; PUT-1; PUT-13.
    """
    found = [
        deviation
        for each in followed
        for deviation in _of_subject(each, consent_criterion=consent_criterion, zone=zone)
    ]
    return tuple(sorted(found, key=_order))


def _order(listed: ListedDeviation) -> tuple[str, date, str, str, int, str]:
    return (
        listed.subject,
        listed.when or date.max,
        listed.kind.value,
        listed.item or "",
        listed.day or 0,
        listed.what,
    )


def _of_subject(followed: Followed, *, consent_criterion: str, zone: tzinfo) -> Iterator[ListedDeviation]:
    first = None
    if followed.treatment is not None:
        yield from _of_doses(followed.treatment, zone)
        first = find_first_given(followed.treatment, zone)
    if first is not None:
        yield from _of_consent(followed, first, consent_criterion, zone)
    if followed.status in ENROLLED or first is not None:
        yield from _of_enrolment(followed, zone)
    yield from _of_renewal(followed)
    if followed.corrected:
        yield ListedDeviation(
            subject=followed.subject,
            kind=StudyDeviation.EVIDENCE_CORRECTED,
            what="evidence of the accepted verdict was corrected",
            record=_digest(followed.eligibility),
            evidence=followed.corrected,
        )


def _of_doses(treatment: TreatmentRecord, zone: tzinfo) -> Iterator[ListedDeviation]:
    for record in treatment.records:
        given = record.administered
        for deviation in record.deviations:
            yield ListedDeviation(
                subject=treatment.subject,
                kind=deviation,
                what=_words(deviation, record, treatment, zone),
                when=given.on if given is not None and given.on is not None else record.date,
                item=record.item,
                day=record.day,
                record=treatment.evidence_digest,
                evidence=_references(record),
            )
    for total in treatment.totals:
        for deviation in total.deviations:
            yield ListedDeviation(
                subject=treatment.subject,
                kind=deviation,
                what=f"{total.item}: the whole course",
                item=total.item,
                record=treatment.evidence_digest,
            )


def _words(deviation: Deviation, record: DosingRecord, treatment: TreatmentRecord, zone: tzinfo) -> str:
    """Say what a deviation is about: the item, and for an infusion on HOLD the criteria that held it up."""
    if deviation is not Deviation.INFUSED_ON_HOLD or record.administered is None:
        return f"{record.item}: {record.status.value}"
    failing = [
        criterion.id
        for clearance in treatment.clearances
        if clearance.verdict is Clearance.HOLD
        and clearance.as_of.astimezone(zone).date() == record.administered.on
        for criterion in clearance.criteria
        if criterion.verdict is Verdict.FAIL
    ]
    return f"{record.item}: {' '.join(['HOLD', *failing])}"


def _references(record: DosingRecord) -> tuple[str, ...]:
    parts = record.administered.parts if record.administered is not None else ()
    return tuple(dict.fromkeys((*parts, *(evidence.reference for evidence in record.evidence))))


def _of_consent(
    followed: Followed, first: Moment, consent_criterion: str, zone: tzinfo
) -> Iterator[ListedDeviation]:
    """Ask for a valid consent before the first administration; a proof that is no consent stands as it is."""
    result = _result(followed.eligibility, consent_criterion)
    passed = result is not None and result.verdict is Verdict.PASS
    signed = [*_signatures(result, zone)] if result is not None and passed else []
    order = [moment.precedes(first) for moment in signed]
    if passed and all(order):
        return
    late = [moment for moment in _consents(followed.consents, zone) if moment.precedes(first) is False]
    kind, what = StudyDeviation.NO_VALID_CONSENT, "no valid consent before the first administration"
    if False in order or (late and not passed):
        kind, what = StudyDeviation.CONSENT_AFTER_TREATMENT, "consent signed after the first administration"
    elif passed:
        what = "consent of the day of the first administration: which came first is not written"
    yield ListedDeviation(
        subject=followed.subject,
        kind=kind,
        what=what,
        when=first.day,
        record=_digest(followed.eligibility),
        evidence=_cited(first, *signed, *late),
    )


def _result(record: EligibilityRecord | None, criterion: str) -> CriterionResult | None:
    results = record.criteria if record is not None else ()
    return next((result for result in results if result.id == criterion), None)


def _signatures(result: CriterionResult, zone: tzinfo) -> Iterator[Moment]:
    for evidence in result.evidence:
        moment = read_moment(evidence.effective, zone, (evidence.reference,)) if evidence.role == CONSENT else None
        if moment is not None:
            yield moment


def _consents(consents: Iterable[ConsentStatement], zone: tzinfo) -> Iterator[Moment]:
    """Give when research consents were signed that would count, had they been signed in time."""
    for consent in consents:
        if (
            consent.is_research
            and consent.status == "active"
            and not consent.denies
            and consent.signed is not None
        ):
            moment = read_moment(consent.signed.text, zone, (consent.source.reference,))
            if moment is not None:
                yield moment


def _cited(*moments: Moment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reference for moment in moments for reference in moment.references))


def _of_enrolment(followed: Followed, zone: tzinfo) -> Iterator[ListedDeviation]:
    record = followed.eligibility
    if record is None:
        yield ListedDeviation(
            subject=followed.subject,
            kind=StudyDeviation.ENROLLED_WITH_UNKNOWN,
            what="eligibility was never derived",
        )
        return
    open_criteria = {
        StudyDeviation.ENROLLED_WITH_FAIL: record.failing,
        StudyDeviation.ENROLLED_WITH_UNKNOWN: record.unknown,
    }
    for kind, criteria in open_criteria.items():
        if criteria:
            yield ListedDeviation(
                subject=followed.subject,
                kind=kind,
                what=" ".join(criteria),
                when=record.anchor.astimezone(zone).date(),
                record=record.evidence_digest,
                evidence=_evidence_of(record, criteria),
            )


def _evidence_of(record: EligibilityRecord, criteria: tuple[str, ...]) -> tuple[str, ...]:
    cited = (
        evidence.reference for result in record.criteria if result.id in criteria for evidence in result.evidence
    )
    return tuple(dict.fromkeys(cited))


def _of_renewal(followed: Followed) -> Iterator[ListedDeviation]:
    renewal = followed.renewal
    if renewal is not None and renewal.overdue:
        yield ListedDeviation(
            subject=followed.subject,
            kind=StudyDeviation.CONSENT_OVERDUE,
            what=f"renewed consent at {renewal.due_age} years",
            when=renewal.due_since,
            record=_digest(followed.eligibility),
        )


def _digest(record: EligibilityRecord | None) -> str | None:
    return record.evidence_digest if record is not None else None
