"""Review of the treatment plan and the care plan: numbers that do not add up, groups nobody can choose in.

Knows: what a plan's own numbers must say together. Does not know: whether a dose is clinically right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from fhir_adapter.definitions.file_dosing import CodingRow, DosingFile, ItemRow
from fhir_adapter.definitions.file_set import TerminologyFiles, TrialFiles
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.rule_scope import Steps
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.domain.regimen import Basis, PlannedItem, Regimen


def review_dosing(files: TrialFiles, regimen: Regimen | None) -> Iterator[DefinitionFinding]:
    """Review a trial's treatment plan.

    Args:
        files: trials/<id>/.
        regimen: 0..1; its plan, compiled.

    Yields:
        `level-shares`, `course-sum`, `exclusive-alone`, `window-undecided`, `tolerance-implausible`,
        `locked-late`, `plan-ends-early`, `no-clearance`.
    """
    if files.dosing is None or regimen is None:
        return
    yield from _shares(files.dosing)
    yield from _groups(files.dosing)
    for place, item in enumerate(regimen.items):
        for code, key, message in _item(item, regimen):
            yield finding(code, Severity.ERROR, files.dosing, ("items", place, key), message)
    yield from _asked(files.dosing)
    if files.care_plan is not None:
        last = max(item.days[-1].day for item in regimen.items)
        if files.care_plan.model.last_day < last:
            message = f"something is due on day {last}, after the plan has ended"
            yield finding("plan-ends-early", Severity.ERROR, files.care_plan, ("last_day",), message)


def _shares(file: Typed[DosingFile]) -> Iterator[DefinitionFinding]:
    """Find shares of the dose level that are not the whole of it together."""
    rows = [(place, row) for place, row in enumerate(file.model.items) if row.basis is Basis.LEVEL]
    total = sum((row.amount or Fraction(0) for _, row in rows), Fraction(0))
    if rows and total != 1:
        message = f"the shares of the dose level add up to {total}, not to 1"
        yield finding("level-shares", Severity.ERROR, file, ("items", rows[0][0], "amount"), message)


def _groups(file: Typed[DosingFile]) -> Iterator[DefinitionFinding]:
    members = Counter(row.exclusive for row in file.model.items)
    for place, row in enumerate(file.model.items):
        if row.exclusive is not None and members[row.exclusive] == 1:
            message = f"{row.id} is alone in the group {row.exclusive}: there is nothing to choose"
            yield finding("exclusive-alone", Severity.ERROR, file, ("items", place, "exclusive"), message)
        total = _course(row)
        if row.course is not None and total not in {None, row.course}:
            message = f"the days add up to {total}, the course is {row.course}"
            yield finding("course-sum", Severity.ERROR, file, ("items", place, "course"), message)


def _course(row: ItemRow) -> Fraction | None:
    """Add up an item's days; None where some days depend on a statement, so that the sum does too."""
    if row.amount is None or not all(isinstance(day, int) for day in row.days):
        return None
    return row.amount if row.as_course else row.amount * len(row.days)


def _item(item: PlannedItem, regimen: Regimen) -> Iterator[tuple[str, str, str]]:
    window, decided = item.in_window, item.undecided_outside
    if decided is not None and not decided.first <= window.first <= window.last <= decided.last:
        yield "window-undecided", "undecided_outside", "a day inside the window would need a person's decision"
    if 1 + item.tolerance.above >= regimen.implausible or item.tolerance.below >= 1:
        yield "tolerance-implausible", "tolerance", "what counts as given would be taken for a slip of the unit"
    if item.locked_weight and item.days[0].day < regimen.body.lock_day:
        yield "locked-late", "locked_weight", f"due before the weight is locked on day {regimen.body.lock_day}"


def _asked(file: Typed[DosingFile]) -> Iterator[DefinitionFinding]:
    """Find infusions before which nothing is asked."""
    asked = {number for row in file.model.clearance for number in row.infusions}
    for place, row in enumerate(file.model.items):
        if row.infusion is not None and row.infusion not in asked:
            message = f"no clearance criterion is asked before infusion {row.infusion}"
            yield finding("no-clearance", Severity.WARNING, file, ("items", place, "infusion"), message)


def review_codings(files: TrialFiles, terminology: TerminologyFiles) -> Iterator[DefinitionFinding]:
    """Review the codes a plan is written with; shape and check digit are reviewed where a value set lists them.

    Args:
        files: trials/<id>/.
        terminology: terminology/.

    Yields:
        `display-differs`.
    """
    displays: Mapping[tuple[str, str], str] = {
        (include.system, row.code): row.display
        for file in terminology.value_sets
        for include in file.model.compose.include
        for row in include.concept
    }
    for file, steps, coding in _codings(files):
        display = displays.get((coding.system, coding.code), coding.display)
        if display != coding.display:
            message = f"display differs from the value set's: {display}"
            yield finding("display-differs", Severity.WARNING, file, (*steps, "display"), message)


def _codings(files: TrialFiles) -> Iterator[tuple[Typed[FileModel], Steps, CodingRow]]:
    if files.dosing is not None:
        for place, item in enumerate(files.dosing.model.items):
            for number, coding in enumerate(item.codings):
                yield files.dosing, ("items", place, "codings", number), coding
    if files.care_plan is not None:
        for place, visit in enumerate(files.care_plan.model.visits):
            for number, coding in enumerate(visit.observations):
                yield files.care_plan, ("visits", place, "observations", number), coding
