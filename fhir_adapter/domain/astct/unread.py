"""What was not read or not recorded around a syndrome: it never counts as none.

Knows: drugs that could not be read, domains without a record. Does not know: grades.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_adapter.domain.anchor import AS_OF, Anchor
from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.astct.hypotension import Circulation
from fhir_adapter.domain.astct.hypoxia import Breathing
from fhir_adapter.domain.astct.pressors import undated_pressors
from fhir_adapter.domain.astct.readings import View, count_undated
from fhir_adapter.domain.astct.windows import InfusionWindow
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION, Sought, find_unread
from fhir_adapter.domain.gaps import about
from fhir_adapter.domain.queries import Window
from fhir_adapter.domain.safety_model.crs_rule import CrsRule, MaskingDrugs
from fhir_adapter.domain.scene import Scene, utc
from fhir_adapter.domain.spans import Span, span, stale_from
from fhir_adapter.domain.timeline import Gap


@dataclass(frozen=True, slots=True)
class Unread:
    """Whether silence about drugs that mask a fever means that none was given.

    Attributes:
        within: 0..1; the longest time for which a drug masks; None = none does.
    """

    view: View
    within: Window | None

    @property
    def edges(self) -> Iterator[datetime]:
        """Give the moments from which an administration that could not be read may matter, and no longer does."""
        for gap in self.view.timeline.gaps if self.within is not None else ():
            at = _when(gap, self.view)
            if at is not None and gap.source.type == MEDICATION_ADMINISTRATION and self.within is not None:
                yield at.first
                yield stale_from(at.last, at.last_day, self.within, self.view.zone)

    def at(self, moment: datetime) -> tuple[Cause, ...]:
        """Say why it is not known whether fever is masked at a moment; nothing where every drug was read."""
        if self.within is None:
            return ()
        day = moment.astimezone(self.view.zone).date()
        anchor = Anchor(start=moment, time=moment, day=day, source=AS_OF)
        scene = Scene(timeline=self.view.timeline, anchor=anchor, as_of=utc(moment), zone=self.view.zone)
        sought = Sought(
            types=(MEDICATION_ADMINISTRATION,), window=self.within, what="drugs that mask fever", lasting=True
        )
        found = find_unread(scene, sought).causes
        return tuple(replace(each, note=f"whether fever is masked is not known: {each.note}") for each in found)


def read_unread(view: View, rules: Sequence[MaskingDrugs]) -> Unread:
    """Prepare to ask whether drugs that mask a fever were read completely."""
    day = view.as_of.astimezone(view.zone).date()
    windows = [rule.within for rule in rules]
    return Unread(view, max(windows, key=lambda each: stale_from(view.as_of, day, each, view.zone), default=None))


def notes_of(
    view: View,
    rule: CrsRule,
    windows: Sequence[InfusionWindow],
    circulation: Circulation,
    breathing: Breathing,
) -> tuple[str, ...]:
    """Say what was not assessed after each infusion, and what could not be placed in time or read.

    Args:
        view: The facts.
        rule: Concepts that matter.
        windows: Of the infusions.
        circulation: What was read of hypotension.
        breathing: What was read of hypoxia.

    Returns:
        Sentences for people.
    """
    found = [note for window in windows for note in _silent(window, circulation, breathing)]
    found += _unplaced(view, rule)
    for window in windows:
        drugs = sum(_may_lie_in(gap, window, view) for gap in view.timeline.gaps)
        if drugs:
            found.append(
                f"after infusion {window.number}: {drugs} administrations could not be read; a vasopressor or a "
                "drug that masks fever may be among them"
            )
    return tuple(found)


def _silent(window: InfusionWindow, circulation: Circulation, breathing: Breathing) -> Iterator[str]:
    after = f"after infusion {window.number}"
    if not any(run.overlaps(window.start, window.end) for run in circulation.pressures):
        yield f"{after}: no blood pressure was recorded; hypotension is seen by pressors and the problem list only"
    if not breathing.is_assessed(window.start, window.end):
        yield f"{after}: nothing was recorded of oxygen; hypoxia was not assessed"


def _unplaced(view: View, rule: CrsRule) -> Iterator[str]:
    concepts = (*rule.fever.concepts, *rule.hypotension.pressure, *rule.hypoxia.flow, *rule.hypoxia.device)
    undated = count_undated(view, concepts)
    if undated:
        yield f"{undated} readings are not dated to the day and were left out"
    pressors = undated_pressors(view, rule.hypotension)
    if pressors:
        yield f"{pressors} administrations of pressors or inotropes state no time and were left out"
    refused = len({gap.source.reference for gap in about(view.timeline.gaps, concepts, ("Observation",))})
    if refused:
        yield f"{refused} readings of {in_words(concepts)} could not be read"


def _may_lie_in(gap: Gap, window: InfusionWindow, view: View) -> bool:
    if gap.source.type != MEDICATION_ADMINISTRATION or gap.is_part:
        return False
    at = _when(gap, view)
    return at is None or (at.first < window.end and window.start <= at.last)


def _when(gap: Gap, view: View) -> Span | None:
    effective = gap.rejection.effective
    start = effective.start if effective is not None else None
    return span(start, view.zone) if start is not None else None
