"""Print the figures, and the machine: all that need no other library and little memory."""

from __future__ import annotations

from benchmarks import (
    documents,
    first_map,
    large,
    light,
    machine,
    methods,
    notebook,
    traffic,
    view,
    whatif,
)


def main() -> None:
    each = (machine, light, first_map, whatif, methods, notebook, view, traffic, large, documents)
    for module in each:
        module.main()


if __name__ == "__main__":
    main()
