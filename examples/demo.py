"""The quickstart, run headless: an offline page to brush, and a table on the terminal."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).parent
NOTEBOOK = HERE / "quickstart.ipynb"


def printed(cell: nbformat.NotebookNode) -> str:
    """Return what a cell printed or displayed, as text."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(output.text)
        elif output.output_type in ("execute_result", "display_data"):
            texts.append(output.data.get("text/plain", ""))
    return "\n".join(texts).rstrip()


def main() -> None:
    """Run the notebook where its page will be kept, and say what came out."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "demo").resolve()
    out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    print(
        f"Running {NOTEBOOK.name}: training a small CNN and explaining what it says ...", flush=True
    )
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(out)}})
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        sys.exit(f"The quickstart failed:\n{error}")
    for cell in notebook.cells:
        if {"result", "page"} & set(cell.metadata.get("tags", ())):
            print("\n" + printed(cell))
    print(f"\nDone in {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
