"""Tests of ``tags``: tags: TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations


def test_tags_are_kept_beside_the_resource(aws):
    group = aws.group(tags=[{"tagKey": "team", "tagValue": "a"}, {"tagKey": "old", "tagValue": ""}])
    aws.personalize.tag_resource(resourceArn=group, tags=[{"tagKey": "team", "tagValue": "b"}])
    aws.personalize.untag_resource(resourceArn=group, tagKeys=["old"])
    assert aws.personalize.list_tags_for_resource(resourceArn=group)["tags"] == [{"tagKey": "team", "tagValue": "b"}]
    assert "tags" not in aws.describe("dataset_group", group)


def test_tags_have_rules(aws, refused):
    group, schema = aws.group(), aws.schema()
    tag = aws.personalize.tag_resource
    code, message = refused(tag, resourceArn=group, tags=[{"tagKey": "aws:x", "tagValue": ""}])
    assert (code, message) == (
        "InvalidInputException",
        "Tag keys that begin with aws: are reserved for AWS, got aws:x",
    )
    many = [{"tagKey": f"k{number}", "tagValue": ""} for number in range(51)]
    assert refused(tag, resourceArn=group, tags=many) == (
        "TooManyTagsException",
        "A resource has at most 50 tags, got 51.",
    )
    code, message = refused(tag, resourceArn=schema, tags=many[:1])
    assert (code, message) == ("InvalidInputException", f"A schema cannot be tagged: {schema}")
    code, message = refused(tag, resourceArn=group, tags=[{"tagKey": "a", "tagValue": "\N{SNOWMAN}"}])
    assert code == "InvalidInputException"
    assert message.startswith("1 validation error detected: Value at 'tags.1.member.tagValue' failed to satisfy")


def test_letters_of_any_script_may_stand_in_a_tag(aws):
    group = aws.group(tags=[{"tagKey": "équipe", "tagValue": "映画 1"}])
    assert aws.personalize.list_tags_for_resource(resourceArn=group)["tags"][0]["tagValue"] == "映画 1"
