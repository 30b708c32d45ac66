"""Progress, partial maps, cancelling, and batches that cost what they should."""

import threading

import numpy as np
import pytest
from architectures import build, conv, top

from heatbrush_core import (
    Cancelled,
    Explainer,
    Progress,
    Region,
    Search,
    class_profile,
    find_runs,
    interaction,
    reliance,
)
from heatbrush_core.inference.batching import ALONE, BYTES, SECONDS, Batching

X = np.random.default_rng(6).normal(size=(8, 8)).astype("float32")


def scores(batch):
    return batch.sum(axis=(1, 2))


def test_maps_fill_as_windows_are_computed():
    seen = []
    explanation = Explainer(scores, batch_size=5).explain(
        X, "occlusion", patch=(1, 1), progress=seen.append
    )
    assert [p.done for p in seen] == [*range(5, 64, 5), 64]
    assert {p.total for p in seen} == {64}
    for progress in seen:
        assert isinstance(progress, Progress) and progress.map.dtype == np.float32
        assert not np.isnan(progress.map).any()
        final = progress.map == explanation.map
        assert final.sum() >= progress.done
        # each other cell has the value of one that is known, until its own is
        assert np.isin(progress.map[~final], explanation.map).all()
    np.testing.assert_array_equal(seen[-1].map, explanation.map)


def test_partial_maps_stay_inside_the_region():
    seen, region = [], Region.rectangle(2, 5, 3, 6)
    Explainer(scores, batch_size=1).explain(
        X, "occlusion", patch=(2, 2), within=region, progress=seen.append
    )
    assert all(np.isnan(p.map[~region.mask((8, 8))]).all() for p in seen)
    assert not np.isnan(seen[-1].map[2:5, 3:6]).any()


@pytest.mark.parametrize("method, total", [("integrated_gradients", 64), ("smoothgrad", 50)])
def test_gradient_methods_count_their_steps(method, total):
    seen = []
    explainer = Explainer(build(lambda x: top(conv(x))), batch_size=20)
    explainer.explain(X, method, progress=seen.append)
    assert [p.done for p in seen] == [*range(20, total, 20), total]
    assert {(p.total, p.map is None) for p in seen} == {(total, True)}


def test_a_method_inside_a_method_is_quiet():
    seen = []
    explainer = Explainer(build(lambda x: top(conv(x))), batch_size=2)
    explainer.explain(X, "smoothgrad", samples=4, over="integrated_gradients", progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(2, 4), (4, 4)]


def test_progress_comes_in_the_calling_thread_while_the_lock_is_free():
    explainer, free = Explainer(scores), []

    def take():
        free.append(explainer.lock.acquire(timeout=10))
        explainer.lock.release()

    def listen(progress):
        assert threading.current_thread() is threading.main_thread()
        other = threading.Thread(target=take)
        other.start()
        other.join()

    explainer.explain(X, "occlusion", patch=8, progress=listen)
    assert free and all(free)


def test_cancel_stops_between_batches():
    cancel, seen, calls = threading.Event(), [], []

    def counted(batch):
        calls.append(len(batch))
        return scores(batch)

    def listen(progress):
        seen.append(progress.done)
        if len(seen) == 3:
            cancel.set()

    explainer = Explainer(counted, batch_size=4)
    with pytest.raises(Cancelled):
        explainer.explain(X, "occlusion", patch=(1, 1), progress=listen, cancel=cancel)
    assert seen == [4, 8, 12]
    assert calls[-3:] == [4, 4, 4]
    assert explainer.lock.acquire(blocking=False)
    explainer.lock.release()
    cancel.clear()
    explainer.explain(X, "occlusion", cancel=cancel)


BACKGROUND = np.random.default_rng(7).normal(size=(60, 8, 8))
BACKGROUND[:30] -= 1


def two(batch):
    z = batch[:, 2:4].sum(axis=(1, 2, 3))
    return np.stack([-z, z], axis=1)


LONG = {
    "find_runs": (
        lambda explainer, **watched: find_runs(
            explainer, X, methods=("occlusion",), target=1, controls=20, **watched
        ),
        21,
    ),
    "evidence": (
        lambda explainer, **watched: explainer.evidence(
            X, [Region.rows(1, 2), Region.rows(4, 6)], 1, chosen="before", **watched
        ),
        7 + 6,
    ),
    "evidence of runs": (
        lambda explainer, **watched: explainer.evidence(
            X, [Region.rows(2, 4)], 1, Search.of("rows", ["occlusion"]), 20, **watched
        ),
        6 + 20,
    ),
    "interaction": (lambda explainer, **watched: interaction(explainer, X, **watched), 36),
    "reliance": (
        lambda explainer, **watched: reliance(explainer, BACKGROUND, Region.rows(2, 4), **watched),
        240,
    ),
    "class_profile": (
        lambda explainer, **watched: class_profile(
            explainer, BACKGROUND[:9], np.arange(9) % 2, patch=(2, 2), **watched
        ),
        9,
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_runs_tell_how_far_they_are_between_batches(name):
    run, total = LONG[name]
    explainer = Explainer(two, scores="logits", background=BACKGROUND, batch_size=4)
    seen, free = [], []

    def other():
        free.append(explainer.lock.acquire(timeout=10))
        explainer.lock.release()

    def listen(progress):
        seen.append(progress)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    run(explainer, progress=listen)
    done = [each.done for each in seen]
    assert done == sorted(done) and done[-1] == seen[-1].total == total
    assert len(seen) >= done[-1] / 4 and all(each.map is None for each in seen)
    assert free and all(free)
    if name in ("find_runs", "evidence of runs", "class_profile"):
        assert len(seen) > 4 * done[-1]  # told again between the batches of each map


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("after", [1, 5, 8])
def test_long_runs_stop_between_batches(name, after):
    run, _ = LONG[name]
    cancel, calls = threading.Event(), []

    def counted(batch):
        if cancel.is_set():
            calls.append(len(batch))
        return two(batch)

    explainer = Explainer(counted, scores="logits", background=BACKGROUND, batch_size=4)
    seen = []

    def listen(progress):
        seen.append(progress)
        if len(seen) == after:
            cancel.set()

    with pytest.raises(Cancelled):
        run(explainer, progress=listen, cancel=cancel)
    assert sum(calls) <= 4 and len(seen) <= after + 1
    assert explainer.lock.acquire(blocking=False)
    explainer.lock.release()


@pytest.mark.parametrize("method", ["gradient", "integrated_gradients", "smoothgrad"])
def test_a_run_that_is_cancelled_before_it_starts(method):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        Explainer(build(top)).explain(X, method, cancel=cancel)


def test_the_lock_is_free_after_a_failure():
    def broken(batch):
        if not np.array_equal(batch.ravel(), np.ravel(X)):
            raise OSError("no such disk")
        return scores(batch)

    explainer = Explainer(broken)
    with pytest.raises(RuntimeError, match="no such disk"):
        explainer.explain(X, "occlusion", patch=(2, 2))
    thread = threading.Thread(target=lambda: explainer.predict(X))
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_batches_stay_within_memory():
    """A thousand windows on a large matrix are never all there at once."""
    sizes = []
    x = np.zeros((256, 256), "float32")
    explainer = Explainer(lambda batch: (sizes.append(batch.nbytes), scores(batch))[1])
    explainer.explain(x, "occlusion", patch=(16, 16), stride=(8, 8))
    assert sum(sizes) > 900 * x.nbytes
    assert max(sizes) <= BYTES / 8


def test_batches_find_their_size():
    batching = Batching(bytes_per_matrix=1)
    assert batching.size == 4
    batching.note(4, 2.0)  # compiling
    assert batching.size == 1
    for _ in range(4):
        batching.note(batching.size, batching.size * 0.001)
    assert batching.size == 64
    assert batching.size * 0.001 <= SECONDS
    assert Batching(BYTES / 3).size == 2
    fixed = Batching(1, fixed=3)
    fixed.note(3, 5.0)
    assert fixed.size == 3


def test_a_batch_that_nobody_watches_takes_a_second_at_the_most():
    unknown = Batching(bytes_per_matrix=1)
    assert unknown.largest == unknown.most
    guessed = Batching(bytes_per_matrix=1, seconds=0.1)
    assert guessed.largest == 8  # the largest power of two in ALONE
    guessed.note(1, 9.0)  # the first also compiles
    guessed.note(4, 4 * ALONE / 16)
    assert guessed.largest == 16
    assert Batching(BYTES / 4, seconds=1e-6).largest == 4
    assert Batching(1, fixed=3, seconds=9.0).largest == 3


def test_an_interrupt_ends_a_method_at_its_next_batch():
    calls = []

    def interrupted(progress):
        calls.append(progress.done)
        raise KeyboardInterrupt

    explainer, x = Explainer(build(lambda x: top(conv(x))), baseline=0), np.ones((8, 8))
    for method in ("occlusion", "rise", "integrated_gradients", "lime", "shapley"):
        calls.clear()
        with pytest.raises(KeyboardInterrupt):
            explainer.explain(x, method, 0, progress=interrupted)
        assert len(calls) == 1
        assert explainer.lock.acquire(blocking=False)  # no lock is left behind
        explainer.lock.release()
    assert np.isfinite(explainer.explain(x, method, 0).map).all()
