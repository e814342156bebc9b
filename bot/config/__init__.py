"""The settings: environment and TOML in, one validated `Settings` out.

The environment holds one account for each vendor. A TOML file (`SMSSTATUS_CONFIG`) takes the same keys, and more accounts as
tables:

    SMSSTATUS_TIMEZONE = "Europe/Berlin"

    [accounts.marketing]
    TENCENTCLOUD_SECRET_ID = "AKID…"
    TENCENTCLOUD_SECRET_KEY = "…"
    TENCENTCLOUD_SMS_SDK_APP_ID = "1400006666"

The environment overrides the file's top level; what a `.env` adds to it, the terminal has read before (`cli/env_file.py`). All
errors are reported at once, a line each that names the key; a secret's value is in no message and no repr.

    loader        the environment and the TOML file -> Settings
    settings      AppSettings: all that is not about one vendor's account
    model         the base class of AppSettings and of the vendors' settings
    effective     the settings that hold, and where each is written
    environment   quotes around values, and misspelt keys
    validators    pydantic's validators of the values
    endpoint      the validator of an API's base URL
    proxy         HTTPS_PROXY, HTTP_PROXY, NO_PROXY
    secret_files  secrets in files of their own: `…_FILE`
    messages      validation errors as lines
"""

from bot.config.loader import CONFIG_KEY, ENV_FILE_KEY, OVERLAY_KEY, Account, Settings, codes_overlay, load_settings
from bot.config.settings import AppSettings, Mode

__all__ = [
    "CONFIG_KEY",
    "ENV_FILE_KEY",
    "OVERLAY_KEY",
    "Account",
    "AppSettings",
    "Mode",
    "Settings",
    "codes_overlay",
    "load_settings",
]
