"""What is found out about a graph once, and forgotten with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from heatbrush_core.graph.graph import Graph

T = TypeVar("T")


def once(find: Callable[[Graph], T]) -> Callable[[Graph], T]:
    """Keep what a function finds of each graph for as long as the graph lives."""
    known: WeakKeyDictionary[Graph, T] = WeakKeyDictionary()

    @functools.wraps(find)
    def found(graph: Graph) -> T:
        if graph not in known:
            known[graph] = find(graph)
        return known[graph]

    return found
