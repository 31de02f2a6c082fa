"""What a person must know although nothing failed.

In a notebook, Python's own logging would put it into the red box of errors, beside real ones.
"""

from __future__ import annotations

import logging
import sys

from personalize_sfn.text import printable

__all__ = ["notebook_shell", "notice"]


def notebook_shell() -> object | None:
    """IPython's shell if this process is the kernel of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell if getattr(shell, "kernel", None) is not None else None


def notice(logger: logging.Logger, text: str) -> None:
    """Tell ``text``: a warning of the logger; in a notebook that has not set up logging, a plain line of output."""
    if notebook_shell() is not None and not logger.hasHandlers():
        print(printable(text))
    else:
        logger.warning("%s", text)
