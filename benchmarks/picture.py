"""Draw docs/images/speed.png, the picture of README.md: words per second of fastvec and gensim.

python benchmarks/picture.py benchmarks/results/2026-11-21-epyc-zen5-2-cores
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure
from report import read, summary

PICTURE = Path(__file__).parent.parent / "docs/images/speed.png"
MODELS = {
    "sg-ns": "skip-gram,\nnegative sampling",
    "cbow-ns": "CBOW,\nnegative sampling",
    "sg-hs": "skip-gram,\nhierarchical softmax",
    "cbow-hs": "CBOW,\nhierarchical softmax",
}
TOOLS = {"fastvec": ("fastvec", "#2563eb"), "gensim-file": ("gensim 4.4, corpus_file", "#b4b4b4")}


def draw(folder: Path) -> Figure:
    """Two bars for each model, with how many times as fast fastvec is."""
    rows = {(row["model"], row["tool"]): row for row in summary(read(folder / "runs.csv"))}
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.add_subplot()
    for number, (tool, (label, color)) in enumerate(TOOLS.items()):
        speeds = [rows[model, tool]["words/s"] / 1e6 for model in MODELS]
        places = [place + 0.4 * number for place in range(len(MODELS))]
        bars = axes.bar(places, speeds, 0.36, label=label, color=color)
        times = [rows[model, tool]["times gensim-file"] for model in MODELS]
        texts = [f"{speed:.1f}" + (f"  ({ratio:.1f} ×)" if number == 0 else "")
                 for speed, ratio in zip(speeds, times, strict=True)]  # fmt: skip
        axes.bar_label(bars, texts, padding=2, fontsize=9)
    axes.set_xticks([place + 0.2 for place in range(len(MODELS))], list(MODELS.values()))
    axes.set_ylabel("million words per second")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(top=10.5)
    axes.legend(frameon=False, ncols=2, loc="upper right")
    return figure


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    draw(Path(sys.argv[1])).savefig(PICTURE, dpi=150)
