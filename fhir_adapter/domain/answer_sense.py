"""Whether an answer makes sense beside the clock, the trial's reports and itself.

Knows: what an answer about an adverse event must not say at once. Does not know: how fields are written
(answering), the store, the command line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.answering import read_dated
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError

_EARLIEST = 1900
"""A year before anybody who is treated was born: an earlier one is a slip of the pen."""

_DAY = len("YYYY-MM-DD")


def check_sense(
    kind: ItemKind, values: Mapping[str, str], *, now: datetime, zone: tzinfo, reports: Collection[str]
) -> None:
    """Refuse an answer about an adverse event by which its reports would never become due, or never be done.

    Args:
        kind: Kind of the item; only adverse events are looked at.
        values: Field -> value, as check_answer lets them through.
        now: When the person answers, aware.
        zone: The hospital's; days are its calendar days.
        reports: Names of the reports the trial asks for.

    Raises:
        DecisionRefusedError: It calls a death not serious, names a time that has not come or a report nobody asks
            for; the message says what to type.

    Source:
        clinical review, section 11, item 2: the clock of serious events runs from awareness.
    """
    if kind is not ItemKind.ADVERSE_EVENT:
        return
    _check_death(values)
    if "aware" in values:
        _check_past("aware", values["aware"], now, zone)
    for report, moment in read_dated("sent", values["sent"]) if "sent" in values else ():
        if report not in reports:
            raise DecisionRefusedError(f"there is no report {report}; there are: {', '.join(reports)}")
        _check_past("sent", moment, now, zone)


def _check_death(values: Mapping[str, str]) -> None:
    """Refuse a death that is not said to be one in every field its times hang on."""
    is_fatal = values.get("outcome") == "fatal" or "death" in values.get("criteria", "").split(",")
    is_graded = values.get("grade") == "5"
    if (is_fatal or is_graded) and values["serious"] != "yes":
        raise DecisionRefusedError("a fatal event is serious: serious=yes criteria=death")
    if is_graded and not is_fatal:
        raise DecisionRefusedError("grade=5 is a death: add criteria=death or outcome=fatal")


def _check_past(name: str, text: str, now: datetime, zone: tzinfo) -> None:
    """Refuse a day or time later than now; an early one would be no time at all once a zone is applied."""
    if date.fromisoformat(text[:_DAY]).year < _EARLIEST:
        raise DecisionRefusedError(f"{name} is written YYYY-MM-DD, with a year from {_EARLIEST} on")
    if len(text) == _DAY:
        is_later = date.fromisoformat(text) > now.astimezone(zone).date()
    else:
        is_later = datetime.fromisoformat(text) > now
    if is_later:
        raise DecisionRefusedError(f"{name} is later than now")
