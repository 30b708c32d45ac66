"""JupyterLab and Notebook 7 on loopback, with nothing of the user's: settings, kernels, history."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, expect

from browser.hand import Hand

ROOT = Path(__file__).parents[2]
QUIET = {
    "@jupyterlab/apputils-extension/notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
        "doNotDisturbMode": True,
    }
}

# what arrives on iopub outside any cell: an error in a widget's callback shows nowhere else
LISTEN = """() => {
  window.stray = [];
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  kernel.iopubMessage.connect((_, message) => {
    const type = message.header.msg_type, content = message.content;
    const stderr = type === 'stream' && content.name === 'stderr';
    if (type === 'error' || stderr) window.stray.push(content);
  });
}"""

IDLE = """() => {
  const widget = window.jupyterapp.shell.currentWidget;
  const kernel = widget?.context?.sessionContext?.session?.kernel;
  return kernel?.status === 'idle';
}"""

RUN = """async (index) => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
  await window.jupyterapp.commands.execute('notebook:run-cell');
}"""

# the outputs of a cell's model, not of its DOM, which may not be drawn
OUTPUTS = """(index) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
  return cell.model.outputs ? cell.model.outputs.toJSON() : [];
}"""

# what code prints, run in no cell
ASK = """async (code) => {
  const session = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  const future = session.kernel.requestExecute({ code, store_history: false });
  let said = '';
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') said += content.text;
    if (header.msg_type === 'error') said += `${content.ename}: ${content.evalue}`;
  };
  await future.done;
  return said;
}"""


SHUT_DOWN = """async () => {
  await window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown();
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path) -> dict[str, str]:
    """The environment of a server whose every folder is below `home`."""
    names = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "PYTHONPATH": os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget")),
    }
    quiet = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    return {**os.environ, **quiet, **{name: str(path) for name, path in names.items()}}


@contextlib.contextmanager
def server(home: Path, app: str = "lab", settings: dict[str, Any] | None = None) -> Iterator[str]:
    """Start a server whose notebooks are in home/notebooks; yields its address."""
    for name, value in {**QUIET, **(settings or {})}.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    notebooks = home / "notebooks"
    notebooks.mkdir(parents=True, exist_ok=True)
    port = free_port()
    expose = "LabApp" if app == "lab" else "JupyterNotebookApp"
    command = [
        *(sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", "--ServerApp.password="),
        *(f"--ServerApp.root_dir={notebooks}", f"--{expose}.expose_app_in_browser=True"),
    ]
    log = (home / f"{app}.log").open("w")
    process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log, cwd=home)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address + "/api/status", process, home / f"{app}.log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        log.close()


def wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    """Return when the address answers; fail with the server's log when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not answer at {url}:\n{log.read_text()[-3000:]}")


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells; without a kernelspec no kernel would start."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def copy_example(name: str, folder: Path) -> None:
    """Copy an example: JupyterLab saves into what it opens."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "examples" / name, folder)


def open_notebook(page: Page, address: str, name: str, app: str = "lab") -> None:
    """Open a notebook and wait until its kernel is idle."""
    place = f"/lab/tree/{name}?reset" if app == "lab" else f"/notebooks/{name}"
    page.goto(address + place)
    page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell", timeout=60_000)
    page.evaluate("async () => { await window.jupyterapp.restored }")
    page.wait_for_function(IDLE, timeout=60_000)
    page.evaluate(LISTEN)


def start_cell(page: Page, index: int) -> None:
    """Run a cell without waiting for it."""
    page.evaluate(f"(index) => {{ ({RUN})(index); }}", index)


def run_cell(page: Page, index: int, timeout: float = 60_000) -> str:
    """Run a cell, fail where it raises, and return what it printed."""
    page.evaluate(RUN, index)
    page.wait_for_function(IDLE, timeout=timeout)
    return printed(page, index)


def ask(page: Page, code: str) -> str:
    """Run code beside the notebook, whose active cell stays, and return what it printed."""
    return page.evaluate(ASK, code)


def printed(page: Page, index: int) -> str:
    """Return a cell's standard output; fail where it holds an error."""
    outputs = page.evaluate(OUTPUTS, index)
    errors = [
        f"{out['ename']}: {out['evalue']}" for out in outputs if out["output_type"] == "error"
    ]
    assert not errors, errors
    texts = [out["text"] for out in outputs if out["output_type"] == "stream"]
    return "".join("".join(text) if isinstance(text, list) else text for text in texts)


def check_snapshot_is_hidden(page: Page, hand: Hand) -> None:
    """One view, zoomed or not as it was before, and a picture that is there but not seen."""
    image = page.locator(".heatbrush-snapshot img")
    expect(image).to_have_count(1, timeout=15_000)
    expect(image).to_be_hidden()
    assert page.locator(".heatbrush:not(.hb-strip)").count() == 1
    if not page.evaluate("() => window.zoomed"):
        whole = hand.pixels("occlusion")
        hand.panel("occlusion").focus()
        page.keyboard.press("+")
        hand.expect_other_pixels("occlusion", whole)
        page.evaluate("(pixels) => { window.zoomed = pixels }", hand.pixels("occlusion"))
    else:
        page.wait_for_timeout(500)
        assert hand.pixels("occlusion") == page.evaluate("() => window.zoomed")


def check_snapshot_is_seen(page: Page) -> None:
    """Where the view is not, the picture and the table are, and no word of a missing model."""
    image = page.locator(".heatbrush-snapshot img")
    expect(image).to_be_visible()
    assert image.evaluate("(image) => image.naturalWidth") > 0
    table = page.locator(".heatbrush-snapshot table").first
    expect(table).to_contain_text("0.119")
    missing = page.get_by_text("model not found")
    expect(missing).to_have_count(2, timeout=15_000)
    expect(missing.filter(visible=True)).to_have_count(0)


def stray_messages(page: Page) -> list[Any]:
    """What the kernel said on iopub that shows in no cell: errors in widget callbacks, stderr.

    Left out: Matplotlib's word on its font cache, and the kernel's on a comm that JupyterLab's own
    widget manager asks for before the kernel has imported ipywidgets.
    """
    others = ("font cache", "No such comm")
    said = page.evaluate("() => window.stray")
    return [each for each in said if not any(word in each.get("text", "") for word in others)]
