"""The command ``personalize-sfn``.

Modules here import click and nothing heavier at their top, so that ``--help`` answers at once.
"""

from __future__ import annotations

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code (``personalize-sfn --help`` lists them).

    Args:
        arguments: the words after the command's name.  Default: those that the process was started with.
    """
    from personalize_sfn.cli.app import run_command

    return run_command(arguments)
