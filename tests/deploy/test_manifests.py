"""compose.yaml and the Kubernetes manifests: right by their schemas, and by what the image and the settings say."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from bot.config import load_settings
from bot.providers.registry import VENDORS
from tests.docs.pages import ROOT
from tests.docs.test_typed import keys

KUBERNETES = ROOT / "deploy" / "kubernetes"
SCHEMAS = json.loads((Path(__file__).parent / "kubernetes-1.37.json").read_text(encoding="utf-8"))
KINDS = {
    "ServiceAccount": "io.k8s.api.core.v1.ServiceAccount",
    "ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "Secret": "io.k8s.api.core.v1.Secret",
    "Service": "io.k8s.api.core.v1.Service",
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def manifests() -> list[dict[str, Any]]:
    return [one for path in sorted(KUBERNETES.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def manifest(kind: str) -> dict[str, Any]:
    (found,) = (one for one in manifests() if one["kind"] == kind)
    return found


def errors(one: dict[str, Any]) -> list[str]:
    schema = {"$ref": f"#/$defs/{KINDS[one['kind']]}", "$defs": SCHEMAS["$defs"]}
    return [f"{one['kind']} {error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(one)]


def test_every_manifest_is_one_that_kubernetes_takes() -> None:
    assert [error for one in manifests() for error in errors(one)] == []
    assert {one["kind"] for one in manifests()} == set(KINDS)


def test_a_slip_in_a_manifest_would_be_found() -> None:
    wrong = json.loads(json.dumps(manifest("Deployment")))
    wrong["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    wrong["spec"]["replicas"] = "two"

    assert len(errors(wrong)) == 2


def test_compose_is_what_the_specification_says() -> None:
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text("utf-8"))

    assert [error.message for error in Draft7Validator(schema).iter_errors(compose())] == []
    assert list(Draft7Validator(schema).iter_errors({**compose(), "service": {}}))


def test_compose_sets_settings_of_ours_and_each_secret_is_in_a_file_of_its_own() -> None:
    app, database = (compose()["services"][name] for name in ("smsstatus", "database"))
    files_named = {path.removeprefix("/run/secrets/") for key, path in app["environment"].items() if key.endswith("_FILE")}

    assert set(app["environment"]) <= keys()
    assert files_named == set(app["secrets"])
    assert set(app["secrets"]) | set(database["secrets"]) == set(compose()["secrets"])
    assert app["depends_on"]["database"]["condition"] == "service_healthy"
    assert app["read_only"]
    written = {volume.rpartition(":")[2] for volume in app["volumes"]}
    assert written | set(app["tmpfs"]) == {"/data", "/tmp"}  # noqa: S108 - a place in the container


def test_the_example_settings_of_kubernetes_are_taken_as_they_stand() -> None:
    environ = {**manifest("ConfigMap")["data"], **manifest("Secret")["stringData"]}

    settings = load_settings(environ, VENDORS)

    assert set(environ) <= keys()
    assert settings.general.mode() == "socket"
    settings.general.check_key()


def test_the_pods_are_run_as_the_image_and_the_app_want_it() -> None:
    deployment = manifest("Deployment")["spec"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    user = int(re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)[0])
    port = int(re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)[0])

    assert f"--uid {user}" in DOCKERFILE
    assert pod["securityContext"]["runAsUser"] == user
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108 - a place in the container
    assert container["ports"] == [{"name": "http", "containerPort": port}]
    assert manifest("Service")["spec"]["ports"][0]["targetPort"] == "http"
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert [source[kind]["name"] for source in container["envFrom"] for kind in source] == ["smsstatus", "smsstatus"]
    assert deployment["replicas"] == 2
    assert manifest("PodDisruptionBudget")["spec"]["minAvailable"] < deployment["replicas"]
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_all_are_given_long_enough_to_answer_what_was_taken() -> None:
    assert compose()["services"]["smsstatus"]["stop_grace_period"] == "45s"
    assert manifest("Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 45
