"""Exporting a dataset, and reading what was exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.config_parsing import shown
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.errors import ConfigError
from personalize_sfn.execution import Execution, Workflow
from personalize_sfn.execution.deployed import require_deployed
from personalize_sfn.outputs.output_files import output_files
from personalize_sfn.schema_rules import type_of
from personalize_sfn.session import Session

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExportRun", "export"]


def export(session: Session, config: Config, kind: str, *, mode: Literal["ALL", "BULK", "PUT"] = "ALL") -> ExportRun:
    """Start an export of a dataset's rows as they are now; it continues when this process ends.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline, with ``exports: true``, deployed as it is and run.
        kind: ``interactions``, ``items``, ``users``, ``actions`` or ``action_interactions``.
        mode: ``BULK`` rows were imported, ``PUT`` rows came one by one, ``ALL`` are both.

    >>> frame = export(session, config, "interactions").wait().frame()  # doctest: +SKIP

    Raises:
        ConfigError: the config has no such dataset, or no exports.
        OtherConfigDeployedError: what is deployed is not what ``config`` describes.
        WorkflowError: it is not deployed.
        LocalAwsError: the project's data are in another data directory than the embedded AWS that runs.
    """
    wanted = _kind(config, kind)
    if not config.exports:
        raise ConfigError("exports", "is false: set exports: true, and deploy, which lets Personalize write to S3")
    require_same_data(session, config.project)
    require_deployed(session, config, ("export",))
    workflow = Workflow.attach(session.arns.state_machine(config.name("export")), session=session)
    given = {"datasets": [wanted.lower()], "ingestionMode": mode}
    return ExportRun(session, config, wanted, workflow.execute(inputs=given))


def _kind(config: Config, kind: str) -> DatasetType:
    for each in config.datasets.by_type():
        if each.lower() == kind.lower():
            return each
    raise ConfigError("datasets", f"has no {shown(kind)}, only {', '.join(config.datasets.by_type()).lower()}")


class ExportRun:
    """An export that was started.  In another process: ``ExportRun(session, config, kind, Execution.attach(...))``."""

    def __init__(self, session: Session, config: Config, kind: str, execution: Execution) -> None:
        self.execution = execution
        self._session, self._kind = session, _kind(config, kind)
        fields = config.datasets.by_type()[self._kind].schema["fields"]
        self._texts = [each["name"] for each in fields if type_of(each)[0] == "string"]

    def wait(self, timeout: float | None = None) -> ExportRun:
        """Wait until it ends, ``timeout`` seconds at most; itself.

        Raises:
            WorkflowError: it failed; says why.
            TimeoutError: ``timeout`` passed first; it continues.
        """
        self.execution.wait(timeout=timeout)
        return self

    @property
    def output(self) -> dict[str, Any]:
        """``{"dataset", "datasetExportJobArn", "outputLocation"}``; waits for it."""
        exports = self.execution.get_output(wait=True)["exports"]
        return next(each for each in exports if each["dataset"] == self._kind.lower())

    @property
    def location(self) -> str:
        """``s3://bucket/folder/`` of the output; waits for it."""
        return str(self.output["outputLocation"])

    def frame(self) -> pd.DataFrame:
        """All rows in one table; :meth:`frames` is for more than fit into memory.

        Returns:
            The columns of the schema; texts and ids are texts, as they were imported, and what a row lacks is NaN.

        Raises:
            WorkflowError: the export failed.
            DataError: its output was deleted, or S3 refuses to give it.
        """
        import pandas as pd

        return pd.concat(self.frames(), ignore_index=True)

    def frames(self, chunksize: int = 100_000) -> Iterator[pd.DataFrame]:
        """The same in tables of at most ``chunksize`` rows; a file of the output is on disk at a time."""
        import pandas as pd

        files = output_files(self._session.client("s3"), self.location, lambda name: not name.endswith(("/", "_CHECK")))
        for _, file in files:
            # NA may be a country: of texts, only nothing is missing.
            with pd.read_csv(
                file,
                chunksize=chunksize,
                dtype=dict.fromkeys(self._texts, "str"),
                keep_default_na=False,
                na_values=[""],
                escapechar="\\",
            ) as tables:
                yield from tables

    def __repr__(self) -> str:
        return f"ExportRun({self._kind!r}, {self.execution!r})"

    def _repr_html_(self) -> str:
        return self.execution._repr_html_()
