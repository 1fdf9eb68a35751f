"""UCUM units: whether one is written correctly, what it identifies, the exact factor between two.

Knows: the UCUM grammar and definitions (through ucumvert and pint). Does not know: which conversions a concept
allows. The libraries alone are unsafe here: they drop annotations and take arbitrary units and mass fractions for
plain numbers, so `mL/min` would become `mL/min/{1.73_m2}` and `mg/kg` would become `%`. A unit's identity keeps
all of these, and units of different identity never convert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from fhir_adapter.errors import UnitError

if TYPE_CHECKING:  # imported where needed: building the registry takes more than a second
    from lark import Tree
    from ucumvert import PintUcumRegistry

COUNTING = frozenset({"{score}", "{copies}", "{cells}", "{ratio}", "{INR}", "{fraction}", "{count}", "{#}"})
"""Annotations that only say what is counted; another spelling of such a unit may be declared by name."""

CLARIFYING = COUNTING | {"{body_wt}"}
"""Annotations that change no amount: what is counted, and that a kilogram is of the patient's own weight.

Not `{lean_body_wt}`, `{ideal}`, `{1.73_m2}` or any other that names another basis.
"""

EQUIVALENT = "eq"

_NUMBERLESS = frozenset([
    "[IU]",
    "[iU]",
    "[arb'U]",
    "[USP'U]",
    "[GPL'U]",
    "[MPL'U]",
    "[APL'U]",
    "[beth'U]",
    "[anti'Xa'U]",
    "[todd'U]",
    "[dye'U]",
    "[smgy'U]",
    "[bdsk'U]",
    "[ka'U]",
    "[knk'U]",
    "[mclg'U]",
    "[tb'U]",
    "[CCID_50]",
    "[TCID_50]",
    "[EID_50]",
    "[PFU]",
    "[FFU]",
    "[CFU]",
    "[IR]",
    "[BAU]",
    "[AU]",
    "[Amb'a'1'U]",
    "[PNU]",
    "[Lf]",
    "[D'ag'U]",
    "[FEU]",
    "[ELU]",
    "[EU]",
    "[HPF]",
    "[LPF]",
    "[NTU]",
    "[FNU]",
    "[pH]",
    "B",
    "Np",
    "Cel",
    "[degF]",
    "[degRe]",
])
"""Units that convert to nothing but themselves by a factor: arbitrary, logarithmic and temperature scales.

Source: UCUM 2.2, sections 21, 24 and 26, https://ucum.org/ucum
"""


@dataclass(frozen=True, slots=True)
class UnitIdentity:
    """What makes two units the same kind of unit.

    Attributes:
        above: Base dimensions of the numerator's units, each with its exponent.
        below: The same for the denominator: `mg/kg` is mass over mass, `%` is nothing over nothing.
        marks: Annotations, arbitrary and special units with their signed exponents.
    """

    above: frozenset[tuple[str, Fraction]]
    below: frozenset[tuple[str, Fraction]]
    marks: frozenset[tuple[str, int]]

    @property
    def family(self) -> str:
        """`mass`, `molar` or `other`, by what stands above the line."""
        if self.above == {("[mass]", Fraction(1))}:
            return "mass"
        return "molar" if self.above == {("[substance]", Fraction(1))} else "other"

    def without(self, marks: frozenset[str]) -> UnitIdentity:
        """Give the identity without some of its marks."""
        return UnitIdentity(self.above, self.below, frozenset(mark for mark in self.marks if mark[0] not in marks))


def identify(unit: str) -> UnitIdentity:
    """Say what kind of unit this is.

    Args:
        unit: UCUM code.

    Returns:
        Its identity; units of equal identity convert by a factor alone.

    Raises:
        UnitError: Not UCUM.

    >>> identify("mg/kg") == identify("%")
    False
    """
    return _analyse(unit)[0]


def scale_of(unit: str) -> Fraction:
    """Give the size of a unit in base units (gram, metre, second, mole ...).

    Args:
        unit: UCUM code.

    Returns:
        Exact; 1 for arbitrary units and annotations.

    Raises:
        UnitError: Not UCUM.

    >>> scale_of("10*9/L") == scale_of("10*3/uL")
    True
    """
    return _analyse(unit)[1]


def factor_between(unit: str, standard: str) -> Fraction:
    """Compute the exact factor from a unit to the standard unit.

    Does not convert temperatures nor mass to amount of substance; see unit_factors.

    Args:
        unit: UCUM code.
        standard: UCUM code of the same identity.

    Returns:
        Number of standard units in one unit.

    Raises:
        UnitError: Not UCUM, or of another identity.

    Source:
        UCUM 2.2 by ucumvert; 1 U = 1 umol/min.

    >>> factor_between("ukat/L", "U/L")
    Fraction(60, 1)
    """
    identity, scale = _analyse(unit)
    standard_identity, standard_scale = _analyse(standard)
    if identity != standard_identity:
        raise UnitError(f"{unit} and {standard} are different kinds of unit")
    return scale / standard_scale


@cache
def _registry() -> PintUcumRegistry:
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 - heavy, and needed only for factors not yet compiled

    return PintUcumRegistry(non_int_type=Fraction)


@cache
def _analyse(unit: str) -> tuple[UnitIdentity, Fraction]:
    """Walk the grammar's tree: sizes multiply; dimensions above and below the line, and marks, are kept apart."""
    from lark.exceptions import LarkError  # noqa: PLC0415 - see _registry
    from pint.errors import PintError  # noqa: PLC0415 - see _registry
    from ucumvert.parser import parse_ucum  # noqa: PLC0415 - see _registry

    try:
        leaves = list(_leaves(parse_ucum(unit, _registry()._ucum_parser), 1))  # noqa: SLF001 - a second one costs 0.2 s
        return _combined(leaves)
    except (LarkError, PintError) as error:
        raise UnitError(f"{unit} is not a UCUM unit") from error


def _leaves(node: Any, exponent: int) -> Iterator[tuple[Any, int]]:
    """Give the unit atoms (with their prefix) and annotations of a tree, each with its signed exponent."""
    if isinstance(node, str) or node.data == "simple_unit":
        yield node, exponent
    elif node.data == "annotatable":
        yield from _leaves(node.children[0], exponent * int(node.children[1]))
    else:
        sign = 1
        for child in node.children:
            if child in {"/", "."}:
                sign = -1 if child == "/" else 1
            else:
                yield from _leaves(child, exponent * sign)


def _combined(leaves: list[tuple[Any, int]]) -> tuple[UnitIdentity, Fraction]:
    scale = Fraction(1)
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    for leaf, exponent in leaves:
        if isinstance(leaf, str):
            marks[str(leaf)] += exponent
            continue
        atom = str(leaf.children[-1])
        if atom in _NUMBERLESS or atom == EQUIVALENT:
            marks[atom] += exponent
        size, dimensions = _sized(leaf)
        scale *= size**exponent
        side = above if exponent > 0 else below
        for name, power in dimensions:
            side[name] += power * abs(exponent)  # type: ignore[assignment]  # a Counter adds fractions too
    return UnitIdentity(
        _frozen(above), _frozen(below), frozenset((name, n) for name, n in marks.items() if n)
    ), scale


def _frozen(powers: Counter[str]) -> frozenset[tuple[str, Fraction]]:
    return frozenset((name, Fraction(power)) for name, power in powers.items() if power)


def _sized(unit: Tree[Any]) -> tuple[Fraction, tuple[tuple[str, Fraction], ...]]:
    """Give size in base units and dimensions of one atom with its prefix."""
    *prefix, atom = (str(child) for child in unit.children)
    if atom in _NUMBERLESS:
        return _prefix_size(prefix), ()
    registry = _registry()
    quantity = registry._from_ucum_transformer(unit)  # noqa: SLF001 - the tree is parsed already
    size, _ = registry.get_root_units(quantity.units)
    dimensions = tuple((name, Fraction(power)) for name, power in quantity.dimensionality.items())
    return Fraction(size) * Fraction(quantity.magnitude), dimensions


def _prefix_size(prefix: list[str]) -> Fraction:
    return scale_of(f"{prefix[0]}g") if prefix else Fraction(1)
