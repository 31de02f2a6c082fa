"""What several workflows need: an input with defaults, and the same stages for each dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import ResourceType
from personalize_sfn.sdk import Chain, Choice, ChoiceRule, Fail, Parallel, Pass, State
from personalize_sfn.stages import states

#: Where :func:`with_parent` leaves the parent's ARN.
PARENT = "$.parent"


def with_defaults(literals: Mapping[str, Any] | None = None, /, **defaults: Any) -> list[State]:
    """Put the execution's input, completed by ``defaults``, at ``$.input``.

    A default may be a JSONPath; ``literals`` stand as they are, whatever their texts start with.
    """
    fill = Pass("Set Defaults", parameters={"defaults": {**(literals or {}), **states.pairs(**defaults)}})
    merge = Pass("Read Input", parameters={"input.$": "States.JsonMerge($.defaults, $$.Execution.Input, false)"})
    return [fill, merge]


def with_parent(row: ResourceType) -> Pass:
    """Put the ARN of the parent, which the input names, at :data:`PARENT`, to be merged into a request."""
    return Pass(f"Name {row.title}", parameters={f"{row.arn_field}.$": f"$.input.{row.arn_field}"}, result_path=PARENT)


def for_each_dataset(
    config: Config, state_id: str, branch: Callable[[DatasetType], list[State]], row: ResourceType
) -> list[State]:
    """The branch of each configured dataset: at the same time if there are several, in line if there is one.

    Args:
        config: says which datasets there are.
        state_id: name of the Parallel state.
        branch: makes the states of one dataset.
        row: what each branch makes, whose ARN is kept; :func:`output_paths` says where that is then.
    """
    kinds = list(config.datasets.by_type())
    if len(kinds) == 1:
        return branch(kinds[0])
    every = Parallel(state_id, result_path="$.branches")
    for kind in kinds:
        keep = Pass(f"Keep {kind.replace('_', ' ').title()}", parameters={f"{row.arn_field}.$": row.state_path})
        every.add_branch(Chain([*branch(kind), keep]))
    return [every]


def output_paths(config: Config, row: ResourceType) -> dict[str, str]:
    """Where :func:`for_each_dataset` left the ARNs, by dataset type."""
    kinds = list(config.datasets.by_type())
    if len(kinds) == 1:
        return {f"{kinds[0].lower()}.$": row.state_path}
    return {f"{kind.lower()}.$": f"$.branches[{index}].{row.arn_field}" for index, kind in enumerate(kinds)}


def chosen(
    title: str, asked: str, requests: Mapping[str, Mapping[str, Any]], then: Callable[[str], State], *, noun: str
) -> Choice:
    """Put the request that the text at ``asked`` names at ``$.request`` and go on; fail where it names none.

    Args:
        title: of the Choice.
        asked: a JSONPath.
        requests: by their names: lower-case letters, digits, ``-`` and ``_``.
        then: the state that comes next, by name.
        noun: what is asked for, in a sentence.
    """
    which = Choice(title)
    for name, request in requests.items():
        take = Pass(f"Take {name}", result=dict(request), result_path="$.request")
        take.next(then(name))
        which.add_choice(ChoiceRule.StringEquals(asked, name), take)
    which.default_choice(
        Fail(
            f"No Such {noun.title()}",
            error="InvalidInputError",
            cause_path=f"States.Format('there is no {noun} {{}}: expected one of {', '.join(requests)}', {asked})",
        )
    )
    return which
