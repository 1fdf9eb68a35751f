"""A toxicity scale's file -> the scale the domain grades with.

Knows: which families, concepts and grades a term names, and that they fit together. Does not know: value sets, the
catalogue of all terms (see review_scale).
"""

from __future__ import annotations

from fhir_adapter.definitions.compile_condition import compile_age, compile_condition
from fhir_adapter.definitions.file_scale import ConditionRow, ScaleFile, TermRow
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.toxicity.scale import GradeRule, Raise, Scale, Term, UnitFamily

_DEATH = 5

Steps = tuple[Step, ...]


def compile_scale(file: Typed[ScaleFile]) -> Scale:
    """Compile a scale.

    Args:
        file: terminology/<scale>.yaml.

    Returns:
        Its terms in the order of the file, each with its highest grade first.

    Raises:
        DefinitionError: A family, grade, unit or concept is given twice, is not there, or does not fit.
    """
    model = file.model
    families = _families(file)
    seen: set[tuple[str, str]] = set()
    terms: list[Term] = []
    for place, row in enumerate(model.terms):
        steps: Steps = ("terms", place)
        for concept in row.concepts or [""]:
            key = (row.name.casefold(), concept)
            if key in seen:
                raise file.error(
                    (*steps, "name"), "this term stands here twice for one kind of result", "keep one"
                )
            seen.add(key)
        terms.append(_term(file, steps, row, families))
    return Scale(id=model.id, title=model.title, version=model.version, terms=tuple(terms))


def _families(file: Typed[ScaleFile]) -> dict[str, UnitFamily]:
    families: dict[str, UnitFamily] = {}
    for place, row in enumerate(file.model.families):
        steps = ("families", place)
        if row.id in families:
            raise file.error((*steps, "id"), f"duplicate family {row.id}", "keep one")
        if row.units.get(row.printed) != 1:
            raise file.error((*steps, "units"), f"the printed unit {row.printed} is not listed as 1", "add it")
        if any(factor == 0 for factor in row.units.values()):
            raise file.error((*steps, "units"), "a factor of zero", "write how many printed units one is")
        families[row.id] = UnitFamily(id=row.id, printed=row.printed, factors=row.units)
    return families


def _term(file: Typed[ScaleFile], steps: Steps, row: TermRow, families: dict[str, UnitFamily]) -> Term:
    own = _own_families(file, steps, row, families)
    printed = {family.printed for family in own}
    _check_grades(file, steps, row)
    for place, grade in enumerate(row.grades):
        for number, alternative in enumerate(grade.any):
            for position, condition in enumerate(alternative):
                here = (*steps, "grades", place, "any", number, position)
                _check_condition(file, here, row, condition, printed)
    rules = [
        GradeRule(
            grade=grade.grade,
            any_of=tuple(tuple(compile_condition(each) for each in alternative) for alternative in grade.any),
        )
        for grade in row.grades
        if grade.any
    ]
    return Term(
        name=row.name,
        meddra=row.meddra,
        soc=row.soc,
        direction=row.direction,
        hematologic=row.hematologic,
        concepts=tuple(map(ConceptId, row.concepts)),
        wording={grade.grade: grade.wording for grade in row.grades},
        rules=tuple(sorted(rules, key=lambda rule: -rule.grade)),
        families=own,
        raised=tuple(Raise(input=each.input, to=each.to) for each in row.raised),
        combined=row.combined,
        by_person=row.by_person,
        refused=row.refused,
        age=None if row.age is None else compile_age(row.age),
        bounded_by=tuple(map(ConceptId, row.bounded_by)),
        note=row.note,
    )


def _own_families(
    file: Typed[ScaleFile], steps: Steps, row: TermRow, families: dict[str, UnitFamily]
) -> tuple[UnitFamily, ...]:
    own: list[UnitFamily] = []
    for place, name in enumerate(row.families):
        here = (*steps, "families", place)
        if name not in families:
            raise file.error(here, f"unknown family {name}", "list it under `families`")
        units = {unit for family in own for unit in family.factors}
        if units & set(families[name].factors):
            raise file.error(here, f"family {name} shares a unit with another one of this term", "keep one")
        own.append(families[name])
    return tuple(own)


def _check_grades(file: Typed[ScaleFile], steps: Steps, row: TermRow) -> None:
    seen: set[int] = set()
    for place, grade in enumerate(row.grades):
        here = (*steps, "grades", place)
        if grade.grade in seen:
            raise file.error((*here, "grade"), f"duplicate grade {grade.grade}", "keep one")
        if grade.grade == _DEATH and grade.any:
            raise file.error((*here, "any"), "no number gives grade 5", "a person judges a death")
        seen.add(grade.grade)
    for place, each in enumerate(row.raised):
        if each.to not in seen:
            raise file.error((*steps, "raised", place, "to"), f"the term has no grade {each.to}", "correct it")
    if row.refused is not None and any(grade.any for grade in row.grades):
        raise file.error((*steps, "refused"), "a term that refuses every number has rules", "keep one of them")


def _check_condition(
    file: Typed[ScaleFile], steps: Steps, row: TermRow, condition: ConditionRow, printed: set[str]
) -> None:
    limit = condition.limit
    if isinstance(limit, dict):
        for unit in limit:
            if unit not in printed:
                remedy = "name a family that is printed in this unit under the term's `families`"
                raise file.error(steps, f"a limit in {unit} without unit family", remedy)
        if not limit:
            raise file.error(steps, "a limit without number", "write the numbers by unit")
    if condition.of is not None and condition.of not in row.concepts:
        raise file.error((*steps, "of"), f"{condition.of} is none of the term's concepts", "add it there")
    if row.combined and isinstance(limit, dict) and condition.of is None:
        raise file.error(steps, "a combined term's number without `of`", "name the result it is compared with")
