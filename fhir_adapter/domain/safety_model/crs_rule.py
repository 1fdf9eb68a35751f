"""How cytokine release syndrome is graded: the consensus table and a trial's readings of it, as data.

Knows: the shape of the rule. Does not know: any number or code of it, files, how it is applied.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Limit, Window
from fhir_adapter.domain.safety_model.stated_rule import StatedRule


@dataclass(frozen=True, slots=True, kw_only=True)
class FeverRule:
    """From which temperature there is fever, and the grade of fever alone.

    Attributes:
        concepts: 1..*; body temperature.
        limit: [Cel].
        grade: Of fever without anything else.
    """

    concepts: tuple[ConceptId, ...]
    limit: Limit
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureLimit:
    """The systolic pressure on whose far side a patient of some age is hypotensive.

    Attributes:
        from_years: Youngest age it holds for [a], completed.
        below_years: 0..1; first age it does not hold for [a].
        limit: At age 0 [mm[Hg]].
        per_year: Added to the limit for each completed year [mm[Hg]].
    """

    from_years: int
    below_years: int | None
    limit: Limit
    per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HypotensionRule:
    """What grades hypotension.

    Attributes:
        pressure: 1..*; systolic pressure.
        limits: 1..*; by age.
        documented: 0..*; problems that say it in words.
        grade: Of hypotension that needs no pressor.
        counted: 1..*; vasopressors, each concept one.
        add_on: 0..*; pressors not counted beside another; one alone is a pressor needed.
        inotropes: 0..*; never counted, raised for review.
        routes: 1..*; by which an infusion raises the pressure of the whole body.
        local: 0..*; routes by which it does not.
        one: Grade of one pressor.
        several: Grade of several at one time.
        many: How many are several.
    """

    pressure: tuple[ConceptId, ...]
    limits: tuple[PressureLimit, ...]
    documented: tuple[ConceptId, ...]
    grade: int
    counted: tuple[ConceptId, ...]
    add_on: tuple[ConceptId, ...]
    inotropes: tuple[ConceptId, ...]
    routes: tuple[ConceptId, ...]
    local: tuple[ConceptId, ...]
    one: int
    several: int
    many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRule:
    """One way to give oxygen or support breathing.

    Attributes:
        id: Name in clinical words.
        concepts: 0..*; procedures, and answers to which device is used.
        shown_by: 0..*; findings that exist only while it is used.
        grade: Above the limit of low flow; at any flow where `low_flow` is None.
        low_flow: 0..1; grade at low flow.
        asks: True where low flow leaves open which of both grades it is.
        support: 0..1; how much support it gives the breathing, to tell an escalation of support at home.
        airway: True where it may protect the airway only.
        is_generic: True where it does not say by what oxygen is given.
    """

    id: str
    concepts: tuple[ConceptId, ...]
    grade: int
    shown_by: tuple[ConceptId, ...] = ()
    low_flow: int | None = None
    asks: bool = False
    support: int | None = None
    airway: bool = False
    is_generic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HypoxiaRule:
    """What grades hypoxia.

    Attributes:
        flow: 1..*; flow of supplemental oxygen.
        fraction: 0..*; inspired oxygen concentration.
        saturation: 0..*; saturations, of which one on room air says that no oxygen is given.
        device: 0..*; findings whose answer is the device.
        no_device: 0..*; answers that say there is none.
        low_flow: Flow that is low [L/min].
        devices: 1..*; the first that fits a record is its device: specific ones first.
    """

    flow: tuple[ConceptId, ...]
    fraction: tuple[ConceptId, ...]
    saturation: tuple[ConceptId, ...]
    device: tuple[ConceptId, ...]
    no_device: tuple[ConceptId, ...]
    low_flow: Limit
    devices: tuple[DeviceRule, ...]

    @property
    def generic(self) -> DeviceRule:
        """The device that stands where nobody says which."""
        return next(each for each in self.devices if each.is_generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingDrugs:
    """Drugs after which a missing fever proves nothing.

    Attributes:
        title: In clinical words.
        concepts: 1..*.
        local: 0..*; routes by which they do not reach the whole body.
        within: How long after their end.
    """

    title: str
    concepts: tuple[ConceptId, ...]
    within: Window
    local: tuple[ConceptId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsReadings:
    """A trial's readings of what the table leaves open.

    Attributes:
        holds: How long one reading, or a device noted at a moment, tells of the state if none follows [h].
        open_end: How long a pressor given, whose end is not stated, may have run [h].
        short_dose: An administration shorter than this is a single dose, no infusion [min].
        reaction: A single dose of a pressor so soon after a cell infusion may treat a reaction to it [h].
        home_support: Support used so shortly before the first infusion is the patient's own [d].
    """

    holds: Window
    open_end: Window
    short_dose: int
    reaction: Window
    home_support: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsRule:
    """Everything cytokine release syndrome is graded by.

    Attributes:
        scale: Title of the consensus.
        masking: 0..*.
        stated: How the hospital's own statement is recognised.
    """

    scale: str
    fever: FeverRule
    hypotension: HypotensionRule
    hypoxia: HypoxiaRule
    masking: tuple[MaskingDrugs, ...]
    readings: CrsReadings
    stated: StatedRule
