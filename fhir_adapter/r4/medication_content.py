"""What a medication is: its own code and the codes of its active ingredients, read together.

Knows: Medication's elements. Does not know: who was given it.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, UnsetType

from fhir_adapter.domain.codes import CodeMeaning
from fhir_adapter.domain.exposure import Strength
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.r4.coding import read_code
from fhir_adapter.r4.context import CodeReading, ReadingContext
from fhir_adapter.r4.quantities import read_quantity
from fhir_adapter.r4.wire import ABSENT, Ratio, Resource, Wire


class MedicationIngredient(Wire):
    """Medication.ingredient, as far as it is used."""

    item_codeable_concept: Raw = ABSENT
    is_active: bool | UnsetType = UNSET
    strength: Ratio | None = None
    modifier_extension: tuple[Raw, ...] = ()


class Medication(Resource, tag="Medication"):
    """Medication, as far as it is used."""

    status: str = ""
    code: Raw = ABSENT
    ingredient: tuple[MedicationIngredient, ...] = ()


def find_modifier(medication: Medication, path: str) -> Rejection | None:
    """Refuse a medication whose meaning is changed in a way we do not know.

    Args:
        medication: A resource of its own, or a contained one.
        path: FHIRPath of it.

    Returns:
        0..1 rejection.
    """
    if medication.modifier_extension:
        return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=f"{path}.modifierExtension")
    if medication.implicit_rules:
        return Rejection(reason=RejectionReason.IMPLICIT_RULES, path=f"{path}.implicitRules")
    for index, ingredient in enumerate(medication.ingredient):
        if ingredient.modifier_extension:
            where = f"{path}.ingredient[{index}].modifierExtension"
            return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=where)
    return None


def read_substance(raw: Raw, context: ReadingContext) -> CodeReading:
    """Say what a drug is by its code.

    A code no value set lists is another drug only in a system whose codes name substances. In others it may be a
    product or a form of a drug we need, which must not be left out silently.

    Args:
        raw: A CodeableConcept; may be absent.
        context: For terminology and the concepts that are needed.

    Returns:
        As `read_code`; `not-listed` where the code may be any drug.

    Source:
        rules sheet T13: drugs are coded by ingredient and by clinical drug form.
    """
    found = read_code(raw, context)
    if found.excluded_by is not Exclusion.CODE_NOT_NEEDED or found.known is not None:
        return found
    if any(coding.code and coding.system in context.terminology.substance_systems for coding in found.codings):
        return found
    return CodeReading(codings=found.codings, text=found.text, problem="not-listed")


def read_content(medication: Medication, context: ReadingContext) -> CodeReading:
    """Say which needed concepts a medication is or contains.

    An ingredient we need makes the product one we need, whatever the product's own code. A product whose own
    code is unknown is left out only if every ingredient is known and not needed.

    Args:
        medication: As received.
        context: For terminology and the concepts that are needed.

    Returns:
        As `read_code`; codings are the product's own, then the needed ingredients'.
    """
    own = read_substance(medication.code, context)
    parts = tuple(read_substance(item.item_codeable_concept, context) for item in _active(medication))
    needed = tuple(reading for reading in (own, *parts) if reading.meaning is not None)
    if needed:
        codings = dict.fromkeys(coding for reading in (own, *needed) for coding in reading.codings)
        return CodeReading(codings=tuple(codings), text=own.text, meaning=_union(needed))
    if own.excluded_by is None and parts and all(part.excluded_by is not None for part in parts):
        return CodeReading(codings=own.codings, text=own.text, excluded_by=Exclusion.CODE_NOT_NEEDED)
    return own


def read_strengths(
    medication: Medication, path: str, context: ReadingContext
) -> tuple[tuple[Strength, ...], tuple[Rejection, ...]]:
    """Read how much of each needed ingredient the product holds.

    Args:
        medication: As received.
        path: FHIRPath of it.
        context: For terminology.

    Returns:
        (concepts, numerator, denominator) per ingredient, and the strengths that cannot be used.
    """
    strengths: list[Strength] = []
    parts: list[Rejection] = []
    for index, item in enumerate(medication.ingredient):
        meaning = read_code(item.item_codeable_concept, context).meaning
        if meaning is None or item.strength is None or item.is_active is False:
            continue
        strength = read_ratio(item.strength, f"{path}.ingredient[{index}].strength")
        if isinstance(strength, Rejection):
            parts.append(strength)
        else:
            strengths.append((meaning.concepts, *strength))
    return tuple(strengths), tuple(parts)


def read_ratio(ratio: Ratio, path: str) -> tuple[Quantity, Quantity] | Rejection:
    """Read a quantity per another.

    Args:
        ratio: As received.
        path: FHIRPath of it.

    Returns:
        Numerator and denominator as written; or the rejection of a missing or unusable side.
    """
    if ratio.numerator is None or ratio.denominator is None:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="ratio")
    numerator = read_quantity(ratio.numerator, f"{path}.numerator")
    if isinstance(numerator, Rejection):
        return numerator
    denominator = read_quantity(ratio.denominator, f"{path}.denominator", unitless=True)
    return denominator if isinstance(denominator, Rejection) else (numerator, denominator)


def _active(medication: Medication) -> tuple[MedicationIngredient, ...]:
    return tuple(item for item in medication.ingredient if item.is_active is not False)


def _union(readings: tuple[CodeReading, ...]) -> CodeMeaning:
    meanings = tuple(reading.meaning for reading in readings if reading.meaning is not None)
    return CodeMeaning(
        concepts=tuple(dict.fromkeys(concept for meaning in meanings for concept in meaning.concepts)),
        qualifiers=frozenset(qualifier for meaning in meanings for qualifier in meaning.qualifiers),
    )
