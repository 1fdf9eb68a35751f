"""What absence means, and whether everything was read that it rests on.

Knows: receipts, refused resources, the three meanings of absence. Does not know: which facts were looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.evidence import of_gap, of_receipt
from fhir_adapter.domain.gaps import cause_of, is_unmapped_code, withheld
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Absence, Node
from fhir_adapter.domain.queries import UnknownReason, Window
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.selection import CITED
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.timeline import Gap

MEDICATION_ADMINISTRATION = "MedicationAdministration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was looked for and where: FHIR types, window, clinical words.

    Attributes:
        lasting: True where something refused that began before the window matters too, if it may have lasted
            into it.
    """

    types: tuple[str, ...]
    window: Window | None
    what: str
    lasting: bool = False


def answer_absence(
    node: Node, absence: Absence, scene: Scene, sought: Sought, *, seen: tuple[Evidence, ...] = ()
) -> Answer:
    """Answer a statement for which nothing was found.

    Args:
        node: The statement.
        absence: What absence means: MISSING, NEEDS_ATTESTATION, or NOT_MET if everything was read.
        scene: Receipts and gaps.
        sought: Types the statement rests on, and the window outside which nothing matters.
        seen: What was found and does not count (an older event), cited with the answer.

    Returns:
        NOT_MET with the receipts as evidence where absence is complete and every type was read to its last
        page with nothing hidden, truncated, rejected or unmapped in the window; else UNKNOWN with the causes.

    Source:
        design contracts, Criteria and verdicts: absence.
    """
    gaps = _gaps(scene, sought)
    expires = _edges(gaps, scene, sought)
    causes = list(withheld(scene.timeline, sought.types))
    unmapped = _unmapped([gap for gap in gaps if is_unmapped_code(gap)])
    receipts: tuple[Evidence, ...] = ()
    if absence is Absence.ATTEST:
        note = "; ".join(["none found, which proves nothing", *(cause.note for cause in unmapped)])
        causes.append(Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note))
    elif absence is Absence.MISSING:
        causes += [*unmapped, Cause(reason=UnknownReason.MISSING)]
    else:
        reading = find_unread(scene, sought)
        causes, receipts = list(reading.causes), reading.receipts
    evidence = (*seen, *receipts)
    if causes:
        return unknown(node, causes, what=sought.what, evidence=evidence, expires=expires)
    return decided(node, Truth.NOT_MET, evidence=evidence, expires=expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInFull:
    """Whether everything was read that an absence rests on.

    Attributes:
        causes: 0..*; what was not; empty = absence proves something.
        receipts: 0..*; the receipts it rests on.
        expires: 0..1; when time alone may change it.
    """

    causes: tuple[Cause, ...]
    receipts: tuple[Evidence, ...]
    expires: datetime | None


def find_unread(scene: Scene, sought: Sought) -> ReadInFull:
    """Find what was not read of the types an absence rests on: withheld, not to the last page, refused, unmapped.

    Args:
        scene: Receipts and gaps.
        sought: Types, and the window outside which nothing matters.

    Returns:
        Every cause, and the receipts there are.

    Source:
        design contracts, Criteria and verdicts: absence.
    """
    gaps, known = _gaps(scene, sought), scene.timeline.completeness
    causes = list(withheld(scene.timeline, sought.types))
    causes += _unmapped([gap for gap in gaps if is_unmapped_code(gap)])
    causes += [cause for kind in sought.types for cause in _unread(kind, scene)]
    causes += [cause for gap in gaps if not is_unmapped_code(gap) and (cause := cause_of(gap)) is not None]
    return ReadInFull(
        causes=tuple(causes),
        receipts=tuple(of_receipt(known[kind]) for kind in sought.types if kind in known),
        expires=_edges(gaps, scene, sought),
    )


def _gaps(scene: Scene, sought: Sought) -> list[Gap]:
    return [gap for gap in scene.timeline.gaps if _may_count(gap, scene, sought)]


def _edges(gaps: Sequence[Gap], scene: Scene, sought: Sought) -> datetime | None:
    spans = [at for gap in gaps if (at := scene.start_of(gap.rejection.effective)) is not None]
    if sought.lasting:
        spans += [at for gap in gaps if (at := _end_of(gap, scene)) is not None]
    return scene.edges(spans, [sought.window])


def _unread(kind: str, scene: Scene) -> list[Cause]:
    receipt = scene.timeline.completeness.get(kind)
    wanted = f"a complete reading of {kind}"
    if receipt is None or not receipt.complete or receipt.truncated:
        return [Cause(reason=UnknownReason.MISSING, note=f"{kind} was not read completely", wanted=wanted)]
    if receipt.rejected and not any(gap.source.type == kind and not gap.is_part for gap in scene.timeline.gaps):
        note = f"{receipt.rejected} {kind} resources were rejected"
        return [Cause(reason=UnknownReason.UNMAPPED, note=note, wanted=wanted)]
    return []


def _unmapped(gaps: Sequence[Gap]) -> list[Cause]:
    """Give one cause for everything whose code nobody has mapped yet: it may be what was looked for."""
    if not gaps:
        return []
    kinds = ", ".join(sorted({gap.source.type for gap in gaps}))
    evidence = tuple(map(of_gap, gaps[:CITED]))
    return [
        Cause(reason=UnknownReason.UNMAPPED, note=f"{len(gaps)} unmapped {kinds} resources", evidence=evidence)
    ]


def _may_count(gap: Gap, scene: Scene, sought: Sought) -> bool:
    """Say whether a refused resource may be what was looked for; a refused part of one that was read is not."""
    if gap.is_part or gap.source.type not in sought.types:
        return False
    at = scene.start_of(gap.rejection.effective)
    place = scene.place(at, sought.window) if at is not None else Place.UNCERTAIN
    if place is Place.OUTSIDE and sought.lasting:
        return _may_have_lasted(gap, scene, sought)
    return place in {Place.INSIDE, Place.UNCERTAIN}


def _may_have_lasted(gap: Gap, scene: Scene, sought: Sought) -> bool:
    effective, end = gap.rejection.effective, _end_of(gap, scene)
    if end is None:
        return effective is not None and effective.is_period
    return scene.place(end, sought.window) is not Place.OUTSIDE


def _end_of(gap: Gap, scene: Scene) -> Span | None:
    effective = gap.rejection.effective
    return scene.span_of(effective.end) if effective is not None else None
