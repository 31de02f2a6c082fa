"""``personalize-sfn policy``: what an administrator gives to those who deploy and to the roles, as JSON."""

from __future__ import annotations

import click

from personalize_sfn.cli.settings import Settings, pass_settings, settings_options


@click.command(
    epilog="""\b
Examples:
  personalize-sfn --target aws --config movies.yaml policy > caller.json
  personalize-sfn --target aws --config movies.yaml policy --no-roles > caller.json
  personalize-sfn --target aws --config movies.yaml policy --role-template > roles.json
  aws cloudformation deploy --stack-name movies-roles --template-file roles.json \\
    --capabilities CAPABILITY_NAMED_IAM"""
)
@click.option("--no-roles", is_flag=True, help="Of a caller for whom an administrator makes the roles.")
@click.option("--role-template", is_flag=True, help="Print those roles instead, as a CloudFormation template.")
@settings_options
@pass_settings
def policy(settings: Settings, no_roles: bool, role_template: bool) -> None:
    """Print the IAM policy that the caller needs: to deploy, run, recommend and destroy.

    The JSON goes to stdout, all else to stderr.  Nothing is changed.
    """
    if no_roles and role_template:
        raise click.UsageError("--no-roles and --role-template print two documents: ask for one at a time")
    settings.as_json = True
    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    from personalize_sfn.deploy import caller_policy
    from personalize_sfn.deploy import role_template as template_of
    from personalize_sfn.deploy.caller import size_note

    if role_template:
        template = template_of(config, session.arns)
        if not template["Resources"]:
            raise click.UsageError("the configuration names every role: leave out those that the template is to make")
        settings.answer(template)
        return
    document = caller_policy(config, session.arns, roles=not no_roles)
    if note := size_note(document):
        console.print(f"[yellow]note[/] {note}", soft_wrap=True)
    settings.answer(document)
