"""Alibaba Cloud as the rest of the house meets it: its two systems, its settings, and how its providers are opened."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from bot.config.endpoint import Endpoint
from bot.config.proxy import Proxies
from bot.errors import InvalidValueError
from bot.i18n import phrase
from bot.providers.aliyun import provider_domestic, provider_intl, systems
from bot.providers.aliyun.callbacks import CALLBACKS
from bot.providers.aliyun.signing import Acs3Auth, AliyunCredentials
from bot.providers.base import Vendor
from bot.providers.http import ProviderHttpClient
from bot.providers.rate_limiter import ArrivalRateLimiter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.providers.base import Provider
    from bot.timing.clock import Clock

INTL_CALLS_A_SECOND = 250  # of the 300 that QueryMessage allows an account: others may be asking with the same one

_TEMPORARY = "STS."
_SHORTEST_TO_SHORTEN = 12  # characters; shorter ids, which are none of Alibaba's, show less


def _plain(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", value):
        raise InvalidValueError(phrase("must be letters and digits only, without quotes or blanks"))
    return value


def _unquoted(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()) or value.get_secret_value()[0] in "\"'":
        raise InvalidValueError(phrase("must be written without quotes or blanks"))
    return value


KeyId = Annotated[str, AfterValidator(_plain)]
Secret = Annotated[SecretStr, AfterValidator(_unquoted)]


class AliyunSettings(BaseModel):
    """One Alibaba Cloud account. Both products use the ordinary key; the international one its own instead, where it is set."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_key_id: KeyId | None = Field(None, alias="ALIBABA_CLOUD_ACCESS_KEY_ID")
    access_key_secret: Secret | None = Field(None, alias="ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    security_token: Secret | None = Field(None, alias="ALIBABA_CLOUD_SECURITY_TOKEN")
    endpoint: Endpoint = Field("https://dysmsapi.aliyuncs.com", alias="ALIBABA_CLOUD_SMS_ENDPOINT")
    intl_access_key_id: KeyId | None = Field(None, alias="ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID")
    intl_access_key_secret: Secret | None = Field(None, alias="ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET")
    intl_endpoint: Endpoint = Field("https://dysmsapi.ap-southeast-1.aliyuncs.com", alias="ALIBABA_CLOUD_SMS_INTL_ENDPOINT")

    @model_validator(mode="before")
    @classmethod
    def _tidied(cls, values: Any) -> Any:
        """Blanks around a value come with copying it; a value of nothing else is none.

        What may be missing is said to be missing: pydantic names a field by its key only where it was given a value for it.
        """
        if not isinstance(values, dict):
            return values
        stripped = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
        optional = {field.alias: None for field in cls.model_fields.values() if field.default is None}
        return optional | {key: value for key, value in stripped.items() if value != ""}

    @field_validator("access_key_secret", "intl_access_key_secret")
    @classmethod
    def _goes_with_its_id(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        id_field = str(info.field_name).replace("secret", "id")
        id_key = cls.model_fields[id_field].alias
        if id_field not in info.data:
            return secret  # the id is wrong, and that has been said
        if (key_id := info.data[id_field]) and secret is None:
            raise InvalidValueError(phrase("is missing: it goes with {key}", key=id_key))
        if secret is not None and not key_id:
            raise InvalidValueError(phrase("is set, but {key} is missing", key=id_key))
        return secret

    @field_validator("security_token")
    @classmethod
    def _goes_with_a_temporary_key(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        key_id = info.data.get("access_key_id")
        if token is None and key_id and key_id.startswith(_TEMPORARY):
            raise InvalidValueError(phrase("is missing: the key of ALIBABA_CLOUD_ACCESS_KEY_ID is a temporary one"))
        if token is not None and key_id is None and "access_key_id" in info.data:
            raise InvalidValueError(phrase("is set, but {key} is missing", key="ALIBABA_CLOUD_ACCESS_KEY_ID"))
        return token

    @property
    def credentials(self) -> AliyunCredentials | None:
        """Of the domestic product; None when it is switched off."""
        if not self.access_key_id or self.access_key_secret is None:
            return None
        token = self.security_token.get_secret_value() if self.security_token else None
        return AliyunCredentials(self.access_key_id, self.access_key_secret.get_secret_value(), token)

    @property
    def intl_credentials(self) -> AliyunCredentials | None:
        """Of the international product; None when it is switched off."""
        if not self.intl_access_key_id or self.intl_access_key_secret is None:
            return self.credentials
        return AliyunCredentials(self.intl_access_key_id, self.intl_access_key_secret.get_secret_value())


def open_aliyun(
    settings: AliyunSettings,
    name: str | None,
    clock: Clock,
    proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
) -> Sequence[Provider]:
    """The providers of one account, domestic first."""
    providers: list[Provider] = []
    if (credentials := settings.credentials) is not None:
        http = ProviderHttpClient(settings.endpoint, auth=Acs3Auth(credentials, clock=clock), clock=clock, proxies=proxies)
        account = name or abbreviate_key_id(credentials.key_id)
        providers.append(provider_domestic.AliyunProvider(account, http, row_key=_row_key(credentials), clock=clock))
    if (credentials := settings.intl_credentials) is not None:
        http = ProviderHttpClient(
            settings.intl_endpoint,
            auth=Acs3Auth(credentials, clock=clock),
            limiter=ArrivalRateLimiter(INTL_CALLS_A_SECOND),
            clock=clock,
            proxies=proxies,
        )
        providers.append(provider_intl.AliyunIntlProvider(name or abbreviate_key_id(credentials.key_id), http, clock=clock))
    return providers


def abbreviate_key_id(key_id: str) -> str:
    """`LTAI…Id01`: enough to tell accounts apart."""
    return f"{key_id[:4]}…{key_id[-4:]}" if len(key_id) >= _SHORTEST_TO_SHORTEN else f"{key_id[:2]}…"


def _row_key(credentials: AliyunCredentials) -> bytes:
    """Seals the ids of rows: the same in every process of the account, and not the secret itself."""
    return hashlib.sha256(b"smsstatus row ids\n" + credentials.secret.encode()).digest()


VENDOR = Vendor(systems=(systems.DOMESTIC, systems.INTL), settings=AliyunSettings, open=open_aliyun, callbacks=CALLBACKS)
