"""The settings of one Twilio account, under the vendor's own names.

https://www.twilio.com/docs/iam/api-keys: an API key and its secret, or the account's SID and auth token, are the user and the
password of HTTP Basic authentication. Pushes are signed with the auth token, whatever calls are made with.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from bot.config.endpoint import Endpoint
from bot.config.model import SettingsModel
from bot.errors import InvalidValueError
from bot.i18n import phrase
from bot.providers.twilio.signing import TwilioCredentials


def _sid(prefix: str) -> AfterValidator:
    """The validator of a SID: a prefix and 32 hexadecimal digits."""

    def check(value: str) -> str:
        if not re.fullmatch(rf"{prefix}[0-9a-fA-F]{{32}}", value):
            raise InvalidValueError(
                phrase(
                    "must be {prefix} and 32 digits or letters a to f, such as {example}", prefix=prefix, example=_example(prefix)
                )
            )
        return value

    return AfterValidator(check)


def _example(prefix: str) -> str:
    return prefix + "0123456789abcdef" * 2


def _check_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()) or value.get_secret_value()[0] in "\"'":
        raise InvalidValueError(phrase("must be written without quotes or blanks"))
    return value


AccountSid = Annotated[str, _sid("AC")]
KeySid = Annotated[str, _sid("SK")]
ApiSecret = Annotated[SecretStr, AfterValidator(_check_secret)]


class TwilioSettings(SettingsModel):
    """One Twilio account, or subaccount. The aliases are the keys.

    The fields stand in the order in which they are checked: a later one looks at those before it.
    """

    account_sid: AccountSid = Field(alias="TWILIO_ACCOUNT_SID")
    """SID of the account, `AC…`."""
    api_key: KeySid | None = Field(None, alias="TWILIO_API_KEY")
    """SID of the restricted API key, `SK…`."""
    api_secret: ApiSecret | None = Field(None, alias="TWILIO_API_SECRET")
    """Secret of that key."""
    auth_token: ApiSecret | None = Field(None, alias="TWILIO_AUTH_TOKEN")
    """Auth token of the account: it checks what Twilio pushes, and makes the calls where no API key is set. It can send."""
    endpoint: Endpoint = Field("https://api.twilio.com", alias="TWILIO_ENDPOINT")
    """Address of the API; of a region, such as `https://api.dublin.ie1.twilio.com`."""

    @model_validator(mode="before")
    @classmethod
    def _strip_values(cls, values: Any) -> Any:
        """Strip blanks around values, which come with copying; a blank value counts as not set.

        Missing optional fields are set to None: pydantic names a field by its key only if it was given a value for it.
        """
        if not isinstance(values, dict):
            return values
        stripped = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
        optional = {field.alias: None for field in cls.model_fields.values() if field.default is None}
        return optional | {key: value for key, value in stripped.items() if value != ""}

    @field_validator("api_secret")
    @classmethod
    def _check_key_pair(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if "api_key" not in info.data:
            return secret  # the key is invalid, which is a fault of its own
        if info.data["api_key"] and secret is None:
            raise InvalidValueError(phrase("is missing: it goes with {key}", key="TWILIO_API_KEY"))
        if secret is not None and not info.data["api_key"]:
            raise InvalidValueError(phrase("is set, but {key} is missing", key="TWILIO_API_KEY"))
        return secret

    @field_validator("auth_token")
    @classmethod
    def _check_any(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        is_known = "api_key" in info.data and "api_secret" in info.data
        if token is None and is_known and not info.data["api_key"]:
            raise InvalidValueError(
                phrase("is missing, and so is TWILIO_API_KEY with TWILIO_API_SECRET: one of the two makes the calls")
            )
        return token

    @property
    def credentials(self) -> TwilioCredentials:
        """What calls are made with: the API key, else the auth token."""
        if self.api_key is not None and self.api_secret is not None:
            return TwilioCredentials(self.api_key, self.api_secret.get_secret_value())
        token = self.auth_token.get_secret_value() if self.auth_token is not None else ""
        return TwilioCredentials(self.account_sid, token)

    @property
    def signing_key(self) -> str | None:
        """What pushes are signed with; None: it is not set."""
        return self.auth_token.get_secret_value() if self.auth_token is not None else None
