"""Evidence: the chain from an answer back to the exact source.

Knows: how facts, gaps and receipts are cited. Does not know: criteria, FHIR JSON.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.facts import CodedValue, Diagnosis, Finding, Intervention
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Amount, Evidence
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.source import Completeness, ResourceVersion
from fhir_adapter.domain.statements import Attestation, ConsentStatement
from fhir_adapter.domain.timeline import Gap, Timeline

Event = Exposure | Intervention | Diagnosis
"""What can happen to a patient or be found in one."""

USABLE = frozenset({"final", "amended", "corrected"})
"""Statuses of a finding that may decide; a preliminary one never does."""

RECEIPT = "receipt"
SHOWN = "shown"


def amount_of(value: Quantity | CodedValue | bool) -> Amount:
    """Write a value as reported: digits and unit as written, a coded answer by its code or text."""
    if isinstance(value, Quantity):
        return Amount(str(value.value), value.unit, value.comparator.value if value.comparator else None)
    if isinstance(value, bool):
        return Amount("true" if value else "false")
    return _code(value.codings, value.text)


def plain(number: Decimal) -> str:
    """Write a number without exponent, unless it is far beyond anything measured."""
    return format(number, "f") if is_measurable(number) else str(number)


def of_finding(finding: Finding, role: str = "value") -> Evidence:
    """Cite a finding: value as reported and as standardised, and when it was true."""
    return _cite(
        finding.source,
        finding.path,
        role,
        effective=finding.effective,
        reported=amount_of(finding.reported),
        standard=_standard(finding),
        note="" if finding.status in USABLE else f"status {finding.status}",
    )


def of_limit(finding: Finding, limit: Quantity, path: str, role: str = "uln") -> Evidence:
    """Cite a limit of normal printed with a finding."""
    standard = Amount(plain(limit.value), limit.unit)
    return _cite(finding.source, path, role, effective=finding.effective, standard=standard)


def of_specimen(finding: Finding, timeline: Timeline) -> tuple[Evidence, ...]:
    """Cite what says which specimen a finding was made on, where that is a resource of its own."""
    kinds = timeline.specimens.get(finding.specimen_reference or "", ())
    return tuple(
        _cite(kind.source, kind.path, "specimen", reported=_code(kind.codings), standard=_named(kind.concepts))
        for kind in kinds
    )


def of_event(event: Event, timeline: Timeline, role: str = "value") -> tuple[Evidence, ...]:
    """Cite a problem, a procedure or something given, with the products it was where they are resources."""
    if isinstance(event, Diagnosis):
        status = "/".join(each for each in (event.clinical_status, event.verification_status) if each)
        return (_coded(event, event.onset, role, status),)
    if isinstance(event, Intervention):
        return (_coded(event, event.performed, role, f"status {event.status}"),)
    products: list[Product | CellProduct] = [*timeline.products.get(event.medication_reference or "", ())]
    for reference in event.supporting:
        products += timeline.cell_products.get(reference, ())
    return (
        _coded(event, event.effective, role, f"status {event.status}"),
        *(_cite(each.source, each.path, "product", reported=_code(each.codings)) for each in products),
    )


def of_report(event: ReportedEvent, role: str = "reported") -> Evidence:
    """Cite an adverse event the hospital reports: what, when, and how bad it says it was."""
    said = (f"grade {event.grade}" if event.grade is not None else "", event.severity or "", event.outcome or "")
    return _cite(
        event.source,
        event.path,
        role,
        effective=event.occurred,
        reported=_code(event.codings, event.text),
        standard=Amount(" / ".join(event.terms)) if event.terms else _named(event.concepts),
        note=", ".join(each for each in said if each),
    )


def of_patient(timeline: Timeline, element: str, value: str | None) -> tuple[Evidence, ...]:
    """Cite an element of the Patient resource; the store keeps what identifies apart."""
    patient = timeline.demographics
    if patient is None or value is None:
        return ()
    return (_cite(patient.source, f"Patient.{element}", element, reported=Amount(value)),)


def of_consent(consent: ConsentStatement) -> Evidence:
    """Cite a consent: its status, who signed, when."""
    signers = ", ".join(signer.value for signer in consent.signers) or "nobody named"
    effective = Effective(consent.signed) if consent.signed is not None else None
    return _cite(
        consent.source,
        consent.path,
        "consent",
        effective=effective,
        reported=Amount(consent.status),
        note=f"signed by {signers}" + ("; provision deny" if consent.denies else ""),
    )


def of_attestation(attestation: Attestation) -> Evidence:
    """Cite a statement: its value, who made it, when."""
    value = attestation.value
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = value.isoformat() if isinstance(value, date) else str(value)
    return _cite(
        attestation.source,
        attestation.path,
        "attestation",
        effective=Effective(attestation.authored),
        reported=Amount(text),
        note=f"{attestation.link_id}, stated by {attestation.author} ({attestation.origin})",
    )


def is_stated_under(evidence: Evidence, link_id: str) -> bool:
    """Say whether a source is a statement under this link, as `of_attestation` cites it."""
    return evidence.role == "attestation" and (evidence.note or "").startswith(f"{link_id}, stated by ")


def of_gap(gap: Gap) -> Evidence:
    """Cite what could not be read, and why."""
    rejection = gap.rejection
    note = f"{rejection.reason.value} ({rejection.detail})" if rejection.detail else rejection.reason.value
    return _cite(gap.source, rejection.path, "gap", effective=rejection.effective, note=note)


def of_receipt(receipt: Completeness) -> Evidence:
    """Cite the receipt that a resource type was, or was not, read to its end."""
    words = ["read to the last page" if receipt.complete else "not read to the last page"]
    words += [word for word, holds in (("withheld", receipt.hidden), ("truncated", receipt.truncated)) if holds]
    if receipt.rejected:
        words.append(f"{receipt.rejected} rejected")
    return Evidence(
        reference=RECEIPT,
        version=receipt.query,
        last_updated=receipt.read_at or None,
        path=receipt.resource_type,
        role=RECEIPT,
        note=", ".join(words),
    )


def _standard(finding: Finding) -> Amount | None:
    standard = finding.standard
    if standard is not None:
        comparator = standard.comparator.value if standard.comparator else None
        return Amount(plain(standard.value), standard.unit, comparator)
    return _named(finding.reported.answers) if isinstance(finding.reported, CodedValue) else None


def _named(concepts: tuple[ConceptId, ...]) -> Amount | None:
    return Amount(" ".join(concepts)) if concepts else None


def _code(codings: tuple[Coding, ...], text: str | None = None) -> Amount:
    for coding in codings:
        if coding.code:
            return Amount(f"{coding.code} ({coding.display})" if coding.display else coding.code)
    return Amount(text or "")


def _coded(event: Event, effective: Effective | None, role: str, note: str) -> Evidence:
    return _cite(
        event.source,
        event.path,
        role,
        effective=effective,
        reported=_code(event.codings),
        standard=_named(event.concepts),
        note=note,
    )


def _cite(  # noqa: PLR0913 - one named part per element of the evidence
    source: ResourceVersion,
    path: str,
    role: str,
    *,
    effective: Effective | None = None,
    reported: Amount | None = None,
    standard: Amount | None = None,
    note: str = "",
) -> Evidence:
    if effective is not None and effective.is_zone_assumed:
        note = "; ".join(each for each in (note, *_assumed(effective)) if each)
    return Evidence(
        reference=source.reference,
        version=source.version,
        last_updated=source.last_updated.text if source.last_updated is not None else None,
        path=path,
        role=role,
        reported=reported,
        standard=standard,
        effective=_written(effective),
        note=note or None,
    )


def _written(effective: Effective | None) -> str | None:
    if effective is None:
        return None
    start, end = effective.start, effective.end
    if effective.is_period:
        return f"{start.text if start else ''}/{end.text if end else ''}"
    return start.text if start is not None else None


def _assumed(effective: Effective) -> list[str]:
    ends = (each.assumed_zone for each in (effective.start, effective.end) if each is not None)
    return [f"time zone assumed: {zone}" for zone in sorted({zone for zone in ends if zone})]
