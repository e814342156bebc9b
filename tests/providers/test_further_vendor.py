"""A further vendor is one folder and its name in `VENDOR_FOLDERS`: proved on one that no line of the code knows.

It is put where Python finds it, in a process of its own, and asked for by everything that lists vendors.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "__init__.py": 'NAME = "pigeonpost"',
    "systems.py": """
        from bot.i18n import Phrase
        from bot.providers.system import System
        SYSTEMS = (System("pigeonpost", Phrase("Pigeon Post"), ("pigeon",), Phrase("by number"), ("PIGEON_KEY",)),)
    """,
    "plugin.py": """
        from pydantic import Field, SecretStr
        from bot.config.endpoint import Endpoint
        from bot.config.model import SettingsModel
        from bot.model import Delivery, Status
        from bot.providers.base import Vendor
        from bot.providers.pigeonpost.systems import SYSTEMS
        from bot.receipts.ingestion import Callback, ParsedBatch, PushSignature
        from bot.receipts.model import Receipt, ReceiptSource


        class PigeonSettings(SettingsModel):
            key: SecretStr = Field(alias="PIGEON_KEY")
            endpoint: Endpoint = Field("https://pigeon.example.com", alias="PIGEON_ENDPOINT")


        class PigeonProvider:
            name, account, retention = "pigeonpost", "loft", None

            def unsupported_reason(self, target):
                return None

            async def query(self, query, collector):
                row = Delivery(self.name, self.account, Status.FAILED, query.target.number, "p1", "MK:0008", query.window.until)
                collector.add([row])

            async def aclose(self):
                pass


        def read(body):
            return ParsedBatch((Receipt("pigeonpost", ReceiptSource.CALLBACK, Status.DELIVERED, message_id=body.decode()),))


        def key_of(settings):
            return settings.key.get_secret_value()


        signature = PushSignature("X-Pigeon", "PIGEON_KEY", key_of, lambda *given: given[0] == given[3])
        VENDOR = Vendor(
            SYSTEMS,
            PigeonSettings,
            lambda settings, name, clock, proxies, limits: [PigeonProvider()],
            callbacks=(Callback("pigeonpost", read, lambda code, said: {"code": code}, 5.0, signature=signature),),
        )
    """,
}
BEGINNING = """
import sys
import bot.providers
bot.providers.__path__.append(sys.argv.pop(1))
import bot.providers.vendors as vendors
vendors.VENDOR_FOLDERS = (*vendors.VENDOR_FOLDERS, "pigeonpost")
"""
COMMAND = f"{BEGINNING}\nfrom bot.cli.main import main\nmain()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vendor's folder, in one that is added to where `bot.providers` is looked for."""
    home = tmp_path_factory.mktemp("providers")
    (home / "pigeonpost").mkdir()
    for name, text in FILES.items():
        (home / "pigeonpost" / name).write_text(textwrap.dedent(text))
    return home


def run(folder: Path, *words: str, code: str = COMMAND, **environ: str) -> str:
    """What a process prints that has the vendor."""
    inherited = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG", "COVERAGE_PROCESS_START"}}
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code, str(folder), *words],
        env={**inherited, "PYTHONPATH": str(ROOT), "SMSSTATUS_ENV_FILE": "", "PIGEON_KEY": "a-secret", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_listed_and_can_be_asked_for_by_each_of_its_names(folder: Path) -> None:
    assert "Pigeon Post" in run(folder, "providers")
    for word in ("pigeonpost", "pigeon"):
        report: dict[str, Any] = json.loads(run(folder, "lookup", "--json", "+8613711112222", "via", word))
        (row,) = report["deliveries"]
        assert (row["provider"], row["code"], row["explanation"]["title"]) == ("pigeonpost", "MK:0008", "no signal")


def test_its_settings_are_checked_and_their_secrets_known(folder: Path) -> None:
    shown = run(folder, "config", "check")
    assert "PIGEON_KEY" in shown
    assert "a-secret" not in shown
    code = f"""{BEGINNING}
import os
from bot.config import load_settings
from bot.providers.registry import VENDORS
print("a-secret" in load_settings(os.environ, VENDORS).secrets)
"""
    assert run(folder, code=code) == "True\n"


def test_agents_are_told_of_it(folder: Path) -> None:
    code = f"""{BEGINNING}
import json
from bot.mcp.arguments import LookupArguments
print(json.dumps(LookupArguments.model_json_schema()["properties"]["providers"]["items"]["enum"]))
print(LookupArguments(targets=["+8613711112222"], providers=["pigeonpost"]).words())
"""
    names, words = run(folder, code=code).splitlines()
    assert json.loads(names)[-2:] == ["pigeonpost", "receipts"]
    assert words == "+8613711112222 via pigeonpost"


def test_its_signed_pushes_are_taken_at_an_address_of_its_own_and_the_doctor_knows_what_they_need(folder: Path) -> None:
    code = f"""{BEGINNING}
import os
from bot.config import load_settings
from bot.i18n import ENGLISH
from bot.doctor.callbacks import refused_pushes
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.receipts.opening import callback_routes, signing_keys
settings = load_settings(os.environ, VENDORS)
print(*(route.path.split("/")[2] for route in callback_routes(settings, None, VENDORS)))
print(dict(signing_keys(settings).keys))
print(*(check.said for check in refused_pushes(settings, titles(ENGLISH), ENGLISH)))
"""
    routes, keys, warning = run(folder, code=code, SMSSTATUS_CALLBACK_TOKEN="a-token-of-24-characters-or-more").splitlines()
    assert routes.split()[-1] == "pigeonpost"
    assert keys == "{'pigeonpost': ['a-secret']}"
    assert warning == "pushes are refused: their signature cannot be checked without SMSSTATUS_PUBLIC_URL"


def test_its_name_stays_a_name_within_a_sentence(folder: Path) -> None:
    code = f"""{BEGINNING}
from bot.presentation.wording.labels import mid_sentence
print(mid_sentence("Pigeon Post refused it"))
"""
    assert run(folder, code=code) == "Pigeon Post refused it\n"
