"""The last what-if, kept for pages without a kernel: about the selection, or not at all."""

from __future__ import annotations

import numpy as np

import heatbrush as hb

LEFT = hb.Region.columns(0, 5)


def test_an_answer_is_published_once_it_is_about_what_is_selected(
    make, ask, model, samples
) -> None:
    """A brush that moves publishes nothing; dropped, its last answer is there, the model's own."""
    explainer = hb.Explainer(model, scores="values", baseline=0)
    view = make(explainer=explainer, sample=1)
    ask(view, "whatif", ask=1, selection=LEFT.to_json())
    assert view.widget.answered["without"] is None
    view.widget.set_state({"selection": LEFT.to_json()})
    answered = view.widget.answered
    assert (answered["sample"], answered["selection"]) == (1, LEFT.to_json())
    left = LEFT.mask(samples.shape[1:])
    for name, kept in (("without", ~left), ("only", left)):
        expected = model(np.where(kept, samples[1], 0)[None, ..., None])[0]
        np.testing.assert_allclose(answered[name], expected, rtol=1e-5)


def test_what_no_page_asked_is_asked_once_before_a_document_is_saved(make, ask, model) -> None:
    """The answer to another selection, or of another sample, is not taken for it."""
    view = make()
    view.selection = hb.Region.rows(0, 2)
    ask(view, "whatif", ask=1, selection=LEFT.to_json())
    assert view.widget.answered["without"] is None
    for sample in (0, 1):
        view.sample = sample
        # what was answered of another sample is not kept beside this one
        assert view.widget.answered["without"] is None
        calls = model.calls
        view._session.answered.complete().wait()
        assert view.widget.answered["selection"] == hb.Region.rows(0, 2).to_json()
        assert view.widget.answered["sample"] == view.sample
        assert model.calls > calls
        calls = model.calls
        view._session.answered.complete().wait()
        assert model.calls == calls


def test_a_page_that_was_cut_off_is_sent_all_but_what_it_decides(make, ask, sent) -> None:
    """And the selection that it made meanwhile is taken."""
    view = make()
    repeated: list[set[str]] = []  # the traits of each update
    view.widget.send_state = lambda key: repeated.append({key} if type(key) is str else set(key))
    ask(view, "hello", whole=True, selection=LEFT.to_json())
    assert view.selection == LEFT
    assert not sent.of("refused")
    assert {"sample", "scores", "panels", "selection", "evidence"} <= repeated[-1]
    assert not repeated[-1] & {"pointed", "options", "_esm", "_css", "layout", "comm"}
    count = len(repeated)
    ask(view, "ping")
    ask(view, "hello")
    assert (len(repeated), sent.kinds("alive")) == (count, ["alive"] * 3)
