"""The answers of a questionnaire: QuestionnaireResponse.item, to any depth, by link.

Knows: which type of value a link asks for. Does not know: who answered, or when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from msgspec import UNSET, Raw, UnsetType

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.protocol import AttestationLink, LinkType
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.datetimes import parse_moment
from fhir_adapter.r4.quantities import read_number
from fhir_adapter.r4.wire import ABSENT, Coding, Wire, is_present

Value = bool | date | Decimal | str


class QuestionnaireAnswer(Wire):
    """QuestionnaireResponse.item.answer, as far as it is used."""

    value_boolean: bool | UnsetType = UNSET
    value_date: str = ""
    value_integer: Raw = ABSENT
    value_string: str = ""
    value_coding: Coding | None = None
    item: tuple[QuestionnaireItem, ...] = ()
    modifier_extension: tuple[Raw, ...] = ()


class QuestionnaireItem(Wire):
    """QuestionnaireResponse.item, as far as it is used."""

    link_id: str = ""
    answer: tuple[QuestionnaireAnswer, ...] = ()
    item: tuple[QuestionnaireItem, ...] = ()
    modifier_extension: tuple[Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One statement of the trial as answered."""

    link_id: str
    value: Value
    path: str


@dataclass(slots=True)
class Answers:
    """The answers to the trial's links; `parts` could not be used, `breach` refuses the whole response."""

    given: list[GivenAnswer] = field(default_factory=list)
    parts: list[Rejection] = field(default_factory=list)
    breach: Rejection | None = None


def read_answers(items: tuple[QuestionnaireItem, ...], path: str, links: Mapping[str, AttestationLink]) -> Answers:
    """Read the answers to the trial's links, wherever in the questionnaire they stand.

    Does not choose between two answers to one link: both are rejected.

    Args:
        items: As received.
        path: FHIRPath of their parent.
        links: linkId -> what may be stated there.

    Returns:
        Answers in document order. Links the trial does not know and unanswered ones are left out. A refused
        answer names its link as what it is about.

    Source:
        http://hl7.org/fhir/R4/questionnaireresponse-definitions.html; design contracts, Attestations.
    """
    walked = tuple(_walk(items, path))
    answers = Answers(breach=_breach(walked))
    if answers.breach is not None:
        return answers
    asked = [(where, item) for where, item in walked if item.link_id in links and item.answer]
    times = Counter(item.link_id for _, item in asked)
    for where, item in asked:
        value = _read(item, where, links[item.link_id], times[item.link_id])
        if isinstance(value, Rejection):
            answers.parts.append(replace(value, concepts=(ConceptId(item.link_id),)))
        else:
            answers.given.append(GivenAnswer(item.link_id, value, f"{where}.answer[0].value"))
    return answers


def _walk(items: tuple[QuestionnaireItem, ...], path: str) -> Iterator[tuple[str, QuestionnaireItem]]:
    for index, item in enumerate(items):
        where = f"{path}.item[{index}]"
        yield where, item
        yield from _walk(item.item, where)
        for number, answer in enumerate(item.answer):
            yield from _walk(answer.item, f"{where}.answer[{number}]")


def _breach(walked: tuple[tuple[str, QuestionnaireItem], ...]) -> Rejection | None:
    for where, item in walked:
        changed = [f"{where}.answer[{i}]" for i, answer in enumerate(item.answer) if answer.modifier_extension]
        if item.modifier_extension:
            changed.insert(0, where)
        if changed:
            path = f"{changed[0]}.modifierExtension"
            return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=path)
    return None


def _read(item: QuestionnaireItem, where: str, link: AttestationLink, times: int) -> Value | Rejection:
    if times > 1 or len(item.answer) > 1:
        return _refuse(f"{where}.answer", "several")
    path = f"{where}.answer[0].value"
    answer = item.answer[0]
    present = _present(answer)
    if len(present) > 1:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="several")
    if not present or present[0] not in _SHAPES[link.type]:
        return _refuse(path, "type")
    return _READERS[link.type](answer, link, path)


def _present(answer: QuestionnaireAnswer) -> list[str]:
    shapes = (
        ("boolean", answer.value_boolean is not UNSET),
        ("date", bool(answer.value_date)),
        ("integer", is_present(answer.value_integer)),
        ("string", bool(answer.value_string)),
        ("coding", answer.value_coding is not None),
    )
    return [name for name, there in shapes if there]


def _boolean(answer: QuestionnaireAnswer, _link: AttestationLink, path: str) -> Value | Rejection:
    return answer.value_boolean if answer.value_boolean is not UNSET else _refuse(path, "type")


def _date(answer: QuestionnaireAnswer, _link: AttestationLink, path: str) -> Value | Rejection:
    moment = parse_moment(answer.value_date)
    if not isinstance(moment, FhirDateTime) or moment.precision is Precision.TIME:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="date")
    return moment.first_day if moment.precision is Precision.DAY else _refuse(path, "partial-date")


def _integer(answer: QuestionnaireAnswer, _link: AttestationLink, path: str) -> Value | Rejection:
    number = read_number(answer.value_integer, path)
    if isinstance(number, Decimal) and not bytes(answer.value_integer).lstrip(b"-").isdigit():
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="integer")
    return number


def _code(answer: QuestionnaireAnswer, link: AttestationLink, path: str) -> Value | Rejection:
    code = answer.value_coding.code if answer.value_coding is not None else answer.value_string
    if code in link.values:
        return code
    return Rejection(reason=RejectionReason.UNMAPPED_CODE, path=path, detail="not-allowed")


def _refuse(path: str, detail: str) -> Rejection:
    return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail=detail)


_SHAPES: Final[Mapping[LinkType, tuple[str, ...]]] = {
    LinkType.BOOLEAN: ("boolean",),
    LinkType.DATE: ("date",),
    LinkType.INTEGER: ("integer",),
    LinkType.CODE: ("coding", "string"),
}
_READERS: Final[Mapping[LinkType, Callable[[QuestionnaireAnswer, AttestationLink, str], Value | Rejection]]] = {
    LinkType.BOOLEAN: _boolean,
    LinkType.DATE: _date,
    LinkType.INTEGER: _integer,
    LinkType.CODE: _code,
}
