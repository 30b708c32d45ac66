"""Ready specs: where their evidence and their shortcut lie."""

import numpy as np
import pytest
from specs import KINDS

from heatbrush_core import synthetic
from heatbrush_core.synthetic import (
    draw,
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [synthetic.columns, synthetic.rows])
def test_ready_specs_have_one_run(make, kind):
    samples = draw(make(kind, seed=2), 30)
    lines, others = (1, 2) if make is synthetic.columns else (2, 1)
    lengths = samples.truth.any(axis=lines).sum(1)
    across = samples.truth.any(axis=others).sum(1)
    planted = samples.y == 0
    assert planted.sum() == 15 and not lengths[~planted].any()
    assert lengths[planted].min() >= 8 and lengths[planted].max() <= 12
    assert across[planted].min() >= 4 and across[planted].max() <= 8
    assert [len(instances) for instances in samples.instances] == planted.astype(int).tolist()


def test_redundant_evidence_is_there_twice():
    samples = draw(synthetic.redundant(), 20)
    copies = np.where(samples.y == 0, 2, 0)
    assert [len(instances) for instances in samples.instances] == copies.tolist()


def test_a_shortcut_stays_out_of_the_evidence():
    samples = draw(synthetic.shortcut("texture", shape=(8, 20)), 60)
    assert not samples.truth[..., :8].any() and not samples.distractors[..., 8:].any()
    has = samples.distractors.any(axis=(1, 2))
    assert (has == (samples.y == 0)).mean() > 0.8
