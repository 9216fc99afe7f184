"""Faithfulness of maps: by hand, and against pytorch-grad-cam."""

import numpy as np
import pytest
import torch
from pytorch_grad_cam.metrics.cam_mult_image import DropInConfidence, IncreaseInConfidence
from pytorch_grad_cam.metrics.perturbation_confidence import (
    PerturbationConfidenceMetric,
    RemoveLeastRelevantFirst,
    RemoveMostRelevantFirst,
)
from pytorch_grad_cam.metrics.road import NoisyLinearImputer
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from scipy.ndimage import gaussian_filter
from visual_toys import Toy

from dlcli.methods import faithfulness, map_methods
from dlcli.ops import imputation

PERCENTILES = [10, 20, 30, 40, 50, 60, 70, 80, 90]


@pytest.fixture(scope="module")
def toy():
    net = Toy().eval()
    with torch.no_grad():
        net.fc.weight.mul_(60)  # else its answers hardly differ and neither do the scores
    return net


def picture(height=24, width=32, seed=1):
    return torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def some_map(height=24, width=32, seed=2, cut=0.0):
    """Return a smooth map; a part of it is 0 like that of Grad-CAM, where ``cut`` is above its least values."""
    coarse = torch.rand(1, 1, 4, 5, generator=torch.Generator().manual_seed(seed))
    fine = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear")[0, 0]
    fine = (fine - cut).clamp(min=0)
    return (fine / fine.max()).numpy()


def confidence_of(net, k):
    return lambda batch: net(batch).softmax(1)[:, k].detach()


@pytest.mark.filterwarnings("ignore:__array_wrap__ must accept:DeprecationWarning")  # of theirs
@pytest.mark.parametrize("cut", [0.0, 0.3], ids=["all-differ", "many-zeros"])
@pytest.mark.parametrize("k", [0, 2])
def test_road_is_that_of_pytorch_grad_cam(toy, cut, k):
    x, values = picture(), some_map(cut=cut)
    percentiles = [p for p in PERCENTILES if (values < np.percentile(values, p)).any()]  # theirs is NaN without pixels
    assert len(percentiles) == (9 if cut == 0 else len(percentiles)) > 4
    _, morf, lerf = found = faithfulness.road(confidence_of(toy, k), x, values, percentiles, 0.0, 0)
    theirs = []
    for remove in (RemoveMostRelevantFirst, RemoveLeastRelevantFirst):
        metrics = [PerturbationConfidenceMetric(remove(p, NoisyLinearImputer(noise=0.0))) for p in percentiles]
        target = [ClassifierOutputSoftmaxTarget(k)]
        theirs.append(np.mean([m(x, values[None], target, toy)[0] for m in metrics]))
    assert abs(theirs[0]) + abs(theirs[1]) > 0.001
    assert (morf, lerf) == pytest.approx(theirs, abs=1e-5)
    assert found[0] == pytest.approx((theirs[1] - theirs[0]) / 2, abs=1e-5)


def test_noise_of_road_comes_of_the_seed_and_changes_it(toy):
    x, values = picture(), some_map()
    a, b, other, none = (
        faithfulness.road(confidence_of(toy, 0), x, values, [30, 60], noise, seed)
        for noise, seed in ((0.3, 5), (0.3, 5), (0.3, 6), (0.0, 5))
    )
    assert a == b
    assert len({a, other, none}) == 3


def test_road_of_a_map_with_one_point_is_finite(toy):
    values = np.zeros((24, 32), np.float32)
    values[3, 4] = 1
    assert np.isfinite(faithfulness.road(confidence_of(toy, 0), picture(), values, PERCENTILES, 0.0, 0)).all()


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_average_drop_is_that_of_pytorch_grad_cam_over_the_confidence(toy, seed):
    x, values = picture(seed=seed), some_map(seed=seed)
    for k in range(4):
        drop, rose = faithfulness.average_drop(confidence_of(toy, k), x, values)
        target = [ClassifierOutputSoftmaxTarget(k)]
        whole = float(confidence_of(toy, k)(x))
        assert drop * whole == pytest.approx(float(DropInConfidence()(x, values[None], target, toy)[0]), abs=1e-6)
        assert rose == float(IncreaseInConfidence()(x, values[None], target, toy)[0])


def test_deletion_and_insertion_by_hand():
    x = torch.tensor([[[[4.0, 3.0], [2.0, 1.0]]]])
    total = lambda batch: batch.sum((1, 2, 3)) / 10  # noqa: E731
    right, wrong = np.array([[4, 3], [2, 1]]) / 4, np.array([[1, 2], [3, 4]]) / 4
    assert faithfulness.deletion(total, x, right, 4).tolist() == pytest.approx([1, 0.6, 0.3, 0.1, 0])
    assert faithfulness.deletion(total, x, wrong, 4).tolist() == pytest.approx([1, 0.9, 0.7, 0.4, 0])
    assert faithfulness.deletion(total, x, right, 2).tolist() == pytest.approx([1, 0.3, 0])
    assert faithfulness.area(np.array([1, 0.6, 0.3, 0.1, 0])) == pytest.approx(0.375)
    start = float(faithfulness.blurred(x, 50.0).sum())
    assert start == pytest.approx(10, abs=1e-3)  # each pixel is the mean, 2.5
    grown = faithfulness.insertion(total, x, right, 4, 50.0)
    assert grown.tolist() == pytest.approx([1, 1.15, 1.2, 1.15, 1], abs=1e-3)


def test_equal_values_go_from_the_top_left():
    x = torch.tensor([[[[4.0, 3.0], [2.0, 1.0]]]])
    total = lambda batch: batch.sum((1, 2, 3)) / 10  # noqa: E731
    assert faithfulness.deletion(total, x, np.zeros((2, 2)), 4).tolist() == pytest.approx([1, 0.6, 0.3, 0.1, 0])


def test_blur_is_scipys_inside_and_keeps_a_constant():
    x = picture(40, 50).double()
    ours = faithfulness.blurred(x, 2.0)[0, 1].numpy()
    theirs = gaussian_filter(x[0, 1].numpy(), 2.0, truncate=3.0)
    assert ours[6:-6, 6:-6] == pytest.approx(theirs[6:-6, 6:-6], abs=1e-9)
    assert float((faithfulness.blurred(torch.full((1, 1, 5, 4), 3.0), 9.0) - 3).abs().max()) < 1e-5


def test_imputed_pixels_solve_their_equations():
    draw = np.random.default_rng(0)
    values, known = draw.normal(size=(2, 7, 9)).astype(np.float32), draw.random((7, 9)) > 0.6
    found = imputation.linear(values, known)
    assert (found[:, known] == values[:, known]).all()
    for y, x in np.argwhere(~known):
        near = [
            (found[:, y + dy, x + dx], weight)
            for dy, dx, weight in imputation.AROUND
            if 0 <= y + dy < 7 and 0 <= x + dx < 9
        ]
        mean = sum(v * w for v, w in near) / sum(w for _, w in near)
        assert found[:, y, x] == pytest.approx(mean, abs=1e-5)
    assert (imputation.linear(values, np.ones((7, 9), bool)) == values).all()
    nothing = imputation.linear(values, np.zeros((7, 9), bool))
    assert nothing[1] == pytest.approx(np.full((7, 9), values[1].mean()), abs=1e-6)


def test_saliency_and_edges_by_hand():
    class Weighted(torch.nn.Module):
        def forward(self, x):
            return torch.stack((x[:, 0, 0, 0] * 2 - x[:, 1, 0, 0] * 3 + x[:, 2, 1, 1], x.sum((1, 2, 3))), 1)

    x = picture(2, 2)
    assert map_methods.saliency(Weighted(), x, 0).tolist() == [[3, 0], [0, 1]]
    step = torch.zeros(1, 3, 5, 6)
    step[..., 3:] = 1
    assert map_methods.edges(step)[2].tolist() == [0, 0, 4, 4, 0, 0]
    assert map_methods.edges(step.transpose(2, 3))[:, 2].tolist() == [0, 0, 4, 4, 0, 0]
    assert torch.equal(map_methods.random(x, 0, 1), map_methods.random(x, 0, 1))
    assert not torch.equal(map_methods.random(x, 0, 1), map_methods.random(x, 0, 2))
