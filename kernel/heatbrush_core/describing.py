"""What an explainer can do on its model, in tables and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from heatbrush_core.evidence import hiding
from heatbrush_core.inference.batching import Timed, batches
from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.matrix.axes import AXES, Axis
from heatbrush_core.methods import REGISTRY, find
from heatbrush_core.methods.occlusion import default_patch
from heatbrush_core.methods.relevance import LRPParameters
from heatbrush_core.progress import Watch
from heatbrush_core.registry.baseline import baseline_text
from heatbrush_core.registry.registry import why_not

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from heatbrush_core.walks.activity import Extremes

SHOWN = 4
"""Names that the explainer's repr lists one by one."""


class Describing(Explaining):
    """An explainer that tells what it can do; `Explainer` adds the doing."""

    def __repr__(self) -> str:
        return f"<Explainer of {self.named}: {'; '.join(self._about())}>"

    def _about(self) -> Iterator[str]:
        """Say what is known of the matrices, the classes, the names and what hides cells."""
        if self.shape is not None:
            lengths = " × ".join("any" if n is None else str(n) for n in self.shape)
            yield f"matrices {lengths}"
        if self.classes:
            yield f"classes {_ends(self.classes)}"
        own = zip(AXES, (self._rows, self._columns), self._typical_names, strict=True)
        for which, names, typical in own:
            names = typical if names is None else names
            if names is not None:
                yield f"{which} {_ends(Axis.of(names, which).labels)}"
        if self.inputs is not None:
            others = self.inputs.specs if self.inputs.specs is not None else self.given
            yield f"held beside it {_ends([*map(str, others)])}"
        yield baseline_text(self.baseline)
        yield from filter(None, (str(self._validity),))
        if self.background is not None:
            yield f"background {len(self.background)} matrices"

    def why_not(self, method: str) -> str:
        """Say in one sentence why a method cannot run on this model; empty where it can."""
        return why_not(find(method), self._network, self.background is not None)

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
            for name, each in list(REGISTRY.items())
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
            and how many of its cells the default window of occlusion in the middle of the matrix
            changes: where all change, nothing is saved. "never active" counts the units (channels)
            that no matrix of the background moves. ``attrs["notes"]`` sums up in sentences what a
            window reaches, which stand beneath the table in a notebook.

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

        from heatbrush_core import tables
        from heatbrush_core.walks import report  # the first needs Keras
        from heatbrush_core.walks.activity import never_active

        chosen = find("lrp").settings(lrp, (1, 1))
        assert isinstance(chosen, LRPParameters)
        locality = self._network.locality()
        still = None if self.background is None else never_active(graph, self._extremes())
        folded = self._network.folded
        rows = report.rows(graph, folded, chosen.assignment(), locality, default_patch, still)
        table = tables.Table(pd.DataFrame(rows).set_index("node"))
        table.attrs["notes"] = report.notes(locality, default_patch)
        return table

    def _extremes(self) -> Iterator[Extremes]:
        """Ask for the range of every node over the background, batch by batch."""
        X = self.background
        assert X is not None
        self.get_ready(X[0])  # a model may turn out to take one matrix at a time
        batching = self.batching(X[0], "extremes")
        for batch in batches(len(X), batching, Watch()):
            with Timed(self.lock, batching, batch.stop - batch.start):
                yield self._network.extremes(X[batch])

    def baselines(
        self, x: ArrayLike, target: Any = None, valid: Any = None, given: Any = None
    ) -> pd.DataFrame:
        """Compare what hidden cells of x may become: does the model still say the target then.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        target
            As in `explain`; None is the predicted class.
        valid, given
            Which cells of x exist, and what the other inputs hold, as in `explain`.

        Returns
        -------
        DataFrame
            A row per baseline, the explainer's own first, then 0 and every word that is possible
            here. "predicted" and "score_hidden": what the model says when everything is hidden, and
            the target's probability then (its score where there is none); "moved": the mean
            absolute change of that over 8 random places of the size of occlusion's default window;
            "outside": the share of filled cells outside the range of the background, of x where
            there is none, by channel; "verdict": what of this speaks against the baseline.
        """
        return hiding.table(self, x, target, valid, given)


def _ends(names: Sequence[str]) -> str:
    """List a few names; of many, the first and the last, and how many they are."""
    if len(names) <= SHOWN:
        return ", ".join(names)
    return f"{names[0]} to {names[-1]} ({len(names)})"
