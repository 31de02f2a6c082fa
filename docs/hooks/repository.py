"""What the site shows of the repository: README, CONTRIBUTING and CHANGELOG, and the workflows drawn by themselves.

One text, read on the repository's front page and here; ``home.py`` puts pictures in the place of the README's graph.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

from personalize_sfn import Config, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.display import render_definition

ROOT = Path(__file__).parents[2]
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "CONTRIBUTING.md", "CHANGELOG.md": "CHANGELOG.md"}
LICENCE = "src/personalize_sfn/datasets/data/LICENSE-ml-latest-small.txt"
# A link of the repository, and the same of the site. A page that is in no list fails the strict build.
LINKS = [
    (r"\]\(docs/adr/\)", f"](adr/{next(iter(sorted((ROOT / 'docs/adr').glob('*.md')))).name})"),
    (r"\]\(docs/", "]("),
    (r"\]\((notebooks/[\w-]+)\.ipynb\)", r"](\1.md)"),
]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """A guide that ``nav`` does not name yet goes last, so that a new page needs no edit of it."""
    assert config.nav is not None
    guides = next(section["Guides"] for section in config.nav if "Guides" in section)
    named = repr(config.nav)
    guides += [found.name for found in sorted((ROOT / "docs").glob("*.md")) if f"'{found.name}'" not in named]
    return config


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name, uri in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for pattern, replacement in LINKS:
            text = re.sub(pattern, replacement, text)
        files.append(File.generated(config, uri, content=text))
    files.append(File.generated(config, LICENCE, abs_src_path=str(ROOT / LICENCE)))
    definitions = workflows.definitions(Config(project="movies"), Arns("us-east-1", "123456789012"))
    for key, definition in definitions.items():
        picture = render_definition(workflows.to_dict(definition), key)
        files.append(File.generated(config, f"images/{key}.svg", content=picture.svg))
    return files
