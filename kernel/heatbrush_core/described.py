"""What an explainer tells about its methods and about the model, before anything is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heatbrush_core.methods import REGISTRY, find
from heatbrush_core.methods.relevance import LRPParameters
from heatbrush_core.predictor import Predictor

if TYPE_CHECKING:
    import pandas as pd


class Described(Predictor):
    """The tables of an `Explainer`; its parameters are there."""

    def why_not(self, method: str) -> str:
        """Say in one sentence why a method cannot run on this model; empty where it can."""
        return find(method).why_not(self._network, self.background is not None)

    def fields(self, method: str) -> list[dict[str, Any]]:
        """List the form fields of a method's parameters, with the choices that this model has."""
        fields = find(method).fields()
        for field in fields:
            if field["name"] == "layer":
                field.update(kind="choice", choices=self._network.places())
        return fields

    def methods(self) -> pd.DataFrame:
        """List all methods: what they answer, what they take, whether they run here."""
        import pandas as pd

        from heatbrush_core.tables import Methods

        rows = [
            {
                "method": name,
                "family": each.family,
                "question": each.question,
                "parameters": ", ".join(each.Parameters.model_fields),
                "runs here": self.why_not(name) or "yes",
            }
            for name, each in REGISTRY.items()
        ]
        return Methods(pd.DataFrame(rows).set_index("method"))

    def report(self, **lrp: Any) -> pd.DataFrame:
        """List the nodes of the model's graph, and how the methods treat them.

        Parameters
        ----------
        **lrp
            Parameters of the method lrp, such as ``composite="epsilon_plus"``, for its column.

        Returns
        -------
        DataFrame
            One row per node, from the input to the score. "kind" is what a node is to the methods;
            the first linear ones are marked. A node that no rule knows takes the gradient, and its
            row says so. "occlusion" tells how the node is computed again where a window is hidden,
            and what a window of 8 x 8 in the middle of the matrix reaches: from "all" on, the walk
            saves nothing.

        Raises
        ------
        TypeError
            For a model without a graph.
        """
        graph = self._network.graph
        if graph is None:
            raise TypeError(
                f"A report needs the model's graph, but {self._network.without_graph}; give a "
                "functional or sequential Keras model."
            )
        import pandas as pd

        from heatbrush_core import report, tables  # the first needs Keras

        chosen = find("lrp").settings(lrp, (1, 1))
        assert isinstance(chosen, LRPParameters)
        locality = self._network.locality()
        rows = report.rows(graph, self._network.folded, chosen.assignment(), locality)
        return tables.Table(pd.DataFrame(rows).set_index("node"))
