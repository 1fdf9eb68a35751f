"""The first tables.

Written out in full and never changed again: later changes are later migrations.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the key's type is exactly INTEGER.
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table of a new store."""
    _create_reading_tables()
    _create_trial_tables()
    _create_write_tables()


def _create_reading_tables() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("next", _NUMBER, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("entry", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", _NUMBER, nullable=True),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reading_no", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=True),
        sa.UniqueConstraint(
            "hospital", "kind", "patient", "version", "content", "reading_no", name="uq_identity_key"
        ),
    )
    op.create_index("ix_identity_person_kind", "identity", ["person", "kind"])
    op.create_table(
        "reading_digest",
        sa.Column("no", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_reading_digest_digest"),
    )
    op.create_table(
        "resource_version",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("person", _NUMBER, nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "reading_no",
            sa.Integer(),
            sa.ForeignKey("reading_digest.no", name="fk_resource_version_reading_no"),
            nullable=False,
        ),
        sa.Column("last_updated", sa.Text(), nullable=True),
        sa.Column("excluded_by", sa.Text(), nullable=True),
        sa.Column("retracts", sa.Boolean(), nullable=False),
        sa.Column("refs", sa.Text(), nullable=True),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.UniqueConstraint(
            "hospital", "type", "resource_id", "version", "content", "reading_no", name="uq_resource_version_key"
        ),
    )
    op.create_index("ix_resource_version_person", "resource_version", ["person"])
    op.create_table(
        "fact",
        sa.Column(
            "version_no",
            _NUMBER,
            sa.ForeignKey("resource_version.no", name="fk_fact_version_no"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
    )
    op.create_table(
        "rejection",
        sa.Column(
            "version_no",
            _NUMBER,
            sa.ForeignKey("resource_version.no", name="fk_rejection_version_no"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
    )
    op.create_table(
        "shared_reference",
        sa.Column("hospital", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("reference", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("person", _NUMBER, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "completeness",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("person", _NUMBER, nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_completeness_person", "completeness", ["person"])
    op.create_table(
        "checkpoint",
        sa.Column("hospital", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("scope", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
    )


def _create_trial_tables() -> None:
    op.create_table(
        "subject",
        sa.Column("subject", sa.Text(), primary_key=True, autoincrement=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("person", _NUMBER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("screening_number", sa.Text(), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_subject_person", "subject", ["person"])
    op.create_index("ix_subject_trial_hospital", "subject", ["trial", "hospital"])
    op.create_table(
        "record",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_record_subject"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("definitions_digest", sa.Text(), nullable=False),
        sa.Column("evidence_digest", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("subject", "kind", "version", name="uq_record_subject_kind_version"),
    )
    op.create_table(
        "record_freeze",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_record_freeze_subject"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_record_freeze_subject", "record_freeze", ["subject"])
    op.create_table(
        "review_item",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_review_item_subject"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("closed_at", sa.String(32), nullable=True),
    )
    op.create_index("ix_review_item_id", "review_item", ["id"])
    op.create_index("ix_review_item_trial_state", "review_item", ["trial", "state"])
    op.create_table(
        "decision",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_decision_subject"), nullable=False
        ),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_decision_subject", "decision", ["subject"])
    op.create_table(
        "audit",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_audit_subject"), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])


def _create_write_tables() -> None:
    op.create_table(
        "intent",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_intent_subject"), nullable=True),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("identifier_system", sa.Text(), nullable=False),
        sa.Column("identifier_value", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.String(32), nullable=True),
    )
    op.create_index("ix_intent_hospital_identifier_value", "intent", ["hospital", "identifier_value"])
    op.create_index("ix_intent_trial_hospital_state", "intent", ["trial", "hospital", "state"])
    op.create_table(
        "receipt",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), sa.ForeignKey("subject.subject", name="fk_receipt_subject"), nullable=True
        ),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("identifier_system", sa.Text(), nullable=False),
        sa.Column("identifier_value", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_receipt_hospital_identifier_value", "receipt", ["hospital", "identifier_value"])
    op.create_table(
        "run",
        sa.Column("no", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("last_record", _NUMBER, nullable=True),
        sa.Column("last_freeze", _NUMBER, nullable=True),
        sa.UniqueConstraint("id", name="uq_run_id"),
    )
