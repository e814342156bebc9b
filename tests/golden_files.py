"""Golden files: what was shown when somebody last read it and found it good.

`SMSSTATUS_UPDATE_GOLDEN=1 .venv/bin/pytest tests/slack/views tests/cli`
writes them anew; read the difference before it is committed. Without the variable the tests compare.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH

if TYPE_CHECKING:
    from bot.i18n import Language

FOLDER = Path(__file__).parent / "golden"
UPDATING = os.environ.get("SMSSTATUS_UPDATE_GOLDEN") == "1"


def kept(name: str, content: str) -> str:
    """The golden file's content, written first when updating. A file that is missing is a failure, never written by itself."""
    path = FOLDER / name
    if UPDATING:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def folder(base: str, language: Language) -> str:
    """Where the English ones of a kind are, and below it those in other languages."""
    return base if language == ENGLISH else f"{base}/{language.code}"


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
