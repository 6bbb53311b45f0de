import asyncio
import contextlib

import pytest

from reference_client import workers as module
from reference_client.outputs import Event
from reference_client.workers import IDLE_WORKERS, MOST_WORKERS, Workers, attend


@pytest.fixture
async def crew():
    """Workers whose jobs are coroutine functions."""
    workers = Workers(lambda job: job())
    yield workers
    await workers.drain(0.0)
    assert not workers._tasks


async def test_one_hanging_job_does_not_hold_up_the_others(crew):
    done = []
    finished = asyncio.Event()

    async def quick():
        done.append(1)
        if len(done) == 20:
            finished.set()

    crew.put(asyncio.Event().wait)
    for _ in range(20):
        crew.put(quick)
    await asyncio.wait_for(finished.wait(), 5)
    assert len(done) == 20


async def test_jobs_that_never_wait_share_workers(crew):
    done = []

    async def quick():
        done.append(1)

    for _ in range(20):
        for _ in range(5):
            crew.put(quick)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert len(done) == 100
    assert len(crew._tasks) <= 5


async def test_the_crew_of_a_burst_goes_home(crew):
    gate = asyncio.Event()
    for _ in range(100):
        crew.put(gate.wait)
    await asyncio.sleep(0)
    assert len(crew._tasks) == 100
    gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(crew._tasks) <= IDLE_WORKERS


async def test_the_crew_is_bounded_and_the_rest_waits_in_order(crew):
    gate = asyncio.Event()
    order = []

    def job(number):
        async def work():
            order.append(number)
            await gate.wait()

        return work

    for number in range(MOST_WORKERS + 3):
        crew.put(job(number))
    await asyncio.sleep(0)
    assert len(order) == MOST_WORKERS
    gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert order == list(range(MOST_WORKERS + 3))


async def test_draining_lets_work_end_and_cancels_what_hangs(crew):
    ended = []

    async def short():
        await asyncio.sleep(0)
        ended.append("short")

    async def endless():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    crew.put(short)
    crew.put(endless)
    await asyncio.sleep(0)
    await crew.drain(0.05)
    assert ended == ["short", "cancelled"]
    assert not crew._tasks


async def test_a_farewell_that_hangs_is_cut_short(crew, monkeypatch):
    monkeypatch.setattr(module, "PARTING", 0.05)
    ended = []

    async def ends_its_stream():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("began to part")
            await asyncio.Event().wait()

    crew.put(ends_its_stream)
    await asyncio.sleep(0)
    await asyncio.wait_for(crew.drain(0.0), 5)
    assert ended == ["began to part"]


async def test_a_farewell_that_ends_is_waited_for(crew):
    ended = []

    async def ends_its_stream():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append("parted")

    crew.put(ends_its_stream)
    await asyncio.sleep(0)
    await crew.drain(0.0)
    assert ended == ["parted"]


async def test_a_job_that_will_not_end_is_left_and_told_of(crew, monkeypatch, caplog):
    monkeypatch.setattr(module, "PARTING", 0.02)
    released = asyncio.Event()

    async def stays():
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()

    crew.put(stays)
    await asyncio.sleep(0)
    await asyncio.wait_for(crew.drain(0.0), 5)
    assert "handler.stays count=1" in caplog.text
    released.set()
    await asyncio.wait(crew._tasks)


async def test_when_too_many_wait_the_newest_are_turned_away_and_it_is_told_once(monkeypatch, caplog):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    monkeypatch.setattr(module, "MOST_WORKERS", 1)
    gate, done, away = asyncio.Event(), [], []

    async def work(job):
        await gate.wait()
        done.append(job)

    crew = Workers(work, away.append)
    crew.put(0)
    await asyncio.sleep(0)
    for job in range(1, 6):
        crew.put(job)
    assert away == [3, 4, 5]
    assert caplog.text.count("events.dropped waiting=2") == 1
    gate.set()
    await crew.drain(1.0)
    assert done[0] == 0


EVENT = Event("C2C_MESSAGE_CREATE", "e-1", {}, 2, 1)


@pytest.mark.parametrize(
    ("raised", "problem"),
    [(LookupError("no"), "no"), (LookupError(), "LookupError"), (asyncio.CancelledError(), "CancelledError")],
)
async def test_whatever_a_handler_raises_is_logged_and_the_worker_lives_on(caplog, raised, problem):
    async def handler(_event):
        raise raised

    await attend(handler, EVENT)
    assert caplog.text.count("handler.failed") == 1
    assert "t=C2C_MESSAGE_CREATE id=e-1" in caplog.text
    assert f"problem={problem}" in caplog.text


async def test_a_handler_that_waited_for_a_cancelled_task_costs_no_worker(caplog):
    async def handler(_event):
        work = asyncio.create_task(asyncio.Event().wait())
        work.cancel()
        await work

    crew = Workers(lambda event: attend(handler, event))
    crew.put(EVENT)
    await asyncio.sleep(0.01)
    assert "handler.failed" in caplog.text
    assert len(crew._idle) == 1
    await crew.drain(0.0)


async def test_a_handler_that_is_cancelled_at_the_end_has_not_failed(caplog):
    async def handler(_event):
        await asyncio.Event().wait()

    task = asyncio.create_task(attend(handler, EVENT))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert caplog.text == ""
