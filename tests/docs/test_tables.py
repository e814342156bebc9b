"""What the pages list is all that there is: names that the code has, too."""

from __future__ import annotations

import re

from bot.providers.registry import VENDORS
from bot.providers.systems import SYSTEMS
from bot.slack.transport.manifest import scopes
from tests.docs.pages import ROOT, Page
from tests.observability.metric_names import families
from tests.phrases import said

DOCS = ROOT / "docs"
ITALIC = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?!\*)")


def page(name: str) -> Page:
    return Page(DOCS / name)


def section(name: str, heading: str) -> str:
    """The text below a heading, to the next one."""
    text = re.split(r"^#+ ", page(name).text, flags=re.MULTILINE)
    return next(part.partition("\n")[2] for part in text if part.partition("\n")[0] == heading)


def test_the_scopes_that_are_told_are_those_of_the_manifest() -> None:
    asked = scopes(over_http=True)
    rows = next(rows for header, *rows in page("privacy-and-permissions.md").tables if header[0] == "scope")
    told = {scope: "optional" in row[0] for row in rows for scope in re.findall(r"`([^`]+)`", row[0])}

    assert {scope for scope, optional in told.items() if not optional} == set(asked["bot"])
    assert {scope for scope, optional in told.items() if optional} == set(asked["bot_optional"])


def test_the_addresses_for_pushes_are_those_that_are_served() -> None:
    served = {f"https://HOST/callbacks/{callback.name}/TOKEN" for vendor in VENDORS for callback in vendor.callbacks}

    assert {span for span in page("receipts.md").spans if "/callbacks/" in span} == served


def test_every_system_that_via_takes_is_told() -> None:
    told = re.findall(r"via ([\w-]+)`", section("commands.md", "Which providers"))

    assert sorted(told) == sorted(system.name for system in SYSTEMS)


def test_every_metric_is_told() -> None:
    told = re.findall(r"`(smsstatus_\w+)`", section("watch.md", "Metrics"))

    assert {name.removesuffix("_total") for name in told} == families()


def test_a_button_is_called_what_stands_on_it_and_a_shortcut_what_the_manifest_calls_it() -> None:
    labels = said()
    manifest = (ROOT / "manifest.yml").read_text(encoding="utf-8")

    assert [label for label in ITALIC.findall(section("commands.md", "Buttons")) if label not in labels] == []
    named = [name for name in ITALIC.findall(section("commands.md", "Where it works")) if "SMS" in name]
    assert [name for name in named if f": {name}\n" not in manifest] == []
    assert len(named) == 3


def test_what_docker_is_told_fits_the_image() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    run = next(line for block in page("deploy.md").blocks for line in block.lines if line.startswith("docker run"))

    assert re.findall(r"-p (\d+):(\d+)", run) == [tuple(re.findall(r"^EXPOSE (\d+)", image, re.MULTILINE)) * 2]
    assert re.findall(r"-v [\w-]+:(\S+)", run) == re.findall(r"^VOLUME (\S+)", image, re.MULTILINE)
