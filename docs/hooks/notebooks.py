"""The notebooks as pages, with the outputs of a run on the embedded AWS at build time.

nbclient executes them and nbconvert writes Markdown, which the theme then draws like every other page: its own light and
dark, its search, its table of contents. (mkdocs-jupyter was tried: it loads MathJax from a CDN on every page that does not
name another address, and its cells have colours and scripts of their own.)
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jinja2 import DictLoader
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what a notebook asks of the outside fails at once, as where there is no network."""
CELLS = """
{%- extends 'markdown/index.md.j2' -%}
{%- block input %}
```python
{{ cell.source }}
```
{% endblock input -%}
{%- block stream %}
```{.text .output}
{{ output.text.rstrip() | strip_ansi }}
```
{% endblock stream -%}
{%- block data_text scoped %}
```{.text .output}
{{ output.data['text/plain'] }}
```
{% endblock data_text -%}
{%- block data_html scoped %}
<div class="output">
{{ output.data['text/html'] | flat }}
</div>
{% endblock data_html -%}
"""


@event_priority(50)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    with _embedded_aws_of_its_own(), ThreadPoolExecutor(2) as pool:
        for path, text in zip(NOTEBOOKS, pool.map(_executed, NOTEBOOKS), strict=True):
            files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
    return files


def _executed(path: Path) -> str:
    """The notebook with its outputs, as Markdown.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raises; the build ends.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    exporter = MarkdownExporter(extra_loaders=[DictLoader({"cells": CELLS})], template_file="cells")
    # An empty line would end a block of HTML.
    exporter.register_filter("flat", lambda html: "\n".join(line for line in html.splitlines() if line.strip()))
    text, _ = exporter.from_notebook_node(notebook)
    return str(text)


@contextmanager
def _embedded_aws_of_its_own():
    """For the kernels: a background process that no user shares, empty caches, no network; all gone at the end."""
    with TemporaryDirectory() as folder:
        mine = {"PERSONALIZE_SFN_HOME": "home", "XDG_CACHE_HOME": "cache", "IPYTHONDIR": "ipython"}
        changed = {name: str(Path(folder) / value) for name, value in mine.items()}
        changed |= {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "127.0.0.1,localhost"}
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield
        finally:
            subprocess.run([sys.executable, "-m", "personalize_sfn.local", "stop"], check=True, capture_output=True)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
