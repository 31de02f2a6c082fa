"""How an execution starts, ends, is stopped or times out, and how a parent waits for its child executions."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.local.stepfunctions.patches import Replace, everywhere, patch
from personalize_sfn.local.stepfunctions.patches.settings import current

__all__: list[str] = []

LOG = logging.getLogger(__name__)

_TERMINAL = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}
# Only a safety net: a waiting parent is woken by the end of any execution (see _Ends).
_LONGEST_POLL_SECONDS = 0.25


class _Ends:
    """Counts executions that ended, so that a parent looks at its child when something ended and not every 0.5 s."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.count = 0

    def announce(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait_beyond(self, seen: int, timeout: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.count > seen, timeout)


_ends = _Ends()
_lock = threading.RLock()


@patch
def nothing_follows_the_end(replace: Replace) -> None:
    """A task that was in flight when its execution was stopped, or its state timed out, still writes
    TaskSucceeded into the history (``event_manager.py``)."""
    from moto.stepfunctions.parser.asl.eval.environment import Environment
    from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

    add_event = EventManager.add_event
    close_frame = Environment.close_frame

    def add(manager: Any, context: Any, event_type: Any, *args: Any, **kwargs: Any) -> int:
        with _lock:
            if getattr(manager, "ended", False) or getattr(context, "closed", False):
                return int(context.last_published_event_id)
            event_id: int = add_event(manager, context, event_type, *args, **kwargs)
            manager.ended = str(getattr(event_type, "value", event_type)) in _TERMINAL
            return event_id

    def close(env: Any, frame: Any) -> None:
        close_frame(env, frame)
        _seal(frame)

    def _seal(frame: Any) -> None:
        frame.event_history_context.closed = True
        for inner in list(frame._frames):
            _seal(inner)

    replace(EventManager, "add_event", add)
    replace(Environment, "close_frame", close)


@patch
def an_execution_exists_from_its_start(replace: Replace) -> None:
    """An execution has no environment until its definition is parsed in a thread (``execution_worker.py``): stopping it
    before is an AttributeError, HTTP 500; its history is empty; and an error in parsing leaves it RUNNING without end.
    The definition is parsed again for each execution, 10 to 100 ms."""
    from moto.stepfunctions.parser.api import (
        ExecutionFailedEventDetails,
        ExecutionStartedEventDetails,
        HistoryEventExecutionDataDetails,
        HistoryEventType,
    )
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramRunning
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
    from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
    from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

    @functools.lru_cache(maxsize=256)
    def parse(definition: str) -> Any:
        return AmazonStateLanguageParser.parse(definition)  # as it is by then: another patch replaces it

    def start(worker: Any) -> None:
        env = worker.env = worker._get_evaluation_environment()
        env._program_state = ProgramRunning()
        details = ExecutionStartedEventDetails(
            input=to_json_str(worker._evaluation_details.execution_details.inpt),
            inputDetails=HistoryEventExecutionDataDetails(truncated=False),
            roleArn=worker._evaluation_details.aws_execution_details.role_arn,
        )
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionStarted,
            event_details=EventDetails(executionStartedEventDetails=details),
            update_source_event_id=False,
        )
        threading.Thread(target=worker._execution_logic, daemon=True).start()

    def run(worker: Any) -> None:
        try:
            worker._get_evaluation_entrypoint().eval(worker.env)
        except Exception as error:
            LOG.exception("the interpreter failed outside of any state")
            cause = f"{type(error).__name__}({error})"
            worker.env.set_error(ExecutionFailedEventDetails(error="States.Runtime", cause=cause))
        worker._execution_communication.terminated()

    def entrypoint(worker: Any) -> Any:
        # A program holds no state of its own: branches and iterations of moto's share one, and so do executions.
        return parse(worker._evaluation_details.state_machine_details.definition)[0]

    replace(ExecutionWorker, "start", start)
    replace(ExecutionWorker, "_execution_logic", run)
    replace(ExecutionWorker, "_get_evaluation_entrypoint", entrypoint)


@patch
def time_limits_of_machines_end_at_once(replace: Replace) -> None:
    """When a state machine's TimeoutSeconds pass while a task runs, ExecutionTimedOut is written only when the
    task ends (``program.py``).  The limit is scaled as those of states are.  And a branch that starts while its
    execution is stopped raises, so that its Parallel never ends."""
    from moto.stepfunctions.parser.api import ExecutionTimedOutEventDetails, HistoryEventType
    from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
    from moto.stepfunctions.parser.asl.component.program.program import Program
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    def evaluate(program: Any, env: Any) -> None:
        if env._program_state is not None and not env.is_running():
            return
        try:
            env.next_state_name = program.start_at.start_at_name
        except RuntimeError:  # stopped between the two lines above
            return
        if program.timeout_seconds is None:
            EvalComponent.eval(program, env)
            return
        thread = threading.Thread(target=EvalComponent.eval, args=(program, env), daemon=True)
        thread.start()
        thread.join(current().scaled_timeout(program.timeout_seconds.timeout_seconds))
        if thread.is_alive() and env.is_running():
            env.set_timed_out()
            if not env.is_frame():
                env.event_manager.add_event(
                    context=env.event_history_context,
                    event_type=HistoryEventType.ExecutionTimedOut,
                    event_details=EventDetails(executionTimedOutEventDetails=ExecutionTimedOutEventDetails()),
                )

    replace(Program, "eval", evaluate)


@patch
def the_outcome_is_written_once_and_whole(replace: Replace) -> None:
    """An aborted execution has no error and cause; SUCCEEDED can be read before the output is there; the
    output is an object that is later encoded with spaces, and unquoted if it is a string (``execution.py:63``,
    ``responses.py:340``)."""
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.asl.eval.program_state import (
        ProgramEnded,
        ProgramError,
        ProgramStopped,
        ProgramTimedOut,
    )
    from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

    statuses = {
        ProgramEnded: ExecutionStatus.SUCCEEDED,
        ProgramError: ExecutionStatus.FAILED,
        ProgramStopped: ExecutionStatus.ABORTED,
        ProgramTimedOut: ExecutionStatus.TIMED_OUT,
    }

    def reflect(communication: Any) -> None:
        execution = communication.execution
        env = execution.exec_worker.env
        with _lock:
            if execution.exec_status != ExecutionStatus.RUNNING:
                return
            state = env.program_state()
            execution.stop_date = dt.datetime.now(dt.UTC)
            if isinstance(state, ProgramEnded):
                execution.output = to_json_str(env.states.get_input(), separators=(",", ":"))
            elif isinstance(state, ProgramError):
                execution.error = (state.error or {}).get("error")
                execution.cause = (state.error or {}).get("cause")
            elif isinstance(state, ProgramStopped):
                execution.error, execution.cause = state.error, state.cause
            execution.exec_status = statuses[type(state)]
        _ends.announce()

    replace(BaseExecutionWorkerCommunication, "_reflect_execution_status", reflect)


@patch
def a_stop_is_immediate(replace: Replace) -> None:
    """An execution that is stopped stays RUNNING until the task in flight ends (2.6 s seen)."""
    from moto.stepfunctions.parser.api import ExecutionAbortedEventDetails, HistoryEventType
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
    from moto.stepfunctions.parser.backend.execution import Execution

    def stop(execution: Any, stop_date: dt.datetime, error: str | None, cause: str | None) -> None:
        env = execution.exec_worker.env
        env.set_stop(stop_date=stop_date, error=error, cause=cause)
        if not isinstance(env.program_state(), ProgramStopped):
            return  # it ended by itself just before
        env.event_history_context.source_event_id = 0
        details = ExecutionAbortedEventDetails()
        details.update({key: value for key, value in (("error", error), ("cause", cause)) if value is not None})
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionAborted,
            event_details=EventDetails(executionAbortedEventDetails=details),
        )
        execution.exec_worker._execution_communication.terminated()

    replace(Execution, "stop", stop)


@patch
def parents_wait_for_children_and_take_them_along(replace: Replace) -> None:
    """A ``.sync`` task asks for its child's state every 0.5 s (``state_task_service_callback.py:49``), and
    leaves the child running when the parent is stopped, fails or times out; AWS stops it."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sfn as module

    task_type = module.StateTaskServiceSfn
    integrate = task_type._eval_integration_pattern

    def attended(task: Any, env: Any, **call: Any) -> None:
        child = env.stack[-1]["ExecutionArn"]
        try:
            integrate(task, env=env, **call)
        finally:  # whichever way it ends: waiting, by an error, or stopped before it began to wait
            if not env.is_running():
                stop(child, call["resource_runtime_part"].region, call["state_credentials"])

    def stop(child: str, region: str, role: Any) -> None:
        client = module.boto_client_for(service="stepfunctions", region=region, state_credentials=role)
        try:
            client.stop_execution(executionArn=child)
        except ClientError as error:
            # As on AWS, stopping a child is attempted; a role that may not do it leaves the child running.
            LOG.warning("the child execution %s could not be stopped: %s", child, error)

    def wait(_: Any, env: Any, sync_resolver: Any, **__: Any) -> Any:
        while env.is_running():
            seen = _ends.count
            if (result := sync_resolver()) is not None:
                return result
            _ends.wait_beyond(seen, _LONGEST_POLL_SECONDS)
        return None

    replace(task_type, "_eval_integration_pattern", attended)
    replace(task_type, "_eval_sync", wait)


@patch
def threads_are_not_hoarded(replace: Replace) -> None:
    """Every thread that the interpreter ever starts stays in a list (``parser/utils.py:5``)."""
    from moto.stepfunctions.parser import utils

    class Forgetful(list[Any]):
        def append(self, _: Any) -> None: ...

    everywhere(replace, "TMP_THREADS", utils.TMP_THREADS, Forgetful())
