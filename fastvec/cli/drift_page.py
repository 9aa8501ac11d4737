"""The page that ``fastvec drift -o drift.html`` writes: pictures and a table, in one file."""

from __future__ import annotations

import html

from fastvec.vectors.alignment.drift import Drift, drift_table

#: pictures, and rows of the table
PICTURES, ROWS = 12, 500

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
.ways { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 1rem; }
.ways svg { width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; margin-top: 2rem; }
caption { text-align: left; font-weight: bold; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #8883; vertical-align: top; }
th { text-align: left; white-space: nowrap; position: sticky; top: 0; background: Canvas; }
.old { color: #2f7fc1; } .new { color: #d9732b; }
"""


def page(found: Drift, title: str, summary: str) -> str:
    """The page, which needs no other file and no program."""
    pictures = "".join(found.way(word) for word in found.words[:PICTURES])
    title = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Drift: {title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Drift: {title}</h1>
<p>{html.escape(summary[:1].upper() + summary[1:])}.</p>
<p>Each picture has a word's <b class="old">old</b> and <b class="new">new</b> place, its five
nearest words of <b class="old">before</b> and those of <b class="new">after</b>, in the newer
space.</p>
<div class="ways">{pictures}</div>
<div class="wide">{drift_table(found, ROWS)}</div>
</body>
</html>"""
