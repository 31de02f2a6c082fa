"""How an error of botocore is read."""

from __future__ import annotations

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import DENIED, EXPIRED, THROTTLED, UNAVAILABLE, code_of, message_of, status_of

THROTTLING = ClientError(
    {"Error": {"Code": "ThrottlingException", "Message": "Slow down"}, "ResponseMetadata": {"HTTPStatusCode": 429}},
    "CreateSolution",
)


def test_code_message_and_status_are_those_of_the_services_answer():
    assert (code_of(THROTTLING), message_of(THROTTLING), status_of(THROTTLING)) == (
        "ThrottlingException",
        "Slow down",
        429,
    )


def test_an_error_that_is_no_answer_of_a_service_has_no_code_and_its_own_text():
    error = ValueError("no such file")
    assert (code_of(error), message_of(error), status_of(error)) == ("", "no such file", 400)


def test_an_answer_without_error_details_has_no_code():
    error = ClientError({}, "CreateSolution")
    assert (code_of(error), status_of(error)) == ("", 400)
    assert message_of(error) == str(error)


def test_no_code_means_both_a_retry_and_a_refusal():
    sets = (THROTTLED, UNAVAILABLE, DENIED, EXPIRED)
    assert sum(map(len, sets)) == len(frozenset().union(*sets))
