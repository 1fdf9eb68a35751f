"""Facts about the donor: which rank donors, whether cells and graft come from one person.

Knows: statements on the donor, the donor's own facts, donors named by products. Does not know: the donor's
eligibility. Nothing here gates anything, and nothing of the donor's ever becomes a fact about the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.records import DonorFact
from fhir_adapter.domain.dosing.stated import Stated
from fhir_adapter.domain.evidence import USABLE, amount_of, of_finding, of_patient
from fhir_adapter.domain.exposure import CellProduct, Exposure
from fhir_adapter.domain.facts import CodedValue, Finding
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.regimen import DonorFactRule, ItemKind, Regimen
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.vocabulary import DETECTED, NOT_DETECTED

DONOR = "donor"
"""Role of evidence that is about the donor, never about the subject."""

_NEVER_GIVEN = "not-done"
_SEXES = frozenset({"female", "male"})
_YES = {True: "yes", False: "no"}
_WORDS = {DETECTED: "positive", NOT_DETECTED: "negative"}
"""Serology is stated as positive or negative, and answered as detected or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDonor:
    """Whether cells and graft come from one donor.

    Attributes:
        value: 0..1; None where neither products nor people say.
        reason: 0..1; CONFLICTING where people contradict each other, NEEDS_ATTESTATION where nobody said
            anything; set exactly where `value` is None.
    """

    value: bool | None
    evidence: tuple[Evidence, ...] = ()
    reason: UnknownReason | None = None


def derive_donor(course: Course, donor: Timeline | None) -> tuple[DonorFact, ...]:
    """Collect what is known about the donor.

    Does not gate anything: these facts rank donors.

    Args:
        course: With what people stated about the donor.
        donor: 0..1; the donor's own facts, where the hospital has them and a product names the donor.

    Returns:
        The donor's type, the facts the trial shows, and whether cells and graft come from one donor. A statement
        comes before the donor's own record; where the two contradict each other the fact is CONFLICTING. Nobody
        said anything: NEEDS_ATTESTATION, or MISSING where only the record could say it.

    Source:
        registry page, donor selection criteria; clinical review 1.3 and 1.4.
    """
    rule = course.regimen.donor
    kind, same = (
        DonorFactRule(id=rule.type_link, title="Donor type", link_id=rule.type_link),
        find_same_donor(course),
    )
    together = DonorFact(
        id=rule.same_donor_link,
        title="Cells and graft from one donor",
        value=None if same.value is None else _YES[same.value],
        evidence=same.evidence,
        reason=same.reason,
    )
    return (*(_fact(each, course, donor) for each in (kind, *rule.shown)), together)


def find_donor_reference(timeline: Timeline, regimen: Regimen) -> str | None:
    """Find whom the trial's cell product was collected from.

    Args:
        timeline: The subject's facts.
        regimen: Names the cells.

    Returns:
        `Patient/id`; None where no product names a donor, or several name different ones.
    """
    cells = {concept for item in regimen.items if item.kind is ItemKind.CELLS for concept in item.concepts}
    donors = {product.donor for product in _products(timeline, cells, lambda _: True)}
    return donors.pop() if len(donors) == 1 else None


def is_same_donor(course: Course) -> bool | None:
    """Say whether cells and graft come from one donor; None where neither products nor people say."""
    return find_same_donor(course).value


def find_same_donor(course: Course) -> SameDonor:
    """Find out whether cells and graft come from one donor.

    Does not compare persons whose records the hospital merged: references are compared as the products carry
    them.

    Args:
        course: The subject's products, and what people stated.

    Returns:
        False as soon as a product or a person says so: a wrong donor is a hard flag. True where products or people
        say that. None with the reason where nobody does.

    Source:
        clinical review 1.3 and section 12: the cells' donor is the graft's donor, else a hard flag.
    """
    rule, regimen = course.regimen.donor, course.regimen
    wanted = {concept for item in regimen.items if item.kind is ItemKind.CELLS for concept in item.concepts}
    cells = list(_products(course.timeline, wanted, lambda given: _is_of_course(given, course)))
    grafts = list(_products(course.timeline, regimen.day_zero.graft, lambda given: _is_day_zero(given, course)))
    stated = course.stated[rule.same_donor_link]
    said = stated.value if isinstance(stated.value, bool) else None
    shown = _shown_by_products(cells, grafts)
    evidence = (*map(_of_product, [*cells, *grafts] if shown is not None else []), *stated.evidence)
    if False in {shown, said}:
        return SameDonor(value=False, evidence=evidence)
    if True in {shown, said}:
        return SameDonor(value=True, evidence=evidence)
    return SameDonor(value=None, evidence=evidence, reason=stated.reason or UnknownReason.NEEDS_ATTESTATION)


def _shown_by_products(cells: Sequence[CellProduct], grafts: Sequence[CellProduct]) -> bool | None:
    """Say what the products say: cells of two donors cannot both be of the graft's."""
    donors = {product.donor for product in (*cells, *grafts)}
    if cells and len(donors) > 1:
        return False
    return True if cells and grafts else None


def _products(
    timeline: Timeline, wanted: Iterable[ConceptId], counts: Callable[[Exposure], bool]
) -> Iterator[CellProduct]:
    """Give the products with a known donor out of which something of these concepts was given."""
    given = {each.source.reference: each for concept in wanted for each in timeline.exposures.get(concept, ())}
    names = [
        name
        for each in given.values()
        if each.status != _NEVER_GIVEN and not each.contested and counts(each)
        for name in each.supporting
    ]
    for name in dict.fromkeys(names):
        for product in timeline.cell_products.get(name, ()):
            if product.donor is not None and not product.contested:
                yield product


def _is_of_course(given: Exposure, course: Course) -> bool:
    """Say whether something was given in this treatment; what has no day may have been."""
    begins = course.date_of(course.regimen.day_zero.first_day - course.early_days)
    on = _day_of(given, course)
    return begins is None or on is None or on >= begins


def _is_day_zero(given: Exposure, course: Course) -> bool:
    """Say whether something was given on day 0: an earlier graft is another treatment's, a boost comes later."""
    return course.day_zero.day is not None and _day_of(given, course) == course.day_zero.day


def _day_of(given: Exposure, course: Course) -> date | None:
    start = given.effective.start if given.effective is not None else None
    return start.day(course.zone) if start is not None else None


def _of_product(product: CellProduct) -> Evidence:
    return Evidence(
        reference=product.source.reference,
        version=product.source.version,
        last_updated=product.source.last_updated.text if product.source.last_updated is not None else None,
        path=product.path,
        role=DONOR,
        note=f"collected from {product.donor}",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """One source's word on a fact about the donor.

    Attributes:
        is_comparable: False where the record's own words cannot be laid beside a statement's codes.
    """

    value: str | None = None
    reason: UnknownReason | None = None
    evidence: tuple[Evidence, ...] = ()
    is_comparable: bool = True


def _fact(rule: DonorFactRule, course: Course, donor: Timeline | None) -> DonorFact:
    said = _from_stated(course.stated[rule.link_id]) if rule.link_id is not None else _Known()
    own = _from_record(rule, course, donor) if donor is not None else _Known()
    value, reason = said.value or own.value, None
    differ = said.value is not None and own.value is not None and own.is_comparable and said.value != own.value
    if differ or UnknownReason.CONFLICTING in {said.reason, own.reason}:
        value, reason = None, UnknownReason.CONFLICTING
    elif value is None:
        reason = said.reason or own.reason or UnknownReason.MISSING
    return DonorFact(
        id=rule.id, title=rule.title, value=value, evidence=(*said.evidence, *own.evidence), reason=reason
    )


def _from_stated(stated: Stated) -> _Known:
    value = stated.value
    text = _YES[value] if isinstance(value, bool) else str(value) if value is not None else None
    return _Known(text, stated.reason, stated.evidence)


def _from_record(rule: DonorFactRule, course: Course, donor: Timeline) -> _Known:
    if rule.is_gender:
        gender = donor.demographics.gender if donor.demographics is not None else None
        known = gender if gender in _SEXES else None
        return _Known(known, evidence=of_patient(donor, "gender", known))
    latest = _latest(rule.concepts, course, donor)
    if not latest:
        return _Known()
    evidence = tuple(of_finding(each, role=DONOR) for each in latest)
    values = {_value_of(each) for each in latest}
    if len(values) > 1 or any(each.contested for each in latest):
        return _Known(reason=UnknownReason.CONFLICTING, evidence=evidence)
    text, is_comparable = values.pop()
    return _Known(text, evidence=evidence, is_comparable=is_comparable)


def _latest(concepts: Iterable[ConceptId], course: Course, donor: Timeline) -> list[Finding]:
    """Give the donor's usable findings of the latest moment up to as_of; without dates all of them."""
    dated: list[tuple[datetime, Finding]] = []
    undated: list[Finding] = []
    for concept in concepts:
        for finding in donor.findings.get(concept, ()):
            start = finding.effective.start if finding.effective is not None else None
            if finding.status not in USABLE:
                continue
            if start is None:
                undated.append(finding)
            elif span(start, course.zone).first <= course.as_of:
                dated.append((span(start, course.zone).first, finding))
    last = max((at for at, _ in dated), default=None)
    return [finding for at, finding in dated if at == last] or undated


def _value_of(finding: Finding) -> tuple[str, bool]:
    """Give a value in words, and whether they are those a statement is made in."""
    answers = finding.reported.answers if isinstance(finding.reported, CodedValue) else ()
    for answer in (*answers, *finding.interpretation):
        return _WORDS.get(answer, str(answer)), True
    return amount_of(finding.reported).value, False
