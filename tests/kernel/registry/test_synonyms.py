"""Other names of methods: each gets the right hint, and none hides a method."""

import pytest

from heatbrush_core.methods import REGISTRY, find
from heatbrush_core.registry.synonyms import MEASURES, SYNONYMS


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("saliency", "gradient"),
        ("ig", "integrated_gradients"),
        ("IG", "integrated_gradients"),
        ("LRP", "lrp"),
        ("Grad-CAM", "grad_cam"),
        ("gradcam++", "grad_cam_plus_plus"),
        ("shap", "shapley"),
        ("Integrated Gradients", "integrated_gradients"),
        ("oclusion", "occlusion"),
    ],
)
def test_another_name_gets_the_right_hint(typed, meant):
    with pytest.raises(ValueError, match=rf"There is no method '.*'.*; did you mean '{meant}'\?$"):
        find(typed)


@pytest.mark.parametrize("typed", ["randomization", "randomisation", "sanity check"])
def test_what_is_no_method_says_what_to_call(typed):
    with pytest.raises(ValueError, match=r"heatbrush.randomisation\(explainer, ...\); call that.$"):
        find(typed)


def test_synonyms_stand_for_what_there_is():
    assert set(SYNONYMS) <= set(REGISTRY)
    others = [name for names in (*SYNONYMS.values(), *MEASURES.values()) for name in names.split()]
    assert len(others) == len(set(others)) and not set(others) & set(REGISTRY)


def test_every_measure_is_there():
    import heatbrush

    assert set(MEASURES) <= set(heatbrush.__all__)
    with pytest.raises(AttributeError, match=r"did you mean 'randomisation'\?"):
        _ = heatbrush.randomization
