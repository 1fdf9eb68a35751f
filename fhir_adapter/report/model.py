"""What every result model shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

NOTICE = "Decision support, not a medical device: a named person decides."


class Result(BaseModel):
    """A result of a command, as JSON. Clinical numbers are strings with the reported digits."""

    model_config = ConfigDict(extra="forbid", frozen=True)
