"""File models of trials/<id>/eligibility.yaml: criteria as trees of a closed set of operators.

Knows: the shape of every operator. Does not know: how it is assessed (domain/operators.py says what it means).
A node is a mapping with exactly one operator key; there are no expressions.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from fhir_adapter.definitions.file_rule_body import (
    AgeBody,
    AttestedBody,
    CodedBody,
    CompareBody,
    ConditionBody,
    ConsentProvisionBody,
    ConsentSignedBody,
    ConsentWithdrawnBody,
    EventBody,
    FormulaBody,
    QueryFile,
    SexBody,
)
from fhir_adapter.definitions.file_treatment_rule import (
    NoReactionBody,
    OxygenSupplyBody,
    SteroidLoadBody,
    UnderWayBody,
)
from fhir_adapter.definitions.scalar_text import FileModel, Name, Slug, Words
from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.queries import OnConflict, UnknownReason


class NodeFile(FileModel):
    """Beside the operator key."""

    part: Name | None = None
    label: Words | None = None
    next_fact: Words | None = None
    on_day_of: QueryFile | None = None


class AllOfNode(NodeFile):
    """Every statement holds."""

    all_of: Annotated[list[AnyNode], Field(min_length=1)]


class AnyOfNode(NodeFile):
    """At least one statement holds."""

    any_of: Annotated[list[AnyNode], Field(min_length=1)]


class NotNode(NodeFile):
    """The statement does not hold."""

    not_: AnyNode = Field(alias="not")


class WhenBody(FileModel):
    """If, then, else; without else the whole does not hold where the condition does not."""

    if_: AnyNode = Field(alias="if")
    then: AnyNode
    else_: AnyNode | None = Field(default=None, alias="else")


class WhenNode(NodeFile):
    """If the condition holds then one statement, otherwise another."""

    when: WhenBody


class AgreeBody(FileModel):
    """Sources of the same statement."""

    of: Annotated[list[AnyNode], Field(min_length=2)]
    on_conflict: OnConflict = OnConflict.UNKNOWN


class AgreeNode(NodeFile):
    """Several sources carry the same statement; opposite answers conflict."""

    agree: AgreeBody


class FirstAvailableBody(FileModel):
    """Statements in falling preference."""

    of: Annotated[list[AnyNode], Field(min_length=2)]
    warning: Words


class FirstAvailableNode(NodeFile):
    """The first statement for which there is anything current."""

    first_available: FirstAvailableBody


class AttestedNode(NodeFile):
    """A named person says whether the statement holds."""

    attested: AttestedBody


class AttestableBody(FileModel):
    """Data first, a person where data leave it open for one of the reasons."""

    rule: AnyNode
    by: AttestedBody
    on: Annotated[list[UnknownReason], Field(min_length=1)]
    on_conflict: OnConflict = OnConflict.UNKNOWN


class AttestableNode(NodeFile):
    """Data decide; where they do not, a person may."""

    attestable: AttestableBody


class AgeNode(NodeFile):
    """The patient's age."""

    age: AgeBody


class SexNode(NodeFile):
    """The patient's administrative gender."""

    sex: SexBody


class CompareNode(NodeFile):
    """A current finding lies on this side of a limit."""

    compare: CompareBody


class FormulaNode(NodeFile):
    """A computed value lies on this side of a limit."""

    formula: FormulaBody


class CodedNode(NodeFile):
    """A current coded answer."""

    coded: CodedBody


class ConditionNode(NodeFile):
    """A problem of one of these concepts is on the list."""

    condition: ConditionBody


class EventNode(NodeFile):
    """An event of one of these concepts happened less than `within` before the anchor."""

    event: EventBody


class ConsentSignedNode(NodeFile):
    """An active research consent is signed by everybody the age asks for."""

    consent_signed: ConsentSignedBody


class ConsentWithdrawnNode(NodeFile):
    """The latest research consent was refused or withdrawn."""

    consent_withdrawn: ConsentWithdrawnBody


class ConsentProvisionNode(NodeFile):
    """The active research consent permits this provision."""

    consent_provision: ConsentProvisionBody


class SteroidLoadNode(NodeFile):
    """Every rolling total of steroids before the anchor lies on this side of the limit."""

    steroid_load: SteroidLoadBody


class UnderWayNode(NodeFile):
    """A procedure of one of these concepts goes on at the anchor."""

    under_way: UnderWayBody


class OxygenSupplyNode(NodeFile):
    """The latest record of supplemental oxygen lies on this side of the limit."""

    oxygen_supply: OxygenSupplyBody


class NoReactionNode(NodeFile):
    """No severe reaction since the first cell infusion, by the safety record."""

    no_reaction: NoReactionBody


OPERATORS = (
    *("all_of", "any_of", "not", "when", "agree", "first_available", "attested", "attestable", "age", "sex"),
    *("compare", "formula", "coded", "condition", "event"),
    *("consent_signed", "consent_withdrawn", "consent_provision"),
    *("steroid_load", "under_way", "oxygen_supply", "no_reaction"),
)


def _operator_of(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    found = [name for name in OPERATORS if name in value]
    return f"<{found[0]}>" if len(found) == 1 else None


AnyNode = Annotated[
    Annotated[AllOfNode, Tag("<all_of>")]
    | Annotated[AnyOfNode, Tag("<any_of>")]
    | Annotated[NotNode, Tag("<not>")]
    | Annotated[WhenNode, Tag("<when>")]
    | Annotated[AgreeNode, Tag("<agree>")]
    | Annotated[FirstAvailableNode, Tag("<first_available>")]
    | Annotated[AttestedNode, Tag("<attested>")]
    | Annotated[AttestableNode, Tag("<attestable>")]
    | Annotated[AgeNode, Tag("<age>")]
    | Annotated[SexNode, Tag("<sex>")]
    | Annotated[CompareNode, Tag("<compare>")]
    | Annotated[FormulaNode, Tag("<formula>")]
    | Annotated[CodedNode, Tag("<coded>")]
    | Annotated[ConditionNode, Tag("<condition>")]
    | Annotated[EventNode, Tag("<event>")]
    | Annotated[ConsentSignedNode, Tag("<consent_signed>")]
    | Annotated[ConsentWithdrawnNode, Tag("<consent_withdrawn>")]
    | Annotated[ConsentProvisionNode, Tag("<consent_provision>")]
    | Annotated[SteroidLoadNode, Tag("<steroid_load>")]
    | Annotated[UnderWayNode, Tag("<under_way>")]
    | Annotated[OxygenSupplyNode, Tag("<oxygen_supply>")]
    | Annotated[NoReactionNode, Tag("<no_reaction>")],
    Discriminator(
        _operator_of,
        custom_error_type="operator",
        custom_error_message="a node needs exactly one operator key; one of " + ", ".join(OPERATORS),
    ),
]


class CriterionRow(FileModel):
    """One top-level criterion."""

    id: Name
    kind: Kind
    mode: Mode
    text: Words
    source: Words
    shows: list[Slug] = Field(default_factory=list)
    rule: AnyNode


class EligibilityFile(FileModel):
    """trials/<id>/eligibility.yaml."""

    criteria: list[CriterionRow] = Field(min_length=1)
