"""Settings of Sphinx, which builds the documentation site from this folder: ``make docs``."""

from grader import __version__

project = "grader"
author = "The grader's authors"
release = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"grader {__version__}"
# Pages that are read in the repository too link to files outside this folder.
exclude_patterns = ["_build"]
