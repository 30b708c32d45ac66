"""Saving a view as a file that `load_view` opens as a view again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from heatbrush.case import writing
from heatbrush.case.form import ENDING
from heatbrush.export import what_ifs
from heatbrush.export.saving import Saving
from heatbrush_core import files

if TYPE_CHECKING:
    from heatbrush_core import Explainer
    from heatbrush_core.progress import Listening


class Filing(Saving):
    """A view that can be put away, and taken out again."""

    explainer: Explainer
    explainers: Mapping[str, Explainer]

    def save(
        self,
        path: str | Path,
        model: bool = False,
        *,
        all_samples: bool = False,
        what_if: bool = False,
        budget: float = 1.5e6,
        progress: Listening = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Write the view into a file that `load_view` opens, once all panels are computed.

        It holds the matrices with their names, the panels with the maps that are there, pins and
        differences, scores, tables of runs, the selection, those that are kept under names, and how
        all of it is drawn; and what an offline page shows of it.

        Parameters
        ----------
        path : str or Path
            Gets the ending .heatbrush if it has another, or none. A file of that name is replaced
            once all is written.
        model : bool
            Whether the Keras model goes along, with the explainer's background and settings; of
            several models all of them. Without it, the view is opened without one, or with an
            explainer that is given then.
        all_samples : bool
            Whether every sample goes along, each with its maps, computed now where they are not
            there. Else those that a map is there of, and the one that is shown; the view that is
            opened says which were left.
        what_if : bool
            Whether the scores without each run of rows and of columns go along, and with only it,
            so that they follow the brush without a model, on an offline page too; as in
            `save_html`, where the model is asked as often.
        budget : float
            Bytes, before the file is packed, up to which such scores are held.
        progress, cancel
            As in `Explainer.explain`; `progress` counts samples, then such what-ifs.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        TypeError
            In one sentence, where the model or the explainer cannot be kept in a file.
        ValueError
            If `budget` is no number of bytes.
        OSError
            Where no file can be written.
        Cancelled
            When `cancel` was set.
        """
        place = files.named(path, ENDING)
        if what_if:
            what_ifs.check_budget(budget)
        self.wait()
        if not self._session.worker.closed:
            # the scores without the selection, and with only it, belong to the case
            self._session.answered.complete().wait()
        askers = tuple(self.explainers.values()) or (self.explainer,)
        wanted = writing.Wanted(askers if model else (), all_samples, budget if what_if else 0)
        return files.write(
            place,
            lambda file: writing.save(
                self._session,
                self._exports.scored,
                file,
                wanted,
                progress=progress,
                cancel=cancel,
            ),
        )
