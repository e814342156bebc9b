"""What watches the app: alert rules and dashboard ask for what it exports when it runs, and say what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.sandbox.demo import open_sandbox
from bot.slack.requests.context import RequestOutcome
from bot.slack.requests.slack_request import Surface
from tests.docs.pages import ROOT, Page
from tests.slack.conftest import SECOND, Office, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = ROOT / "deploy" / "prometheus" / "smsstatus.rules.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "smsstatus.json"
OF_THE_SCRAPING = frozenset({"job", "instance"})
SELECTOR = re.compile(r"\b((?:smsstatus|process)_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)")


@dataclass(frozen=True)
class Exported:
    """The series that the app exports: of each metric the labels, and of each label the values."""

    series: dict[str, dict[str, set[str]]]

    def add(self, text: str) -> None:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = self.series.setdefault(sample.name, {})
                for label, value in sample.labels.items():
                    labels.setdefault(label, set()).add(value)

    def unknown(self, expression: str) -> Iterator[str]:
        """What an expression asks for that is not there."""
        grouped: set[str] = set(OF_THE_SCRAPING)
        for name, matchers in SELECTOR.findall(expression):
            labels = self.series.get(name)
            if labels is None:
                yield name
                continue
            grouped |= labels.keys()
            for label, sign, value in MATCHER.findall(matchers):
                values = self.values(name, label)
                if label not in OF_THE_SCRAPING and label not in labels:
                    yield f"{name}{{{label}}}"
                elif label not in OF_THE_SCRAPING and not set(value.split("|")) <= values:
                    yield f"{name}{{{label}{sign}{value}}}"
        for labels_of_group in GROUPING.findall(expression):
            yield from set(labels_of_group.replace(" ", "").split(",")) - grouped

    def values(self, name: str, label: str) -> set[str]:
        """The values of a label: those that were seen, and those that requests may have though none had them."""
        may_be: dict[str, set[str]] = {"outcome": {str(one) for one in RequestOutcome}, "kind": {str(one) for one in Surface}}
        seen = self.series[name].get(label, set())
        return seen | may_be.get(label, set()) if name.startswith("smsstatus_slack_requests") else seen


async def scraped(url: str) -> str:
    async with aiohttp.ClientSession() as client, client.get(f"{url}/metrics") as response:
        return await response.text()


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return read


def expressions_of(dashboard: dict[str, Any]) -> list[str]:
    """The queries, as Prometheus gets them."""
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    annotated = [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    return [one.replace("$__rate_interval", "5m").replace("$job", ".+") for one in (*shown, *annotated)]


async def test_rules_and_dashboard_ask_for_what_the_running_app_exports_and_it_exports_no_more(
    rules: list[dict[str, Any]], dashboard: dict[str, Any]
) -> None:
    exported = Exported({})
    async with open_sandbox(with_archive=True, second=SECOND) as sandbox, AsyncExitStack() as app:
        office = Office(sandbox, app, await start(sandbox, app, "http"))
        assert sandbox.legacy is not None
        await sandbox.legacy.wait_for_calls(3)
        await office.ask("+8613711112222 since 2h")
        exported.add(first := await scraped(office.url))
        await app.aclose()

        url = await start(sandbox, app, "socket")
        exported.add(heard := await scraped(url))
        sandbox.workspace.fail_next("apps.connections.open", status=500, times=50)
        await sandbox.workspace.socket.drop()
        exported.add(deaf := await scraped(url))

    asked = [*(rule["expr"] for rule in rules), *expressions_of(dashboard)]
    assert [(one, unknown) for one in asked if (unknown := sorted(exported.unknown(one)))] == []

    assert 'smsstatus_slack_requests_begun_total{kind="command"} 1.0' in first
    assert 'smsstatus_slack_requests_total{kind="command",outcome="lost"} 0.0' in first
    assert 'smsstatus_ready{part="database"} 1.0' in first
    assert 'smsstatus_receipts_total{system="tencent"} 3.0' in first
    pulled = re.search(r"^smsstatus_drain_pulled_timestamp_seconds{.*} (\S+)$", first, re.MULTILINE)
    assert pulled is not None
    assert abs(time.time() - float(pulled[1])) < 600
    assert "smsstatus_socket" not in first
    assert "smsstatus_slack_signatures_total{" not in heard
    assert re.search(r"^smsstatus_socket_connections [12]\.0$", heard, re.MULTILINE)
    newest = "smsstatus_last_receipt_timestamp_seconds"
    assert re.findall(rf"^{newest}.*$", first, re.MULTILINE) == re.findall(rf"^{newest}.*$", heard, re.MULTILINE), "kept"
    assert "smsstatus_socket_connections 0.0" in deaf
    assert 'smsstatus_ready{part="slack"} 0.0' in deaf
    assert len(first.splitlines()) < 500

    drawn = " ".join(asked)
    ours = {re.sub(r"_(?:bucket|count|sum|created)$", "", name) for name in exported.series if name.startswith("smsstatus_")}
    assert [name for name in sorted(ours) if name not in drawn] == [], "exported, and in no panel or rule"


def test_each_rule_says_what_it_means_and_where_it_is_explained(rules: list[dict[str, Any]]) -> None:
    page = Page(ROOT / "docs" / "watch.md")
    for rule in rules:
        about = rule["annotations"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert "First " in about["description"], rule["alert"]
        assert about["runbook"] == f"docs/watch.md#{rule['alert'].lower()}"
        assert rule["alert"].lower() in page.anchors, rule["alert"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    explained = [anchor for anchor in page.anchors if anchor.startswith("smsstatus") and anchor != "smsstatus"]
    assert sorted(explained) == sorted(rule["alert"].lower() for rule in rules)


def test_each_rule_is_tested_in_its_bad_case(rules: list[dict[str, Any]]) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in RULES.parent.glob("*.test.yaml"))

    assert [rule["alert"] for rule in rules if rule["alert"] not in tests] == []


def test_the_dashboard_is_whole_and_bound_to_no_data_source(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    shown = [panel for panel in panels if panel["type"] != "row"]
    places = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    sources = [part["datasource"] for panel in shown for part in (panel, *panel["targets"])]

    assert len(places) == len(set(places)), "two panels overlap"
    assert all(0 <= x < 24 for x, _ in places)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource", "job"]
    for panel in shown:
        assert panel["description"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]
    assert {"Answers", "Providers", "Receipts", "Slack", "Database and process"} <= {panel["title"] for panel in panels}


def promtool(*words: str | Path) -> None:
    program = shutil.which("promtool")
    if program is None:  # .ci/run ends before, so that CI never skips this
        pytest.skip("promtool, which tests the alert rules, is not installed: apt-get install prometheus")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)  # noqa: S603 - a fixed program
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_in_its_bad_case_and_is_quiet_otherwise() -> None:
    promtool("test", "rules", *sorted(RULES.parent.glob("*.test.yaml")))


def test_prometheus_reads_the_rules_and_every_query_of_the_dashboard(tmp_path: Path, dashboard: dict[str, Any]) -> None:
    recorded = [{"record": f"panel:{at}", "expr": one} for at, one in enumerate(expressions_of(dashboard))]
    queries = tmp_path / "queries.yaml"
    queries.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}), encoding="utf-8")

    promtool("check", "rules", RULES, queries)
