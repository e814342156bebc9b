"""The settings of one Alibaba Cloud account, under the vendor's own names."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from bot.config.endpoint import Endpoint
from bot.config.model import SettingsModel
from bot.errors import InvalidValueError
from bot.i18n import phrase
from bot.providers.aliyun.signing import AliyunCredentials

_TEMPORARY = "STS."


def _check_key_id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", value):
        raise InvalidValueError(phrase("must be letters and digits only, without quotes or blanks"))
    return value


def _check_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()) or value.get_secret_value()[0] in "\"'":
        raise InvalidValueError(phrase("must be written without quotes or blanks"))
    return value


KeyId = Annotated[str, AfterValidator(_check_key_id)]
KeySecret = Annotated[SecretStr, AfterValidator(_check_secret)]


class AliyunSettings(SettingsModel):
    """One Alibaba Cloud account. Both products use the common access key; the international one its own, if it is set.

    The aliases are the keys.
    """

    access_key_id: KeyId | None = Field(None, alias="ALIBABA_CLOUD_ACCESS_KEY_ID")
    """AccessKey ID of the read-only RAM user."""
    access_key_secret: KeySecret | None = Field(None, alias="ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    """AccessKey secret of that user."""
    security_token: KeySecret | None = Field(None, alias="ALIBABA_CLOUD_SECURITY_TOKEN")
    """STS token; only with temporary keys."""
    endpoint: Endpoint = Field("https://dysmsapi.aliyuncs.com", alias="ALIBABA_CLOUD_SMS_ENDPOINT")
    """Address of the domestic SMS API."""
    intl_access_key_id: KeyId | None = Field(None, alias="ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID")
    """AccessKey ID, if the international account is another one."""
    intl_access_key_secret: KeySecret | None = Field(None, alias="ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET")
    """AccessKey secret, if the international account is another one."""
    intl_endpoint: Endpoint = Field("https://dysmsapi.ap-southeast-1.aliyuncs.com", alias="ALIBABA_CLOUD_SMS_INTL_ENDPOINT")
    """Address of the international SMS API."""

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

    @field_validator("access_key_secret", "intl_access_key_secret")
    @classmethod
    def _check_key_pair(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        id_field = str(info.field_name).replace("secret", "id")
        id_key = cls.model_fields[id_field].alias
        if id_field not in info.data:
            return secret  # the id is invalid, which is a fault of its own
        if (key_id := info.data[id_field]) and secret is None:
            raise InvalidValueError(phrase("is missing: it goes with {key}", key=id_key))
        if secret is not None and not key_id:
            raise InvalidValueError(phrase("is set, but {key} is missing", key=id_key))
        return secret

    @field_validator("security_token")
    @classmethod
    def _check_token(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        key_id = info.data.get("access_key_id")
        if token is None and key_id and key_id.startswith(_TEMPORARY):
            raise InvalidValueError(phrase("is missing: the key of ALIBABA_CLOUD_ACCESS_KEY_ID is a temporary one"))
        if token is not None and key_id is None and "access_key_id" in info.data:
            raise InvalidValueError(phrase("is set, but {key} is missing", key="ALIBABA_CLOUD_ACCESS_KEY_ID"))
        return token

    @property
    def credentials(self) -> AliyunCredentials | None:
        """The credentials of the domestic product; None if it is switched off."""
        if not self.access_key_id or self.access_key_secret is None:
            return None
        token = self.security_token.get_secret_value() if self.security_token else None
        return AliyunCredentials(self.access_key_id, self.access_key_secret.get_secret_value(), token)

    @property
    def intl_credentials(self) -> AliyunCredentials | None:
        """The credentials of the international product; None if it is switched off."""
        if not self.intl_access_key_id or self.intl_access_key_secret is None:
            return self.credentials
        return AliyunCredentials(self.intl_access_key_id, self.intl_access_key_secret.get_secret_value())
