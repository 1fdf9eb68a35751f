"""Review of how a consensus grades CRS: ages without a limit of pressure, devices no record can be.

Knows: what rows must say together. Does not know: whether a limit is clinically right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fhir_adapter.definitions.compile_terminology import Vocabulary
from fhir_adapter.definitions.file_astct import AstctFile
from fhir_adapter.definitions.file_crs import DeviceRow, PressureLimitRow
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.typed_file import Typed


def review_crs(file: Typed[AstctFile], vocabulary: Vocabulary) -> Iterator[DefinitionFinding]:
    """Review the section `crs` of a consensus.

    Args:
        file: The consensus.
        vocabulary: Which codes stand for which concepts.

    Yields:
        `pressure-gap`, `device-shadowed`.
    """
    crs = file.model.crs
    for age in _gaps(crs.hypotension.limits):
        message = f"no limit of systolic pressure holds at {age} years"
        yield finding("pressure-gap", Severity.ERROR, file, ("crs", "hypotension", "limits"), message)
    for place in _shadowed(crs.hypoxia.devices, vocabulary):
        message = "every code of this device stands for one listed before"
        steps = ("crs", "hypoxia", "devices", place)
        yield finding("device-shadowed", Severity.WARNING, file, steps, message)


def _gaps(limits: Sequence[PressureLimitRow]) -> Iterator[int]:
    """Give each age at which a row ends and none goes on; the oldest has no end."""
    for age in sorted({each.below for each in limits if each.below is not None}):
        if not any(each.from_ <= age and (each.below is None or age < each.below) for each in limits):
            yield age


def _shadowed(devices: Sequence[DeviceRow], vocabulary: Vocabulary) -> Iterator[int]:
    """Give the places of devices whose every code an earlier row takes."""
    first: set[int] = set()
    for meaning in vocabulary.meanings.values():
        fitting = (place for place, each in enumerate(devices) if set(each.concepts) & {*meaning.concepts})
        first.update(place for place in [next(fitting, None)] if place is not None)
    for place, each in enumerate(devices):
        if each.concepts and place not in first:
            yield place
