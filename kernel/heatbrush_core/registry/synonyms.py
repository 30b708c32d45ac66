"""What methods are called elsewhere, so that another name for one gets the right hint."""

from __future__ import annotations

from collections.abc import Collection

from heatbrush_core.checks import hint

SYNONYMS = {
    "gradient": "saliency saliency_map vanilla_gradient vanilla_gradients gradients backprop",
    "smoothgrad": "smooth_grad smooth_gradient vargrad var_grad noise_tunnel",
    "deconvnet": "deconv deconvolution",
    "guided_backprop": "guided_backpropagation gbp guidedbackprop",
    "patternnet": "pattern_net",
    "input_x_gradient": "gradient_x_input input_times_gradient gradient_times_input gxi ixg",
    "integrated_gradients": "ig integrated_gradient integratedgradients",
    "expected_gradients": "eg gradient_shap gradientshap",
    "lrp": "layer_wise_relevance_propagation layerwise_relevance_propagation relevance",
    "deep_taylor": "dtd deep_taylor_decomposition deeptaylor",
    "pattern_attribution": "patternattribution",
    "deeplift": "deep_lift deep_shap deepshap rescale",
    "occlusion": "occlusion_sensitivity sliding_window ablation feature_ablation hide",
    "shapley": "shap shapley_values shapley_sampling kernel_shap kernelshap",
    "lime": "image_lime limeimage",
    "cam": "class_activation_map class_activation_mapping",
    "grad_cam": "gradcam",
    "grad_cam_plus_plus": "gradcam++ grad_cam++ gradcampp grad_campp gradcam_plus_plus",
    "layer_cam": "layercam",
    "score_cam": "scorecam",
}
"""Of each method, in small letters, with an underscore where words part."""

MEASURES = {
    "randomisation": "randomization sanity_check sanity_checks model_randomisation",
    "deletion": "pixel_flipping",
    "insertion": "",
    "agreement": "",
    "sensitivity_n": "",
    "stability": "robustness relative_input_stability",
    "find_runs": "",
    "interaction": "",
}
"""Functions of the package that may be taken for methods, with their other names."""


def hint_of(name: object, known: Collection[str]) -> str:
    """Say which method was meant by an unknown name, or how to get what is no method."""
    plain = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    meant = plain if plain in known else _behind(plain, SYNONYMS)
    if meant in known:
        return f"did you mean {meant!r}?"
    if measure := _behind(plain, MEASURES):
        return (
            f"{measure} is a function of its own, heatbrush.{measure}(explainer, ...); call that."
        )
    return hint(plain, known)


def _behind(name: str, names: dict[str, str]) -> str:
    """Find what a name stands for; empty where it stands for nothing."""
    return next((own for own, others in names.items() if name in (own, *others.split())), "")
