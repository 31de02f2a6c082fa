"""Every error that this package raises.

    PersonalizeSfnError
    ├── ConfigError              the configuration; names every wrong field
    ├── DataError                the user's data; names the row and the column
    ├── SessionError             no credentials, no region, a wrong endpoint: nothing was called
    ├── DeployError              a deployment cannot be planned or applied
    │   └── OtherConfigDeployedError  what is deployed is not what this configuration describes: deploy first
    ├── AlreadyRunningError      the main workflow runs already: wait for it, or start another on purpose
    ├── LocalAwsError            the embedded AWS did not start, or one of its packages is missing
    ├── EventError               a live event is not taken: it is wrong, there is no event tracker, the sender is closed
    │   ├── EventQueueFullError  too many events wait to be sent: try again, or drop it on purpose
    │   └── EventsNotSentError   the service refused events, or did not take them in time; has them
    ├── WorkflowError            an execution ended otherwise than SUCCEEDED; names stage, resource and reason
    ├── NotOursError        (*)  a resource of that name exists and does not carry our tag
    ├── DefinitionConflictError (*)  a resource of that name exists with other content
    ├── InvalidInputError   (*)  the service refused the request; retrying cannot help
    ├── TransientError      (*)  may pass by itself: throttling, a role seconds old
    │   └── PendingLimitError (*)  as many jobs are pending as the account may have: waited for
    └── QuotaError          (*)  an account quota is full: delete something or ask AWS for more

(*) raised inside a Lambda function: the class name is the error name that Step Functions sees, so these names are
part of every deployed definition.  This module is shipped in each function's zip: it imports the standard library and
:mod:`personalize_sfn.text` only.

In a notebook, and in IPython, each shows its message first and then the traceback, which may be long.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

from personalize_sfn.text import printable

__all__ = [
    "AlreadyRunningError",
    "ConfigError",
    "DataError",
    "DefinitionConflictError",
    "DeployError",
    "EventError",
    "EventQueueFullError",
    "EventsNotSentError",
    "InvalidInputError",
    "LocalAwsError",
    "NotOursError",
    "OtherConfigDeployedError",
    "PendingLimitError",
    "PersonalizeSfnError",
    "QuotaError",
    "SessionError",
    "TransientError",
    "WorkflowError",
]


#: More problems of one configuration than this are counted, not shown.
_SHOWN_PROBLEMS = 20


class PersonalizeSfnError(Exception):
    """Base of all errors of this package: catch it to catch them all."""

    def __str__(self) -> str:
        """The message, safe to print: it may quote the service's texts and the user's data."""
        return printable(super().__str__())

    def _render_traceback_(self) -> list[str]:
        """What IPython shows, which looks for this method: the message, then the traceback that it would have shown."""
        try:
            shell = sys.modules["IPython"].get_ipython()
            lines: list[str] = shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__)
        except Exception:  # an IPython that does it otherwise: an error must not hide behind another one
            lines = traceback.format_exception(self)
        try:
            message = str(self)
        except Exception:  # of a class of the user's
            message = ""
        return [f"{message}\n", *lines] if message else lines


class ConfigError(PersonalizeSfnError):
    """Something in the configuration is wrong, or several things: all of them are told at once.

    ``field`` is the dotted path of the first, for example ``solution.recipe``; ``problems`` has the path and the text
    of each, ``lines`` its line in the file, or None, and ``files`` which file that is, if not the one that was named.
    """

    def __init__(
        self,
        field: str,
        problem: str,
        *more: tuple[str, str],
        lines: Sequence[int | None] | None = None,
        files: Sequence[str] | None = None,
    ) -> None:
        self.problems: tuple[tuple[str, str], ...] = ((field, problem), *more)
        self.lines: tuple[int | None, ...] = tuple(lines or (None,) * len(self.problems))
        self.files: tuple[str, ...] = tuple(files or ("",) * len(self.problems))
        self.field = field
        shown = []
        for (where, what), line, file in zip(self.problems[:_SHOWN_PROBLEMS], self.lines, self.files, strict=False):
            place = ", ".join([file] * bool(file) + [f"line {line}"] * bool(line))
            shown.append(f"{where}: {what}{f' ({place})' if place else ''}")
        if len(self.problems) > len(shown):
            shown.append(f"and {len(self.problems) - len(shown)} more")
        several = f"{len(self.problems)} mistakes in the configuration:\n  "
        super().__init__(shown[0] if not more else several + "\n  ".join(shown))


class DataError(PersonalizeSfnError):
    """A data set cannot be used as it is; the message names file, row and column."""


class SessionError(PersonalizeSfnError):
    """No usable AWS session could be made; nothing was called."""


class DeployError(PersonalizeSfnError):
    """A deployment cannot be planned or applied."""


class OtherConfigDeployedError(DeployError):
    """What is deployed under the project's name is not what this configuration describes; nothing was started."""


class AlreadyRunningError(PersonalizeSfnError):
    """The pipeline's main workflow runs already; no other was started.  ``arns`` are those of its executions."""

    def __init__(self, message: str, arns: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.arns = arns


class LocalAwsError(PersonalizeSfnError):
    """The embedded AWS could not be started, reached or stopped."""


class EventError(PersonalizeSfnError):
    """A live event was not taken; it is neither queued nor sent."""


class EventQueueFullError(EventError):
    """As many events wait as the queue holds; this one was not taken."""


class EventsNotSentError(EventError):
    """Events did not reach Personalize.

    ``refused`` are those that the service refused for good, each with the reason
    (:class:`personalize_sfn.serving.RefusedEvent`); ``waiting`` counts those that it has not taken yet.
    """

    def __init__(self, message: str, *, refused: tuple[Any, ...] = (), waiting: int = 0) -> None:
        super().__init__(message)
        self.refused = refused
        self.waiting = waiting


class WorkflowError(PersonalizeSfnError):
    """A Step Functions execution did not succeed.

    ``error`` and ``cause`` are the innermost execution's own; ``stage`` is the name of the workflow and state that
    failed; ``status`` is FAILED, TIMED_OUT or ABORTED.
    """

    def __init__(
        self, message: str, *, status: str = "FAILED", error: str = "", cause: str = "", stage: str = "", arn: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.cause = cause
        self.stage = stage
        self.arn = arn


class NotOursError(PersonalizeSfnError):
    """A resource of that name exists and was not made by this project."""


class DefinitionConflictError(PersonalizeSfnError):
    """A resource of that name exists with a definition that cannot be changed into the wanted one."""


class InvalidInputError(PersonalizeSfnError):
    """The service refused the request as invalid; it is not retried."""


class TransientError(PersonalizeSfnError):
    """The request may succeed later as it is; Step Functions retries it."""


class PendingLimitError(TransientError):
    """As many jobs are pending or in progress as the account may have; one has to end first."""


class QuotaError(PersonalizeSfnError):
    """A quota of the account is full; it is not retried."""
