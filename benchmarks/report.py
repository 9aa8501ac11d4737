"""Turn the runs of a results folder into README.md, table.csv and plot.png.

python benchmarks/report.py benchmarks/results/2025-11-20-xeon-2-cores
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter
from rivals import RIVALS

BASE = "gensim-file"
MEASURES = ("words/s", "training s", "end to end s", "peak MB")
KEY = ("model", "dimension", "rival", "seed")

Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """The runs: numbers as numbers."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: v if k in KEY[:3] else float(v) for k, v in row.items()} for row in rows]


def cells(runs: list[Row]) -> dict[tuple[str, str], dict[str, list[Row]]]:
    """(model, dimension) -> tool -> its runs."""
    found: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        found[run["model"], run["dimension"]][run["rival"]].append(run)
    return found


def ratio(runs: list[Row], base: list[Row]) -> float | None:
    """How many times the base's words/s: median over the pairs of runs of the same round."""
    speed = {run["seed"]: run["words/s"] for run in base}
    pairs = [run["words/s"] / speed[run["seed"]] for run in runs if run["seed"] in speed]
    return median(pairs) if pairs else None


def summary(runs: list[Row]) -> list[Row]:
    """One row for each model, dimension and tool: medians of speed, means of quality."""
    tests = [name for name in runs[0] if name not in (*KEY, *MEASURES)]
    rows = []
    for (model, dimension), tools in cells(runs).items():
        for tool, its in tools.items():
            times = ratio(its, tools.get(BASE, []))
            rows.append(
                {
                    "model": model,
                    "dimension": dimension,
                    "tool": tool,
                    "runs": len(its),
                    **{name: median(run[name] for run in its) for name in MEASURES},
                    f"times {BASE}": "" if times is None else times,
                    **{name: sum(run[name] for run in its) / len(its) for name in tests},
                }
            )
    return rows


def shown(name: str, value: Any) -> str:
    """A value as the table shows it."""
    if not isinstance(value, float):
        return str(value)
    if name in ("words/s", "peak MB"):
        return f"{value:,.0f}"
    if name in ("training s", "end to end s"):
        return f"{value:.1f}"
    if name.startswith("times"):
        return f"{value:.2f}"
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:.1f}"


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([shown(k, v) for k, v in row.items()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def readme(about: dict[str, Any], rows: list[Row]) -> str:
    """The page of a results folder."""
    corpus = about["corpus"]
    used = dict.fromkeys(row["tool"] for row in rows)
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    return f"""# {about["date"]}: {about["processor"]}, {about["cores"]} cores

    {about["command"]}

Commit {about["commit"]}; Python {about["python"]}; {packages}; {about["system"]}.
Instruction set: {about["simd"]}. Load before the first run: {about["load"]}.
Text: {corpus["name"]}, {corpus["bytes"]:,} bytes, {corpus["lines"]:,} lines, \
{corpus["tokens"]:,} tokens, {corpus["types"]:,} types, md5 {corpus["md5"]}.
Workers: {about["workers"]}; epochs: {about["epochs"]}.

{table(rows)}

![words/s against quality](plot.png)

Speeds and memory are medians, qualities means over the runs; the ratio is the median over rounds
in which the tools followed each other. words/s = tokens of the text x epochs / training time.
End to end: from the start of the process to saved vectors, imports included.

What is unfair:

{chr(10).join(f"- {name}: {RIVALS[name].unfair}" for name in used)}
"""


def plot(runs: list[Row], path: Path) -> None:
    """Speed against quality, a panel for each model and dimension; small dots are single runs."""
    tests = [name for name in runs[0] if name not in (*KEY, *MEASURES)]
    panels = cells(runs)
    tools = list(dict.fromkeys(run["rival"] for run in runs))
    columns = min(4, len(panels))
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(4 * columns, 3.4 * lines + 0.6), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False, sharex=True)
    for axis in axes.flat[len(panels) :]:
        axis.remove()
    for axis, ((model, dimension), its) in zip(axes.flat, panels.items(), strict=False):
        for tool, rows in its.items():
            colour = f"C{tools.index(tool)}"
            x = [row["words/s"] for row in rows]
            y = [row[tests[0]] if tests else 0.0 for row in rows]
            axis.scatter(x, y, s=8, color=colour, alpha=0.5)
            axis.scatter(median(x), sum(y) / len(y), s=60, color=colour, label=tool)
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(EngFormatter(sep=""))
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_ylim(0, 1.1 * axis.get_ylim()[1])
        axis.set_title(f"{model}, d = {dimension}")
        axis.set_xlabel("training words/s")
        axis.grid(alpha=0.3, which="both")
    for axis in axes[:, 0]:
        axis.set_ylabel(tests[0] if tests else "")
    handles: dict[str, Any] = {}
    for axis in figure.axes:
        marks, names = axis.get_legend_handles_labels()
        handles.update(zip(names, marks, strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=150)


def main() -> None:
    folder = Path(sys.argv[1])
    runs = read(folder / "runs.csv")
    rows = summary(runs)
    about = json.loads((folder / "about.json").read_text())
    text = readme(about, rows)
    (folder / "README.md").write_text(text)
    with (folder / "table.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    plot(runs, folder / "plot.png")
    print(text)


if __name__ == "__main__":
    main()
