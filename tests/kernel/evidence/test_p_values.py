"""P values by hand, and uniform where there is no evidence."""

import numpy as np
import pytest
from planted import trained

from heatbrush_core import Region
from heatbrush_core.evidence import searching
from heatbrush_core.evidence.p_values import holm, p_value
from heatbrush_core.maps.search import Search

RANDOM = np.random.default_rng(8)


def uniform(ps):
    """Kolmogorov and Smirnov's distance of p values from the uniform distribution."""
    ps = np.sort(np.asarray(ps))
    ranks = np.arange(1, len(ps) + 1) / len(ps)
    return max((ranks - ps).max(), (ps - ranks + 1 / len(ps)).max())


def test_holm_by_hand():
    adjusted = holm(np.array([0.01, np.nan, 0.04, 0.03]))
    np.testing.assert_allclose(adjusted, [0.03, np.nan, 0.06, 0.06])


def test_p_counts_the_observed_itself():
    assert p_value(2.0, [1.0, 2.0, 3.0]) == 3 / 4
    assert p_value(9.0, [1.0, 2.0, 3.0]) == 1 / 4
    assert np.isnan(p_value(1.0, []))


def test_p_is_uniform_for_a_region_drawn_at_random():
    """Without evidence, over 60 samples: no distance that comes by chance once in a hundred."""
    explainer, samples, planted = trained()
    ps = []
    for index in np.flatnonzero(samples.y != planted)[:60]:
        start = int(RANDOM.integers(0, 55))
        region = Region.columns(start, start + 10)
        table = explainer.evidence(samples.X[index], [region], planted, chosen="before")
        ps.append(table["p"].item())
    assert uniform(ps) < 1.63 / np.sqrt(60)


@pytest.mark.slow
def test_p_is_uniform_for_the_best_of_a_search():
    """The same, where the run is the best that a search of the very sample found."""
    explainer, samples, planted = trained()
    nothing = samples.X[samples.y != planted]
    search = Search.of("columns", ["occlusion"], k=3)
    aim = explainer.aim(explainer.matrix(nothing[0]), planted)
    best = np.array([searching.best(search, explainer, explainer.matrix(x), aim) for x in nothing])[
        :, 1
    ]
    observed, rest = best[:60], best[60:]
    ps = [p_value(each, RANDOM.permutation(rest)[:99]) for each in observed]
    assert uniform(ps) < 1.63 / np.sqrt(60)
    # the wrong way: the same runs against other places of the same samples
    wrong = []
    for x, size in zip(nothing[:60], observed, strict=True):
        found = searching.found(search, explainer, explainer.matrix(x), aim)
        if found and np.isfinite(size):
            regions = [searching.run(search, each) for each in found]
            table = explainer.evidence(x, regions, planted, chosen="before")
            wrong.append(table["p"].min())
    assert np.mean(np.array(wrong) <= 0.05) > 0.2
