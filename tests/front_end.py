"""A front end without a browser: a real kernel, spoken to as JupyterLab does, and what it said."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from full_panels import full
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[1]
GUARD = 30.0  # seconds until a test gives up; nothing here takes that long
COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


class ThisPython(KernelSpecManager):
    """Knows one kernel: the interpreter that runs the tests, whatever else is installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=COMMAND, display_name="this Python", language="python")


def ipykernel6(folder: Path) -> Path:
    """A folder with ipykernel 6, to be put before the installed one.

    HEATBRUSH_IPYKERNEL6 names one that is there already; else it is downloaded.
    """
    named = os.environ.get("HEATBRUSH_IPYKERNEL6")
    if named and Path(named, "ipykernel").is_dir():
        return Path(named)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*install, str(folder), "ipykernel>=6.29,<7"], check=True)
    return folder


@dataclass
class Widget:
    """A widget as the page has it.

    Attributes
    ----------
    state
        The traits, kept up to date; buffers in their places, as bytes.
    heard
        Custom messages, and each trait update as {"kind": "update", "traits": [...]}, in order,
        with the bytes of their buffers.
    """

    comm: str
    state: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False

    @property
    def panels(self) -> list[dict[str, Any]]:
        """The panels with their arrays."""
        return full(self.state)

    def panel(self, name: str) -> dict[str, Any]:
        return next(panel for panel in self.panels if panel["name"] == name)

    def of(self, kind: str, **content: Any) -> list[dict[str, Any]]:
        return [m for m in self.heard if m["kind"] == kind and content.items() <= m.items()]


class FrontEnd:
    """One kernel and its client.

    Attributes
    ----------
    widgets
        Every widget that was opened, by its comm.
    stray
        Errors, and what was printed to stderr: nothing of it would be seen by a reader.
    """

    def __init__(self, manager: KernelManager, subshells: bool) -> None:
        self.manager = manager
        self.client = manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=GUARD)
        self.subshells = subshells
        self.subshell: str | None = None
        self.widgets: dict[str, Widget] = {}
        self.shown: list[str] = []
        self.stray: list[dict[str, Any]] = []
        self.printed: dict[str, str] = {}
        self.idle: set[str] = set()
        self.changed = threading.Condition()
        self.alive = True
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if subshells:
            self.subshell = self._create_subshell()

    # -------------------------------------------------------------- listening

    def _read(self) -> None:
        while self.alive:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except queue.Empty:
                continue
            with self.changed:
                self._take(message)
                self.changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        parent = message["parent_header"].get("msg_id", "")
        if kind == "comm_open" and content["target_name"] == "jupyter.widget":
            widget = self.widgets[content["comm_id"]] = Widget(content["comm_id"])
            self._update(widget, content["data"], message["buffers"])
        elif kind == "comm_msg" and content["comm_id"] in self.widgets:
            self._comm(self.widgets[content["comm_id"]], content["data"], message["buffers"])
        elif kind == "comm_close" and content["comm_id"] in self.widgets:
            self.widgets[content["comm_id"]].closed = True
        elif kind == "display_data":
            view = content["data"].get("application/vnd.jupyter.widget-view+json")
            self.shown += [view["model_id"]] if view else []
        elif kind == "error" or (kind == "stream" and content["name"] == "stderr"):
            self.stray.append(content)
        elif kind == "stream":
            self.printed[parent] = self.printed.get(parent, "") + content["text"]
        elif kind == "status" and content["execution_state"] == "idle":
            self.idle.add(parent)

    def _comm(self, widget: Widget, data: dict[str, Any], buffers: list[memoryview]) -> None:
        if data["method"] == "custom":
            content = {**data["content"], "bytes": sum(map(len, buffers))}
            if buffers:
                content["buffer"] = bytes(buffers[0])
            widget.heard.append(content)
        elif data["method"] == "update":
            self._update(widget, data, buffers)
            size = sum(map(len, buffers))
            widget.heard.append({"kind": "update", "traits": sorted(data["state"]), "bytes": size})

    @staticmethod
    def _update(widget: Widget, data: dict[str, Any], buffers: list[memoryview]) -> None:
        for path, buffer in zip(data.get("buffer_paths", ()), buffers, strict=True):
            place = data["state"]
            for part in path[:-1]:
                place = place[part]
            place[path[-1]] = bytes(buffer)
        widget.state.update(data["state"])

    def until(self, true: Callable[[], Any], seconds: float = GUARD) -> Any:
        """Wait for something that the kernel is about to say."""
        with self.changed:
            assert self.changed.wait_for(true, seconds), "the kernel did not say it"
            return true()

    # -------------------------------------------------------------- speaking

    def _create_subshell(self) -> str:
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        deadline = time.monotonic() + GUARD
        while time.monotonic() < deadline:
            reply = self.client.get_control_msg(timeout=GUARD)
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                return reply["content"]["subshell_id"]
        raise AssertionError("the kernel created no subshell")

    def start(self, code: str, cell: str = "") -> str:
        """Run a cell, and return the id of its request; `cell` is the id that a notebook gives."""
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content)
        message["metadata"] = {"cellId": cell} if cell else {}
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def done(self, request: str) -> str:
        """Wait for a cell, and return what it printed."""
        self.until(lambda: request in self.idle)
        return self.printed.get(request, "").strip()

    def cell(self, code: str, cell: str = "") -> str:
        """Run a cell to its end, and return what it printed."""
        return self.done(self.start(code, cell))

    def _send(self, widget: Widget, data: dict[str, Any]) -> None:
        message = self.client.session.msg("comm_msg", {"comm_id": widget.comm, "data": data})
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def ask(self, widget: Widget, kind: str, **content: Any) -> None:
        """Send a message, as the bundle does."""
        self._send(widget, {"method": "custom", "content": {"kind": kind, **content}})

    def set(self, widget: Widget, **traits: Any) -> None:
        """Write traits, as the bundle does."""
        self._send(widget, {"method": "update", "state": traits, "buffer_paths": []})

    def see(self, widget: Widget, viewer: int = 0, rows: int = 400, columns: int = 1000) -> None:
        """Say that a page of that many pixels has the last map that was still filling."""
        number = max([message["number"] for message in widget.of("partial")], default=0)
        self.ask(widget, "seen", viewer=viewer, number=number, rows=rows, columns=columns)

    def heard(self, widget: Widget) -> None:
        """Wait until all that was sent to a widget has been read, unless it is closed.

        A subshell reads on a thread of its own, and what comes after `close` finds no comm.
        """
        if widget.closed:
            return
        count = len(widget.of("alive"))
        self.ask(widget, "hello")
        self.until(lambda: len(widget.of("alive")) > count)

    def view(self, code: str, cell: str = "") -> Widget:
        """Run a cell that shows a view, and greet its kernel as every drawn view does."""
        count = len(self.shown)
        self.cell(code, cell)
        self.until(lambda: len(self.shown) > count)
        widget = self.widgets[self.shown[count]]
        self.heard(widget)
        return widget


@contextmanager
def kernel(first: Path | None = None, subshells: bool = False) -> Iterator[FrontEnd]:
    """A kernel with the packages of this checkout; `first` is put before everything installed."""
    paths = [*([first] if first else []), ROOT / "kernel", ROOT / "widget"]
    manager = KernelManager(kernel_spec_manager=ThisPython())
    manager.start_kernel(
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
    )
    front_end = FrontEnd(manager, subshells)
    try:
        yield front_end
    finally:
        front_end.alive = False
        front_end.reader.join(GUARD)
        front_end.client.stop_channels()
        manager.shutdown_kernel(now=True)
