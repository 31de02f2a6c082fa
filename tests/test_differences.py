"""What one definition asks for otherwise than another."""

from __future__ import annotations

from personalize_sfn.differences import differences, sentence


def machine(**states):
    """A definition whose states have these parameters."""
    return {"States": {name.replace("_", " "): {"Type": "Task", "Parameters": each} for name, each in states.items()}}


def request(**members):
    return {"Payload": {"request": members}}


def listed(**solutions):
    """A definition with main's list: ``key={"solutionRequest": {...}}``."""
    result = [{"key": key.replace("_", "-"), **each} for key, each in solutions.items()]
    return {"States": {"List Solutions": {"Type": "Pass", "Result": result}}}


def test_equal_definitions_have_no_differences():
    one = machine(Create_Solution=request(recipeArn="arn:aws:personalize:::recipe/aws-sims"))
    assert differences(one, one) == []


def test_a_changed_recipe_is_named_by_its_member_and_short_values():
    there = listed(for_you={"solutionRequest": {"recipeArn": "arn:aws:personalize:::recipe/aws-sims"}})
    wanted = listed(for_you={"solutionRequest": {"recipeArn": "arn:aws:personalize:::recipe/aws-popularity-count"}})
    (found,) = differences(there, wanted)
    assert str(found) == "for-you.recipeArn recipe/aws-sims -> recipe/aws-popularity-count"
    assert (found.state, found.is_answer) == ("List Solutions", True)


def test_of_several_solutions_the_one_that_changed_is_named_wherever_it_stands_in_the_list():
    two = {"for_you": {"campaignRequest": {"minProvisionedTPS": 1}}, "similar": {"solutionRequest": {"name": "s"}}}
    wanted = listed(similar=two["similar"], for_you={"campaignRequest": {"minProvisionedTPS": 2}})
    assert [str(one) for one in differences(listed(**two), wanted)] == ["for-you.minProvisionedTPS 1 -> 2"]


def test_a_solution_that_is_added_is_told_by_its_key():
    more = listed(for_you={"solutionRequest": {"name": "a"}}, popular={"solutionRequest": {"name": "b"}})
    found = differences(listed(for_you={"solutionRequest": {"name": "a"}}), more)
    assert "popular.name none -> b" in [str(one) for one in found]


def test_what_a_sub_workflow_does_when_it_is_run_alone_is_told_by_mains_list_only():
    there = machine(Set_Defaults={"defaults": {"solution": {"recipeArn": "a"}, "train": "auto"}})
    wanted = machine(Set_Defaults={"defaults": {"solution": {"recipeArn": "b"}, "train": "auto"}})
    assert differences(there, wanted) == []


def test_what_a_campaign_answers_comes_first():
    there, wanted = (
        {
            "States": {
                **machine(Create_Schema=request(name=name))["States"],
                **listed(for_you={"campaignRequest": {"minProvisionedTPS": tps}})["States"],
            }
        }
        for name, tps in (("a", 1), ("b", 2))
    )
    assert [one.member for one in differences(there, wanted)] == ["for-you.minProvisionedTPS", "name"]


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
