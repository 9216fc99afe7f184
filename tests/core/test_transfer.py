"""The course's table for transfer learning."""

import pytest

from dlcli.core.schemas.network import Model
from dlcli.core.transfer import advice, advised


@pytest.mark.parametrize(
    ("counts", "size", "similar", "different"),
    [
        ([20, 30], "small", "features of the last layer", "features of an earlier layer"),
        ([99, 100], "small", "features of the last layer", "features of an earlier layer"),
        ([100, 100], "medium", "the last layers", "all layers at a lower rate"),
        ([999, 999], "medium", "the last layers", "all layers at a lower rate"),
        ([500, 1500], "large", "the last layers or all", "from scratch"),
    ],
)
def test_the_table(counts, size, similar, different):
    found = advice(counts, "features")
    assert (found.size, found.pictures, found.fewest) == (size, sum(counts), min(counts))
    assert similar in found.similar
    assert different in found.different
    text = "\n".join(found.lines())
    assert f"{sum(counts):,} training pictures" in text
    assert "small: fewer than 100 a class, large: 1,000 or more" in text
    assert found.similar in text
    assert found.different in text


@pytest.mark.parametrize(
    ("freeze", "does"),
    [
        ("none", "all layers"),
        ("features", "the last layer only"),
        ("all-but-last", "the last layer only"),
        ("conv1,layer1*", "all but conv1,layer1*"),
        ("all-but-layer4*", "layer4* and the last layer"),
    ],
)
def test_it_says_what_the_recipe_does(freeze, does):
    assert f"this recipe trains {does}" in advice([10, 10], freeze).lines()[0]


def test_a_class_without_training_pictures_does_not_count():
    assert advice([100, 0, 100], "none")[:4] == ("medium", 200, 100.0, 100)


def test_no_advice_from_random_weights():
    assert advised(Model(name="resnet18"), [5, 5]) is None
    assert advised(Model(name="resnet18", weights="published"), [5, 5]).size == "small"
