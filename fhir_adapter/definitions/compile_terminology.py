"""Value sets and a hospital's concept map -> what every code means.

Knows: how rows of several files about one code are brought together. Does not know: findings, criteria.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fhir_adapter.definitions.digest import digest_of
from fhir_adapter.definitions.file_hospital import Equivalence, MapElement, MapGroup
from fhir_adapter.definitions.file_set import HospitalFiles, TerminologyFiles
from fhir_adapter.definitions.file_terminology import SystemKind, ValueSetCode, ValueSetFile, ValueSetRole
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.domain.codes import CodeMeaning, ConceptId, Terminology
from fhir_adapter.domain.quantity import UnitRule

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The value sets, compiled, before any hospital's map.

    Attributes:
        kinds: System URI -> what it is for.
        meanings: (system, code) -> meaning.
        titles: Concept -> its title.
        roles: Concept -> measured or done, or an answer.
        rules: Concept -> unit rules its codes carry; empty where it carries no quantity.
        substances: Systems each of whose drug codes names the substance.
    """

    kinds: Mapping[str, SystemKind]
    meanings: Mapping[Key, CodeMeaning]
    titles: Mapping[ConceptId, str]
    roles: Mapping[ConceptId, ValueSetRole]
    rules: Mapping[ConceptId, frozenset[str]]
    substances: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Digest of what codes mean; titles do not count."""
        return digest_of(self.kinds, self.meanings, self.substances)


def compile_vocabulary(files: TerminologyFiles, unit_rules: Mapping[str, UnitRule]) -> Vocabulary:
    """Bring the value sets together.

    Args:
        files: terminology/.
        unit_rules: Rules a code may name.

    Returns:
        What every listed code means; a code in several value sets means all their concepts.

    Raises:
        DefinitionError: A system or unit rule is not listed, an id or code is given twice, or two value sets
            disagree on a code's unit rule or score.
    """
    kinds = _kinds(files)
    meanings: dict[Key, CodeMeaning] = {}
    titles: dict[ConceptId, str] = {}
    roles: dict[ConceptId, ValueSetRole] = {}
    rules: dict[ConceptId, frozenset[str]] = {}
    for file in files.value_sets:
        concept = ConceptId(file.model.id)
        if concept in titles:
            raise file.error(("id",), f"duplicate value set {concept}", "rename or join them")
        titles[concept] = file.model.title
        roles[concept] = file.model.role
        own = _own_meanings(file, kinds, unit_rules)
        rules[concept] = frozenset(
            meaning.unit_rule for meaning, _ in own.values() if meaning.unit_rule is not None
        )
        for key, (meaning, steps) in own.items():
            joined = _joined(meanings.get(key), meaning)
            if joined is None:
                raise file.error(
                    steps, "another value set gives this code another unit rule or score", "make them agree"
                )
            meanings[key] = joined
    substances = frozenset(row.uri for row in files.systems.model.code_systems if row.names_substances)
    return Vocabulary(kinds, meanings, titles, roles, rules, substances)


def _kinds(files: TerminologyFiles) -> dict[str, SystemKind]:
    kinds: dict[str, SystemKind] = {}
    for place, row in enumerate(files.systems.model.code_systems):
        if row.uri in kinds:
            raise files.systems.error(("code_systems", place, "uri"), "duplicate code system", "keep one")
        kinds[row.uri] = row.kind
    return kinds


def _own_meanings(
    file: Typed[ValueSetFile], kinds: Mapping[str, SystemKind], unit_rules: Mapping[str, UnitRule]
) -> dict[Key, tuple[CodeMeaning, tuple[str | int, ...]]]:
    """Give what one value set says of its codes, each with the path of its row."""
    own: dict[Key, tuple[CodeMeaning, tuple[str | int, ...]]] = {}
    for place, include in enumerate(file.model.compose.include):
        steps = ("compose", "include", place)
        if include.system not in kinds:
            raise file.error((*steps, "system"), "unknown code system", "list it in code_systems.yaml")
        for number, row in enumerate(include.concept):
            key = (include.system, row.code)
            here = (*steps, "concept", number)
            if key in own:
                raise file.error(here, f"duplicate code {row.code}", "keep one row")
            own[key] = (_meaning(file, row, here, unit_rules), here)
    return own


def _meaning(
    file: Typed[ValueSetFile], row: ValueSetCode, steps: tuple[str | int, ...], unit_rules: Mapping[str, UnitRule]
) -> CodeMeaning:
    rule = row.unit_rule or file.model.unit_rule
    if rule is not None and rule not in unit_rules:
        where = (*steps, "unitRule") if row.unit_rule is not None else ("unitRule",)
        raise file.error(where, f"unknown unit rule {rule}", "list it in units.yaml")
    return CodeMeaning(
        concepts=(ConceptId(file.model.id),),
        unit_rule=rule,
        qualifiers=frozenset(row.qualifiers),
        score=None if row.score is None else str(row.score),
    )


def _joined(one: CodeMeaning | None, other: CodeMeaning) -> CodeMeaning | None:
    """Join what two sources say of one code; None where they contradict each other."""
    if one is None:
        return other
    if {one.unit_rule, other.unit_rule} - {None, one.unit_rule or other.unit_rule}:
        return None
    if {one.score, other.score} - {None, one.score or other.score}:
        return None
    return CodeMeaning(
        concepts=tuple(sorted({*one.concepts, *other.concepts})),
        unit_rule=one.unit_rule or other.unit_rule,
        qualifiers=one.qualifiers | other.qualifiers,
        score=one.score or other.score,
    )


def compile_terminology(vocabulary: Vocabulary, files: HospitalFiles) -> Terminology:
    """Add a hospital's local codes and answer texts to the vocabulary.

    Args:
        vocabulary: Compiled value sets.
        files: hospitals/<id>/.

    Returns:
        Everything a coding or text of this hospital means. A local code mapped to a code of no value set is known
        and means no concept.

    Raises:
        DefinitionError: A target's system is not listed, a project concept does not exist, a code is mapped
            twice or both mapped and unmatched, targets contradict each other, or an answer does not exist.
    """
    meanings = dict(vocabulary.meanings)
    unmatched: set[Key] = set()
    local = frozenset(group.source for group in files.concept_map.model.group) - frozenset(vocabulary.kinds)
    for place, group in enumerate(files.concept_map.model.group):
        _check_group(files, place, group, vocabulary)
        for number, element in enumerate(group.element):
            steps = ("group", place, "element", number)
            meaning = _local_meaning(files, group, element, steps, vocabulary)
            key = (group.source, element.code)
            if meaning is None:
                unmatched.add(key)
                continue
            joined = _joined(meanings.get(key), meaning)
            if joined is None:
                raise files.concept_map.error(
                    steps, "its targets differ in unit rule or score", "map it to one of them"
                )
            meanings[key] = joined
    _check_both(files, unmatched, meanings)
    terminology = Terminology(
        systems=frozenset(vocabulary.kinds),
        meanings=meanings,
        unmatched=frozenset(unmatched),
        local_systems=local,
        text_answers=_text_answers(vocabulary, files),
        substance_systems=vocabulary.substances,
    )
    return replace(terminology, digest=digest_of(terminology))


def _check_group(files: HospitalFiles, place: int, group: MapGroup, vocabulary: Vocabulary) -> None:
    steps = ("group", place)
    if group.target not in vocabulary.kinds:
        raise files.concept_map.error((*steps, "target"), "unknown code system", "list it in code_systems.yaml")
    seen: set[str] = set()
    for number, element in enumerate(group.element):
        if (group.source, element.code) in vocabulary.meanings:
            where = (*steps, "element", number, "code")
            raise files.concept_map.error(where, "a value set lists this code", "leave its meaning to it")
        if element.code in seen:
            raise files.concept_map.error(
                (*steps, "element", number, "code"), "duplicate code", "one row with several targets"
            )
        seen.add(element.code)


def _local_meaning(
    files: HospitalFiles,
    group: MapGroup,
    element: MapElement,
    steps: tuple[str | int, ...],
    vocabulary: Vocabulary,
) -> CodeMeaning | None:
    """Give what one local code means; None where it is marked unmatched."""
    file = files.concept_map
    meaning = CodeMeaning(concepts=())
    for place, target in enumerate(element.target):
        here = (*steps, "target", place)
        if target.equivalence is Equivalence.UNMATCHED:
            if target.code is not None or len(element.target) > 1:
                raise file.error(here, "unmatched beside a target code", "keep one of them")
            return None
        if target.code is None or target.display is None:
            raise file.error(here, "equivalent without code and display", "name the target or write unmatched")
        known = vocabulary.meanings.get((group.target, target.code))
        if known is None and vocabulary.kinds[group.target] is SystemKind.PROJECT:
            raise file.error((*here, "code"), "no such project concept", "list it in a value set")
        joined = _joined(meaning, known or CodeMeaning(concepts=()))
        if joined is None:
            raise file.error(here, "its targets differ in unit rule or score", "map it to one of them")
        meaning = joined
    return meaning


def _check_both(files: HospitalFiles, unmatched: set[Key], meanings: Mapping[Key, CodeMeaning]) -> None:
    for place, group in enumerate(files.concept_map.model.group):
        for number, element in enumerate(group.element):
            key = (group.source, element.code)
            if key in unmatched and key in meanings:
                raise files.concept_map.error(
                    ("group", place, "element", number),
                    "mapped in one group, unmatched in another",
                    "decide which",
                )


def _text_answers(vocabulary: Vocabulary, files: HospitalFiles) -> dict[tuple[str, str], tuple[ConceptId, ...]]:
    answers: dict[tuple[str, str], tuple[ConceptId, ...]] = {}
    for place, row in enumerate(files.concept_map.model.text_answers):
        steps = ("text_answers", place)
        if row.concept != "*" and row.concept not in vocabulary.titles:
            raise files.concept_map.error((*steps, "concept"), "no such value set", "use its id, or *")
        names = [row.answer] if isinstance(row.answer, str) else row.answer
        for name in names:
            if vocabulary.roles.get(ConceptId(name)) is not ValueSetRole.ANSWER:
                raise files.concept_map.error(
                    (*steps, "answer"), f"no answer value set {name}", "use the id of a value set with role answer"
                )
        if (row.concept, row.text) in answers:
            raise files.concept_map.error((*steps, "text"), "duplicate text", "keep one")
        answers[row.concept, row.text] = tuple(ConceptId(name) for name in names)
    return answers
