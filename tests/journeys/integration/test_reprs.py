"""What a notebook shows when a cell ends with a call: a small table, never policies, zips or keys."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn import Config, datasets, deploy, destroy, evaluate, notebook_defaults, recommend, run
from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.deploy import describe, plan, plan_destroy
from personalize_sfn.execution import Workflow

MOST_CHARACTERS = 2_000
#: A configuration folds all its fields.
MOST_HTML = 20_000
PLAIN = ("calls", "LocalAws")
"""What is shown as text only."""
PICTURES = ("run()", "Workflow", "list_executions()")
"""Tests of their own look at these: they ask AWS for what is destroyed here."""
OTHER = Config(project="other")


@pytest.fixture
def results(pipeline: Pipeline) -> dict[str, Any]:
    """What each public function answers, by the call."""
    session, config = pipeline.session, pipeline.config
    prepared = datasets.prepare(interactions(), config.datasets.interactions.schema)
    execution = run(session, config)
    execution.wait(timeout=60)
    main = Workflow.attach(session.arns.state_machine(config.name("main")), session=session)
    found: dict[str, Any] = {
        "connect()": session,
        "Config()": config,
        "prepare()": prepared,
        "upload_interactions()": datasets.upload_interactions(session, config, prepared),
        "deploy()": deploy(session, config),
        "deploy(dry_run=True) of another config": deploy(session, OTHER, dry_run=True),
        "describe()": describe(session, config),
        "plan() of another config": plan(session, OTHER),
        "run()": execution,
        "Workflow": main,
        "list_executions()": main.list_executions(),
        "recommend()": recommend(session, config, "u1"),
        "evaluate()": evaluate(session, config),
        "notebook_defaults()": notebook_defaults(session),
        "ours()": ours(session, config),
        "plan_destroy()": plan_destroy(session, config),
        "destroy(dry_run=True)": destroy(session, config, dry_run=True),
        "clean_up()": clean_up(session, config),
        "destroy()": destroy(session, config),
        "calls": pipeline.aws.calls[-3:],
        "LocalAws": pipeline.aws,
    }
    return found


@pytest.mark.slow
def test_no_result_fills_the_page(results: dict[str, Any], pipeline: Pipeline) -> None:
    too_long = {call: len(repr(result)) for call, result in results.items() if len(repr(result)) > MOST_CHARACTERS}
    assert too_long == {}
    keys = pipeline.session.boto_session.get_credentials()
    telling = [call for call, result in results.items() if keys.secret_key in repr(result)]
    assert telling == [], "no repr tells a secret key"
    shown = {call: result._repr_html_() for call, result in results.items() if call not in (*PLAIN, *PICTURES)}
    assert {call: len(html) for call, html in shown.items() if len(html) > MOST_HTML} == {}
    assert [call for call, html in shown.items() if keys.secret_key in html] == []
