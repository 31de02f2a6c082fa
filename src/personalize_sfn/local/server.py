"""The embedded AWS as a context manager."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws.account import ACCOUNT_ID
from personalize_sfn.local.schedules.inert import Inert
from personalize_sfn.state_folder import LocalKeys, forget_endpoint, local_keys, remember_keys

if TYPE_CHECKING:
    from personalize_sfn.local.advanced_clock import AdvancedClock
    from personalize_sfn.local.aws.authorizer import AuthorizationRecord
    from personalize_sfn.local.background_value import BackgroundValue
    from personalize_sfn.local.moto.persistent_backends import PersistentBackends
    from personalize_sfn.local.moto.persistent_s3 import PersistentS3
    from personalize_sfn.local.personalize import PersonalizeService
    from personalize_sfn.local.personalize.controls.durations import Durations
    from personalize_sfn.local.personalize.persistence import DataDirectory
    from personalize_sfn.local.schedules.inert import InertRequest
    from personalize_sfn.local.stepfunctions import StepFunctionsService
    from personalize_sfn.session import Session

__all__ = ["ACCOUNT_ID", "LocalAws"]

MIN_TIMEOUT_SECONDS = 1800.0
"""Half an hour: the import and the training of some 10 million events, on a slow machine."""


class LocalAws:
    """An AWS in this process, on a loopback port: S3, IAM, STS, Lambda, Step Functions, Logs and Personalize.

    >>> with LocalAws() as aws:  # doctest: +SKIP
    ...     aws.session().client("personalize").list_dataset_groups()["datasetGroups"]
    []

    Everything is in memory and gone when it stops; with ``data_dir``, Personalize's resources, data and models, S3's
    buckets and objects, roles and policies, functions and layers, log groups, state machines, activities and executions
    outlast it, even when it is killed.  What runs goes on.  One runs in a process at a time.

    Args:
        port: 0 takes any free one.
        region: of sessions made by :meth:`session`; other regions work too.
        wait_scale: seconds that really pass for each second of a Wait state (1 is AWS's pace).
        min_timeout_seconds: time limits of states are scaled as waits are, but never below this: imports and trainings
            of large data take their real time.
        durations: how long Personalize's resources take.  Default: as long as their work takes here.
        fork: whether functions' processes are forked from a warm one.  Default: where the system can.
        data_dir: a directory that keeps all that, made when it is not there.  One process uses it at a time.  What was
            under way when the process ended resumes, or fails with a reason.  Name only directories of your own: its
            executions run, and so do its functions, as soon as it is opened.  Default: nothing is written.
        hosts: names that requests may be sent to, besides 127.0.0.1, localhost and ``*.localhost``: a forwarder's,
            say.  It listens on 127.0.0.1 all the same.
        open: take any access key, and requests that are not signed, as the account's owner's.  Default: only this
            user's key pair (:attr:`credentials`) and keys that IAM and STS made here.  Web pages are refused either
            way.
        accept_inert: take requests of which nothing comes here (schedules, notifications, alarms, ...) and list them in
            :attr:`inert`.  Default: refuse them.
    """

    _running: ClassVar[LocalAws | None] = None
    _one_at_a_time: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        *,
        port: int = 0,
        region: str = "us-east-1",
        wait_scale: float = 1 / 1000,
        min_timeout_seconds: float = MIN_TIMEOUT_SECONDS,
        durations: Durations | None = None,
        fork: bool | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        hosts: Sequence[str] = (),
        open: bool = False,  # noqa: A002 - as the command's --open
        accept_inert: bool = False,
    ) -> None:
        self._port = port
        self.region = region
        self._wait_scale = wait_scale
        self._min_timeout_seconds = min_timeout_seconds
        self._durations = durations
        self._fork = fork
        self._data_dir = data_dir
        self._hosts = tuple(hosts)
        self._open = open
        self._credentials: LocalKeys | None = None
        self.inert_requests = Inert(accept=accept_inert)  # the background process keeps its list on disk
        self._directory: DataDirectory | None = None
        self._server: Any = None
        self._functions: Any = None
        self._authorizer: Any = None
        self._personalize: BackgroundValue[PersonalizeService] | None = None
        self._states: BackgroundValue[StepFunctionsService] | None = None
        self._clock: AdvancedClock | None = None
        self._previous_moto_port: str | None = None

    @property
    def endpoint_url(self) -> str:
        """``http://127.0.0.1:<port>``: what AWS_ENDPOINT_URL is set to for any other client."""
        if self._server is None:
            raise LocalAwsError("the embedded AWS is not running: use it in a with statement, or call start()")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def credentials(self) -> LocalKeys:
        """The owner's access key and secret key, for clients that are not made by :meth:`session`."""
        if self._credentials is None:
            raise LocalAwsError("the embedded AWS is not running: use it in a with statement, or call start()")
        return self._credentials

    @property
    def personalize(self) -> PersonalizeService:
        """The Personalize service itself: faults and durations for tests."""
        if self._personalize is None:
            raise LocalAwsError("the embedded AWS is not running: use it in a with statement, or call start()")
        return self._personalize()

    @property
    def step_functions(self) -> StepFunctionsService:
        """The Step Functions service itself."""
        if self._states is None:
            raise LocalAwsError("the embedded AWS is not running: use it in a with statement, or call start()")
        return self._states()

    @property
    def clock(self) -> AdvancedClock:
        """The clock of Step Functions and Personalize, which can be advanced."""
        if self._clock is None:
            raise LocalAwsError("the embedded AWS is not running: use it in a with statement, or call start()")
        return self._clock

    @property
    def calls(self) -> list[AuthorizationRecord]:
        """Every authorisation so far: who, which action, on what, allowed or not."""
        return list(self._authorizer.records) if self._authorizer is not None else []

    @property
    def inert(self) -> list[InertRequest]:
        """With ``accept_inert``: the requests that were taken so far, and of which nothing comes."""
        return self.inert_requests.taken

    def session(self) -> Session:
        """A session of the account's owner, bound to this embedded AWS."""
        from personalize_sfn.session import connect

        return connect("local", region=self.region, endpoint_url=self.endpoint_url)

    def __enter__(self) -> LocalAws:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> LocalAws:
        """Start answering.

        Raises:
            LocalAwsError: one runs in this process already, the port is taken, a package is missing, or the data
                directory is in use or damaged.
        """
        with LocalAws._one_at_a_time:
            if LocalAws._running is not None:
                raise LocalAwsError(
                    f"an embedded AWS runs in this process already, at {LocalAws._running.endpoint_url}: stop it first"
                )
            try:
                self._start()
            except ModuleNotFoundError as error:
                raise LocalAwsError(
                    f"the embedded AWS needs the package {error.name}: pip install 'personalize-sfn[local]'"
                ) from error
            except LocalAwsError:
                self._undo_start()
                raise
            LocalAws._running = self
        return self

    def _start(self) -> None:
        from personalize_sfn.local.advanced_clock import AdvancedClock, kept_clock
        from personalize_sfn.local.aws.authorizer import Authorizer
        from personalize_sfn.local.aws.iam import Iam
        from personalize_sfn.local.background_value import BackgroundValue
        from personalize_sfn.local.gateway import Gateway
        from personalize_sfn.local.glibc_heap import share_one_heap
        from personalize_sfn.local.http.address import host_names
        from personalize_sfn.local.http.server import serve_on_loopback
        from personalize_sfn.local.lambda_.api import Functions
        from personalize_sfn.local.moto.backend import make_backend, reset_backends
        from personalize_sfn.local.moto.personalize_metrics import PersonalizeMetrics
        from personalize_sfn.local.personalize_environment import PersonalizeEnvironment, make_personalize
        from personalize_sfn.local.stepfunctions import Pace, make_service

        hosts = host_names(self._hosts)
        self._credentials = local_keys()
        share_one_heap()
        backend = make_backend()
        reset_backends()
        s3, kept = self._open_data_dir()
        clock, keep_clock = kept_clock(self._directory)
        self._clock = AdvancedClock(clock, lambda: self.step_functions, lambda: self.personalize, keep_clock)
        gateway = _Late()
        try:
            self._server = serve_on_loopback(gateway, self._port)
        except OSError as error:
            raise LocalAwsError(f"port {self._port} cannot be used: {error.strerror}") from error
        endpoint_url = self.endpoint_url
        authorizer = self._authorizer = Authorizer(
            Iam(ACCOUNT_ID), lambda: self.personalize, lambda: self.step_functions
        )
        self._functions = Functions(
            authorizer, endpoint_url, fork=self._fork, min_timeout_seconds=self._min_timeout_seconds
        )
        # Together these two take longer than all the rest; they are not needed in the first second.
        self._personalize = BackgroundValue(
            lambda: make_personalize(
                PersonalizeEnvironment(authorizer, ACCOUNT_ID, nullcontext if s3 is None else s3.section, clock),
                self._durations,
                self._directory,
            )
        )
        if self._directory is not None:
            self._personalize()  # what is damaged is said now
        PersonalizeMetrics.counts = staticmethod(lambda: self.personalize.requests)

        pace = Pace(wait_scale=self._wait_scale, timeout_floor_seconds=self._min_timeout_seconds, clock=clock)
        self._states = BackgroundValue(
            lambda: make_service(authorizer, endpoint_url, pace, self._is_busy, self._directory)
        )
        if self._directory is not None:
            self._states()  # executions go on; what they call waits until the server answers
        gateway.app = Gateway(
            backend,
            authorizer,
            self._functions,
            personalize=self._personalize,
            states=self._states,
            default_region=self.region,
            owner=self._credentials,
            hosts=hosts,
            any_key=self._open,
            inert=self.inert_requests,
            s3_section=None if s3 is None else s3.section,
            kept_section=None if kept is None else kept.section,
            clock=self._clock,
        )
        remember_keys(endpoint_url, self._credentials)
        # The backend finds itself by this variable, read at call time.
        self._previous_moto_port = os.environ.get("MOTO_PORT")
        os.environ["MOTO_PORT"] = str(self._server.port)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="local-aws", daemon=True).start()

    def _is_busy(self) -> bool:
        """Whether real work is under way; a Personalize that is still loading has none, and nobody waits for it."""
        personalize = self._personalize
        return self._functions.executor.busy or (personalize is not None and personalize.made and personalize().busy)

    def _open_data_dir(self) -> tuple[PersistentS3, PersistentBackends] | tuple[None, None]:
        if self._data_dir is None:
            return None, None
        from personalize_sfn.local.moto.persistent_backends import PersistentBackends
        from personalize_sfn.local.moto.persistent_s3 import PersistentS3
        from personalize_sfn.local.personalize.persistence import DataDirectory

        self._directory = DataDirectory(Path(self._data_dir).expanduser())
        s3 = PersistentS3(self._directory, ACCOUNT_ID)
        s3.restore()
        kept = PersistentBackends(self._directory, ACCOUNT_ID)
        kept.restore()
        return s3, kept

    def _close_data_dir(self) -> None:
        if self._directory is not None:
            self._directory.close()
            self._directory = None

    def _undo_start(self) -> None:
        """Give back what a start took that has failed."""
        from personalize_sfn.local.moto.backend import reset_backends

        if self._server is not None:
            self._server.server_close()
        if self._functions is not None:
            self._functions.executor.stop()
        self._close_data_dir()
        reset_backends()
        self._server = self._functions = self._personalize = self._states = self._credentials = self._clock = None

    def stop(self) -> None:
        """Stop answering, end functions and executions, forget everything.  Harmless when it does not run."""
        with LocalAws._one_at_a_time:
            if LocalAws._running is not self:
                return
            from personalize_sfn.local.moto.backend import reset_backends

            # Whatever fails on the way, the rest is given back, and another can start.
            with ExitStack() as stack:
                stack.callback(self._forget_that_it_ran)
                stack.callback(reset_backends)
                stack.callback(self._close_data_dir)
                stack.callback(self._close_personalize)
                stack.callback(self._functions.executor.stop)
                stack.callback(self._server.server_close)
                stack.callback(self._server.shutdown)
                stack.callback(self._close_states)
                stack.callback(forget_endpoint, self.endpoint_url)

    def _close_states(self) -> None:
        self.step_functions.close()

    def _close_personalize(self) -> None:
        self.personalize.close()  # only now: making it may not have ended before

    def _forget_that_it_ran(self) -> None:
        from personalize_sfn.local.moto.personalize_metrics import PersonalizeMetrics

        if self._previous_moto_port is None:
            os.environ.pop("MOTO_PORT", None)
        else:
            os.environ["MOTO_PORT"] = self._previous_moto_port
        PersonalizeMetrics.counts = staticmethod(lambda: None)
        self._server = self._personalize = self._states = self._credentials = self._clock = None
        LocalAws._running = None


class _Late:
    """Stands in for the application until it can be made: it needs the port, which the server has first."""

    def __init__(self) -> None:
        self.app: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.app(environ, start_response)
