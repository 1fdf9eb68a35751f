"""Assess the operators that combine statements.

Knows: Kleene logic, agreement of sources, falling back, asking a person. Does not know: any leaf; the caller
passes the function that answers one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from fhir_adapter.domain.answers import first_unknown, in_order, reasons_of
from fhir_adapter.domain.judgement import CONFLICT, settle_conflict
from fhir_adapter.domain.logic import Truth, all_of, any_of, negate
from fhir_adapter.domain.operators import Agree, AllOf, AnyOf, Attestable, FirstAvailable, Node, Not, When
from fhir_adapter.domain.queries import OnConflict, UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene

_T = TypeVar("_T")

Ask = Callable[[Node, Scene], Answer]

_UNAVAILABLE = frozenset({UnknownReason.MISSING, UnknownReason.STALE, UnknownReason.NOT_YET_DUE})

_ANY_FACT = frozenset({UnknownReason.MISSING, UnknownReason.NEEDS_ATTESTATION})


def assess_all_of(node: AllOf, scene: Scene, ask: Ask) -> Answer:
    """Every statement holds; the ones that do not are the evidence of NOT_MET."""
    answers = [ask(each, scene) for each in node.of]
    return _combined(node, all_of(answer.truth for answer in answers), answers, scene)


def assess_any_of(node: AnyOf, scene: Scene, ask: Ask) -> Answer:
    """At least one statement holds; the ones that do are the evidence of MET."""
    answers = [ask(each, scene) for each in node.of]
    return _combined(node, any_of(answer.truth for answer in answers), answers, scene)


def assess_not(node: Not, scene: Scene, ask: Ask) -> Answer:
    """The statement does not hold."""
    lets_in = negate(scene.lets_in) if scene.lets_in is not None else None
    answer = ask(node.of, scene.steering(lets_in))
    return _combined(node, negate(answer.truth), [answer], scene)


def assess_when(node: When, scene: Scene, ask: Ask) -> Answer:
    """If the condition holds then one statement, otherwise another.

    Args:
        node: Condition and both statements.
        scene: What it is assessed against.
        ask: Answers a statement.

    Returns:
        The chosen statement's answer; with an UNKNOWN condition the answer both give, else UNKNOWN for the
        condition's reason: what one statement lacks counts once it is known which of them is asked. Where both
        lack the same, that counts too.

    Source:
        S. C. Kleene, Introduction to Metamathematics (1952), section 64.
    """
    condition = ask(node.condition, scene.steering(None))
    if condition.truth is not Truth.UNKNOWN:
        chosen = ask(node.then if condition.truth is Truth.MET else node.otherwise, scene)
        return _combined(node, chosen.truth, [condition, chosen], scene, deciding=[condition, chosen])
    branches = [ask(each, scene) for each in (node.then, node.otherwise)]
    truths = {branch.truth for branch in branches}
    answers = [condition, *branches]
    truth = truths.pop() if len(truths) == 1 else Truth.UNKNOWN
    whole = _combined(node, truth, answers, scene, deciding=answers)
    if truth is not Truth.UNKNOWN or branches[0].reason is branches[1].reason:
        return whole
    return replace(whole, reason=condition.reason, next_fact=_next_fact(node, condition))


def assess_agree(node: Agree, scene: Scene, ask: Ask) -> Answer:
    """Several sources carry the same statement.

    Args:
        node: The sources, and what holds where they conflict.
        scene: What it is assessed against.
        ask: Answers a statement.

    Returns:
        MET if some source is MET and none NOT_MET, and the other way round. Opposite sources, or one that
        conflicts in itself, conflict; `on_conflict` may take a side of opposite ones.

    Source:
        clinical review, PUT-10 and PUT-11; design contracts, Criteria and verdicts: conflict.
    """
    answers = [ask(each, scene) for each in node.of]
    truths = {answer.truth for answer in answers} - {Truth.UNKNOWN}
    if any(answer.reason is UnknownReason.CONFLICTING for answer in answers) or not truths:
        return _combined(node, Truth.UNKNOWN, answers, scene)
    if len(truths) == 1:
        return _combined(node, next(iter(truths)), answers, scene)
    side, notes = settle_conflict(scene.lets_in, node.on_conflict)
    if side:
        return _combined(node, side.pop(), answers, scene, deciding=_decided(answers), notes=notes)
    return _combined(node, Truth.UNKNOWN, [*answers, _conflict(node, _decided(answers))], scene)


def _conflict(node: Node, sides: Sequence[Answer]) -> Answer:
    """Say that decided answers contradict each other."""
    subject = node.next_fact or node.label or next((each.label for each in sides if each.label), "the statement")
    return Answer(
        truth=Truth.UNKNOWN,
        reason=UnknownReason.CONFLICTING,
        next_fact=f"{subject}: the conflict settled by a person",
        label=CONFLICT.note,
        evidence=in_order(each for answer in sides for each in answer.evidence),
    )


def assess_first_available(node: FirstAvailable, scene: Scene, ask: Ask) -> Answer:
    """The first statement for which there is anything current.

    Args:
        node: Statements in falling preference, the warning for any but the first.
        scene: What it is assessed against.
        ask: Answers a statement.

    Returns:
        The first answer that is decided, or UNKNOWN for another cause than MISSING, STALE or NOT_YET_DUE; the
        warning is a note where that is not the first. UNKNOWN with all causes where none is available.

    Source:
        reading A9: a score by the other scale is accepted with a warning.
    """
    answers: list[Answer] = []
    for each in node.of:
        answer = ask(each, scene)
        answers.append(answer)
        if answer.truth is not Truth.UNKNOWN or not _UNAVAILABLE.issuperset(reasons_of(answer)):
            notes = (node.warning,) if node.warning and len(answers) > 1 else ()
            return _combined(node, answer.truth, answers, scene, deciding=[answer], notes=notes)
    return _combined(node, Truth.UNKNOWN, answers, scene)


def assess_attestable(node: Attestable, scene: Scene, ask: Ask) -> Answer:
    """Data decide; where they leave it UNKNOWN for one of the named reasons, an attestation may.

    Data that let the patient in never outvote a person who says otherwise; data that keep out are not outvoted.

    Args:
        node: The rule, the attestation, the reasons for which it is asked, what holds where they contradict.
        scene: What it is assessed against.
        ask: Answers a statement.

    Returns:
        The rule's answer where it is decided or its reason is not named, and where nobody attested anything:
        a statement that is merely possible is no cause. Else the attestation's; where that is UNKNOWN too
        (stale, conflicting) the causes of both count. CONFLICTING where the data let in and a person keeps out;
        with `worst` the person's word holds, whatever the data leave open.

    Source:
        design contracts, Criteria and verdicts: mode assist; Attestations: true on an exclusion excludes.
    """
    answer, attested = ask(node.rule, scene), ask(node.by, scene)
    if _objects(answer, attested, node, scene):
        side, notes = settle_conflict(scene.lets_in, node.on_conflict)
        both = [answer, attested]
        if side:
            return _combined(node, side.pop(), both, scene, deciding=[attested], notes=notes)
        stated = [attested] if attested.truth is Truth.UNKNOWN else [_conflict(node, both)]
        return _combined(node, Truth.UNKNOWN, [*both, *stated], scene)
    if answer.reason is None or answer.reason not in node.on:
        return _combined(node, answer.truth, [answer], scene)
    if attested.reason is UnknownReason.NEEDS_ATTESTATION:
        return _combined(node, Truth.UNKNOWN, [answer], scene)
    deciding = [answer, attested] if attested.truth is Truth.UNKNOWN else [attested]
    return _combined(node, attested.truth, [answer, attested], scene, deciding=deciding)


def _objects(answer: Answer, attested: Answer, node: Attestable, scene: Scene) -> bool:
    """Say whether a person keeps the patient out, or people disagree, where the data alone would not."""
    lets_in = scene.lets_in
    if answer.truth is Truth.UNKNOWN:
        holds = node.on_conflict is OnConflict.WORST and lets_in is not None
        return holds and attested.truth is not Truth.UNKNOWN and attested.truth is not lets_in
    if lets_in not in {None, answer.truth}:
        return False
    if attested.truth is Truth.UNKNOWN:
        return attested.reason is UnknownReason.CONFLICTING
    return attested.truth is not answer.truth


def _decided(answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.truth is not Truth.UNKNOWN]


def _combined(
    node: Node,
    truth: Truth,
    answers: Sequence[Answer],
    scene: Scene,
    *,
    deciding: Sequence[Answer] | None = None,
    notes: tuple[str, ...] = (),
) -> Answer:
    """Build the answer of a statement made of others, resting on those that decide it."""
    rests_on = deciding if deciding is not None else _deciding(node, truth, answers)
    first = first_unknown(answers) if truth is Truth.UNKNOWN else None
    only = rests_on[0] if len(rests_on) == 1 else None
    return Answer(
        truth=truth,
        reason=first.reason if first is not None else None,
        next_fact=_next_fact(node, first) if first is not None else None,
        part=node.part,
        label=node.label,
        parts=tuple(answers),
        evidence=only.evidence if only else in_order(each for answer in rests_on for each in answer.evidence),
        computations=only.computations if only else _once(answer.computations for answer in rests_on),
        notes=only.notes if only and not notes else _once([notes, *(answer.notes for answer in rests_on)]),
        expires=scene.next_of(answer.expires for answer in answers),
    )


def _once(groups: Iterable[tuple[_T, ...]]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group))


def _next_fact(node: Node, first: Answer) -> str | None:
    """Take the words of the whole statement where any fact would do, else the exact ones of the part."""
    return node.next_fact if node.next_fact and first.reason in _ANY_FACT else first.next_fact


def _deciding(node: Node, truth: Truth, answers: Sequence[Answer]) -> Sequence[Answer]:
    """Give the answers a decided statement rests on: those on its side; all of them where it is UNKNOWN."""
    if truth is Truth.UNKNOWN or isinstance(node, Not | Attestable):
        return answers
    return [answer for answer in answers if answer.truth is truth]
