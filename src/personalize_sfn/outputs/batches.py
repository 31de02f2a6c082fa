"""Running a batch, and reading what it answered."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from personalize_sfn.config import Config
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.execution import Execution, Workflow
from personalize_sfn.execution.deployed import require_deployed
from personalize_sfn.notices import notice
from personalize_sfn.outputs.batch_lines import BatchLineError, BatchLines, columns_of
from personalize_sfn.outputs.output_files import output_files
from personalize_sfn.recipes import RECIPES
from personalize_sfn.session import Session
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BatchRun", "batch"]

logger = logging.getLogger(__name__)


def batch(session: Session, config: Config, key: str, *, again: bool = False) -> BatchRun:
    """Start a batch; it continues when this process ends.

    The newest ACTIVE version of the solution answers.  If a job had the same input, version and settings, its output
    is used, and nothing is paid for.  A filter that names interactions looks at live events of the day of the job, so
    a nightly batch with such a filter wants ``again``.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline, deployed as it is and run.
        key: of ``config.batch``.
        again: a job of its own, which is paid for, in any case.

    >>> frame = batch(session, config, "newsletter").wait().frame()  # doctest: +SKIP

    Raises:
        ConfigError: there is no batch of that key.
        OtherConfigDeployedError: what is deployed is not what ``config`` describes.
        WorkflowError: it is not deployed.
        LocalAwsError: the project's data are in another data directory than the embedded AWS that runs.
    """
    config.batch_row(key)
    require_same_data(session, config.project)
    require_deployed(session, config, ("batch",))
    workflow = Workflow.attach(session.arns.state_machine(config.name("batch")), session=session)
    return BatchRun(session, config, key, workflow.execute(inputs={"job": key, "again": again}))


class BatchRun:
    """A batch that was started.  From another process: ``BatchRun(session, config, key, Execution.attach(...))``."""

    def __init__(self, session: Session, config: Config, key: str, execution: Execution) -> None:
        config.batch_row(key)
        recipe = RECIPES[config.solutions[config.batch[key].solution].recipe]
        self.execution = execution
        self.error_count = 0
        """How many lines of the output answer nothing, by the last reading."""
        self.errors: list[BatchLineError] = []
        """The first 1,000 of them."""
        self._session, self._key, self._columns = session, key, columns_of(recipe)

    def wait(self, timeout: float | None = None) -> BatchRun:
        """Wait until it ends; on AWS a batch takes a quarter of an hour at least.

        Args:
            timeout: seconds to wait at most; None: without end.

        Returns:
            Itself.

        Raises:
            WorkflowError: it failed; says why.
            TimeoutError: ``timeout`` passed first; it continues.
        """
        self.execution.wait(timeout=timeout)
        return self

    @property
    def output(self) -> dict[str, Any]:
        """What the workflow answers, its member ``solutionVersionArn`` and the job's ARN among it; waits for it."""
        found: dict[str, Any] = self.execution.get_output(wait=True)
        return found

    @property
    def location(self) -> str:
        """``s3://bucket/folder/`` of the output; waits for it."""
        return str(self.output["outputLocation"])

    def frame(self) -> pd.DataFrame:
        """All answers in one table; :meth:`frames` is for more than fit into memory.

        Returns:
            A row for each answer, best first for each line of the input, with the columns

            - ``USER_ID, rank, ITEM_ID, score`` where users are asked for, or lists to put in order,
            - ``ITEM_ID, rank, RELATED_ITEM_ID, score`` of recipes for similar items,
            - ``ITEM_ID, rank, USER_ID``, or ``QUERY, rank, USER_ID``, of segments.

            ``rank`` begins at 1; ``score`` is NaN where the recipe gives none.

        Raises:
            WorkflowError: the batch failed.
            DataError: its output was deleted, or S3 refuses to give it.
        """
        import pandas as pd

        return pd.concat(self.frames(), ignore_index=True)

    def frames(self, chunksize: int = 100_000) -> Iterator[pd.DataFrame]:
        """The same in tables of ``chunksize`` rows, the last of fewer; a file of the output is on disk at a time.

        Lines that answer nothing are left out, counted in :attr:`error_count`, and told in a warning of the log.

        Raises:
            ValueError: ``chunksize`` is less than 1.
        """
        import pandas as pd

        if chunksize < 1:
            raise ValueError(f"chunksize: expected at least 1, got {chunksize}")
        lines = BatchLines(self._columns)
        self.errors, self.error_count = lines.errors, 0
        files = output_files(self._session.client("s3"), self.location, lambda name: name.endswith(".out"))
        for table in lines.tables(files, chunksize):
            frame = pd.DataFrame(table).astype({"rank": "int64"})
            self.error_count = lines.error_count
            yield frame.astype({"score": "float64"}) if self._columns.scored else frame
        self.error_count = lines.error_count
        if lines.errors:
            first = lines.errors[0]
            notice(
                logger,
                f"{lines.error_count:,} of {lines.lines:,} lines of batch {self._key} have no answer, the first in "
                f"{one_line(first.file)}, line {first.line}: {one_line(first.error)}",
            )

    def __repr__(self) -> str:
        return f"BatchRun({self._key!r}, {self.execution!r})"

    def _repr_html_(self) -> str:
        return self.execution._repr_html_()
