"""The tables of what was read, and what every table shares.

Knows: tables, keys, what may identify a patient and where. Does not know: who reads or writes them.

Only `identity` holds what identifies a patient; `intent` and `receipt` hold wire copies of what was written to
the hospital. Everything else carries the surrogate person key or the subject id. Numbers named `no` rise in
the order of saving. Times are UTC text of fixed width: text order is time order in every database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0003"
"""The newest migration; a test holds it against the migrations."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the key's type is exactly INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")


def row_number() -> Column[Any]:
    """Make the key of a table whose rows are numbered in the order of saving."""
    return Column("no", Number, primary_key=True, autoincrement=True)


def text(name: str, *, required: bool = True) -> Column[Any]:
    """Make a column of text."""
    return Column(name, Text, nullable=not required)


def time(name: str = "recorded_at", *, required: bool = True) -> Column[Any]:
    """Make a column for a time as UTC text."""
    return Column(name, String(32), nullable=not required)


counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next", Number, nullable=False),
)

# kind `person`: a patient and the surrogate key; `reading`: one version of a Patient resource as read;
# `text`: a piece of a record that identifies the patient, standing in the record as its number only.
identity = Table(
    "identity",
    metadata,
    Column("entry", Number, primary_key=True, autoincrement=False),
    text("hospital"),
    text("kind"),
    Column("person", Number, nullable=True),
    text("patient"),
    text("version"),
    text("content"),
    Column("reading_no", Integer, nullable=False),
    text("payload", required=False),
    text("run"),
    text("origin"),
    time(required=False),
    UniqueConstraint("hospital", "kind", "patient", "version", "content", "reading_no", name="uq_identity_key"),
    Index(None, "person", "kind"),
)

reading_digest = Table(
    "reading_digest",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, unique=True),
)

resource_version = Table(
    "resource_version",
    metadata,
    Column("no", Number, primary_key=True, autoincrement=False),
    text("hospital"),
    Column("person", Number, nullable=True, index=True),
    text("type"),
    text("resource_id"),
    text("version"),
    text("content"),
    Column("reading_no", Integer, ForeignKey("reading_digest.no"), nullable=False),
    text("last_updated", required=False),
    text("excluded_by", required=False),
    Column("retracts", Boolean, nullable=False),
    text("refs", required=False),
    text("run"),
    text("origin"),
    time(),
    UniqueConstraint(
        "hospital", "type", "resource_id", "version", "content", "reading_no", name="uq_resource_version_key"
    ),
)

fact = Table(
    "fact",
    metadata,
    Column("version_no", Number, ForeignKey("resource_version.no"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("hospital"),
    text("kind"),
    text("path"),
    text("payload"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("version_no", Number, ForeignKey("resource_version.no"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("hospital"),
    text("reason"),
    text("payload"),
)

# Who must be derived again when a shared resource (a Medication, say) arrives or changes.
shared_reference = Table(
    "shared_reference",
    metadata,
    Column("hospital", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("person", Number, primary_key=True, autoincrement=False),
)

completeness = Table(
    "completeness",
    metadata,
    row_number(),
    text("hospital"),
    Column("person", Number, nullable=False, index=True),
    text("resource_type"),
    text("payload"),
    text("run"),
    time(),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("hospital", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    text("position"),
    text("query"),
)
