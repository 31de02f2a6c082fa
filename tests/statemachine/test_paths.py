"""The paths that Step Functions takes, and what they give."""

import pytest

from personalize_sfn.statemachine import paths

STORE = {
    "book": [
        {"title": "A", "price": 8, "tags": ["new", "cheap"], "isbn": "1"},
        {"title": "B", "price": 12, "tags": []},
        {"title": "C", "price": 30.5, "category": "Fiction"},
    ],
    "bicycle": {"price": 20, "red": None},
    "limit": 10,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", STORE),
        ("$.limit", 10),
        ("$['limit']", 10),
        ('$["limit"]', 10),
        ("$.book[0].title", "A"),
        ("$.book[-1].title", "C"),
        ("$.bicycle.red", None),
        ("$['bicycle']['price']", 20),
    ],
)
def test_a_definite_path_gives_the_one_value(path, expected):
    assert paths.parse(path).definite
    assert paths.parse(path).find(STORE) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.book[*].title", ["A", "B", "C"]),
        ("$.book[0:1].title", ["A"]),
        ("$.book[-2:].title", ["B", "C"]),
        ("$.book[::2].title", ["A", "C"]),
        ("$.book[0,2].title", ["A", "C"]),
        ("$.bicycle.*", [20, None]),
        ("$.bicycle['price','red']", [20, None]),
        ("$..price", [8, 12, 30.5, 20]),
        ("$..book[0].title", ["A"]),
        ("$.book[?(@.isbn)].title", ["A"]),
        ("$.book[?(!(@.isbn))].title", ["B", "C"]),
        ("$.book[?(@.price < 10)].title", ["A"]),
        ("$.book[?(@.price < $.limit)].title", ["A"]),
        ("$.book[?(@.price>=12&&@.title!='C')].title", ["B"]),
        ("$.book[?(@.price==8||@.title=='C')].title", ["A", "C"]),
        ("$.book[?(@.category =~ /fic.*/i)].title", ["C"]),
        ("$.book[?(@.title in ['A','C'])].title", ["A", "C"]),
        ("$.book[?(@.title nin ['A','C'])].title", ["B"]),
        ("$.book[?(@.tags anyof ['new','used'])].title", ["A"]),
        ("$.book[?(@.tags subsetof ['new','cheap'])].title", ["A", "B"]),
        ("$.book[?(@.tags size 2)].title", ["A"]),
        ("$.book[?(@.tags empty true)].title", ["B"]),
        ("$.book[?(@.price == true)].title", []),
        ("$.missing[*]", []),
        ("$.book[7:]", []),
        ("$..nothing", []),
    ],
)
def test_any_other_path_gives_a_list_however_many_values_it_meets(path, expected):
    assert not paths.parse(path).definite
    assert paths.parse(path).find(STORE) == expected


@pytest.mark.parametrize(
    ("path", "data"),
    [
        *(
            (f"$.{name}", {name: 1})
            for name in ("where", "1st", "a:b", "a/b", "$ref", "имя", "detail-type", "&Ж中", "in")
        ),
        ("$.store\\.book", {"store.book": 1}),
        ("$.\\stor\\e.boo\\k", {"store": {"book": 1}}),
        ("$.foo\\@bar", {"foo@bar": 1}),
        ("$['a b']", {"a b": 1}),
        ("$['a.b'][0]", {"a.b": [1]}),
        ("$['a\\\"b']", {'a\\"b': 1}),
    ],
)
def test_names_that_the_libraries_refuse_are_names_as_on_aws(path, data):
    assert paths.parse(path).find(data) == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("$.x", "No results for path: $['x']"),
        ("$.x.y", "Missing property in path $['x']"),
        ("$.book[3]", "No results for path: $['book'][3]"),
        ("$.limit.x", "Expected to find an object with property ['x'] in path $['limit'] but found '10'"),
    ],
)
def test_a_definite_path_that_leads_nowhere_says_so_in_awss_words(path, said):
    with pytest.raises(paths.PathNotFound) as raised:
        paths.parse(path).find(STORE)
    assert str(raised.value) == said


def test_a_path_that_meets_too_many_values_is_refused():
    value = 0
    for _ in range(100):
        value = {"a": value, "b": 1}
    with pytest.raises(paths.PathNotFound, match=r"^The path meets more than 262144 values$"):
        paths.parse("$" + "..*" * 6).find(value)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "$.",
        "$..",
        "$[",
        "$[]",
        "$['a",
        "$[?(@.a ==)]",
        "$[?(1)]",
        "$.a.length()",
        "$[::0]",
        "$.a b",
        "$[?(@.a =~ /(/)]",
    ],
)
def test_what_is_no_path_is_refused_with_what_was_expected(path):
    with pytest.raises(paths.InvalidPath, match=r"expected|begins with|unterminated"):
        paths.parse(path)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("$", {"a": 1}, 9),
        ("$.b", {"a": 1}, {"a": 1, "b": 9}),
        ("$.b.c", {"a": 1}, {"a": 1, "b": {"c": 9}}),
        ("$.a.c", {"a": {"b": 1}}, {"a": {"b": 1, "c": 9}}),
        ("$.a[1]", {"a": [1, 2]}, {"a": [1, 9]}),
        ("$['x y']", {}, {"x y": 9}),
    ],
)
def test_a_reference_path_can_be_written_to_and_leaves_the_original_alone(path, before, after):
    kept = repr(before)
    assert paths.parse(path).put(before, 9) == after
    assert repr(before) == kept


@pytest.mark.parametrize(("path", "value"), [("$.a.b", {"a": 1}), ("$.a[2]", {"a": [1]}), ("$.b", [1])])
def test_a_result_that_has_no_place_is_refused(path, value):
    with pytest.raises(paths.PathNotFound, match=r"^Unable to apply ReferencePath"):
        paths.parse(path).put(value, 9)
