"""What a plan is made of: frozen descriptions of changes, each with the exact calls that carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from personalize_sfn.aws_errors import DENIED, code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.differences import Difference, sentence
from personalize_sfn.display import table
from personalize_sfn.errors import DeployError
from personalize_sfn.ownership import PROJECT_TAG

__all__ = [
    "ApiCall",
    "Await",
    "Change",
    "ChangeStep",
    "EmptyBucket",
    "answers_otherwise",
    "is_ours",
    "missing_tags",
    "reading",
    "same_document",
]

Action = Literal["create", "update", "delete"]
Kind = Literal["bucket", "bucket policy", "role", "function", "state machine", "Personalize resource"]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One API call: ``session.client(service).method(**parameters)``."""

    service: str
    method: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Await:
    """One of botocore's own waiters."""

    service: str
    waiter: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EmptyBucket:
    """Delete every object, version and delete marker; how many there are is only known when it is done."""

    bucket: str
    owner: str


ChangeStep = ApiCall | Await | EmptyBucket


def _named(step: ChangeStep) -> str:
    """``iam.create_role``, ``until lambda.function_active_v2``, ``empty the bucket``."""
    if isinstance(step, EmptyBucket):
        return f"empty the bucket {step.bucket}"
    return f"{step.service}.{step.method}" if isinstance(step, ApiCall) else f"until {step.service}.{step.waiter}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change:
    """One thing of the deployment that is not as it should be."""

    action: Action
    kind: Kind
    name: str
    sentence: str
    """What will be done and why, for people: ``create role movies-lambda``."""
    steps: tuple[ChangeStep, ...]
    answers: tuple[Difference, ...] = ()
    """What the project's campaign is asked to be otherwise than what is deployed: its recipe, for one."""

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        """Without the calls: they hold policies and whole zips."""
        return f"<Change: {self.sentence}>"

    def _repr_html_(self) -> str:
        calls = [("calls", ", ".join(map(_named, self.steps)))] if self.steps else []
        answers = [("answers", str(each)) for each in self.answers]
        return table(("", ""), [("kind", self.kind), *calls, *answers], self.sentence).html


def answers_otherwise(changes: Iterable[Change]) -> str:
    """What a campaign will answer otherwise after the next run, as a sentence; empty: nothing."""
    found = [one for change in changes for one in change.answers]
    if not found:
        return ""
    if any(one.state == "Create Campaign" and one.member == "name" for one in found):
        return f"The next run makes another campaign; the old one stays as it is: {sentence(found)}"
    return f"After the next run the campaign answers otherwise: {sentence(found)}"


def is_ours(tags: Mapping[str, str], config: Config) -> bool:
    return tags.get(PROJECT_TAG) == config.project


def missing_tags(present: Mapping[str, str], config: Config) -> dict[str, str]:
    """Our tags that are not there, or differ, with the project's own, which the caller's policy wants to see in every
    request that puts tags on.  Tags that others put on are left alone.
    """
    missing = {key: value for key, value in config.all_tags.items() if present.get(key) != value}
    return {**missing, PROJECT_TAG: config.project} if missing else {}


def same_document(one: Any, other: Any) -> bool:
    """Whether two policy documents mean the same: a list of one is its element, and the order of a list says nothing.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_canonical(item) for item in value), key=repr)
        return items[0] if len(items) == 1 else items
    return value


@contextmanager
def reading(doing: str) -> Iterator[None]:
    """Turn a refusal by AWS into one sentence that says what was being done.

    Raises:
        DeployError: AWS refused, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, BotoCoreError) as error:
        hint = (
            ". personalize_sfn.deploy.caller_policy(...) gives the policy that you need"
            if code_of(error) in DENIED
            else ""
        )
        operation = getattr(error, "operation_name", type(error).__name__)
        raise DeployError(
            f"cannot {doing}: {message_of(error)} ({code_of(error) or 'no answer'} from {operation}){hint}"
        ) from error
