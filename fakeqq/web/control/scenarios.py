"""Scenarios: the list, and putting one in force in a world."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from fakeqq.core.errors import ControlError
from fakeqq.core.scenarios import scenario_library
from fakeqq.core.scenarios.scenario import parse
from fakeqq.web.control import models
from fakeqq.web.control.state import InWorld, Server

router = APIRouter(tags=["scenarios"])


class Staged(models.Body):
    """A shipped scenario by `name`, or one of your own as an object in `inline`, in the form of the shipped ones."""

    name: str | None = None
    inline: dict[str, Any] | None = None


@router.get("/scenarios")
async def list_scenarios() -> dict[str, Any]:
    """Every shipped scenario, with what happens and why it is there."""
    told = ("name", "title", "why", "happens", "expect")
    return {"scenarios": [scenario.model_dump(include=set(told)) for scenario in scenario_library.every()]}


@router.get("/scenarios/{name}")
async def show_scenario(name: str) -> dict[str, Any]:
    """One shipped scenario whole, in the form that `inline` takes."""
    return scenario_library.load(name).model_dump(mode="json")


@router.get("/worlds/{app_id}/scenario")
async def current_scenario(world: InWorld) -> dict[str, Any]:
    """The scenario in force and what waits in it; `at` in steady seconds."""
    return world.timeline.as_json() if world.timeline else {"scenario": None, "pending": []}


@router.post("/worlds/{app_id}/scenario")
async def stage(server: Server, world: InWorld, body: Staged) -> dict[str, Any]:
    """Settings and faults of the scenario are in force from now on; one that was in force before ends."""
    if (body.name is None) == (body.inline is None):
        raise ControlError("bad_value", "give either the name of a scenario or one inline")
    scenario = scenario_library.load(body.name) if body.name is not None else parse(body.inline)
    server.platform.demand_callers(world, scenario.faults, scenario.settings)
    world.stage(scenario, server.now(world))
    server.flush()
    return {"scenario": scenario.name, "settings": world.settings.model_dump(mode="json"),
            "faults": world.faults.as_json(), "steps": len(scenario.timeline)}  # fmt: skip


@router.delete("/worlds/{app_id}/scenario")
async def end(server: Server, world: InWorld) -> dict[str, Any]:
    """Its faults are gone and nothing happens by itself any more; settings stay as they are."""
    world.stage(None, server.now(world))
    server.flush()
    return {"scenario": None, "pending": []}
