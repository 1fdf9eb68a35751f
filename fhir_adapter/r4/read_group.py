"""FHIR Group -> the patients it lists, to choose whom a run is about.

Knows: Group's members. Does not know: facts; a group says nothing about a patient's health.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.status_codes import GroupType
from fhir_adapter.r4.strict import find_problem
from fhir_adapter.r4.wire import Reference, Resource, Wire

_PATIENT = re.compile(r"Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class GroupMemberEntry(Wire):
    """Group.member."""

    entity: Reference
    inactive: bool = False
    modifier_extension: tuple[Raw, ...] = ()


class Group(Resource, tag="Group"):
    """Group, as far as it is used."""

    type: str = ""
    actual: bool = False
    member: tuple[GroupMemberEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One patient of a group; `inactive` = no longer in it."""

    patient: str
    inactive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReading:
    """The patients of a group, in its order, and the members that are not known patients.

    Attributes:
        id: Logical id of the group; empty where the document could not be read.
        members: 0..*; each patient once; inactive only if every entry of the patient is.
        rejections: 0..*; what could not be read.
        unread: Positions (1-based) of the members among them.
        refused: 0..1; why the group as a whole is of no use.
    """

    id: str
    members: tuple[GroupMember, ...]
    rejections: tuple[Rejection, ...]
    unread: tuple[int, ...] = ()
    refused: Rejection | None = None


_decoder = msgspec.json.Decoder(Group)


def read_group(raw: bytes | memoryview, page: PageContext, base_urls: tuple[str, ...] = ()) -> GroupReading:
    """Read whom a group lists.

    Never raises, whatever the bytes. Does not follow groups within groups.

    Args:
        raw: One JSON document, UTF-8.
        page: Where it came from, to make absolute and urn:uuid references relative.
        base_urls: 0..*; further bases of this hospital.

    Returns:
        Members and rejections; a group that is not a list of actual persons has only the latter.

    Source:
        http://hl7.org/fhir/R4/group.html
    """
    data = bytes(raw)
    problem = find_problem(data)
    if problem is not None:
        return _refused("", RejectionReason.INVALID_RESOURCE, "Group", problem)
    try:
        group = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _refused("", RejectionReason.INVALID_RESOURCE, "Group", "json")
    return _breach(group) or _read(group, page, base_urls)


def _breach(group: Group) -> GroupReading | None:
    if group.modifier_extension:
        return _refused(group.id, RejectionReason.MODIFIER_EXTENSION, "Group.modifierExtension")
    if group.implicit_rules:
        return _refused(group.id, RejectionReason.IMPLICIT_RULES, "Group.implicitRules")
    if group.type != GroupType.PERSON:
        known = group.type in list(GroupType)
        reason = RejectionReason.UNSUPPORTED_VALUE if known else RejectionReason.UNKNOWN_STATUS
        return _refused(group.id, reason, "Group.type")
    if not group.actual:
        return _refused(group.id, RejectionReason.UNSUPPORTED_VALUE, "Group.actual", "descriptive")
    return None


def _read(group: Group, page: PageContext, base_urls: tuple[str, ...]) -> GroupReading:
    members: dict[str, bool] = {}
    rejections: list[Rejection] = []
    unread: list[int] = []
    for index, member in enumerate(group.member):
        path = f"Group.member[{index}]"
        patient = _patient(member.entity.reference, page, base_urls)
        if member.modifier_extension or patient is None:
            unread.append(index + 1)
        if member.modifier_extension:
            path += ".modifierExtension"
            rejections.append(Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=path))
        elif patient is None:
            path += ".entity"
            rejections.append(Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="reference"))
        else:
            members[patient] = members.get(patient, True) and member.inactive
    listed = tuple(GroupMember(patient, inactive) for patient, inactive in members.items())
    return GroupReading(id=group.id, members=listed, rejections=tuple(rejections), unread=tuple(unread))


def _patient(text: str, page: PageContext, base_urls: tuple[str, ...]) -> str | None:
    for candidate in _relative(page.references.get(text, text), page, base_urls):
        match = _PATIENT.fullmatch(candidate)
        if match is not None:
            return match[1]
    return None


def _relative(text: str, page: PageContext, base_urls: tuple[str, ...]) -> Iterator[str]:
    yield text
    for base in (page.base, *base_urls):
        if base is not None:
            yield text.removeprefix(f"{base.rstrip('/')}/")


def _refused(group: str, reason: RejectionReason, path: str, detail: str = "") -> GroupReading:
    rejection = Rejection(reason=reason, path=path, detail=detail)
    return GroupReading(id=group, members=(), rejections=(rejection,), refused=rejection)
