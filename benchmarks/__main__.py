"""Print every figure, and the machine."""

from __future__ import annotations

from benchmarks import first_map, gradient, light, machine, notebook


def main() -> None:
    for module in (machine, light, first_map, gradient, notebook):
        module.main()


if __name__ == "__main__":
    main()
