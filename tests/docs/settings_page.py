"""docs/settings.md, written from the settings' models: `./scripts/settings`. A test compares it with what is written.

What a setting is for stands below it in the code, as a docstring. Pydantic could keep these, but would read the source at every
start.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from annotated_types import Ge, Le

from bot.config import AppSettings
from bot.config.secret_files import secret_keys
from bot.i18n import ENGLISH
from bot.providers.registry import VENDORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
HEADINGS: Mapping[str, str] = {  # by the first key below them; a vendor without one has its title
    "SLACK_BOT_TOKEN": "Slack",
    "SMSSTATUS_ALLOWED_TEAMS": "Who may ask",
    "SMSSTATUS_DEFAULT_REGION": "Answers",
    "SMSSTATUS_HOST": "Addresses and callbacks",
    "SMSSTATUS_DATA_DIR": "What is stored",
    "TENCENTCLOUD_SECRET_ID": "Tencent Cloud",
    "TENCENT_SMS_LEGACY_SDKAPPID": "Tencent's old API",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "Alibaba Cloud",
}
_HEAD = """\
# Settings

<!-- Written by ./scripts/settings from the code; change the docstrings there. -->

Set them in the environment, without quotes (`docker --env-file` keeps them), or in a file `.env` in the folder where the app is
started. `smsstatus config check` says which hold and where each is written, `smsstatus doctor` tries them; a misspelt key and a
wrong value are refused in a line that names the key. A changed setting counts when `serve` is started again.

| key | what for |
| --- | --- |
| `SMSSTATUS_ENV_FILE` | Another file than `.env`; blank: none. The environment wins; a `$` in it is a `$`. |
| `SMSSTATUS_CONFIG` | A TOML file with the same keys; see [below](#a-toml-file). The environment and `.env` win. |
| `…_FILE` | For each *secret*: a file that holds it, as in `SLACK_BOT_TOKEN_FILE`. |
| `HTTPS_PROXY`, `NO_PROXY` | The way to Slack and the vendors alike, `http://proxy.example:3128`. Loopback is always direct. |

Addresses of APIs may carry a port and a path. Plain `http://` is accepted for this machine only.
"""
_TAIL = """
## A TOML file

The same keys, and further accounts of the vendors in tables:

```toml
SMSSTATUS_TIMEZONE = "Asia/Shanghai"

[accounts.marketing]
TENCENTCLOUD_SECRET_ID = "AKIDexample"
TENCENTCLOUD_SECRET_KEY = "example"
TENCENTCLOUD_SMS_SDK_APP_ID = "1400007777"
```
"""


def settings_page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(line + "\n" for model in models() for line in _lines(model)) + _TAIL


def models() -> Sequence[type[BaseModel]]:
    """Everything that can be set, in the page's order."""
    return (AppSettings, *(vendor.settings for vendor in VENDORS))


def headings() -> Mapping[str, str]:
    first = {str(next(iter(vendor.settings.model_fields.values())).alias): vendor.systems[0].title for vendor in VENDORS}
    return {**{key: title.said_in(ENGLISH) for key, title in first.items()}, **HEADINGS}


def _lines(model: type[BaseModel]) -> Iterator[str]:
    purposes, secrets, titles = _purposes(model), secret_keys([model]), headings()
    for name, field in model.model_fields.items():
        key = str(field.alias)
        if key in titles:
            yield from ("", f"## {titles[key]}", "", "| key | what for | may be | default |", "| --- | --- | --- | --- |")
        cells = (f"`{key}`", purposes[name], "secret" if key in secrets else _choices(field), _default(field))
        yield "| " + " | ".join(cells) + " |"


def _purposes(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each field. Raises KeyError later for a field that has none, so that none is forgotten."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = found.body if isinstance(found, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def _choices(field: FieldInfo) -> str:
    bounds = {type(one): one for one in field.metadata}
    least, most = bounds.get(Ge), bounds.get(Le)
    if isinstance(least, Ge) and isinstance(most, Le):
        return f"{least.ge} to {most.le}"
    if field.annotation is bool:
        return "`true`, `false`"
    words = [word for word in get_args(field.annotation) if isinstance(word, str)]
    return ", ".join(f"`{word}`" for word in words)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"`{value:g}`"
        case Path():
            return f"`~/{value.relative_to(Path.home())}`"
        case _:
            return f"`{value}`" if value else ""


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
