"""Workflows that are created or brought up to date, and executions that are waited for and say why they failed."""

from __future__ import annotations

from personalize_sfn.display.history import Run
from personalize_sfn.execution.execution import Execution
from personalize_sfn.execution.failure import failure
from personalize_sfn.execution.start import run as run
from personalize_sfn.execution.workflow import Workflow

__all__ = ["Execution", "Run", "Workflow", "failure", "run"]
