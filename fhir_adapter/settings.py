"""Settings of this installation: paths, URLs, secrets by reference, log level. No clinical content.

Knows: environment variables (`FHIR_ADAPTER_*`). Does not know: hospitals, trials, the command line.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fhir_adapter.errors import ConfigurationError

_ALLOWED = {"log_level": " (DEBUG, INFO, WARNING or ERROR)", "store": " (a file, or a SQLAlchemy URL)"}


class Settings(BaseSettings):
    """What the environment says.

    Attributes:
        store: SQLAlchemy URL, or a path to a SQLite file.
        bearer_token: Static bearer token for the hospital server; sent to its own origin only.
        site_secret: Key of the subject ids. Without it a random one is made beside the store at first use.
        mappings: Directory that overlays the mappings shipped with the package.
        log_level: Level of the messages on stderr.
    """

    model_config = SettingsConfigDict(env_prefix="FHIR_ADAPTER_", extra="ignore")

    store: str = Field(default="./fhir_adapter.db", min_length=1)
    bearer_token: SecretStr | None = None
    site_secret: SecretStr | None = None
    site_secret_file: Path | None = None
    mappings: Path | None = None
    log_level: str = Field(default="WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


def load_settings() -> Settings:
    """Read the settings from the environment.

    Returns:
        The settings.

    Raises:
        ConfigurationError: A variable has an unusable value; the message names it, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        fields = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False, include_url=False)})
        names = ", ".join(f"FHIR_ADAPTER_{field.upper()}{_ALLOWED.get(field, '')}" for field in fields)
        raise ConfigurationError(f"unusable environment variable: {names}") from None
