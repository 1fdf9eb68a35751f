"""The tables of what was derived, decided and written.

Knows: tables of subjects, records, decisions, outbox and runs. Does not know: who reads or writes them.

Every row carries trial and hospital, so that rights can be given by row.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from fhir_adapter.gateways.store.schema import Number, metadata, row_number, text, time


def _of_subject(*, required: bool = True) -> Column[Any]:
    return Column("subject", Text, ForeignKey("subject.subject"), nullable=not required)


subject = Table(
    "subject",
    metadata,
    Column("subject", Text, primary_key=True),
    text("trial"),
    text("hospital"),
    Column("person", Number, nullable=False, index=True),
    text("scope"),
    text("status", required=False),
    Column("moved", Boolean, nullable=False),
    text("screening_number", required=False),
    Column("touched", Boolean, nullable=False),
    text("payload"),
    time(),
    Index(None, "trial", "hospital"),
)

# Kinds `eligibility`, `treatment` and `safety`; `verdict` is empty where a kind has none. The graded results of a
# safety record are most of it, and read only where somebody looks at them: they stand by themselves, last.
record = Table(
    "record",
    metadata,
    row_number(),
    text("kind"),
    text("trial"),
    text("hospital"),
    _of_subject(),
    Column("version", Integer, nullable=False),
    text("run"),
    text("verdict"),
    text("definitions_digest"),
    text("evidence_digest"),
    text("valid_until", required=False),
    text("payload"),
    time(),
    text("results", required=False),
    UniqueConstraint("subject", "kind", "version"),
)

record_freeze = Table(
    "record_freeze",
    metadata,
    row_number(),
    text("kind"),
    text("trial"),
    text("hospital"),
    _of_subject(),
    Column("version", Integer, nullable=False),
    Column("frozen", Boolean, nullable=False),
    time(),
    Index(None, "subject"),
)

review_item = Table(
    "review_item",
    metadata,
    row_number(),
    text("id"),
    text("trial"),
    text("hospital"),
    _of_subject(),
    text("kind"),
    text("state"),
    text("payload"),
    time(),
    time("closed_at", required=False),
    Index(None, "trial", "state"),
    Index(None, "id"),
)

decision = Table(
    "decision",
    metadata,
    row_number(),
    text("trial"),
    text("hospital"),
    _of_subject(),
    text("item"),
    text("payload"),
    time(),
    Index(None, "subject"),
)

# Of a whole trial, whatever hospital its subjects are treated at.
escalation_decision = Table(
    "escalation_decision",
    metadata,
    row_number(),
    Column("id", Text, nullable=False, unique=True),
    text("trial"),
    text("payload"),
    time(),
    Index(None, "trial"),
)

# `previous` and `digest` are the room of a hash chain.
audit = Table(
    "audit",
    metadata,
    row_number(),
    text("trial"),
    text("hospital"),
    _of_subject(required=False),
    text("who"),
    text("action"),
    text("payload"),
    time(),
    text("previous", required=False),
    text("digest", required=False),
    Index(None, "subject"),
)

intent = Table(
    "intent",
    metadata,
    row_number(),
    text("id"),
    text("trial"),
    text("hospital"),
    _of_subject(required=False),
    text("resource_type"),
    text("identifier_system"),
    text("identifier_value"),
    text("state"),
    text("payload"),
    text("run"),
    time(),
    time("settled_at", required=False),
    Index(None, "hospital", "identifier_value"),
    Index(None, "trial", "hospital", "state"),
)

receipt = Table(
    "receipt",
    metadata,
    row_number(),
    text("trial"),
    text("hospital"),
    _of_subject(required=False),
    text("resource_type"),
    text("identifier_system"),
    text("identifier_value"),
    text("payload"),
    text("run"),
    time(),
    Index(None, "hospital", "identifier_value"),
)

# `last_record` and `last_freeze`: the newest of each when the run ended.
run = Table(
    "run",
    metadata,
    row_number(),
    Column("id", Text, nullable=False, unique=True),
    text("trial"),
    text("hospital"),
    text("payload"),
    Column("last_record", Number, nullable=True),
    Column("last_freeze", Number, nullable=True),
)
