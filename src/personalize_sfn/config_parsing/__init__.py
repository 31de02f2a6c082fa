"""Frozen dataclasses from nested mappings and from YAML and TOML files: every mistake at once, each a sentence.

:class:`~.checked.Checked` is the base of a dataclass that checks itself; :func:`~.checked.build` makes one from a
mapping; :func:`~.files.read_file` reads a file into a mapping.
"""

from personalize_sfn.config_parsing.checked import (
    Checked,
    Checks,
    FileReader,
    Rule,
    Rules,
    Stated,
    ValueCheck,
    build,
    key_problem,
)
from personalize_sfn.config_parsing.files import read_file
from personalize_sfn.config_parsing.layers import with_options
from personalize_sfn.config_parsing.plain_values import plain_values
from personalize_sfn.config_parsing.problems import ConfigProblem, Document, check, shown
from personalize_sfn.config_parsing.schema_files import read_schema_file

__all__ = [
    "Checked",
    "Checks",
    "ConfigProblem",
    "Document",
    "FileReader",
    "Rule",
    "Rules",
    "Stated",
    "ValueCheck",
    "build",
    "check",
    "key_problem",
    "plain_values",
    "read_file",
    "read_schema_file",
    "shown",
    "with_options",
]
