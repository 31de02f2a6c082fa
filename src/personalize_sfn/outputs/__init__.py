"""What Personalize writes to S3: the answers of batches, and exports of datasets, as tables."""

from __future__ import annotations

from personalize_sfn.outputs.batch_lines import BatchLineError
from personalize_sfn.outputs.batches import BatchRun, batch
from personalize_sfn.outputs.exports import ExportRun, export
from personalize_sfn.outputs.input_lines import batch_input

__all__ = ["BatchLineError", "BatchRun", "ExportRun", "batch", "batch_input", "export"]
