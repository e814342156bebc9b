"""The registry of vendor plugins. A third vendor is its folder, one line here and one in `systems.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.providers.aliyun.plugin import VENDOR as ALIYUN
from bot.providers.tencent.legacy.plugin import VENDOR as TENCENT_LEGACY
from bot.providers.tencent.plugin import VENDOR as TENCENT

if TYPE_CHECKING:
    from bot.providers.base import Vendor

VENDORS: tuple[Vendor[Any], ...] = (TENCENT, TENCENT_LEGACY, ALIYUN)
