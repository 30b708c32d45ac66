"""The worker: who runs when, what is dropped, and that no exception is lost."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Iterator

import pytest

from heatbrush import Cancelled
from heatbrush.jobs import worker as module
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import InlineWorker, Worker

GUARD = 20.0  # seconds until a test gives up; nothing here takes that long
where = contextvars.ContextVar("where", default="nowhere")


@pytest.fixture
def reported() -> list[tuple[tuple[str, ...], BaseException]]:
    return []


@pytest.fixture
def worker(reported) -> Iterator[Worker]:
    worker = Worker(lambda job, error: reported.append((job.slot, error)))
    yield worker
    worker.close()


class Batches:
    """A job in batches that the test lets go one by one."""

    def __init__(self, worker: Worker, count: int = 1000) -> None:
        self.worker, self.count = worker, count
        self.started, self.batches = threading.Event(), threading.Semaphore(0)
        self.done: list[int] = []

    def __call__(self, job: Handle) -> str:
        self.started.set()
        for batch in range(self.count):
            assert self.batches.acquire(timeout=GUARD)
            self.done.append(batch)
            self.worker.serve_urgent()
            if job.cancelled.is_set():
                raise Cancelled
        return "all batches"


def test_result_and_error_reach_the_waiter(worker: Worker, reported) -> None:
    def broken(job: Handle) -> None:
        raise KeyError("cheese")

    fine = worker.submit(("a",), lambda job: 42)
    wrong = worker.submit(("b",), broken)
    assert fine.wait(GUARD) == 42
    with pytest.raises(KeyError, match="cheese"):
        wrong.wait(GUARD)
    assert worker.join(GUARD)
    assert [(slot, type(error)) for slot, error in reported] == [(("b",), KeyError)]
    assert worker.submit(("c",), lambda job: "goes on").wait(GUARD) == "goes on"


def test_even_a_system_exit_ends_neither_the_thread_nor_silently(worker: Worker, reported) -> None:
    def leave(job: Handle) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        worker.submit(("a",), leave).wait(GUARD)
    assert worker.submit(("b",), lambda job: 1).wait(GUARD) == 1
    assert type(reported[0][1]) is SystemExit


def test_an_error_while_reporting_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def report(job: Handle, error: BaseException) -> None:
        raise RuntimeError("the page is gone")

    worker = Worker(report)
    try:
        with caplog.at_level(logging.ERROR, "heatbrush"), pytest.raises(ValueError, match="first"):
            job = worker.submit(("a",), lambda job: (_ for _ in ()).throw(ValueError("first")))
            assert worker.join(GUARD)
            job.wait(GUARD)
        assert "first" in caplog.text and "the page is gone" in caplog.text
    finally:
        worker.close()


def test_the_newest_of_a_slot_wins_and_other_slots_are_left_alone(worker: Worker) -> None:
    running = Batches(worker)
    dropped: list[str] = []
    first = worker.submit(("a",), running, dropped=lambda job: dropped.append("first"))
    assert running.started.wait(GUARD)
    second = worker.submit(("a",), lambda job: "second", dropped=lambda job: dropped.append("2nd"))
    other = worker.submit(("b",), lambda job: "other", dropped=lambda job: dropped.append("other"))
    third = worker.submit(("a",), lambda job: "third")
    assert dropped == ["first", "2nd"]  # at once: the first is still inside a batch
    assert first.done and second.done and not third.done
    running.batches.release()
    assert other.wait(GUARD) == "other"
    assert third.wait(GUARD) == "third"
    for replaced in (first, second):
        with pytest.raises(Cancelled):
            replaced.wait(0)
    assert running.done == [0]


def test_urgent_jobs_are_served_between_batches(worker: Worker) -> None:
    running = Batches(worker, count=2)
    order: list[str] = []
    job = worker.submit(("run", "a"), running)
    assert running.started.wait(GUARD)
    normal = worker.submit(("run", "b"), lambda job: order.append(f"b after {len(running.done)}"))
    old = worker.submit(("whatif",), lambda job: order.append("old"), urgent=True)
    new = worker.submit(("whatif",), lambda job: order.append("whatif"), urgent=True)
    state = worker.submit(("publish",), lambda job: order.append("publish"), urgent=True)
    running.batches.release()
    new.wait(GUARD), state.wait(GUARD)
    assert order == ["whatif", "publish"] and not job.done and running.done == [0]
    with pytest.raises(Cancelled):
        old.wait(0)
    running.batches.release()
    assert job.wait(GUARD) == "all batches"
    normal.wait(GUARD)
    assert order[-1] == "b after 2"


def test_an_urgent_job_that_fails_leaves_the_run_alone(worker: Worker, reported) -> None:
    running = Batches(worker, count=2)
    job = worker.submit(("run", "a"), running)
    assert running.started.wait(GUARD)
    broken = worker.submit(("whatif",), lambda job: 1 / 0, urgent=True)
    running.batches.release(2)
    with pytest.raises(ZeroDivisionError):
        broken.wait(GUARD)
    assert job.wait(GUARD) == "all batches"
    assert [slot for slot, _ in reported] == [("whatif",)]


def test_cancel_answers_at_once_and_the_late_result_is_dropped(worker: Worker, reported) -> None:
    running = Batches(worker, count=1)
    said: list[str] = []
    job = worker.submit(("a",), running, dropped=lambda job: said.append("dropped"))
    assert running.started.wait(GUARD)
    assert worker.cancel(("a",))
    assert job.done and job.cancelled.is_set() and said == ["dropped"]
    running.batches.release()
    assert worker.join(GUARD)
    with pytest.raises(Cancelled):
        job.wait(0)
    assert not worker.cancel(("a",)) and reported == []


def test_cancel_by_the_handle_of_a_waiting_job(worker: Worker) -> None:
    running = Batches(worker, count=1)
    worker.submit(("a",), running)
    assert running.started.wait(GUARD)
    ran: list[int] = []
    waiting = worker.submit(("b",), lambda job: ran.append(1))
    waiting.cancel()
    running.batches.release()
    assert worker.join(GUARD)
    assert waiting.done and ran == []


def test_wait_has_a_timeout_and_the_job_goes_on(worker: Worker) -> None:
    running = Batches(worker, count=1)
    job = worker.submit(("a",), running)
    with pytest.raises(TimeoutError, match="goes on"):
        job.wait(0.01)
    assert not worker.join(0.01)
    running.batches.release()
    assert job.wait(GUARD) == "all batches"


def test_each_job_runs_in_the_context_of_its_submitter(worker: Worker) -> None:
    seen: dict[str, str] = {}
    running = Batches(worker, count=1)

    def submit(name: str) -> Handle:
        where.set(name)
        note = lambda job: seen.update({name: where.get()})  # noqa: E731
        return worker.submit((name,), note, urgent=name == "handler")

    cell = contextvars.copy_context().run(submit, "cell")
    blocking = worker.submit(("run",), running)
    handler = contextvars.copy_context().run(submit, "handler")
    running.batches.release()
    for job in (cell, blocking, handler):
        job.wait(GUARD)
    assert seen == {"cell": "cell", "handler": "handler"}
    assert where.get() == "nowhere"


def test_one_thread_that_ends_when_idle_and_starts_again(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    first = worker.submit(("a",), lambda job: threading.current_thread()).wait(GUARD)
    first.join(GUARD)
    assert not first.is_alive() and first.daemon and first.name == "heatbrush"
    monkeypatch.setattr(module, "IDLE_SECONDS", GUARD)
    second = worker.submit(("a",), lambda job: threading.current_thread()).wait(GUARD)
    third = worker.submit(("b",), lambda job: threading.current_thread()).wait(GUARD)
    assert second is third and second is not first


def test_close_cancels_everything_and_ends_the_thread(reported) -> None:
    worker = Worker(lambda job, error: reported.append(error))
    thread = worker.submit(("a",), lambda job: threading.current_thread()).wait(GUARD)
    running = Batches(worker)
    job = worker.submit(("b",), running)
    waiting = worker.submit(("c",), lambda job: 1)
    assert running.started.wait(GUARD)
    worker.close()
    assert job.done and waiting.done and worker.closed
    running.batches.release()
    thread.join(GUARD)
    assert not thread.is_alive() and reported == []
    with pytest.raises(RuntimeError, match="closed"):
        worker.submit(("a",), lambda job: 1)


def test_many_submits_from_many_threads_lose_nothing(worker: Worker) -> None:
    ran: list[int] = []
    handles: list[Handle] = []

    def flood(start: int) -> None:
        for number in range(start, start + 200):
            handles.append(worker.submit((str(number % 7),), lambda job, n=number: ran.append(n)))

    threads = [threading.Thread(target=flood, args=(1000 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD)
    assert worker.join(GUARD)
    assert len(handles) == 800 and all(handle.done for handle in handles)
    dropped = sum(handle.cancelled.is_set() for handle in handles)
    assert len(ran) >= 800 - dropped and len(set(ran)) == len(ran)


def test_inline_runs_at_submit_in_order_and_keeps_errors() -> None:
    reported: list[BaseException] = []
    worker = InlineWorker(lambda job, error: reported.append(error))
    order: list[str] = []

    def outer(job: Handle) -> str:
        worker.submit(("b",), lambda job: order.append("b"))
        worker.submit(("c",), lambda job: order.append("urgent c"), urgent=True)
        order.append("a")
        return threading.current_thread().name

    assert worker.submit(("a",), outer).wait(0) == threading.current_thread().name
    assert order == ["a", "urgent c", "b"]
    with pytest.raises(ZeroDivisionError):
        worker.submit(("d",), lambda job: 1 / 0).wait(0)
    assert len(reported) == 1 and worker.join(0)


def test_an_idle_job_waits_until_no_other_does(worker: Worker) -> None:
    order, first = [], Batches(worker, 2)
    worker.submit(("first",), first)
    assert first.started.wait(GUARD)
    worker.submit(("idle",), lambda job: order.append("idle"), idle=True)
    worker.submit(("run",), lambda job: order.append("run"))
    worker.submit(("urgent",), lambda job: order.append("urgent"), urgent=True)
    first.batches.release(2)
    assert worker.join(GUARD)
    assert order == ["urgent", "run", "idle"]


def test_a_spare_job_gives_way_to_all_others_and_nobody_waits_for_it(worker: Worker) -> None:
    order: list[str] = []
    go, reached = threading.Semaphore(0), threading.Event()

    def spare(job: Handle) -> None:
        order.append("spare")
        reached.set()
        assert go.acquire(timeout=GUARD)
        worker.give_way(job)
        order.append("spare ends")

    first = worker.submit(("spare",), spare, spare=True)
    assert reached.wait(GUARD)
    assert worker.join(0) and first.idle  # though it runs
    for name, how in (("other", "spare"), ("idle", "idle"), ("plain", ""), ("urgent", "urgent")):
        worker.submit(
            (name,), lambda job: order.append(job.slot[0]), **({how: True} if how else {})
        )
    assert not worker.join(0)
    go.release()
    first.wait(GUARD)
    worker.submit(("last",), lambda job: None, spare=True).wait(GUARD)
    assert order == ["spare", "urgent", "plain", "idle", "spare ends", "other"]


def test_a_spare_job_lingers_until_nothing_was_asked_for_a_while(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    reached, over = threading.Event(), threading.Event()

    def spare(job: Handle) -> None:
        reached.set()
        worker.linger(job, 5.0)
        over.set()

    worker.submit(("first",), lambda job: None).wait(GUARD)
    job = worker.submit(("spare",), spare, spare=True)
    assert reached.wait(GUARD)
    clock[0] = 4.0
    assert worker.submit(("asked",), lambda job: "at once").wait(GUARD) == "at once"
    clock[0] = 6.0  # less than 5 s after that
    worker.submit(("spare 2",), lambda job: None, spare=True)
    assert worker.submit(("urgent",), lambda job: 1, urgent=True).wait(GUARD) == 1
    assert not over.is_set()
    clock[0] = 11.5
    assert job.wait(GUARD) is None and over.is_set()
