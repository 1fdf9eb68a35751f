"""Everything a person sees who decides on dose levels.

Knows: how the parts of that view come together. Does not know: the store, how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from fhir_adapter.domain.cohort.board import BoardLine, build_board
from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.deviation import FoundDeviation, find_deviations
from fhir_adapter.domain.cohort.hold import CohortHold, find_hold, held_subjects
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.source import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView:
    """Where the dose escalation stands.

    Attributes:
        as_of: Clinical time the board is shown for.
        decisions: 0..*; every recorded decision, oldest first.
        hold: 0..1; what the cohort holds now.
        held: 0..*; whom it keeps from an infusion.
        outdated: 0..*; subjects about whom something was saved that no record was derived with yet.
    """

    cohort: Cohort
    as_of: datetime
    decisions: tuple[EscalationDecision, ...]
    hold: CohortHold | None
    held: tuple[SubjectId, ...]
    deviations: tuple[FoundDeviation, ...]
    board: tuple[BoardLine, ...]
    outdated: tuple[SubjectId, ...] = ()

    @property
    def is_alarm(self) -> bool:
        """The stopping rule is met, or the study is stopped."""
        return self.cohort.proposal.action is EscalationAction.STOP_STUDY


def build_view(  # noqa: PLR0913 - one named part per thing it is built from
    cohort: Cohort,
    decisions: tuple[EscalationDecision, ...],
    *,
    infusions: tuple[int, ...],
    as_of: datetime,
    zone: tzinfo,
    everyone: bool = False,
    outdated: tuple[SubjectId, ...] = (),
) -> EscalationView:
    """Put together what a person sees.

    Args:
        cohort: As it stands.
        decisions: 0..*; every recorded decision, in any order.
        infusions: Numbers of the cell infusions of the plan.
        as_of: Clinical time, aware.
        zone: The hospital's zone.
        everyone: True: the board shows those too whose observation is over.
        outdated: 0..*; subjects whose records are not up to date.

    Returns:
        The view.
    """
    ordered = tuple(sorted(decisions, key=lambda each: (each.at, each.id)))
    return EscalationView(
        cohort=cohort,
        as_of=as_of.astimezone(zone),
        decisions=ordered,
        hold=find_hold(cohort),
        held=held_subjects(cohort, infusions),
        deviations=find_deviations(cohort, ordered),
        board=build_board(cohort, infusions=infusions, as_of=as_of, zone=zone, everyone=everyone),
        outdated=outdated,
    )
