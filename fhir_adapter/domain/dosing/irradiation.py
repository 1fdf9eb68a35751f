"""The radiation dose of procedures: stated by themselves, or measured during them.

Knows: doses of procedures, courses and their parts. Does not know: what was planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.amount import Reckoned, Reckoning, unknown
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.dosing.units_of_dose import kind_of, measure
from fhir_adapter.domain.evidence import USABLE, of_finding
from fhir_adapter.domain.facts import Finding, Intervention
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import DoseUnit
from fhir_adapter.domain.vocabulary import RADIATION_DOSE

WANTED = "radiation dose delivered"


def reckon_procedure(done: Intervention, findings: Sequence[Finding], by: Reckoning) -> Reckoned:
    """Reckon the dose of one procedure.

    Does not add doses measured during one procedure: they may be parts, or the same said again.

    Args:
        done: The procedure.
        findings: 0..*; doses measured as part of it.
        by: Item and units.

    Returns:
        The dose it states itself, else the one measured during it, in the item's unit [Gy]; CONFLICTING where both
        are there and differ by more than the item's tolerance, or several were measured; MISSING where neither is.

    Source:
        rules sheet C.6: mCODE radiotherapy dose extension or Observation in Gy or cGy.
    """
    own = _dose(done.radiation, by) if done.radiation is not None else None
    measured = _measured(findings, by)
    if own is None:
        return measured or unknown(UnknownReason.MISSING, "no radiation dose was recorded", WANTED)
    if own.value is None or measured is None or measured.value is None:
        return own
    if is_within(measured.value, own.value, by.item.tolerance):
        return own
    return unknown(UnknownReason.CONFLICTING, "the procedure and what was measured during it differ", WANTED)


def doses_during(done: Intervention, findings: Mapping[ConceptId, tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Give the doses measured as part of a procedure; `findings` is the timeline's."""
    every = findings.get(RADIATION_DOSE, ())
    return tuple(each for each in every if done.source.reference in each.part_of and each.status in USABLE)


def without_parts(
    done: Iterable[Intervention], doses: Mapping[str, Fraction | None]
) -> tuple[tuple[Intervention, ...], tuple[Intervention, ...]]:
    """Set apart what is part of another procedure here: the dose of a course holds that of its fractions.

    Args:
        done: 0..*; procedures under one planned dose.
        doses: Reference -> dose of each, None where it is not known.

    Returns:
        What counts, and what does not: parts of a procedure whose dose is known, and a whole whose dose is not
        known while its parts are there to be added.

    Source:
        http://hl7.org/fhir/us/mcode, radiotherapy course summary and its phases.
    """
    every = tuple(done)
    wholes = {each.source.reference: frozenset(each.part_of) for each in every}
    parents = frozenset(reference for parts in wholes.values() for reference in parts)
    counted, left_out = list[Intervention](), list[Intervention]()
    for each in every:
        reference = each.source.reference
        is_part = any(doses.get(whole) is not None for whole in _above(reference, wholes))
        is_empty = doses.get(reference) is None and reference in parents
        (left_out if is_part or is_empty else counted).append(each)
    return tuple(counted), tuple(left_out)


def _above(reference: str, wholes: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Give everything a procedure is part of, however far up; nothing that is in turn part of it."""
    seen: set[str] = set()
    pending = [reference]
    while pending:
        for whole in sorted(wholes.get(pending.pop(), ())):
            if whole in wholes and whole not in seen:
                seen.add(whole)
                pending.append(whole)
    yield from (() if reference in seen else sorted(seen))


def _measured(findings: Sequence[Finding], by: Reckoning) -> Reckoned | None:
    if not findings:
        return None
    if len({_said(each) for each in findings}) > 1 or any(each.contested for each in findings):
        evidence = tuple(map(of_finding, findings))
        note = "several doses measured during one procedure"
        cause = Cause(reason=UnknownReason.CONFLICTING, note=note, wanted=WANTED, evidence=evidence)
        return Reckoned(causes=(cause,))
    standard = findings[0].standard
    if standard is None:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the dose measured is no amount", WANTED)
    return _dose(standard, by)


def _said(finding: Finding) -> tuple[Quantity | None, str | None]:
    start = finding.effective.start if finding.effective is not None else None
    return finding.standard, start.text if start is not None else None


def _dose(quantity: Quantity, by: Reckoning) -> Reckoned:
    if quantity.comparator is not None:
        return unknown(UnknownReason.CENSORED, "the radiation dose is stated as a limit only", WANTED)
    found = _in_radiation(quantity, by)
    wanted = kind_of(by.item.unit, by.units)
    if found is None or wanted is None or wanted[0] is not DoseUnit.RADIATION:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the radiation dose has no usable unit", WANTED)
    return Reckoned(value=found / wanted[1])


def _in_radiation(quantity: Quantity, by: Reckoning) -> Fraction | None:
    if quantity.unit is None or not is_measurable(quantity.value) or quantity.value < 0:
        return None
    found = measure(Fraction(quantity.value), quantity.unit, by.units)
    return found.value if found is not None and found.kind is DoseUnit.RADIATION else None
