"""The base class of all settings models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """Immutable settings whose aliases are the keys. Validation errors repeat no value, for it may be a secret.

    Unknown keys are ignored here: the loader reports them, with the closest known key.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
