"""Settings of Sphinx, which makes a site of this folder: ``.ci/site``."""

import sys
from pathlib import Path

import ziamath

import fastvec

sys.path.insert(0, str(Path(__file__).parent))

project = "fastvec"
author = "The fastvec developers"
copyright = "The fastvec developers, Apache-2.0"  # noqa: A001 - Sphinx has this name
version = release = fastvec.__version__
html_title = f"fastvec {version}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "site_parts",
]
nitpicky = True  # a reference that leads nowhere is a warning, and .ci/site ends at warnings
nitpick_ignore_regex = [("py:(class|exc|data|obj)", ".*")]  # types, many of which are plain words

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4

html_theme = "furo"
html_static_path = ["static", str(Path(ziamath.__file__).parent / "fonts")]  # for formulas
html_css_files = ["site.css"]
html_theme_options = {
    "source_repository": "https://github.com/fastvec/fastvec/",
    "source_branch": "main",
    "source_directory": "docs/",
}
html_math_renderer = "mathml"  # in site_parts: the pages need nothing from other servers
html_copy_source = False
smartquotes = False  # they would turn --option into –option
toc_object_entries_show_parents = "hide"
html_show_sphinx = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

autodoc_typehints = "none"  # the docstrings have the types
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # autodoc shows them
suppress_warnings = ["ref.python"]  # of types: "words" in "list of words" is no reference
maximum_signature_line_length = 80
add_module_names = False
