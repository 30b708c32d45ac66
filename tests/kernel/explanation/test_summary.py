"""An explanation in a few words."""

import numpy as np

from heatbrush_core import Explanation
from heatbrush_core.targets import Class


def test_an_array_among_the_parameters_is_not_quoted():
    made = Explanation(
        values=np.ones((9, 9, 1)),
        method="occlusion",
        parameters={"patch": (3, None), "baseline": np.full((9, 9), 0.123)},
        target=Class(0),
        score=1,
    )
    for said in (repr(made), made._repr_html_()):
        assert "patch=[3, None], baseline=a list of length 9" in said and "0.123" not in said
