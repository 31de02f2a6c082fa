"""Statements of policies."""

from personalize_sfn.deploy.statements import DEMANDED_BY_AWS, WITHOUT_ARN, document, statement


def test_a_statement_allows_its_actions_in_order_on_one_resource_or_several():
    assert statement(["b:B", "a:A"], "*", Sid="Mine") == {
        "Sid": "Mine",
        "Effect": "Allow",
        "Action": ["a:A", "b:B"],
        "Resource": ["*"],
    }
    assert statement(["a:A"], (each for each in ("x", "y")))["Resource"] == ["x", "y"]


def test_a_document_has_the_version_that_knows_policy_variables():
    one = statement(["a:A"], "*")
    assert document(one, one) == {"Version": "2012-10-17", "Statement": [one, one]}


def test_each_exception_names_a_page_of_aws():
    for action, page in {**WITHOUT_ARN, **DEMANDED_BY_AWS}.items():
        assert page.startswith("https://docs.aws.amazon.com/"), action
