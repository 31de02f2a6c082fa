"""Asking a campaign or recommender, by the workflow or directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError, InvalidInputError, WorkflowError
from personalize_sfn.handlers.asking import call_of
from personalize_sfn.resources import BY_KEY, FILTER
from personalize_sfn.session import Session

__all__ = ["Via", "ask", "filter_arn"]

Via = Literal["workflow", "api"]


def ask(
    session: Session, config: Config, given: Mapping[str, Any], *, solution: str | None, via: Via
) -> tuple[str, dict[str, Any]]:
    """The key of what was asked, and its answer: ``itemList`` and ``recommendationId``.

    Args:
        given: what :func:`~personalize_sfn.handlers.asking.call_of` takes; what is None is left out.
        solution: key of what to ask; None: the first that answers that.

    Raises:
        ConfigError: there is none of that key, or none answers that, or no such filter.
        WorkflowError: there is no campaign, the pipeline is not deployed, or the service refuses; says which.
    """
    from personalize_sfn.what_serves import serving

    request = {name: value for name, value in given.items() if value is not None}
    known = serving(config, session.arns)
    if solution is not None:
        if solution not in known:
            config.campaign_name(solution)  # says what is wrong with it
        request["solution"] = solution
    if "filter" in request:
        _require_filter(config, request["filter"])
    try:
        call = call_of(request, known)
    except InvalidInputError as error:
        raise ConfigError("solutions", str(error)) from error
    arn = call.members.get("campaignArn") or call.members["recommenderArn"]
    key = next(key for key, each in known.items() if each["arn"] == arn)
    try:
        return key, _ASK[via](session, config, {**request, "solution": key})
    except WorkflowError as error:
        kind = parse(arn).resource.partition("/")[0]
        if _exists(session, arn):
            raise
        raise WorkflowError(
            f"{kind} {parse(arn).name} does not exist yet. "
            "Run the main workflow first: run(session, config), or 'personalize-sfn run'",
            error=error.error,
            cause=error.cause,
            stage=error.stage,
            arn=error.arn,
        ) from error


def _by_workflow(session: Session, config: Config, request: dict[str, Any]) -> dict[str, Any]:
    from personalize_sfn.execution import Workflow
    from personalize_sfn.execution.deployed import TO_ASK, require_deployed

    require_deployed(session, config, TO_ASK)
    workflow = Workflow.attach(session.arns.state_machine(config.name("recommendation")), session=session)
    answer: dict[str, Any] = workflow.execute(inputs=request).get_output(wait=True)
    return answer


def _by_api(session: Session, config: Config, request: dict[str, Any]) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    from personalize_sfn.what_serves import serving

    known = serving(config, session.arns)
    try:
        if "filter" in request:
            request = {**request, "filterArn": filter_arn(session, config, request["filter"])}
        call = call_of(request, known)
        answer = getattr(session.client("personalize-runtime"), call.method)(**call.members)
    except ClientError as error:
        arn = known[request["solution"]]["arn"]
        raise WorkflowError(
            f"{parse(arn).resource.replace('/', ' ', 1)} gives no recommendations: {message_of(error)}",
            error=code_of(error),
            arn=arn,
        ) from error
    return {"recommendationId": answer.get("recommendationId", ""), "itemList": answer[call.answers_in]}


def filter_arn(session: Session, config: Config, key: str) -> str:
    """ARN of the newest ACTIVE filter of that key of ``config.filters``; where its expression moves, runs make it anew.

    Raises:
        ConfigError: there is no such filter.
        WorkflowError: none is ACTIVE yet.
    """
    _require_filter(config, key)
    from personalize_sfn.handlers.recommendations import newest_filter

    group = session.arns.personalize(f"dataset-group/{config.dataset_group_name}")
    pages = session.client("personalize").get_paginator("list_filters").paginate(datasetGroupArn=group)
    arn = newest_filter(config.name(key), [each for page in pages for each in page[FILTER.list_key]])
    if arn is None:
        raise WorkflowError(
            f"no filter {key} is ACTIVE yet. "
            "Run the main workflow first: run(session, config), or 'personalize-sfn run'"
        )
    return arn


def _require_filter(config: Config, key: str) -> None:
    if key not in config.filters:
        raise ConfigError("filters", f"has no {key!r}, only {', '.join(config.filters) or 'none'}")


_ASK = {"workflow": _by_workflow, "api": _by_api}


def _exists(session: Session, arn: str) -> bool:
    from botocore.exceptions import ClientError

    row = BY_KEY[parse(arn).resource.partition("/")[0]]
    try:
        getattr(session.client("personalize"), row.method("Describe"))(**{row.arn_field: arn})
    except ClientError as error:
        # Where even that may not be asked, the first error is the one to show.
        return code_of(error) != "ResourceNotFoundException"
    return True
