"""One person's facts in order: which version holds, what was retracted, what could not be read.

Knows: joining specimens and products, ordering facts. Does not know: the trial, the hospital's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from fhir_adapter.domain.chronology import in_order, index_by_concept, start_of
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.facts import Demographics, Diagnosis, Fact, Finding, Intervention, Reading, SpecimenKind
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.source import Completeness, Exclusion, Rejection, RejectionReason, ResourceVersion
from fhir_adapter.domain.statements import Attestation, ConsentStatement
from fhir_adapter.domain.supersession import Settled, settle
from fhir_adapter.domain.vocabulary import OTHER_SPECIMEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A current resource, or part of one, that could not be read: data hidden from the rules.

    Attributes:
        is_part: True where the rest of the resource gave facts.
    """

    source: ResourceVersion
    rejection: Rejection
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The current facts of one person.

    Attributes:
        demographics: 0..1; None where no Patient was read or its versions cannot be ordered.
        findings: Concept -> findings, earliest effective first; those without a time last.
        exposures: Concept -> exposures, earliest first.
        diagnoses: Concept -> diagnoses.
        interventions: Concept -> interventions, earliest first.
        reported_events: Adverse events the hospital reports, earliest first.
        consents: Consents, earliest signed first.
        attestations: Attestations, earliest authored first.
        gaps: What could not be read.
        completeness: Resource type -> receipt of the latest reading.
        specimens: `Specimen/id` -> what it is; several only where its versions contest each other.
        products: `Medication/id` -> what it contains; several only where its versions contest each other.
        cell_products: `BiologicallyDerivedProduct/id`, or `MedicationAdministration/id#local` for a contained one,
            -> what it is; several only where its versions contest each other.
        versions: Reference -> every version that carries the content which holds.
        contested: References of resources two contents of which cannot be ordered.
    """

    demographics: Demographics | None = None
    findings: Mapping[ConceptId, tuple[Finding, ...]] = field(default_factory=dict)
    exposures: Mapping[ConceptId, tuple[Exposure, ...]] = field(default_factory=dict)
    diagnoses: Mapping[ConceptId, tuple[Diagnosis, ...]] = field(default_factory=dict)
    interventions: Mapping[ConceptId, tuple[Intervention, ...]] = field(default_factory=dict)
    reported_events: tuple[ReportedEvent, ...] = ()
    consents: tuple[ConsentStatement, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    completeness: Mapping[str, Completeness] = field(default_factory=dict)
    specimens: Mapping[str, tuple[SpecimenKind, ...]] = field(default_factory=dict)
    products: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    cell_products: Mapping[str, tuple[CellProduct, ...]] = field(default_factory=dict)
    versions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()


def build_timeline(readings: Iterable[Reading], completeness: Iterable[Completeness]) -> Timeline:
    """Put one person's readings in order.

    The order of the readings never matters, and a retracted resource is as one never read. Facts of a resource
    whose contents cannot be ordered are all kept and marked `contested`.

    Args:
        readings: 0..*; every version read of every resource of one person, and the shared resources
            (Medication, Specimen, BiologicallyDerivedProduct) they refer to.
        completeness: 0..*; the latest receipt per type; several of one type (merged records) count together.

    Returns:
        The timeline of facts that hold.

    Source:
        design contracts, Facts, versions, counts.
    """
    groups: dict[tuple[str, str, str], list[Reading]] = {}
    for reading in readings:
        source = reading.source
        groups.setdefault((source.hospital, source.type, source.id), []).append(reading)
    shelf = _Shelf()
    for key in sorted(groups):
        shelf.add(f"{key[1]}/{key[2]}", settle(groups[key]))
    return shelf.timeline(_receipts(completeness))


_KNOWN_IRRELEVANT = frozenset({Exclusion.CODE_NOT_NEEDED, Exclusion.CODE_UNMATCHED})


_T = TypeVar("_T")


class _Shelf:
    """Facts being sorted into their kinds."""

    def __init__(self) -> None:
        self.facts: dict[type, list[Fact]] = {}
        self.gaps: list[Gap] = []
        self.versions: dict[str, frozenset[str]] = {}
        self.contested: set[str] = set()
        self.known_irrelevant: set[str] = set()

    def add(self, reference: str, settled: Settled) -> None:
        """Sort one resource's current reading into the shelf."""
        if settled.contested:
            self.contested.add(reference)
        if settled.versions:
            self.versions[reference] = settled.versions
        for reading in settled.current:
            if reading.excluded_by in _KNOWN_IRRELEVANT:
                self.known_irrelevant.add(reference)
            for rejection in reading.rejections:
                self.gaps.append(Gap(source=reading.source, rejection=rejection, is_part=bool(reading.facts)))
            for fact in reading.facts:
                self.facts.setdefault(type(fact), []).append(_marked(fact) if settled.contested else fact)

    def timeline(self, completeness: Mapping[str, Completeness]) -> Timeline:
        """Join, sort and index what is on the shelf."""
        specimens = _grouped(self._of(SpecimenKind), lambda kind: kind.source.reference)
        products = _grouped(self._of(Product), lambda product: product.source.reference)
        findings = [self._with_specimen(finding, specimens) for finding in self._of(Finding)]
        exposures = [
            given for each in self._of(Exposure) if (given := self._with_product(each, products)) is not None
        ]
        return Timeline(
            demographics=self._demographics(),
            findings=index_by_concept(findings, lambda fact: start_of(fact.effective)),
            exposures=index_by_concept(exposures, lambda fact: start_of(fact.effective)),
            diagnoses=index_by_concept(self._of(Diagnosis), lambda fact: start_of(fact.onset)),
            interventions=index_by_concept(self._of(Intervention), lambda fact: start_of(fact.performed)),
            reported_events=in_order(self._of(ReportedEvent), lambda fact: start_of(fact.occurred)),
            consents=in_order(self._of(ConsentStatement), lambda fact: fact.signed),
            attestations=in_order(self._of(Attestation), lambda fact: fact.authored),
            gaps=tuple(sorted(self.gaps, key=_gap_order)),
            completeness=completeness,
            specimens=specimens,
            products=products,
            cell_products=_grouped(self._of(CellProduct), lambda product: product.reference),
            versions=self.versions,
            contested=frozenset(self.contested),
        )

    def _of(self, kind: type[_T]) -> list[_T]:
        return [fact for fact in self.facts.get(kind, ()) if isinstance(fact, kind)]

    def _with_specimen(self, finding: Finding, specimens: Mapping[str, tuple[SpecimenKind, ...]]) -> Finding:
        reference = finding.specimen_reference
        if reference is None or finding.specimen is not None:
            return finding
        if reference in self.known_irrelevant:
            return replace(finding, specimen=(OTHER_SPECIMEN,))
        kinds = {kind.concepts for kind in specimens.get(reference, ())}
        if not kinds:
            return finding
        return replace(finding, specimen=kinds.pop() if len(kinds) == 1 else ())

    def _with_product(self, exposure: Exposure, products: Mapping[str, tuple[Product, ...]]) -> Exposure | None:
        """Name what was given, and how strong; None where it is known not to be needed, or cannot be known."""
        if exposure.supporting:
            known = tuple(each for each in exposure.supporting if each not in self.known_irrelevant)
            exposure = replace(exposure, supporting=known)
        reference = exposure.medication_reference
        if exposure.concepts or reference is None:
            return exposure
        contents = {(product.concepts, product.strengths) for product in products.get(reference, ())}
        if contents:
            is_one = len(contents) == 1
            return replace(
                exposure,
                concepts=tuple(sorted({concept for concepts, _ in contents for concept in concepts})),
                strengths=contents.pop()[1] if is_one else (),
                contested=exposure.contested or not is_one,
            )
        if reference not in self.known_irrelevant:
            self.gaps.append(_unresolved(exposure))
        return None

    def _demographics(self) -> Demographics | None:
        """Take the surviving Patient; a merged one says `replaced-by`."""
        patients = [each for each in self._of(Demographics) if each.source.reference not in self.contested]
        surviving = [each for each in patients if all(kind != "replaced-by" for kind, _ in each.links)] or patients
        if len({(each.birth_date, each.gender) for each in surviving}) > 1:
            self.contested.update(each.source.reference for each in surviving)
            return None
        return surviving[0] if surviving else None


def _marked(fact: Fact) -> Fact:
    if isinstance(fact, Demographics | SpecimenKind | Product):
        return fact
    return replace(fact, contested=True)


def _unresolved(exposure: Exposure) -> Gap:
    rejection = Rejection(
        reason=RejectionReason.UNMAPPED_CODE,
        path="MedicationAdministration.medication",
        detail="medication-unresolved",
        effective=exposure.effective,
    )
    return Gap(source=exposure.source, rejection=rejection)


def _grouped(facts: Iterable[_T], key: Callable[[_T], str]) -> dict[str, tuple[_T, ...]]:
    found: dict[str, tuple[_T, ...]] = {}
    for fact in facts:
        found[key(fact)] = (*found.get(key(fact), ()), fact)
    return found


def _gap_order(gap: Gap) -> tuple[str, str, str, str, str]:
    source, rejection = gap.source, gap.rejection
    return source.reference, source.version, rejection.path, rejection.reason, rejection.detail


def _receipts(completeness: Iterable[Completeness]) -> dict[str, Completeness]:
    found: dict[str, list[Completeness]] = {}
    for receipt in completeness:
        found.setdefault(receipt.resource_type, []).append(receipt)
    return {kind: _together(found[kind]) for kind in sorted(found)}


def _together(receipts: Sequence[Completeness]) -> Completeness:
    if len(receipts) == 1:
        return receipts[0]
    newest = max(receipts, key=lambda receipt: (receipt.read_at, receipt.query))
    return replace(
        newest,
        complete=all(receipt.complete for receipt in receipts),
        hidden=any(receipt.hidden for receipt in receipts),
        truncated=any(receipt.truncated for receipt in receipts),
        rejected=sum(receipt.rejected for receipt in receipts),
    )
