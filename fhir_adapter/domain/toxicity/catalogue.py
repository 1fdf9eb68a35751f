"""The whole list of a scale's terms with their official wording, for coding events that no number grades.

Knows: names, codes, wordings. Does not know: how anything is graded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueTerm:
    """One term as the scale's owner prints it.

    Attributes:
        name: Of the term.
        meddra: Code as the scale's owner gives it.
        soc: System organ class.
        wording: Grade -> official wording; a grade that the term does not have is absent.
    """

    name: str
    meddra: str
    soc: str
    wording: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every term of one version of a scale.

    Attributes:
        scale: Id of the scale.
        terms: 1..*; as printed.
    """

    scale: str
    terms: tuple[CatalogueTerm, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, CatalogueTerm]:
        return {term.name.casefold(): term for term in self.terms}

    @cached_property
    def _by_code(self) -> Mapping[str, CatalogueTerm]:
        return {term.meddra: term for term in self.terms}

    def term(self, name: str) -> CatalogueTerm | None:
        """Find a term by its name.

        Args:
            name: In any case, blanks around it ignored.

        Returns:
            The term; None where the scale has none of this name.
        """
        return self._by_name.get(name.strip().casefold())

    def coded(self, meddra: str) -> CatalogueTerm | None:
        """Find a term by the code the scale's owner gives it.

        Args:
            meddra: The code.

        Returns:
            The term; None where no term has this code.
        """
        return self._by_code.get(meddra.strip())
