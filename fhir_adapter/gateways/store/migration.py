"""Bringing a database to the tables this version of the adapter uses.

Knows: Alembic, the migrations folder. Does not know: what the tables are for.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.gateways.store.schema import REVISION

_FOLDER = Path(__file__).parent / "migrations"


def run_migrations(connection: Connection) -> None:
    """Create the tables of a new database, or bring an older one up to date.

    Does nothing to a database that is up to date.

    Args:
        connection: A writing transaction: either all migrations hold or none.

    Raises:
        ConfigurationError: The database was written by a newer adapter, or is not a store.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        if found == REVISION:
            return
    elif tables:
        raise ConfigurationError("the store is a database of another program; name another one")
    _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Imported late: most runs find the tables up to date.
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    script = ScriptDirectory(_FOLDER)
    context = MigrationContext.configure(
        connection,
        # The steps are run here, without the env.py of Alembic's own command.
        opts={"fn": lambda revision, _context: script._upgrade_revs("head", revision), "transactional_ddl": True},  # noqa: SLF001
    )
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError:
        raise ConfigurationError(
            "the store was written by a newer version of the adapter; use that version or another store"
        ) from None
