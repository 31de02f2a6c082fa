"""Every solution and recommender of a configuration at the same time (docs/adr/0005)."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Catch, Chain, Choice, ChoiceRule, Map, Pass, State
from personalize_sfn.stages import states
from personalize_sfn.stages.campaign import request as campaign_request
from personalize_sfn.stages.recommender import request as recommender_request
from personalize_sfn.stages.solution import request as solution_request
from personalize_sfn.what_serves import serving
from personalize_sfn.workflows.children import run_child


def requests(config: Config, arns: Arns) -> list[dict[str, Any]]:
    """What each solution with its campaign, and each recommender, is to be.

    All that one has and another has not is in here, so that adding one changes no other state machine.
    """
    serves = serving(config, arns)
    solutions = [
        {
            "key": key,
            "hasCampaign": each.campaign is not None,
            "solutionRequest": solution_request(config, arns, key),
            "campaignRequest": None if each.campaign is None else campaign_request(config, key),
            "servingArn": serves.get(key, {}).get("arn"),
            "recommenderRequest": None,
        }
        for key, each in config.solutions.items()
    ]
    recommenders = [
        {
            "key": key,
            "hasCampaign": False,
            "solutionRequest": None,
            "campaignRequest": None,
            "servingArn": serves[key]["arn"],
            "recommenderRequest": recommender_request(config, arns, key),
        }
        for key in config.recommenders
    ]
    return [{**each, "isRecommender": each["recommenderRequest"] is not None} for each in solutions + recommenders]


def each_solution(config: Config, arns: Arns) -> Map:
    """Train and serve each of the list at ``$.solutions``; one that fails leaves ``failure`` beside what it has.

    It leaves ``$.solved``.
    """
    given = ("key", "hasCampaign", "isRecommender", "solutionRequest", "campaignRequest", "servingArn")
    each = Map(
        "Train and Serve Each Solution",
        items_path="$.solutions",
        parameters={
            **{f"{member}.$": f"$$.Map.Item.Value.{member}" for member in (*given, "recommenderRequest")},
            "datasetGroupArn.$": "$.dataset.datasetGroupArn",
            "train.$": "$.input.train",
            "rootExecution.$": "$.input.rootExecution",
        },
        result_path="$.solved",
    )
    each.attach_iterator(_one(config, arns))
    return each


def _one(config: Config, arns: Arns) -> Chain:
    polling = config.polling
    done, failed = Pass("Solution Is Done"), Pass("Solution Failed")
    catch = Catch(failed, error_equals=["States.ALL"], result_path="$.failure")
    # Two of them run the same state machine: each has a name of its own, which fits into 80 characters.
    name = "States.Format('{}-{}', $.key, States.Hash($$.Execution.Name, 'SHA-1'))"
    group = {"datasetGroupArn.$": "$.datasetGroupArn"}
    train = run_child(
        config,
        arns,
        "Solution",
        "solution",
        given={
            "solution.$": "$.solutionRequest",
            **group,
            "train.$": "$.train",
            "rootExecution.$": "$.rootExecution",
        },
        kept=("solutionArn", "solutionVersionArn"),
        limit_seconds=polling.solution.timeout_seconds + polling.solution_version.timeout_seconds + states.SLOT_SECONDS,
        catch=catch,
        name=name,
    )
    serve = run_child(
        config,
        arns,
        "Campaign",
        "campaign",
        given={"campaign.$": "$.campaignRequest", "solutionVersionArn.$": "$.solution.solutionVersionArn"},
        kept=("campaignArn", "metrics"),
        limit_seconds=polling.campaign.timeout_seconds,
        catch=catch,
        name=name,
    )
    recommend = run_child(
        config,
        arns,
        "Recommender",
        "recommender",
        given={"recommender.$": "$.recommenderRequest", **group},
        kept=("recommenderArn",),
        limit_seconds=polling.recommender.timeout_seconds,
        catch=catch,
        name=name,
    )
    first: State = train
    if config.campaigns:
        is_served = Choice("Has It a Campaign?")
        is_served.add_choice(ChoiceRule.BooleanEquals("$.hasCampaign", True), serve)
        is_served.add_choice(ChoiceRule.BooleanEquals("$.hasCampaign", False), done)
        train.next(is_served)
        serve.next(done)
    else:
        train.next(done)
    if config.recommenders:
        recommend.next(done)
        first = recommend
        if config.solutions:
            first = Choice("Is It a Recommender?")
            first.add_choice(ChoiceRule.BooleanEquals("$.isRecommender", True), recommend)
            first.add_choice(ChoiceRule.BooleanEquals("$.isRecommender", False), train)
    return Chain([first])
