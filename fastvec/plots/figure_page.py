"""A figure and a table as one HTML page."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fastvec.plots.figures import figure_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = """
:root { color-scheme: light dark; }
body {
  margin: 24px auto; max-width: 1100px; padding: 0 16px; font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 21px; }
img { width: 100%; background: white; border-radius: 8px; }
div { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
td { white-space: nowrap; }
th, td { padding: 4px 12px; text-align: end; border-bottom: 1px solid #8884; }
:is(th, td):first-child { text-align: start; }
"""


def figure_page(figure: Figure, title: str, rows: Sequence[dict[str, str]]) -> bytes:
    """A page that loads nothing: a title, the figure, and a table whose rows have one head."""
    image = base64.b64encode(figure_bytes(figure, "svg")).decode()
    heads = _cells("th", rows[0])
    lines = "".join(f"<tr>{_cells('td', row.values())}</tr>" for row in rows)
    title = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<img src="data:image/svg+xml;base64,{image}" alt="The curves of the numbers in the table below">
<div><table>
<tr>{heads}</tr>
{lines}
</table></div>
</body>
</html>
""".encode()


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)
