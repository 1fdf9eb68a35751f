"""Assess `Coded`: a current coded answer, or a quantity read as detected or not detected.

Knows: answers, interpretations, detection limits. Does not know: which findings are current.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.facts import CodedValue, Finding
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.judgement import Side, judge_current
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Coded
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.vocabulary import DETECTED, NOT_DETECTED


def assess_coded(node: Coded, scene: Scene) -> Answer:
    """Say whether the current answer is one of those that meet the statement.

    The value and the result's interpretation both speak; where they contradict each other it is CONFLICTING.

    Args:
        node: Query and the answers of each side.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET; UNKNOWN(NEEDS_ATTESTATION) for an answer to be confirmed, UNKNOWN(UNMAPPED) for any
        other, UNKNOWN(CENSORED) for a quantity that is neither zero nor above or below a limit.

    Source:
        rules sheet A.11, virology; clinical review, PUT-12.
    """
    return judge_current(node, node.query, scene, lambda finding: _side(finding, node), node.on_conflict)


def _side(finding: Finding, node: Coded) -> Side:
    sides = {_side_of(answer, node, finding) for answer in _answers(finding, node)}
    truths = {side for side in sides if isinstance(side, Truth)}
    if len(truths) > 1:
        note = "the value and its interpretation contradict each other"
        return Cause(reason=UnknownReason.CONFLICTING, note=note, evidence=(of_finding(finding),))
    causes = [side for side in sides if isinstance(side, Cause)]
    confirmable = [side for side in causes if side.reason is UnknownReason.NEEDS_ATTESTATION]
    if confirmable:
        return confirmable[0]
    if truths:
        return truths.pop()
    if _is_open(finding, node):
        note = "the reported limit does not say whether anything was found"
        return Cause(reason=UnknownReason.CENSORED, note=note, evidence=(of_finding(finding),))
    return causes[0] if causes else _unmapped(finding)


def _side_of(answer: ConceptId, node: Coded, finding: Finding) -> Side:
    if answer in node.met:
        return Truth.MET
    if answer in node.not_met:
        return Truth.NOT_MET
    if answer in node.unconfirmed:
        note = "the answer needs confirmation"
        return Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note, evidence=(of_finding(finding),))
    return _unmapped(finding)


def _unmapped(finding: Finding) -> Cause:
    note = "the answer is none of those the criterion knows"
    return Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=(of_finding(finding),))


def _answers(finding: Finding, node: Coded) -> Iterator[ConceptId]:
    if isinstance(finding.reported, CodedValue):
        yield from finding.reported.answers
    if node.by_limit and isinstance(finding.reported, Quantity):
        detected = _is_detected(finding.reported)
        if detected is not None:
            yield DETECTED if detected else NOT_DETECTED
    yield from finding.interpretation


def _is_open(finding: Finding, node: Coded) -> bool:
    value = finding.reported
    return node.by_limit and isinstance(value, Quantity) and is_measurable(value.value)


def _is_detected(value: Quantity) -> bool | None:
    # `<20` is not detected at the limit of the method; 0 is not detected; `>=0` says nothing
    if not is_measurable(value.value) or value.value < 0:
        return None
    if value.comparator in {Comparator.LESS, Comparator.LESS_OR_EQUAL}:
        return False
    if value.comparator is Comparator.GREATER_OR_EQUAL and value.value == 0:
        return None
    return value.value > 0 or value.comparator is Comparator.GREATER
