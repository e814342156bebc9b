"""The registry of vendor plugins."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.providers.vendors import VENDOR_FOLDERS

if TYPE_CHECKING:
    from bot.providers.base import Vendor

VENDORS: tuple[Vendor[Any], ...] = tuple(import_module(f"bot.providers.{folder}.plugin").VENDOR for folder in VENDOR_FOLDERS)
