"""The settings of one Tencent Cloud account, under the vendor's own names."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.config.endpoint import Endpoint
from bot.config.model import SettingsModel
from bot.errors import InvalidValueError
from bot.i18n import phrase


def _check_secret(value: SecretStr) -> SecretStr:
    """Strip blanks around a key, which come with copying and which the vendor rejects (382/38780). Raises InvalidValueError."""
    bare = value.get_secret_value().strip()
    if not bare:
        raise InvalidValueError(phrase("must not be empty"))
    if not bare.isascii() or not bare.isprintable() or " " in bare:
        raise InvalidValueError(phrase("must not hold blanks or characters outside ASCII"))
    return SecretStr(bare)


def _check_region(value: str) -> str:
    region = value.strip().lower()
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+(-\d+)?", region):
        raise InvalidValueError(phrase("must be a region such as ap-guangzhou"))
    return region


def read_app_ids(value: Any) -> tuple[str, ...]:
    """`"1400006666, 1400007777"` or a list of such texts -> the app ids, each once. Tencent takes them as JSON strings only.

    Raises InvalidValueError.
    """
    entries = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(entry, str) for entry in entries):
        raise InvalidValueError(phrase('must be text: put the app id in quotes, such as "1400006666"'))
    ids = [part.strip() for entry in entries for part in re.split(r"[,，]", entry) if part.strip()]
    if not ids:
        raise InvalidValueError(phrase("must name at least one app id, such as 1400006666"))
    if not all(part.isascii() and part.isdigit() for part in ids):
        raise InvalidValueError(phrase("must be app ids of digits only, separated by commas, such as 1400006666"))
    return tuple(dict.fromkeys(ids))


ApiSecret = Annotated[SecretStr, AfterValidator(_check_secret)]


class TencentSettings(SettingsModel):
    """One set of credentials and the app ids that are queried with it. The aliases are the keys."""

    secret_id: ApiSecret = Field(alias="TENCENTCLOUD_SECRET_ID")
    """SecretId of the read-only key."""
    secret_key: ApiSecret = Field(alias="TENCENTCLOUD_SECRET_KEY")
    """SecretKey of the read-only key."""
    token: ApiSecret | None = Field(None, alias="TENCENTCLOUD_TOKEN")
    """Session token; only with temporary keys."""
    region: Annotated[str, AfterValidator(_check_region)] = Field("ap-guangzhou", alias="TENCENTCLOUD_REGION")
    """Region that is asked."""
    app_ids: Annotated[tuple[str, ...], BeforeValidator(read_app_ids)] = Field(alias="TENCENTCLOUD_SMS_SDK_APP_ID")
    """SDK AppID of the SMS application; several are separated by commas."""
    endpoint: Endpoint = Field("https://sms.tencentcloudapi.com", alias="TENCENTCLOUD_SMS_ENDPOINT")
    """Address of the SMS API. International site: `https://sms.intl.tencentcloudapi.com`."""

    @property
    def is_china_site(self) -> bool:
        """Whether the China site is asked: at every address, also a proxy's, that does not name the international one."""
        return "intl" not in (urlsplit(self.endpoint).hostname or "")
