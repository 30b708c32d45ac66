"""Files of explanations, read back: one that was saved, or all of a view."""

from __future__ import annotations

from heatbrush_core.explanation import archive
from heatbrush_core.explanation.archive import File
from heatbrush_core.explanation.explanation import Explanation


def load(file: File) -> Explanation | dict[str, Explanation]:
    """Read an npz file of explanations.

    Parameters
    ----------
    file : path or binary file
        What `Explanation.save` or the view's `save_npz` wrote.

    Returns
    -------
    Explanation, or dict {panel name: Explanation}
        One where one was saved; of a view all, in the order of its panels.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not one of ours, is damaged, or is of a later release.
    """
    found = archive.load(file)
    if isinstance(found, archive.Several):
        return {name: Explanation(**fields) for name, fields in found.panels.items()}
    return Explanation(**found)
