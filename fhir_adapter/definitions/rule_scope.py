"""What compiling rules needs to know of everything else, and what it learns on the way.

Knows: concepts, links and units a rule may name. Does not know: the operators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fhir_adapter.definitions.compile_terminology import Vocabulary
from fhir_adapter.definitions.file_dosing import CodingRow
from fhir_adapter.definitions.file_terminology import ValueSetRole
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.protocol import AttestationLink, LinkType
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.errors import DefinitionError

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RuleScope:
    """One file being compiled against the rest of the definitions.

    Attributes:
        file: The file, for errors.
        vocabulary: Concepts there are.
        unit_rules: Unit rules there are.
        links: Statements people may attest.
        needed: Grows: every concept named.
        used_links: Grows: every link named.
        resource_types: Grows: FHIR type -> path of the first statement that rests on it.
        places: Grows: every compiled node with its path.
        codes: Grows: every (system, code) something is written with.
    """

    file: Typed[FileModel]
    vocabulary: Vocabulary
    unit_rules: Mapping[str, UnitRule]
    links: Mapping[str, AttestationLink]
    needed: set[ConceptId] = field(default_factory=set)
    used_links: set[str] = field(default_factory=set)
    resource_types: dict[str, Steps] = field(default_factory=dict)
    places: list[tuple[Steps, Node]] = field(default_factory=list)
    codes: set[tuple[str, str]] = field(default_factory=set)

    def error(self, steps: Steps, problem: str, remedy: str = "") -> DefinitionError:
        """Build the error for a part of the file."""
        return self.file.error(steps, problem, remedy)

    def rests_on(self, steps: Steps, *types: str) -> None:
        """Remember that a statement rests on these FHIR types."""
        for name in types:
            self.resource_types.setdefault(name, steps)

    def concepts(self, names: Sequence[str], steps: Steps) -> tuple[ConceptId, ...]:
        """Look up concepts that are measured, done, given or diagnosed.

        Args:
            names: As written.
            steps: Where the list stands.

        Returns:
            The concepts, in the order written; they are needed from now on.

        Raises:
            DefinitionError: There is no such value set, it holds answers, or it is named twice.
        """
        return self._looked_up(names, steps, ValueSetRole.CONCEPT)

    def answers(self, names: Sequence[str], steps: Steps) -> tuple[ConceptId, ...]:
        """Look up answers, methods or specimens.

        Args:
            names: As written.
            steps: Where the list stands.

        Returns:
            The concepts, in the order written; they are needed from now on.

        Raises:
            DefinitionError: There is no such value set, it holds no answers, or it is named twice.
        """
        return self._looked_up(names, steps, ValueSetRole.ANSWER)

    def any_role(self, names: Sequence[str], steps: Steps) -> tuple[ConceptId, ...]:
        """Look up concepts and answers alike.

        Args:
            names: As written.
            steps: Where the list stands.

        Returns:
            The concepts, in the order written; they are needed from now on.

        Raises:
            DefinitionError: There is no such value set, or it is named twice.
        """
        return self._looked_up(names, steps, None)

    def _looked_up(self, names: Sequence[str], steps: Steps, role: ValueSetRole | None) -> tuple[ConceptId, ...]:
        found: list[ConceptId] = []
        for place, name in enumerate(names):
            concept = ConceptId(name)
            have = self.vocabulary.roles.get(concept)
            if have is None:
                raise self.error((*steps, place), f"no value set {name}", "add it or correct the id")
            if role is not None and have is not role:
                raise self.error(
                    (*steps, place), f"value set {name} has role {have}", f"name one with role {role} here"
                )
            if concept in found:
                raise self.error((*steps, place), f"{name} is named twice", "keep one")
            found.append(concept)
        self.needed.update(found)
        return tuple(found)

    def standard_units(self, concepts: Sequence[ConceptId]) -> frozenset[str]:
        """Give the standard units of the concepts' quantities."""
        return frozenset(
            self.unit_rules[rule].standard for concept in concepts for rule in self.vocabulary.rules[concept]
        )

    def stated_link(self, link_id: str, values: Sequence[str], steps: Steps) -> AttestationLink:
        """Look up a statement that is true or false, or one of some codes.

        Args:
            link_id: As written.
            values: 0..*; codes that mean the statement holds.
            steps: Where the statement stands.

        Returns:
            The link; it is used from now on.

        Raises:
            DefinitionError: There is no such link, its value is a date or a number, or a code is not among its.
        """
        link = self.links.get(link_id)
        if link is None:
            raise self.error((*steps, "link"), f"no link {link_id}", "list it under `links` in trial.yaml")
        if link.type not in {LinkType.BOOLEAN, LinkType.CODE}:
            raise self.error(
                (*steps, "link"),
                f"link {link_id} has type {link.type}",
                "only boolean or code say it holds",
            )
        for place, value in enumerate(values):
            if value not in link.values:
                raise self.error(
                    (*steps, "values", place), f"{value} is no value of {link_id}", "name one it allows"
                )
        self.used_links.add(link_id)
        return link

    def link_of_type(self, link_id: str, wanted: LinkType, steps: Steps) -> AttestationLink:
        """Look up a statement whose value is of one type.

        Args:
            link_id: As written.
            wanted: The type its value must have.
            steps: Where the id stands.

        Returns:
            The link; it is used from now on.

        Raises:
            DefinitionError: There is no such link, or its value is of another type.
        """
        link = self.links.get(link_id)
        if link is None or link.type is not wanted:
            raise self.error(steps, f"no link {link_id} of type {wanted}", "list it under `links`")
        self.used_links.add(link_id)
        return link

    def known_coding(self, coding: CodingRow, steps: Steps) -> tuple[ConceptId, ...]:
        """Look up what a code means that something is to be written with.

        Args:
            coding: As written.
            steps: Where it stands.

        Returns:
            Its concepts; the code is used from now on.

        Raises:
            DefinitionError: No value set lists the code: nobody wrote down where its meaning was read.
        """
        meaning = self.vocabulary.meanings.get((coding.system, coding.code))
        if meaning is None:
            raise self.error(steps, f"{coding.code} is in no value set", "list it there with its source")
        self.codes.add((coding.system, coding.code))
        return meaning.concepts
