"""The answer of a method, and how it is shown, told and saved."""

from heatbrush_core.explanation.explanation import Explanation, load

__all__ = ["Explanation", "load"]
