"""What importing the metrics costs."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_imports_are_light():
    code = (
        "import heatbrush_core.metrics.curves, heatbrush_core.metrics.agreement, "
        "heatbrush_core.metrics.sensitivity, heatbrush_core.metrics.stability, "
        "heatbrush_core.metrics.randomisation, sys, json; "
        "print(json.dumps([m for m in ('tensorflow', 'keras', 'pandas', 'xarray', 'scipy', "
        "'skimage') if m in sys.modules]))"
    )
    paths = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "kernel")}
    said = subprocess.run(
        [sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == []
