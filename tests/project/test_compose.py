"""docker-compose.yml: valid, healthy, and safe to show to anyone."""

import json
import re
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml

from publisher.settings import DESCRIBED
from tests.project.files import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SERVICES[request.param]


def test_it_is_valid_by_the_compose_specification() -> None:
    vendored = resources.files("check_jsonschema.builtin_schemas.vendor")
    jsonschema.validate(COMPOSE, json.loads((vendored / "compose-spec.json").read_text("utf-8")))


def test_it_has_all_that_the_platform_stands_on() -> None:
    assert {"database", "search", "web", "scheduler", "mail"} <= set(SERVICES)
    assert SERVICES["search"]["image"].split(":")[1].startswith("9.")


def test_every_service_says_whether_it_is_healthy_or_why_it_cannot(service: dict[str, Any]) -> None:
    assert "healthcheck" in service or service["x-no-healthcheck"]


def test_services_wait_for_health_not_for_a_start(service: dict[str, Any]) -> None:
    for other, wait in service.get("depends_on", {}).items():
        ended_well = (
            wait["condition"] == "service_completed_successfully" and "x-no-healthcheck" in SERVICES[other]
        )
        assert ended_well or (wait["condition"] == "service_healthy" and "healthcheck" in SERVICES[other])


def test_every_volume_and_network_is_declared(service: dict[str, Any]) -> None:
    named = {volume.split(":")[0] for volume in service.get("volumes", ())}
    assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_no_service_has_more_rights_than_it_needs(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")


def test_ports_are_bound_to_this_machine(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_database_and_engine_are_reached_from_inside_only() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("database", "search"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]


def test_every_secret_comes_from_outside_and_is_demanded(service: dict[str, Any]) -> None:
    for name, value in service.get("environment", {}).items():
        if re.search("PASSWORD|KEY|SECRET|TOKEN", name):
            assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), name
        if credentials := re.search(r"//[^/@:]*:([^@]*)@", value):
            assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", credentials[1]), name


def test_the_example_names_every_secret_that_is_demanded_and_gives_none() -> None:
    demanded = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text("utf-8")))
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == {f"{name}=" for name in demanded}


def test_services_are_told_settings_that_exist(service: dict[str, Any]) -> None:
    told = {name for name in service.get("environment", {}) if name.startswith("GONGSHI_")}
    assert told <= {setting.name for setting in DESCRIBED}
