"""The settings: environment and TOML in, one validated `Settings` out.

The environment holds one account for each vendor. A TOML file (`SMSSTATUS_CONFIG`) takes the same keys, and more accounts as
tables:

    SMSSTATUS_TIMEZONE = "Europe/Berlin"

    [accounts.marketing]
    TENCENTCLOUD_SECRET_ID = "AKID…"
    TENCENTCLOUD_SECRET_KEY = "…"
    TENCENTCLOUD_SMS_SDK_APP_ID = "1400006666"

The environment wins over the file's top level. Everything wrong is told at once, a line each that names the key; a secret's
value is in no message and no repr.

    loading.py      the environment and the file -> Settings
    general.py      General: what is not about one vendor's account
    environment.py  quotes that stay on a value, and keys that are misspelt
    checks.py       what a value must be
    files.py        secrets that stand in files of their own: `…_FILE`
    faults.py       what was wrong with it, as a line
"""

from bot.config.loader import CONFIG_KEY, OVERLAY_KEY, Account, Settings, codes_overlay, load_settings
from bot.config.settings import AppSettings, Mode

__all__ = ["CONFIG_KEY", "OVERLAY_KEY", "Account", "AppSettings", "Mode", "Settings", "codes_overlay", "load_settings"]
