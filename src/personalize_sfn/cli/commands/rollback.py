"""``personalize-sfn rollback``: a campaign serves the version before."""

from __future__ import annotations

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options, yes_option


@click.command(
    epilog="""\b
Examples:
  personalize-sfn --config shop.yaml rollback
  personalize-sfn --target aws --config shop.yaml rollback for-you --yes --json"""
)
@click.argument("solution", required=False)
@yes_option
@json_option
@settings_options
@pass_settings
def rollback(settings: Settings, solution: str | None, yes: bool) -> None:
    """Let the campaign of SOLUTION serve the solution version before the one that it serves.

    SOLUTION is a key of the configuration's solutions; it can be left out where only one has a campaign.  Nothing is
    trained, and requests are answered all the time.  The next run moves the campaign to the newest version.
    """
    session = settings.connect(start=False)
    from personalize_sfn.execution.views import shown_in, view_on
    from personalize_sfn.rollback import rollback as go_back

    console = settings.console
    settings.confirm(session, f"Roll back {settings.config.project}?", yes=yes)
    try:
        with shown_in(view_on(console), session.client("stepfunctions")) as progress:
            done = go_back(session, settings.config, solution, progress=progress)
    except KeyboardInterrupt as interrupt:
        interrupt.__notes__ = ["if it was started it continues: 'personalize-sfn executions' shows it"]
        raise
    settings.execution_arn = done.execution_arn
    console.print(f"[green]✓[/] {literal(done)}", soft_wrap=True)
    settings.answer(done.to_dict())
