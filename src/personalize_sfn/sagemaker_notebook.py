"""What a SageMaker notebook already has: its role and its default bucket."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personalize_sfn.display import Html, table
from personalize_sfn.errors import SessionError
from personalize_sfn.session import Session

__all__ = ["NotebookDefaults", "notebook_defaults"]

logger = logging.getLogger(__name__)
#: Every SageMaker notebook and Studio app has it:
#: https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-run-and-manage-metadata.html
METADATA = Path("/opt/ml/metadata/resource-metadata.json")


@dataclass(frozen=True, slots=True, repr=False)
class NotebookDefaults:
    """None where there is none, as outside SageMaker and on the embedded AWS."""

    role_arn: str | None = None
    """The role that the notebook runs as: the caller whom the README's policy is for."""
    bucket: str | None = None

    def _shown(self) -> Html:
        none = "none: this is no SageMaker notebook, or the embedded AWS is used"
        rows = [("role", self.role_arn or none), ("bucket", self.bucket or none)]
        return table(("", ""), rows, "What this notebook has")

    def __repr__(self) -> str:
        return self._shown().text

    def _repr_html_(self) -> str:
        return self._shown().html


def notebook_defaults(session: Session) -> NotebookDefaults:
    """The role and the default bucket of the SageMaker notebook that this runs in.

    The bucket is SageMaker's default one (``sagemaker-<region>-<account>``), which its SDK makes when it is missing.

    Raises:
        SessionError: this is a SageMaker notebook, but its role cannot be read: it has none, or AWS does not answer.
    """
    if session.is_local or not METADATA.exists():
        return NotebookDefaults()
    sdk_session, get_execution_role = _sagemaker()
    if sdk_session is None:
        return NotebookDefaults()
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the SageMaker SDK, to its own developers
            sagemaker_session = sdk_session(boto_session=session.boto_session)
            role = str(get_execution_role(sagemaker_session=sagemaker_session))
            return NotebookDefaults(role, str(sagemaker_session.default_bucket()))
    except (BotoCoreError, ClientError, ValueError) as error:  # ValueError: the SDK's own, when there is no role
        raise SessionError(
            f"this SageMaker notebook's role could not be read: {error}. Give the notebook, or its domain, an "
            "execution role, or use the embedded AWS: connect('local')"
        ) from error


def _sagemaker() -> tuple[Any, Any]:
    """``Session`` and ``get_execution_role`` of the SageMaker SDK: version 2 has them at the top, version 3 deeper."""
    try:
        from sagemaker import Session as SageMakerSession
        from sagemaker import get_execution_role
    except ImportError:
        try:
            from sagemaker.core.helper.session_helper import Session as SageMakerSession
            from sagemaker.core.helper.session_helper import get_execution_role
        except ImportError as error:
            logger.warning("The SageMaker SDK cannot be loaded (%s): name the bucket in the first cell", error)
            return None, None
    return SageMakerSession, get_execution_role
