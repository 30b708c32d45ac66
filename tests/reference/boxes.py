"""Boxes for which pycocotools and tidecv said numbers, as tables."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).with_name("detections.json")
CASES = json.loads(FILE.read_text())
FIELDS = ["row", "column", "height", "width"]


def tables(samples, which):
    """One table per sample, of the found boxes or of the true ones."""
    made = []
    for each in samples:
        table = pd.DataFrame(np.reshape(each[which], (-1, 4)), columns=FIELDS)
        suffix = "found_class" if which == "found" else "true_class"
        table["class"] = np.array(each[suffix], int)
        if which == "found":
            table["score"] = np.array(each["score"], float)
            table["head"] = np.array(each["head"], int)
        made.append(table)
    return made
