"""What one definition asks for otherwise than another."""

from __future__ import annotations

from personalize_sfn.differences import differences, sentence


def machine(**states):
    """A definition whose states have these parameters."""
    return {"States": {name.replace("_", " "): {"Type": "Task", "Parameters": each} for name, each in states.items()}}


def request(**members):
    return {"Payload": {"request": members}}


def test_equal_definitions_have_no_differences():
    one = machine(Create_Solution=request(recipeArn="arn:aws:personalize:::recipe/aws-sims"))
    assert differences(one, one) == []


def test_a_changed_recipe_is_named_by_its_member_and_short_values():
    there = machine(Create_Solution=request(recipeArn="arn:aws:personalize:::recipe/aws-sims"))
    wanted = machine(Create_Solution=request(recipeArn="arn:aws:personalize:::recipe/aws-popularity-count"))
    (found,) = differences(there, wanted)
    assert str(found) == "recipeArn recipe/aws-sims -> recipe/aws-popularity-count"
    assert (found.state, found.is_answer) == ("Create Solution", True)


def test_what_a_campaign_answers_comes_first():
    there = machine(Create_Schema=request(name="a"), Create_Campaign=request(minProvisionedTPS=1))
    wanted = machine(Create_Schema=request(name="b"), Create_Campaign=request(minProvisionedTPS=2))
    assert [one.member for one in differences(there, wanted)] == ["minProvisionedTPS", "name"]


def test_a_member_that_only_one_definition_has_is_none_in_the_other():
    there, wanted = machine(Create_Solution=request()), machine(Create_Solution=request(performHPO=True))
    assert [str(one) for one in differences(there, wanted)] == ["performHPO none -> true"]


def test_retry_rules_and_json_paths_do_not_count():
    there, wanted = machine(Create_Solution={"a.$": "$.a"}), machine(Create_Solution={"a.$": "$.b"})
    wanted["States"]["Create Solution"]["Retry"] = [{"ErrorEquals": ["States.ALL"]}]
    assert differences(there, wanted) == []


def test_states_inside_parallel_and_map_are_compared_too():
    def around(inner):
        return {"States": {"Both": {"Branches": [inner]}, "Each": {"ItemProcessor": inner}}}

    there, wanted = around(machine(Create_Dataset=request(name="a"))), around(machine(Create_Dataset=request(name="b")))
    assert [str(one) for one in differences(there, wanted)] == ["name a -> b"], "each value once"


def test_the_sentence_names_five_and_counts_the_rest():
    there = machine(Create_Solution=request(**{f"member{n}": 0 for n in range(7)}))
    wanted = machine(Create_Solution=request(**{f"member{n}": 1 for n in range(7)}))
    assert sentence(differences(there, wanted)) == (
        "member0 0 -> 1, member1 0 -> 1, member2 0 -> 1, member3 0 -> 1, member4 0 -> 1 and 2 more"
    )
