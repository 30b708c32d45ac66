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
    whatif,
)


def main() -> None:
    for module in (machine, light, first_map, whatif, methods, notebook, traffic, large, documents):
        module.main()


if __name__ == "__main__":
    main()
