"""Maps against those of iNNvestigate, zennit and captum; see tests/reference/README.md."""

from itertools import groupby

import numpy as np
import pytest
from reference import listing, models
from reference.adapter import RANDOM, LeftOut, stated
from reference.asking import Ask, explainer
from reference.departures import formula
from reference.entries import all_entries, stored

from heatbrush_core import Explainer
from heatbrush_core.network.incremental import IncrementalOriginal
from heatbrush_core.network.network import Route


def grouped(left_out):
    """Those entries that are left out, or those that are not, by model, library and method."""
    groups = {}
    for key, entries in groupby(all_entries(), lambda e: (e.model, e.library, e.method)):
        pairs = [(each, stated(each.model, each.method, each.parameters)) for each in entries]
        chosen = [pair for pair in pairs if isinstance(pair[1], LeftOut) == left_out]
        if chosen:
            groups["-".join(key)] = chosen
    return groups


COMPARED, LEFT_OUT = grouped(False), grouped(True)


def agree(found, entry):
    """Hold each map against the stored one, as a share of its maximum."""
    axes = (1, 2, 3)
    wrong, most = np.abs(found - entry.maps).max(axes), np.abs(entry.maps).max(axes)
    assert (wrong <= entry.tolerance * np.where(most == 0, 1, most)).all(), entry.name


@pytest.mark.parametrize("group", COMPARED)
def test_maps(group):
    for entry, said in COMPARED[group]:
        agree(said(Ask(entry.model, *entry.what)), entry)


@pytest.mark.parametrize("group", [group for group in COMPARED if "Occlusion" in group])
def test_occlusion_through_the_delta_walk(group, monkeypatch):
    """The same maps where every window goes through it, however few they are."""
    ways = []
    monkeypatch.setattr(
        IncrementalOriginal, "route", lambda *given: ways.append(given) or Route(True, "windows")
    )
    test_maps(group)
    assert ways


@pytest.mark.parametrize("group", LEFT_OUT)
def test_what_is_left_out_is_what_its_reason_says(group):
    for entry, said in LEFT_OUT[group]:
        if said is not RANDOM:
            ask = Ask(entry.model, *entry.what)
            agree(formula(entry)(ask.X, ask.targets), entry)


def test_the_readme_lists_what_is_compared_and_what_is_left_out():
    assert len(all_entries()) == 668
    text = listing.README.read_text()
    assert listing.tables() in text and listing.updated(text) == text


@pytest.mark.parametrize("name", ["a_cnn", "h_mlp"])
@pytest.mark.parametrize("estimator", ["relu", "linear"])
def test_patterns(name, estimator):
    fitted = explainer(name)
    fitted.explain(models.inputs(name)[0], "patternnet", 0, estimator=estimator)
    for layer, pattern in fitted._network.fits[estimator].patterns.items():
        truth = stored("PatternNet")[f"patterns|{name}|{estimator}|{layer}"]
        assert np.abs(pattern - truth).max() <= 1e-5 * np.abs(truth).max()


@pytest.mark.parametrize("name", ["a_cnn", "g1_leaky"])
@pytest.mark.parametrize("method", ["gradient", "lrp", "deeplift"])
def test_logits_are_explained_with_and_without_the_softmax(name, method):
    x = models.inputs(name)[0]
    bare = Explainer(models.load(name, softmax=False), baseline=0).explain(x, method)
    whole = explainer(name).explain(x, method)
    np.testing.assert_array_equal(whole.values, bare.values)
    assert whole.score == bare.score
