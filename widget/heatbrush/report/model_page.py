"""`model_page`, which writes one page about a model, to be read and brushed without it."""

from __future__ import annotations

import datetime
import threading
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from heatbrush import arguments
from heatbrush.border.asked import Question
from heatbrush.export import page, what_ifs
from heatbrush.export.all_samples import frames
from heatbrush.jobs.worker import InlineWorker
from heatbrush.report import sections
from heatbrush.report.studying import Study, Wanted, study
from heatbrush.session.session import Session
from heatbrush_core import Explainer, files
from heatbrush_core.bars import with_bar
from heatbrush_core.progress import Listening, Watch

HERE = Path(__file__).parent
LIMIT = page.LIMIT
UNHELD = (
    "This page holds no scores without a selection; hb.model_page(..., what_if=True) stores those "
    "of all runs of rows and of columns."
)
MORE = "give hb.model_page a larger budget for more."


@with_bar
def model_page(
    explainer: Any,
    X: ArrayLike,
    path: str | Path,
    y: Any = None,
    *,
    method: Any = "occlusion",
    methods: Any = None,
    examples: int = 8,
    most: int = 200,
    valid: Any = None,
    what_if: bool = True,
    budget: float = 1.5e6,
    limit: float | None = LIMIT,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> Path:
    """Write one HTML page about a model: how often it is right, what its classes rest on, examples.

    It needs no kernel and no network: its example samples can be brushed like every offline page.
    It says what was checked, and what was not.

    Parameters
    ----------
    explainer : Explainer
        Or a model, to be explained with an `Explainer` of its own.
    X : array-like
        (N, H, W) or (N, H, W, C) samples, better those that the model was not trained on.
    path : str or Path
        Gets the ending .html if it has another, or none. A file of that name is replaced once all
        is written.
    y : optional
        True class of each sample, by index or by name. Without it the samples are grouped by what
        the model says, and nothing tells how often that is right.
    method
        Of the class profiles, as `class_profile` takes it.
    methods : optional
        Of the panels of the examples, as `compare` takes it.
    examples : int
        Samples to be brushed, at the most: mistakes that the model is sure of, one that is like the
        mean of its class, for each class, and the one that the model is least sure of.
    most : int
        Samples that the class profiles are of, at the most, evenly spaced over X.
    valid : optional
        Which cells of X exist, as in `compare`.
    what_if : bool
        Whether the page holds the scores of its examples without each run of rows and of columns,
        and with only it, so that they follow the brush there. False is quick.
    budget : float
        Bytes of the whole page up to which it holds such scores, as in `View.save_html`: the
        examples share what is left of it. The view says what it does not hold.
    limit : float, optional
        Bytes above which no page is written; None writes any.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples, once for each thing that is asked,
        then such what-ifs.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    ValueError, TypeError
        In one sentence, for samples and classes that do not fit, a `budget` that is no number of
        bytes, and where the page would be larger than `limit`.
    Cancelled
        When `cancel` was set.

    Examples
    --------
    >>> model_page(explainer, X_test, "model.html", y_test)
    """
    place = files.named(path, ".html")
    if what_if:
        what_ifs.check_budget(budget)
    wanted = Wanted(method, most, examples)
    watch = Watch(0, progress, cancel)
    asker = explainer if isinstance(explainer, Explainer) else Explainer(explainer)
    found = study(asker, X, y, valid, wanted, watch)
    watch.total += len(found.examples)
    return files.write(
        place,
        _page(found, methods, limit, budget if what_if else 0, watch).encode("utf-8", "replace"),
    )


def _page(found: Study, methods: Any, limit: float | None, budget: float, watch: Watch) -> str:
    chosen = [each.sample for each in found.examples]
    truth = None if found.truth is None else [found.truth[each] for each in chosen]
    cells = None if found.exists is None else found.exists[chosen]
    given = arguments.read(found.explainer, found.matrices[chosen], methods, truth, cells)
    # what it shows is made sample by sample, so that nothing of it need run beforehand
    first = Question(0, None)
    session = Session(given.samples, first, given.panels, InlineWorker, given.notes)
    try:
        each = frames(session, watch=watch)
        _check_size(session, each, limit)
        made = _parts(found, budget > 0)
        room = budget - len(_rendered(found, session, each, made).encode("utf-8", "replace"))
        whatifs = [what_ifs.none(UNHELD) for _ in each]
        if budget:
            whatifs = what_ifs.stored(session, range(len(each)), room, watch, MORE)
        each = [{**frame, "whatifs": of} for frame, of in zip(each, whatifs, strict=True)]
        return _rendered(found, session, each, made)
    finally:
        session.close()


def _check_size(session: Session, each: list[dict[str, Any]], limit: float | None) -> None:
    taken = page.size({**session.channel.snapshot(), **each[0]}) + page.size(each)
    if limit is not None and taken > limit:
        raise ValueError(
            f"The page would take {taken / 1e6:.0f} MB, and browsers open {limit / 1e6:.0f} MB; "
            "give fewer examples=, or limit=None to write it all the same."
        )


def _rendered(
    found: Study, session: Session, each: list[dict[str, Any]], made: dict[str, str]
) -> str:
    traits = {**session.channel.snapshot(), **each[0]}
    title = f"heatbrush: {found.explainer.named}"
    form = page.Form(HERE / "model_page.html", HERE / "model_page.css", (page.START,), made)
    return page.render(traits, title, each, form=form)


def _parts(found: Study, what_if: bool) -> dict[str, str]:
    return {
        "heading": escape(found.explainer.named[:1].upper() + found.explainer.named[1:]),
        "made": escape(
            f"Written by heatbrush {version('heatbrush')} on {datetime.date.today():%Y-%m-%d}."
        ),
        "model": sections.model(found),
        "performance": sections.performance(found),
        "profiles": sections.profiles(found),
        "examples": sections.examples(found, what_if),
        "checked": sections.checked(found),
    }
