"""Judge now whether a cell infusion may be given, from the facts in the store; nothing is saved.

Knows: loading one subject's facts, infusions already given. Does not know: how a criterion is judged.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from fhir_adapter.domain.cohort.hold import apply_hold
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.dosing.derive import before
from fhir_adapter.domain.dosing.records import ClearanceRecord
from fhir_adapter.domain.reactions import Reactions
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import UsageError
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.derive import DeriveRequest, Deriving
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.escalation import has_escalation, load_cohort
from fhir_adapter.sync.safeguarding import tell_reactions
from fhir_adapter.sync.treated import find_carried, infusion_numbers, require_regimen


def run_clearance(desk: Desk, subject: str, infusion: int) -> ClearanceRecord:
    """Judge one infusion's criteria at the desk's time; of an infusion already given, its start.

    Does not read the hospital: what was synced last is what is known. Where the trial escalates doses, a hold of
    the cohort is one more criterion of an infusion not given yet.

    Args:
        desk: Names trial, hospital and clinical time.
        subject: As given on the command line.
        infusion: Number of the cell infusion.

    Returns:
        The clearance, HOLD and UNKNOWN alike.

    Raises:
        UsageError: There is no such subject, no treatment plan, or no such infusion in it.
    """
    numbers = infusion_numbers(require_regimen(desk.trial))
    if infusion not in numbers:
        known = ", ".join(map(str, numbers)) or "none"
        raise UsageError(
            f"--infusion {infusion} is not in the treatment plan of {desk.trial.id}; there are: {known}"
        )
    row = find_carried(desk, subject)
    as_of = desk.as_of or desk.clock.now().astimezone(desk.traits.zone)
    request = DeriveRequest(
        run="clearance",
        trial=desk.trial,
        traits=desk.traits,
        ids=desk.ids,
        reading_digest=desk.reading_digest,
        as_of=as_of,
        only=frozenset({row.subject}),
    )
    deriving = Deriving(desk.store, desk.clock, request)
    case = deriving.assess(row)
    given = _judged_given(desk, row.subject, infusion, as_of)
    record = derive_clearance(
        case.timeline,
        desk.trial,
        subject=row.subject,
        infusion=infusion,
        as_of=as_of,
        zone=desk.traits.zone,
        infused_at=given.as_of if given is not None else None,
        infused_by=given.infused_by if given is not None else None,
        stopped_dose=desk.traits.stopped_dose,
        reactions=_reactions(case, infusion),
    )
    return apply_hold(record, load_cohort(desk)) if has_escalation(desk.trial) else record


def _reactions(case: Case, infusion: int) -> Reactions | None:
    """Give what tells of the subject's adverse reactions at a moment, by the treatment derived now."""
    known, treatment = tell_reactions(case), case.treatment
    if known is None or treatment is None:
        return None
    given = tuple((each.infusion, each.as_of) for each in treatment.clearances if each.is_retrospective)
    return partial(known, treatment.records, before(infusion, given))


def _judged_given(desk: Desk, subject: SubjectId, infusion: int, as_of: datetime) -> ClearanceRecord | None:
    """Give how the infusion was judged, where the newest treatment record says that it had begun by then."""
    stored = desk.store.records.latest_treatment(subject)
    judged = stored.record.clearances if stored is not None else ()
    given = [each for each in judged if each.infusion == infusion and each.is_retrospective]
    return given[0] if given and given[0].as_of <= as_of else None
