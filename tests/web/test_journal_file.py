"""The journal on disk: what flush acknowledged is there, after a clean stop and after kill -9."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading

import aiohttp
import pytest
from click.testing import CliRunner

from fakeqq.cli import main
from fakeqq.launch import journal_file
from fakeqq.launch.errors import LaunchError
from fakeqq.web import journal_file as keeping
from web.live import serving, until


def kept(path, **more):
    return list(journal_file.entries(str(path), **more))


async def test_a_clean_stop_leaves_every_entry(tmp_path):
    path = tmp_path / "journal"
    async with serving(journal=path) as live:
        async with live.online():
            await live.do("POST", "/say", {"text": "你好"})
        other = (await live.control("POST", "/worlds", {}))[1]["app_id"]
        await live.control("POST", f"/worlds/{other}/say", {"text": "elsewhere"})
        await live.wait({"kind": "ws.close"})
        expected = list(live.world.journal.since(0))
    assert kept(path, world=live.app_id) == json.loads(json.dumps(expected))
    assert [entry["text"] for entry in kept(path, kind="user.said")] == ["你好", "elsewhere"]
    assert kept(path, world=live.app_id, since=expected[-1]["id"] - 1) == json.loads(json.dumps(expected[-1:]))


async def test_flush_acknowledges_what_was_noted(tmp_path):
    path = tmp_path / "journal"
    async with serving(journal=path) as live:
        for number in range(50):
            await live.do("POST", "/say", {"text": f"{number}"})
        status, answer = await live.control("POST", "/journal/flush")
        assert (status, answer["stored"]) == (200, len(kept(path)))
        assert [entry["text"] for entry in kept(path, kind="user.said")] == [str(number) for number in range(50)]


async def test_without_a_file_nothing_is_acknowledged():
    async with serving() as live:
        status, answer = await live.control("POST", "/journal/flush")
        assert (status, answer["error"]["code"]) == (409, "no_journal_file")


async def test_a_full_disk_is_told(tmp_path, monkeypatch):
    async with serving(journal=tmp_path / "journal") as live:
        monkeypatch.setattr(keeping, "_INSERT", "INSERT INTO nowhere VALUES (?, ?, ?, ?, ?)")
        await live.do("POST", "/say", {"text": "lost"})
        status, answer = await live.control("POST", "/journal/flush")
        assert (status, answer["error"]["code"]) == (409, "journal_incomplete")
        assert "nowhere" in answer["error"]["message"]


async def test_what_is_asked_is_answered_when_it_is_on_disk(tmp_path, monkeypatch):
    may_store, store = threading.Event(), keeping.JournalFile._store

    def stored_late(*arguments):
        may_store.wait()
        store(*arguments)

    async with serving(journal=tmp_path / "journal") as live:
        monkeypatch.setattr(keeping.JournalFile, "_store", stored_late)
        try:
            saying = asyncio.create_task(live.do("POST", "/say", {"text": "hello"}))
            await until(lambda: [entry for entry in live.world.journal.since() if entry["kind"] == "user.said"])
            assert (await live.control("GET", "/version"))[0] == 200, "reading waits for nothing"
            assert not saying.done()
        finally:
            may_store.set()
        await saying


async def test_an_acknowledged_entry_survives_kill_9(tmp_path):
    path = tmp_path / "journal"
    command = ["-m", "fakeqq", "serve", "--port", "0", "--json", "--journal", str(path)]
    server = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=subprocess.PIPE)
    ready = json.loads(await server.stdout.readline())
    world = f"{ready['control_url']}/worlds/{ready['app_id']}"
    async with aiohttp.ClientSession() as http:
        for number in range(20):
            async with http.post(f"{world}/say", json={"text": f"{number}"}) as answer:
                assert answer.status == 200
    server.kill()
    await server.wait()
    assert [entry["text"] for entry in kept(path, kind="user.said")] == [str(number) for number in range(20)]
    shown = CliRunner().invoke(main, ["journal", str(path), "--json", "--kind", "user.said"])
    assert shown.exit_code == 0, shown.output
    assert len(shown.output.splitlines()) == 20


async def test_a_journal_goes_on_in_the_same_file(tmp_path):
    path = tmp_path / "journal"
    for text in ("first", "second"):
        async with serving(journal=path) as live:
            await live.do("POST", "/say", {"text": text})
    assert [entry["text"] for entry in kept(path, kind="user.said")] == ["first", "second"]


async def test_a_world_that_is_not_in_the_file_is_refused(tmp_path):
    file = tmp_path / "night.db"
    async with serving(journal=file) as live:
        await live.do("POST", "/say", {"text": "kept"})
        app_id = live.app_id
    assert list(journal_file.entries(str(file), world=app_id))
    with pytest.raises(LaunchError, match="no world '102000999'") as refused:
        list(journal_file.entries(str(file), world="102000999"))
    assert app_id in refused.value.advice


@pytest.mark.parametrize("content", [None, b"not a journal, and long enough to be looked at" * 100])
def test_what_is_no_journal_is_refused(tmp_path, content):
    path = tmp_path / "journal"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LaunchError, match="cannot be read as a journal"):
        kept(path)
    if content is not None:
        with pytest.raises(sqlite3.Error):
            keeping.check(path)


def test_a_file_that_cannot_be_written_is_told_before_serving(tmp_path):
    shown = CliRunner().invoke(main, ["serve", "--port", "0", "--journal", str(tmp_path / "no" / "such")])
    assert shown.exit_code == 2
    assert "no journal can be kept" in shown.output
