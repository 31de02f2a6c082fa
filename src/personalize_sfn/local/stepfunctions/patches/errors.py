"""The names of errors, and which Retry or Catch they match."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.local.stepfunctions.definition.services import is_modelled, java_service_name
from personalize_sfn.local.stepfunctions.patches import Replace, patch

__all__: list[str] = []

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
_NOT_CAUGHT_BY_ALL = {"States.Runtime", "States.DataLimitExceeded"}


@patch
def a_choice_without_a_match_has_its_own_error(replace: Replace) -> None:
    """A Choice with no matching rule and no Default fails with States.Runtime and the text of a Python exception
    (``state_choice.py:55``) instead of States.NoChoiceMatched."""
    from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
    from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    def evaluate(state: Any, env: Any) -> None:
        for rule in state.choices_decl.rules:
            rule.eval(env)
            if env.stack.pop() is True:
                env.stack.append(rule.next_stmt.name)
                return
        if state.default_state is not None:
            env.stack.append(state.default_state.state_name)
            return
        name = StatesErrorNameType.StatesNoChoiceMatched
        cause = f"No choice rule of the state '{state.name}' matched its input, and it has no Default."
        details = ExecutionFailedEventDetails(error=name.to_name(), cause=cause)
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=name),
                event_type=HistoryEventType.ExecutionFailed,
                event_details=EventDetails(executionFailedEventDetails=details),
            )
        )

    replace(StateChoice, "_eval_state", evaluate)


@patch
def wildcards_match_what_aws_matches(replace: Replace) -> None:
    """States.ALL catches and retries States.Runtime and States.DataLimitExceeded too
    (``error_equals_decl.py:53``); AWS documents that it does not."""
    from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl

    def evaluate(declaration: Any, env: Any) -> None:
        name = env.stack.pop().error_name
        named = {error.error_name for error in declaration.error_names}
        matches = name in named
        if "States.ALL" in named:
            matches = name not in _NOT_CAUGHT_BY_ALL
        elif "States.TaskFailed" in named and not (name or "").startswith("States."):
            matches = True
        env.stack.append(matches)

    replace(ErrorEqualsDecl, "_eval_body", evaluate)


@patch
def a_branch_may_fail_with_a_states_error(replace: Replace) -> None:
    """A Parallel or Map whose branch fails with a reserved error (States.TaskFailed of a nested execution,
    States.Timeout) dies of a ValueError and cannot be caught: ``branches_decl.py`` makes a CustomErrorName of it, whose
    constructor refuses the prefix ``States.`` (``custom_error_name.py:17``)."""
    from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName

    replace(CustomErrorName, "__init__", ErrorName.__init__)


@patch
def a_failing_intrinsic_has_its_own_error(replace: Replace) -> None:
    """An intrinsic function that fails is States.Runtime with the text of a Python exception
    (``string_expression.py:173``) instead of States.IntrinsicFailure."""
    from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
    from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringIntrinsicFunction
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
    from moto.stepfunctions.parser.asl.utils.json_path import NoSuchJsonPathError

    def evaluate(string: Any, env: Any) -> None:
        try:
            string.function.eval(env=env)
        except (FailureEventException, NoSuchJsonPathError):
            raise
        except Exception as error:
            name = StatesErrorNameType.StatesIntrinsicFailure
            cause = f"The function '{string.literal_value}' had the following error: {error}"
            details = TaskFailedEventDetails(error=name.to_name(), cause=cause)
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=StatesErrorName(typ=name),
                    event_type=HistoryEventType.TaskFailed,
                    event_details=EventDetails(taskFailedEventDetails=details),
                )
            ) from error

    replace(StringIntrinsicFunction, "_eval_body", evaluate)


@patch
def errors_of_services_have_aws_names(replace: Replace) -> None:
    """An error of an aws-sdk task is called ``personalize.ResourceNotFoundException``
    (``state_task_service_aws_sdk.py:62``) where AWS says ``Personalize.ResourceNotFoundException``; one that a service
    does not model (AccessDeniedException) is ``Lambda.AccessDeniedException``,
    ``StepFunctions.AccessDeniedExceptionException`` or, for a function's ARN as Resource, ``Exception``, where AWS says
    ``Lambda.AWSLambdaException`` and ``StepFunctions.AWSStepFunctionsException``."""
    from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
        StateTaskServiceAwsSdk,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
        StateTaskServiceLambda,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
        StateTaskServiceSfn,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task_lambda import StateTaskLambda

    lambda_cause = StateTaskServiceLambda._error_cause_from_client_error
    states_error = StateTaskServiceSfn._from_error
    function_error = StateTaskLambda._from_error

    def of_lambda(error: ClientError) -> tuple[str, str]:
        name, cause = lambda_cause(error)
        code = error.response["Error"]["Code"]
        return (name if is_modelled("lambda", code) else "Lambda.AWSLambdaException"), cause

    def rename(event: Any, name: str, cause: str | None = None) -> Any:
        event.error_name = CustomErrorName(name)
        for details in event.event_details.values():
            details["error"] = name
            if cause is not None:
                details["cause"] = cause
        return event

    def of_step_functions(task: Any, env: Any, ex: Exception) -> Any:
        event = states_error(task, env, ex)
        if isinstance(ex, ClientError):
            code = ex.response["Error"]["Code"]
            kind = code.removesuffix("Exception") if is_modelled("stepfunctions", code) else "AWSStepFunctions"
            return rename(event, f"StepFunctions.{kind}Exception")
        return event

    def of_function(task: Any, env: Any, ex: Exception) -> Any:
        event = function_error(task, env, ex)
        return rename(event, *of_lambda(ex)) if isinstance(ex, ClientError) else event

    replace(StateTaskServiceAwsSdk, "_normalise_service_error_name", staticmethod(java_service_name))
    replace(StateTaskServiceLambda, "_error_cause_from_client_error", staticmethod(of_lambda))
    replace(StateTaskServiceSfn, "_from_error", of_step_functions)
    replace(StateTaskLambda, "_from_error", of_function)


@patch
def a_failing_state_is_no_fault_of_the_interpreter(replace: Replace) -> None:
    """Every error of a state, even one that is retried or caught, is logged at ERROR, with the ``repr`` of the whole
    state, which ends on the terminal of who runs it (``eval_component.py:48``).  It is in the history; here it is
    logged at DEBUG."""
    from moto.stepfunctions.parser.asl.component import eval_component

    log = eval_component.LOG

    def failure(component: Any, failure_event_exception: Any) -> None:
        details = failure_event_exception.failure_event.event_details
        log.debug("%s failed: %s", type(component).__name__, details)

    def exception(component: Any, exception: Exception) -> None:
        log.debug("%s raised %r", type(component).__name__, exception)

    replace(eval_component.EvalComponent, "_log_failure_event_exception", failure)
    replace(eval_component.EvalComponent, "_log_exception", exception)
