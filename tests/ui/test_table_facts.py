from dlcli.ui.table_facts import facts_of


def test_values_come_first_and_paths_name_them():
    facts = {"alphas": [0.5, 0.25], "errors": [0.1, 0.2], "stopped": None, "out_of_bag": {"rows": 7, "accuracy": 0.9}}
    assert facts_of(facts) == [
        ("out of bag: rows", 7),
        ("out of bag: accuracy", 0.9),
        (
            "alphas, errors",
            [{"number": 1, "alphas": 0.5, "errors": 0.1}, {"number": 2, "alphas": 0.25, "errors": 0.2}],
        ),
    ]


def test_a_square_takes_the_names_of_the_members():
    facts = {
        "members": [{"member": "knn", "error": 0.1}, {"member": "svm", "error": 0.2}],
        "agreement": [[1, 0.5], [0.5, 1]],
    }
    assert facts_of(facts) == [
        ("members", facts["members"]),
        ("agreement", [{"member": "knn", "knn": 1, "svm": 0.5}, {"member": "svm", "knn": 0.5, "svm": 1}]),
    ]
    twins = {**facts, "members": [{"member": "knn"}, {"member": "knn"}]}
    assert facts_of(twins)[1] == ("agreement", [{"number": 1, "1": 1, "2": 0.5}, {"number": 2, "1": 0.5, "2": 1}])


def test_what_is_empty_or_odd_is_no_trouble():
    assert facts_of({}) == []
    assert facts_of({"a": [], "b": {}, "c": None}) == []
    assert facts_of({"start": [0.3], "mixed": [1, "x", None]}) == [
        ("start", 0.3),
        ("mixed", [{"number": 1, "mixed": 1}, {"number": 2, "mixed": "x"}, {"number": 3, "mixed": None}]),
    ]
    assert facts_of({"ragged": [[1, 2], [3]]}) == [("ragged", [{"number": 1, "1": 1, "2": 2}, {"number": 2, "1": 3}])]
