"""What a plan is made of: frozen descriptions of changes, each with the exact calls that carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from personalize_sfn.config import Config
from personalize_sfn.differences import Difference, sentence
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.resources import PROJECT_TAG

__all__ = [
    "Await",
    "Call",
    "Change",
    "EmptyBucket",
    "Step",
    "answers_otherwise",
    "error_code",
    "is_ours",
    "missing_tags",
    "reading",
    "same_document",
]

Action = Literal["create", "update", "delete"]
Kind = Literal["bucket", "bucket policy", "role", "function", "state machine", "Personalize resource"]


@dataclass(frozen=True, slots=True)
class Call:
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


Step = Call | Await | EmptyBucket


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Change:
    """One thing of the deployment that is not as it should be."""

    action: Action
    kind: Kind
    name: str
    sentence: str
    """What will be done and why, for people: ``create role movies-lambda``."""
    steps: tuple[Step, ...]
    answers: tuple[Difference, ...] = ()
    """What the project's campaign is asked to be otherwise than what is deployed: its recipe, for one."""

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        """Without the calls: they hold policies and whole zips."""
        return f"<Change: {self.sentence}>"


def answers_otherwise(changes: Iterable[Change]) -> str:
    """What a campaign will answer otherwise after the next run, as a sentence; empty: nothing."""
    found = [one for change in changes for one in change.answers]
    if not found:
        return ""
    if any(one.state == "Create Campaign" and one.member == "name" for one in found):
        return f"The next run makes another campaign; the old one stays as it is: {sentence(found)}"
    return f"After the next run the campaign answers otherwise: {sentence(found)}"


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as most services take them: a list of pairs (Step Functions writes ``key`` and ``value`` small)."""
    return [{key: name, value: tags[name]} for name in sorted(tags)]


def tag_dict(tags: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {each[key]: each[value] for each in tags}


def is_ours(tags: Mapping[str, str], config: Config) -> bool:
    return tags.get(PROJECT_TAG) == config.project


def require_ours(tags: Mapping[str, str], config: Config, what: str) -> None:
    """Refuse to touch ``what`` (``role movies-lambda``) when it lacks our tag, unless the config adopts it.

    Raises:
        NotOursError: it was made by something else.
    """
    if is_ours(tags, config) or config.adopt:
        return
    owner = f"belongs to project {tags[PROJECT_TAG]!r}" if PROJECT_TAG in tags else "was not made by this project"
    raise NotOursError(
        f"{what} exists and {owner}: choose another project name in the config, or set adopt: true to take it over "
        "(destroy will then remove it)"
    )


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


def error_code(error: Exception) -> str:
    """The service's error code of a botocore error."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def message_of(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Message", error))


DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})


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
            if error_code(error) in DENIED
            else ""
        )
        operation = getattr(error, "operation_name", type(error).__name__)
        raise DeployError(
            f"cannot {doing}: {message_of(error)} ({error_code(error) or 'no answer'} from {operation}){hint}"
        ) from error
