"""The notebooks as pages, with the outputs of a run on the embedded AWS at build time.

nbclient executes them and nbconvert writes Markdown, which the theme then draws like every other page: its own light
and dark, its search, its table of contents. (mkdocs-jupyter was tried: it loads MathJax from a CDN on every page that
does not name another address, and its cells have colours and scripts of their own.)
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
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
from traitlets.config import Config

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
{%- block error %}
```{.text .output}
{{ output.traceback | join("\n") | strip_ansi }}
```
{% endblock error -%}
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
    notebooks = [nbformat.read(path, as_version=4) for path in NOTEBOOKS]
    if config.extra["run_notebooks"]:
        with _embedded_aws_of_its_own() as folder, ThreadPoolExecutor(2) as pool:
            list(pool.map(_execute, notebooks, [folder / str(number) for number in range(len(notebooks))]))
    for path, notebook in zip(NOTEBOOKS, notebooks, strict=True):
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=_page(notebook)))
        files.append(File.generated(config, f"notebooks/{path.name}", content=nbformat.writes(notebook)))
    return files


def _execute(notebook: nbformat.NotebookNode, sockets: Path) -> None:
    """Run every cell; the outputs are put into ``notebook``.

    Its kernel is reached by files that only this user can open: ports earn a warning from every kernel.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell raises; the build ends.
    """
    reached = Config({"KernelManager": {"transport": "ipc", "ip": str(sockets)}})
    NotebookClient(notebook, timeout=300, kernel_name="python3", config=reached).execute()


def _page(notebook: nbformat.NotebookNode) -> str:
    exporter = MarkdownExporter(extra_loaders=[DictLoader({"cells": CELLS})], template_file="cells")
    # An empty line would end a block of HTML.
    exporter.register_filter("flat", lambda html: "\n".join(line for line in html.splitlines() if line.strip()))
    text, _ = exporter.from_notebook_node(notebook)
    return str(text)


@contextmanager
def _embedded_aws_of_its_own() -> Iterator[Path]:
    """For the kernels: a background process that no user shares, empty caches, no network; all gone at the end."""
    with TemporaryDirectory() as folder:
        mine = {"PERSONALIZE_SFN_HOME": "home", "XDG_CACHE_HOME": "cache", "IPYTHONDIR": "ipython"}
        changed = {name: str(Path(folder) / value) for name, value in mine.items()}
        changed |= {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "127.0.0.1,localhost"}
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield Path(folder)
        finally:
            subprocess.run([sys.executable, "-m", "personalize_sfn.local", "stop"], check=True, capture_output=True)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
