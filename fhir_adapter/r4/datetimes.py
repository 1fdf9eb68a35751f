"""FHIR dates, dateTimes and instants: strict grammar, precision and zone as written.

Knows: the R4 grammar of times, a hospital's declared zone for naive ones. Does not know: which element a
time stands in; callers pass its path.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.construction import fast_constructor
from fhir_adapter.r4.context import ReadingContext, TimeProblem
from fhir_adapter.r4.wire import Period

FIRST_YEAR = 2
LAST_YEAR = 9998
"""Years whose neighbours Python can still express in every zone; beyond lie placeholders like 0001 and 9999."""

# Source: http://hl7.org/fhir/R4/datatypes.html#dateTime; the zone is optional here so that a naive time can
# be told from nonsense. ASCII digits only.
_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?P<clock>T(?:[01]\d|2[0-3]):[0-5]\d:(?P<second>[0-5]\d|60)(?:\.\d{1,12})?"
    r"(?P<zone>Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?)?)?)?",
    re.ASCII,
)

_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_USUAL_SHAPES = frozenset(
    f"0000-00-00T00:00:00{fraction}{zone}".encode()
    for fraction in ("", ".0", ".000", ".000000")
    for zone in ("Z", "+00:00", "-00:00")
)
_EASTERNMOST = timedelta(hours=14)
_WESTERNMOST = -_EASTERNMOST
_make_moment = fast_constructor(FhirDateTime)
_make_effective = fast_constructor(Effective)

_GRAMMAR = TimeProblem(RejectionReason.INVALID_RESOURCE, "time")
_YEAR = TimeProblem(RejectionReason.INVALID_RESOURCE, "year")
_NAIVE = TimeProblem(RejectionReason.NAIVE_TIME, "no-zone")
_DST = TimeProblem(RejectionReason.NAIVE_TIME, "ambiguous")


def parse_moment(text: str, assume_zone: str | None = None) -> FhirDateTime | TimeProblem:
    """Read a FHIR date, dateTime or instant.

    Never adds a zone by itself, and never a missing month or day.

    Args:
        text: As written.
        assume_zone: 0..1; the zone the hospital declared for times without one.

    Returns:
        The moment, or why there is none. A leap second counts as the end of its minute.

    Source:
        http://hl7.org/fhir/R4/datatypes.html#dateTime

    >>> parse_moment("2026-03").precision.name
    'MONTH'
    >>> parse_moment("2026-01-02T10:00:00").reason.name
    'NAIVE_TIME'
    """
    if _shape(text) in _USUAL_SHAPES:
        moment = _parse_usual(text)
        if moment is not None:
            return moment
    match = _MOMENT.fullmatch(text)
    if match is None:
        return _GRAMMAR
    if not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        return _YEAR
    try:
        if match["clock"] is not None:
            return _parse_time(text, match, assume_zone)
        return _parse_date(text, match)
    except ValueError:  # 30 February
        return _GRAMMAR


def read_time(text: str, path: str, context: ReadingContext) -> FhirDateTime | Rejection:
    """Read a date or dateTime element.

    Args:
        text: As written.
        path: FHIRPath of the element.
        context: For the hospital's declared zone.

    Returns:
        The moment, or its rejection (INVALID_RESOURCE, NAIVE_TIME). A naive one still says its calendar day, so
        that an old result without a zone does not stand in the way of a new one with it.
    """
    moment = _cached(text, context)
    if isinstance(moment, TimeProblem):
        naive = moment.reason is RejectionReason.NAIVE_TIME
        day = Effective(FhirDateTime(text, Precision.DAY, date.fromisoformat(text[:10]))) if naive else None
        return Rejection(reason=moment.reason, path=path, detail=moment.detail, effective=day)
    return moment


def read_date(text: str, path: str, context: ReadingContext) -> FhirDateTime | Rejection:
    """Read a `date` element: a time of day is refused there."""
    moment = read_time(text, path, context)
    if isinstance(moment, FhirDateTime) and moment.precision is Precision.TIME:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="time")
    return moment


def read_instant(text: str, context: ReadingContext) -> FhirDateTime | None:
    """Read an instant that only orders versions; None if it is none, for then nothing may be ordered by it."""
    moment = _cached(text, context)
    return moment if isinstance(moment, FhirDateTime) and moment.precision is Precision.TIME else None


def read_occurrence(text: str, path: str, context: ReadingContext) -> Effective | Rejection:
    """Read a dateTime as the moment something was found: it cannot lie after the reading.

    Args:
        text: As written.
        path: FHIRPath of the element.
        context: For the hospital's zone and the time of reading.

    Returns:
        The moment, or its rejection (INVALID_RESOURCE, NAIVE_TIME, FUTURE_TIME).
    """
    known = context.caches.moments.get(text)
    if known is not None:
        return known
    effective = read_moment(text, path, context)
    if isinstance(effective, Rejection):
        return effective
    if is_future(effective, context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return context.caches.moments.keep(text, effective)


def read_moment(text: str, path: str, context: ReadingContext) -> Effective | Rejection:
    """Read a dateTime as the moment something was true."""
    moment = read_time(text, path, context)
    return moment if isinstance(moment, Rejection) else _make_effective(moment)


def read_period(period: Period, path: str, context: ReadingContext) -> Effective | Rejection:
    """Read a Period; both sides may be open.

    Args:
        period: As received.
        path: FHIRPath of the Period.
        context: For the hospital's declared zone.

    Returns:
        The period, or the rejection of a side, or of an end that lies before the start.
    """
    start = read_time(period.start, f"{path}.start", context) if period.start else None
    if isinstance(start, Rejection):
        return start
    end = read_time(period.end, f"{path}.end", context) if period.end else None
    if isinstance(end, Rejection):
        return end
    zone = context.traits.zone
    if start is not None and end is not None and end.latest(zone) < start.earliest(zone):
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="end-before-start")
    return Effective(start, end, is_period=True)


def is_future(effective: Effective | None, context: ReadingContext) -> bool:
    """Say whether something is dated after the reading, which no result can be."""
    if effective is None or effective.start is None or effective.start.first_day <= context.surely_past:
        return False
    return effective.start.earliest(context.traits.zone) > context.read_at


def _cached(text: str, context: ReadingContext) -> FhirDateTime | TimeProblem:
    times = context.caches.times
    found = times.get(text)
    return found if found is not None else times.keep(text, parse_moment(text, context.traits.assume_zone))


def _shape(text: str) -> bytes:
    """Write `0` for every digit; whatever is not ASCII gives no shape."""
    return text.encode("ascii", "replace").translate(_DIGITS_TO_ZERO)


def _parse_usual(text: str) -> FhirDateTime | None:
    """Read a time of one of the usual shapes; None leaves it to the grammar to say what is wrong."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = moment.utcoffset()
    if offset is None or not _WESTERNMOST <= offset <= _EASTERNMOST or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    if text[-2] > "5" and text[-1] != "Z":  # Python takes +05:75 for an offset
        return None
    return _make_moment(text, Precision.TIME, moment.date(), moment)


def _parse_date(text: str, match: re.Match[str]) -> FhirDateTime:
    year, month, day = match["year"], match["month"], match["day"]
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return FhirDateTime(text, precision, date(int(year), int(month or 1), int(day or 1)))


def _parse_time(text: str, match: re.Match[str], assume_zone: str | None) -> FhirDateTime | TimeProblem:
    written = text
    if match["second"] == "60":
        at = match.start("second")
        written = f"{text[:at]}59.999999{match['zone'] or ''}"
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is not None:
        return FhirDateTime(text, Precision.TIME, moment.date(), moment)
    if assume_zone is None:
        return _NAIVE
    local = moment.replace(tzinfo=ZoneInfo(assume_zone))
    offset = local.utcoffset()
    if offset is None or offset != local.replace(fold=1).utcoffset():
        return _DST  # the wall clock showed this time twice, or never
    instant = moment.replace(tzinfo=timezone(offset))
    return FhirDateTime(text, Precision.TIME, moment.date(), instant, assume_zone)
