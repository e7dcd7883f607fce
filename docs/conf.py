"""How Sphinx builds this site: `python3 scripts/dev.py docs`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

from graphviz_torch.version import __version__ as release  # noqa: E402

project = "torchviz-cli"
version = release
author = "the authors of torchviz-cli"
html_title = "torchviz-cli"

extensions = [
    "graphviz_torch.sphinx",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "findings",
    "gallery",
    "python_names",
    "torch_docs",
]
exclude_patterns = ["_build", "_ext", "gallery/*.md"]
smartquotes_action = "De"  # dashes and dots, no quotation marks
default_role = "code"  # as docstrings mean their backticks

html_theme = "furo"
html_static_path = ["_static", "gallery"]
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"

myst_enable_extensions = ["colon_fence", "attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_attr_annotations = False
napoleon_use_rtype = False

# A copied command line is one without its prompt and without what it printed.
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
