"""decisions.yaml -> scripted decisions.

Knows: which answers fit which question, who is listed. Does not know: the store, whether an item waits.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from fhir_adapter.definitions.file_decisions import DecisionRow, DecisionsFile
from fhir_adapter.definitions.file_set import HospitalFiles
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.domain.answering import check_answer
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.scripted import ScriptedAnswer, ScriptedDecision, ScriptedEscalation
from fhir_adapter.errors import DecisionRefusedError


def compile_decisions(files: HospitalFiles, trial: str) -> tuple[ScriptedDecision, ...]:
    """Compile what the invented people of a hospital decide about one trial.

    Args:
        files: hospitals/<id>/.
        trial: Id of the trial.

    Returns:
        0..*; earliest first; none where the hospital has no such file, or one for another trial.

    Raises:
        DefinitionError: Somebody is not listed, a moment does not exist or is not after the one above it, an
            answer does not fit its question, or a row decides nothing or two things.
    """
    file = files.decisions
    if file is None or file.model.trial != trial:
        return ()
    people = {row.id for row in files.hospital.model.people}
    found = tuple(_decision(file, place, row) for place, row in enumerate(file.model.decisions))
    for place, each in enumerate(found):
        if each.by not in people:
            raise file.error(("decisions", place, "by"), "nobody of that id", "list the person in hospital.yaml")
    for place, (before, after) in enumerate(pairwise(found), start=1):
        if after.at <= before.at:
            raise file.error(("decisions", place, "at"), "not after the decision above it", "sort them by time")
    return found


def _decision(file: Typed[DecisionsFile], place: int, row: DecisionRow) -> ScriptedDecision:
    steps: tuple[Step, ...] = ("decisions", place)
    return ScriptedDecision(
        at=_moment(file, (*steps, "at"), row.at),
        by=row.by,
        reason=row.reason,
        decided=_decided(file, steps, row),
    )


def _decided(
    file: Typed[DecisionsFile], steps: tuple[Step, ...], row: DecisionRow
) -> ScriptedAnswer | ScriptedEscalation:
    answer, escalation = row.answer, row.escalation
    if answer is None and escalation is not None:
        return ScriptedEscalation(action=escalation.action, level=escalation.level)
    if answer is None or escalation is not None:
        raise file.error(steps, "exactly one of `answer` and `escalation` is needed", "one decision per row")
    kind = ItemKind(answer.kind)
    try:
        check_answer(kind, answer.values)
    except DecisionRefusedError as refused:
        raise file.error((*steps, "answer", "values"), str(refused)) from None
    return ScriptedAnswer(kind=kind, patient=answer.patient, about=answer.about, values=dict(answer.values))


def _moment(file: Typed[DecisionsFile], steps: tuple[Step, ...], text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise file.error(steps, "no such moment", "write it like 2026-03-11T12:00:00+01:00") from None
