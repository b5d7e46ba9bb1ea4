"""Sphinx's configuration of the site: `nox -s docs` builds it."""

import os
import sys
from pathlib import Path

import refnet

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent / "matplotlibrc")  # for the cells

project = "refnet"
author = "The refnet authors"
copyright = "The refnet authors; code MIT, text and figures CC BY 4.0"
version = release = refnet.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_nb",
    "sphinx_design",
    "checked",
    "checks",
    "definition",
    "docstrings",
    "exercise",
    "live",
    "mathml",
    "notebooks",
    "parity",
    "reference",
    "see_also",
    "source_pages",
    "widget",
]
exclude_patterns = ["_build", "extensions", "book/exercises"]
default_role = "py:obj"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"  # for a quick look; nox -s docs runs every cell anew
nb_execution_raise_on_error = True
nb_merge_streams = True

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Shape", "Pullback", "Source", "Init"]

html_theme = "pydata_sphinx_theme"
html_title = "refnet"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "_static/icon.svg"
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_sidebars = {page: [] for page in ("index", "ledger", "gallery", "evidence", "project")}
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": {"**": ["page-toc"], "ledger": [], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False
