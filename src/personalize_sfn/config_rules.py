"""What makes a configuration right: checks of single fields, and rules for fields together.

A check answers what is wrong with a value, or None.  A rule takes a configuration, which may be one whose other fields
are wrong, and yields its problems by the paths of fields below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from personalize_sfn.config_parsing import ConfigProblem, Stated, key_problem, shown
from personalize_sfn.filter_expressions import FilterExpressionError, check_columns, parse, resolved
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.recipes import OFFERED, RECIPES, closest
from personalize_sfn.schema_rules import DEFAULT_EVENT_TYPE, schema_name, type_of
from personalize_sfn.schema_rules import problems as schema_problems

# --- single fields ---------------------------------------------------------------------------------------------------


def matches(pattern: str, expected: str, *, most: int | None = None) -> Stated:
    """The whole text matches, and has at most so many characters."""
    compiled = re.compile(pattern)

    def check(value: str) -> str | None:
        if not compiled.fullmatch(value):
            return f"expected {expected}, got {shown(value)}"
        if most is not None and len(value) > most:
            return f"expected at most {most} characters, got {len(value)}"
        return None

    return Stated(check, {"pattern": f"^(?:{pattern})$"} | ({} if most is None else {"maxLength": most}))


def between(least: float, most: float | None, unit: str = "") -> Stated:
    """A number in a range; both ends belong to it."""
    expected = f"at least {least:,.12g}{unit}" if most is None else f"{least:,.12g} to {most:,.12g}{unit}"

    def check(value: float) -> str | None:
        inside = value >= least and (most is None or value <= most)
        return None if inside else f"expected {expected}, got {shown(value)}"

    return Stated(check, {"minimum": least} | ({} if most is None else {"maximum": most}))


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html (names of all resources)
resource_name = matches(
    r"[a-zA-Z0-9][a-zA-Z0-9\-_]*", "letters, digits, - and _, starting with a letter or digit", most=63
)
project = matches(
    r"[a-z][a-z0-9\-]{0,27}", "up to 28 lower-case letters, digits and -, starting with a letter", most=28
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_bucket = matches(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]", "an S3 bucket's name (not a URI)"
)
_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def bucket(value: str) -> str | None:
    """The name of a general purpose bucket."""
    problem = _bucket(value)
    if problem is None and value.startswith(_BUCKET_PREFIXES):
        return f"S3 keeps names that begin with {', '.join(_BUCKET_PREFIXES)} for itself, got {shown(value)}"
    if problem is None and value.endswith(_BUCKET_SUFFIXES):
        return f"S3 keeps names that end in {', '.join(_BUCKET_SUFFIXES)} for itself, got {shown(value)}"
    return problem


# Personalize and Step Functions take 256 characters of a role's ARN, so a path leaves room for the longest name.
role_arn = matches(
    r"arn:[a-z\d-]+:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    "a role's ARN such as arn:aws:iam::111122223333:role/name",
    most=256,
)
policy_arn = matches(r"arn:[a-z\d-]+:iam::([0-9]{12}|aws):policy/\S+", "a policy's ARN")
kms_key_arn = matches(r"arn:aws[a-z\-]*:kms:[^:\s]*:[0-9]{12}:key/\S+", "a KMS key's ARN")
role_path = matches(
    r"/([a-zA-Z0-9_+=,.@\-/]+/)?", "a path of letters, digits and _ + = , . @ - that starts and ends with /", most=150
)


def data_key(value: str) -> str | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
    size = len(value.encode())
    return None if 1 <= size <= 1024 else f"expected a key of 1 to 1,024 bytes, got {size}"


def event_type(value: str) -> str | None:
    """https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html

    Step Functions reads a text that starts like a JSONPath as one where a definition takes paths, so none of those may
    be the name of an event; names such as ``$pageview`` are no paths.
    """
    if not 1 <= len(value) <= 256:
        return f"expected 1 to 256 characters, got {len(value)}"
    if re.match(r"\$($|[.$\[])", value):
        return (
            f"expected the name of an event, got {shown(value)}, which Step Functions would read as a path into its "
            "input: give the event another name"
        )
    return None


def _recipe(value: str) -> str | None:
    """A recipe that a pipeline can be deployed with."""
    found = RECIPES.get(value)
    if found is None:
        meant = closest(value)
        hint = f"did you mean {meant}?" if meant else f"the recipes are {', '.join(OFFERED)}"
        return f"expected a recipe's name such as aws-user-personalization-v2, got {shown(value)}; {hint}"
    if found.answers == "use case":
        return f"{value} is a use case of a domain, which is served by a recommender: put it under recommenders"
    return None


def use_case(value: str) -> str | None:
    """A use case of a domain, for a recommender."""
    found = RECIPES.get(value)
    if found is not None and found.answers == "use case":
        return None
    use_cases = [each.name for each in RECIPES.values() if each.answers == "use case"]
    return f"expected a use case, one of {', '.join(use_cases)}, got {shown(value)}"


metric_expression = matches(
    r"SAMPLECOUNT\(\)|SUM\((Items|Interactions)\.[A-Za-z_]\w*\)",
    "SAMPLECOUNT(), SUM(Items.COLUMN) or SUM(Interactions.COLUMN)",
    most=256,
)


def most_metrics(attribution: Any) -> Iterator[ConfigProblem]:
    # https://docs.aws.amazon.com/personalize/latest/dg/limits.html
    if not 1 <= len(attribution.metrics) <= 10:
        yield ConfigProblem("metrics", f"expected 1 to 10 metrics, got {len(attribution.metrics)}")


recipe = Stated(_recipe, {"enum": [*OFFERED]})


def no_automatic_training(value: int) -> str | None:
    return (
        f"expected null, got {value}: automatic training is not offered for now. It would train, and bill, every "
        "time, and nothing would serve the new versions; train with run(session, config), or 'personalize-sfn run'"
    )


# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _retention(value: int) -> str | None:
    return None if value in _RETENTIONS else f"expected one of {', '.join(map(str, _RETENTIONS))}, got {shown(value)}"


log_retention_days = Stated(_retention, {"enum": [*_RETENTIONS]})


#: https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html takes 99,999,999 seconds; the main workflow's
#: limit is the sum of all of them.
LONGEST_TIMEOUT_SECONDS = 10_000_000


def timeout_after_typical(wait: Any) -> Iterator[ConfigProblem]:
    if wait.timeout_seconds < wait.typical_seconds:
        yield ConfigProblem(
            "timeout_seconds",
            f"expected at least typical_seconds ({wait.typical_seconds}), got {wait.timeout_seconds}",
        )


def names(config: Any) -> Iterator[ConfigProblem]:
    """Names are made of the project's, the key and the recipe's, or given; no two of a kind share one."""
    for keys, name_of, owner, field in (
        (config.solutions, config.solution_name, "solutions", "name"),
        (config.campaigns, config.campaign_name, "solutions", "campaign.name"),
        (config.recommenders, config.recommender_name, "recommenders", "name"),
    ):
        taken: dict[str, str] = {}
        for key in keys:
            name, where = name_of(key), f"{owner}.{key}.{field}"
            if (text := resource_name(name)) is not None:
                yield ConfigProblem(where, f"{text}: choose a shorter key, or give it a name")
            elif name in taken:
                yield ConfigProblem(where, f"expected a name of its own, got {name}, which {owner}.{taken[name]} has")
            taken[name] = key


def some_solution(config: Any) -> Iterator[ConfigProblem]:
    if not config.solutions and not config.recommenders:
        yield ConfigProblem("solutions", "expected at least one, such as 'for-you: {campaign: {}}'")


# --- domain, filters, metrics ----------------------------------------------------------------------------------------

_DOMAIN_RECIPES = {"ECOMMERCE": "aws-ecomm-", "VIDEO_ON_DEMAND": "aws-vod-"}


def domains(config: Any) -> Iterator[ConfigProblem]:
    """Recommenders need a domain, and are of its use cases; actions need none.

    https://docs.aws.amazon.com/personalize/latest/dg/domain-dataset-groups.html
    """
    for key, each in config.recommenders.items():
        if key in config.solutions:
            yield ConfigProblem(
                f"recommenders.{key}", "expected a key that no solution has: requests name either by it"
            )
        where = f"recommenders.{key}.recipe"
        prefix = _DOMAIN_RECIPES.get(config.domain)
        if prefix is None:
            yield ConfigProblem(where, f"{each.recipe} needs a domain: add domain: ECOMMERCE or VIDEO_ON_DEMAND")
        elif not each.recipe.startswith(prefix):
            names = [name for name in RECIPES if name.startswith(prefix)]
            yield ConfigProblem(
                where, f"expected a use case of {config.domain}, one of {', '.join(names)}, got {each.recipe}"
            )
        if RECIPES[each.recipe].needs_items and config.datasets.items is None:
            yield ConfigProblem(where, f"{each.recipe} needs items: add datasets.items with a schema")
        if each.enable_metadata and config.datasets.items is None:
            yield ConfigProblem(f"recommenders.{key}.enable_metadata", "needs datasets.items")
    if config.domain is not None:
        for kind in ("actions", "action_interactions"):
            if getattr(config.datasets, kind) is not None:
                yield ConfigProblem(f"datasets.{kind}", f"a domain has no {kind}: remove it, or leave domain out")


def filters(config: Any) -> Iterator[ConfigProblem]:
    """Each is in Personalize's language, and of columns that the datasets have."""
    known = {kind: _filter_columns(dataset.schema) for kind, dataset in config.datasets.by_type().items()}
    for key, expression in config.filters.items():
        where = f"filters.{key}"
        problem = key_problem(key) or resource_name(f"{config.name(key)}-{'0' * 12}")
        if problem is None and not 1 <= len(expression) <= _LONGEST_FILTER:
            problem = f"expected 1 to {_LONGEST_FILTER:,} characters, got {len(expression):,}"
        if problem is None:
            try:
                check_columns(parse(resolved(expression, datetime.now(UTC))), known)
            except FilterExpressionError as error:
                problem = str(error)
        if problem is not None:
            yield ConfigProblem(where, problem)


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateFilter.html
_LONGEST_FILTER = 2_500


@dataclass(frozen=True, slots=True)
class _FilterColumn:
    name: str
    type: str
    textual: bool


def _filter_columns(schema: Mapping[str, Any]) -> list[_FilterColumn]:
    return [_FilterColumn(name, type_of(each)[0], bool(each.get("textual"))) for name, each in columns(schema).items()]


def metrics_need_columns(config: Any) -> Iterator[ConfigProblem]:
    """A sum is of a column of numbers; events have types."""
    if config.metric_attribution is None:
        return
    by_dataset = {schema_name(kind): columns(each.schema) for kind, each in config.datasets.by_type().items()}
    if "EVENT_TYPE" not in by_dataset["Interactions"]:
        yield ConfigProblem("metric_attribution", "needs a column EVENT_TYPE in datasets.interactions.schema")
    for name, metric in config.metric_attribution.metrics.items():
        found = re.fullmatch(r"SUM\((\w+)\.(\w+)\)", metric.expression)
        if found is None:
            continue
        numbers = _number_columns(by_dataset.get(found[1], {}))
        if found[2] not in numbers:
            yield ConfigProblem(
                f"metric_attribution.metrics.{name}.expression",
                f"expected a column of datasets.{found[1].lower()}.schema that holds numbers, got {found[2]}; "
                f"there are {', '.join(numbers) or 'none'}",
            )


def _number_columns(found: Mapping[str, Any]) -> list[str]:
    """Those that hold numbers; some rows may have none."""
    return [name for name, each in found.items() if type_of(each)[0] in ("int", "long", "float", "double")]


# --- tags ------------------------------------------------------------------------------------------------------------

# https://docs.aws.amazon.com/personalize/latest/dg/API_Tag.html; of a resource's 50, one is the project's own.
_TAG = re.compile(r"[\w .:/=+\-@\xa0]*")
_MOST_TAGS = 49


def tags(config: Any) -> Iterator[ConfigProblem]:
    """Keys and values as AWS takes them, beside the project's own tag."""
    if len(config.tags) > _MOST_TAGS:
        yield ConfigProblem("tags", f"expected at most {_MOST_TAGS} tags, got {len(config.tags)}")
        return
    taken: set[str] = set()
    for key, value in config.tags.items():
        where = f"tags.{key}"
        same, taken = key.lower() in taken, taken | {key.lower()}
        if not 1 <= len(key) <= 128:
            yield ConfigProblem(where, f"expected a key of 1 to 128 characters, got {len(key)}")
        elif len(value) > 256:
            yield ConfigProblem(where, f"expected at most 256 characters, got {len(value)}")
        elif not _TAG.fullmatch(key + value):
            yield ConfigProblem(
                where, f"expected letters, digits, spaces and _ . : / = + - @, got {shown(key + value)}"
            )
        elif key.lower().startswith("aws:"):
            yield ConfigProblem(where, "AWS reserves tag keys that start with aws:")
        elif key.lower() == PROJECT_TAG:
            yield ConfigProblem(where, "this tag is set to the project's name and tells what clean-up may delete")
        elif same:  # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
            yield ConfigProblem(where, "expected keys that differ in more than capitals, which IAM does not tell apart")


# --- datasets --------------------------------------------------------------------------------------------------------


def default_event_type(value: str) -> str | None:
    """A value of the column EVENT_TYPE; in data, a ``$`` means nothing."""
    return None if 1 <= len(value) <= 256 else f"expected 1 to 256 characters, got {len(value)}"


def only_interactions_have_events(datasets: Any) -> Iterator[ConfigProblem]:
    for kind, dataset in datasets.by_type().items():
        if kind != "INTERACTIONS" and dataset.default_event_type not in (None, DEFAULT_EVENT_TYPE):
            yield ConfigProblem(f"{kind.lower()}.default_event_type", "only interactions have events: remove it")


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSchema.html
_LONGEST_SCHEMA = 20_000


def schemas(config: Any) -> Iterator[ConfigProblem]:
    """Each schema is one that Personalize takes for its dataset."""
    for kind, dataset in config.datasets.by_type().items():
        where = f"datasets.{kind.lower()}.schema"
        found = list(schema_problems(dataset.schema, config.domain))
        for text in found[:5]:
            yield ConfigProblem(where, text[:300])
        if not found and len(dataset.schema_text) > _LONGEST_SCHEMA:
            size = len(dataset.schema_text)
            yield ConfigProblem(where, f"expected at most {_LONGEST_SCHEMA:,} characters as JSON, got {size:,}")
        if not found and dataset.schema["name"] != schema_name(kind):
            name = dataset.schema["name"]
            yield ConfigProblem(where, f"expected a schema of the name {schema_name(kind)!r}, got {shown(name)}")


def columns_of_the_schema(dataset: Any) -> Iterator[ConfigProblem]:
    """Each column of the user's data is called as one of the schema, or RATING, and no two as the same."""
    known = [*columns(dataset.schema), "RATING"]
    taken: set[str] = set()
    for old, new in dataset.columns.items():
        if new not in known:
            meant = _closest_of(new, known)
            hint = f"did you mean {meant}?" if meant else f"the schema has {', '.join(known[:20])}"
            yield ConfigProblem(f"columns.{shown(old)}", f"expected a column of the schema, got {shown(new)}; {hint}")
        elif new in taken:
            yield ConfigProblem(f"columns.{shown(old)}", f"expected one column for {new}, got a second one")
        taken.add(new)


def columns(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The columns of a schema by name, as far as it is well-formed."""
    fields = schema.get("fields")
    fields = fields if isinstance(fields, (list, tuple)) else ()
    return {each["name"]: each for each in fields if isinstance(each, Mapping) and isinstance(each.get("name"), str)}


def data_keys(config: Any) -> Iterator[ConfigProblem]:
    """Each CSV has a place of its own, whose URI is short enough for CreateDatasetImportJob."""
    keys = {kind: config.data_key(kind) for kind in config.datasets.by_type()}
    # deploy makes the bucket's name of the project's, 12 digits and a region, whose names have at most 14 characters.
    bucket = len(config.bucket or f"{config.project}-123456789012-ap-northeast-1")
    most = _LONGEST_LOCATION - len("s3:///") - bucket
    for kind, key in keys.items():
        where = f"datasets.{kind.lower()}.key"
        if len(key) > most:
            yield ConfigProblem(
                where,
                f"expected at most {most} characters, got {len(key)}: Personalize takes {_LONGEST_LOCATION} for "
                "s3://bucket/key",
            )
        for other, inner in keys.items():
            if other == kind:
                continue
            if key == inner:
                if list(keys).index(other) < list(keys).index(kind):
                    yield ConfigProblem(
                        where, f"expected a key of its own, got {shown(key)}, which {other.lower()} have"
                    )
            elif key.endswith("/") and inner.startswith(key):
                yield ConfigProblem(
                    where,
                    f"expected a folder without the CSV of {other.lower()} ({inner}): Personalize imports every file "
                    f"in {key}",
                )


# https://docs.aws.amazon.com/personalize/latest/dg/API_DataSource.html
_LONGEST_LOCATION = 256


def forgetting(config: Any) -> Iterator[ConfigProblem]:
    """The list of users is an object that no key of the user's encrypts, and no data folder holds it.

    https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html
    """
    if not config.forgetting:
        return
    if config.bucket_kms_key_arn is not None:
        yield ConfigProblem(
            "forgetting",
            "Personalize reads the list of users to forget only from a bucket without a KMS key: leave out "
            "bucket_kms_key_arn, or forgetting",
        )
    keys = {f"datasets.{kind.lower()}.key": config.data_key(kind) for kind in config.datasets.by_type()}
    keys |= {f"batch.{key}.input": each.input for key, each in config.batch.items()}
    for where, key in keys.items():
        if config.forget_prefix.startswith(key) or key.startswith(config.forget_prefix):
            yield ConfigProblem(where, f"expected a key outside of {config.forget_prefix}, got {shown(key)}")


# --- solution and campaign -------------------------------------------------------------------------------------------


def threshold_needs_event_type(solution: Any) -> Iterator[ConfigProblem]:
    if solution.event_value_threshold is not None and solution.event_type is None:
        yield ConfigProblem(
            "event_value_threshold",
            "needs event_type as well: Personalize applies the threshold to events of one type",
        )


def hyperparameters(solution: Any) -> Iterator[ConfigProblem]:
    """Those of the recipe, each in its range."""
    found = RECIPES[solution.recipe]
    names = [each.name for each in found.hyperparameters]
    for name, value in solution.hyperparameters.items():
        known = found.hyperparameter(name)
        where = f"hyperparameters.{name}"
        if known is None:
            meant = _closest_of(name, names)
            hint = f"did you mean {meant}?" if meant else f"it has {', '.join(names) or 'none'}"
            yield ConfigProblem(where, f"{found.name} has no such hyperparameter; {hint}")
        elif known.text_of(value) is None:
            yield ConfigProblem(where, f"expected {known.expected}, got {shown(value)}")


def percentiles(solution: Any) -> Iterator[ConfigProblem]:
    """Between the least and the most there is something left to train on."""
    found = RECIPES[solution.recipe]
    for name, value in solution.hyperparameters.items():
        least, most = found.hyperparameter(name), found.hyperparameter(name.replace("min_", "max_", 1))
        if least is None or most is None or least is most:
            continue
        low, high = least.text_of(value), most.text_of(solution.hyperparameters.get(most.name, most.default))
        if low is not None and high is not None and float(low) > float(high):
            default = "" if most.name in solution.hyperparameters else ", its default"
            yield ConfigProblem(
                f"hyperparameters.{name}", f"expected at most {most.name} ({high}{default}), got {shown(value)}"
            )


def hpo(solution: Any) -> Iterator[ConfigProblem]:
    """Only some recipes have something that can be optimized; CreateSolution refuses the others after the import."""
    if solution.perform_hpo and not RECIPES[solution.recipe].tunable:
        tunable = [name for name in OFFERED if RECIPES[name].tunable]
        yield ConfigProblem(
            "perform_hpo",
            f"{solution.recipe} has no hyperparameter that can be optimized, only {', '.join(tunable)} have: "
            "leave it out, or choose one of these",
        )


def _closest_of(name: str, names: list[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:80], names, n=1)), None)


def _recipes_with(feature: str) -> list[str]:
    return [each.name for each in RECIPES.values() if getattr(each, feature)]


def exploration(solution: Any) -> Iterator[ConfigProblem]:
    """Only some recipes' campaigns explore by a setting."""
    exploring = _recipes_with("exploration")
    for name in ("exploration_weight", "exploration_item_age_cut_off_days"):
        if getattr(solution.campaign, name, None) is not None and solution.recipe not in exploring:
            yield ConfigProblem(
                f"campaign.{name}",
                f"only the recipe {' or '.join(exploring)} takes it, the recipe is {solution.recipe}",
            )


def recipe_has_campaigns(solution: Any) -> Iterator[ConfigProblem]:
    """Segments of users are asked for in batches only."""
    if solution.campaign is not None and RECIPES[solution.recipe].answers == "segments":
        yield ConfigProblem(
            "campaign",
            f"Personalize makes no campaign of {solution.recipe}, which answers segments of users: leave it out, and "
            "ask by a batch",
        )


def objective(config: Any) -> Iterator[ConfigProblem]:
    """Only some recipes take one, and it is a column of numbers that are always there.

    https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
    """
    taking = _recipes_with("objective")
    for key, solution in config.solutions.items():
        wanted, where = solution.objective, f"solutions.{key}.objective"
        if wanted is None:
            continue
        if solution.recipe not in taking:
            text = f"only the recipes {' and '.join(taking)} take one, the recipe is {solution.recipe}"
            yield ConfigProblem(where, text)
            continue
        items = config.datasets.items
        found = {} if items is None else columns(items.schema)
        numbers = [name for name, each in found.items() if each.get("type") in ("int", "long", "float", "double")]
        if wanted.item_attribute not in numbers:
            yield ConfigProblem(
                f"{where}.item_attribute",
                f"expected a column of datasets.items that holds numbers and is never null, "
                f"got {shown(wanted.item_attribute)}; there are {', '.join(numbers) or 'none'}",
            )


def events_need_columns(config: Any) -> Iterator[ConfigProblem]:
    """Without the column no event is of the type, or reaches the threshold, and the training fails."""
    for key, solution in config.solutions.items():
        for field, column in (("event_type", "EVENT_TYPE"), ("event_value_threshold", "EVENT_VALUE")):
            if getattr(solution, field) is not None and column not in columns(config.datasets.interactions.schema):
                yield ConfigProblem(
                    f"solutions.{key}.{field}",
                    f"needs a column {column} in datasets.interactions.schema: add it, or leave {field} out",
                )


def metadata_needs_items(config: Any) -> Iterator[ConfigProblem]:
    """Recommendations with metadata cost more; without items there is none."""
    for key, campaign in config.campaigns.items():
        if campaign.enable_metadata and config.datasets.items is None:
            yield ConfigProblem(
                f"solutions.{key}.campaign.enable_metadata",
                "needs datasets.items: recommendations carry columns of items; add it, or leave enable_metadata out",
            )


def recipe_needs_items(config: Any) -> Iterator[ConfigProblem]:
    """What the recipe is trained on beside interactions is there."""
    for key, solution in config.solutions.items():
        found, items = RECIPES[solution.recipe], config.datasets.items
        where = f"solutions.{key}.recipe"
        if found.needs_actions and config.datasets.actions is None:
            yield ConfigProblem(where, f"{found.name} needs actions: add datasets.actions with a schema")
        if found.needs_items and items is None:
            yield ConfigProblem(where, f"{found.name} needs items: add datasets.items with a schema")
        elif found.needs_item_name and not any(each.get("itemName") for each in columns(items.schema).values()):
            yield ConfigProblem(
                where,
                f"{found.name} needs one column of datasets.items.schema that holds the items' names: add itemName: "
                "true",
            )
