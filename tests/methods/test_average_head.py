import pytest
import torch
from timm import create_model
from torch import nn
from torch.nn import functional as F
from torchvision import models
from visual_toys import Toy

from dlcli.core.errors import UsageError
from dlcli.methods import cams, feature_maps
from dlcli.methods.average_head import cam, head_of


def body(width=6):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, width, 3, 2, 1), nn.ReLU(), nn.Conv2d(width, width, 3, 1, 1), nn.ReLU())


class Net(nn.Module):
    """Maps, and a head that is a function of them."""

    def __init__(self, head, *layers):
        super().__init__()
        self.body, self.head, self.layers = body(), head, nn.ModuleList(layers)

    def forward(self, x):
        return self.head(self.body(x), *self.layers)


def own(maps, dropout, fc):
    return fc(dropout(maps.mean((2, 3))))


TWO = (nn.Linear(6, 5), nn.Linear(5, 4))
AVERAGED = {
    "mean": lambda: Net(own, nn.Dropout(0.5), nn.Linear(6, 4)),
    "convolution-flatten": lambda: Net(
        lambda m, conv, flat: flat(conv(F.adaptive_avg_pool2d(m, 1))), nn.Conv2d(6, 4, 1), nn.Flatten()
    ),
    "window": lambda: Net(lambda m, fc: fc(F.avg_pool2d(m, m.shape[2:]).flatten(1)), nn.Linear(6, 4)),
    "batch-norm": lambda: Net(lambda m, norm, fc: fc(norm(m.mean((2, 3)))), normed(nn.BatchNorm1d(6)), nn.Linear(6, 4)),
    "scale": lambda: Net(lambda m, fc: fc(m.mean((2, 3))) * 5 + 1, nn.Linear(6, 4)),
    "channels-last": lambda: Net(lambda m, fc: fc(m.permute(0, 2, 3, 1).mean((1, 2))), nn.Linear(6, 4)),
    "tokens": lambda: Net(lambda m, fc: fc(m.flatten(2).transpose(1, 2).mean(1)), nn.Linear(6, 4)),
    "sum": lambda: Net(lambda m, fc: fc(m.sum((2, 3)) / 9), nn.Linear(6, 4)),
    "no-layer": lambda: Net(lambda m, conv: torch.relu(conv(m)).mean((2, 3)), nn.Conv2d(6, 4, 1)),
}
OTHERS = {
    "two-layers": (lambda m, a, b: b(torch.relu(a(m.mean((2, 3))))), TWO, "a ReLU stands between, so the head is more"),
    "flattened": (lambda m, fc: fc(m.flatten(1)), (nn.Linear(6 * 16 * 12, 4),), "every place of a map of 6×16×12"),
    "layer-norm": (
        lambda m, fc: fc(F.layer_norm(m.mean((2, 3)), [6])), (nn.Linear(6, 4),), "a layer normalization stands between"
    ),
    "token": (lambda m, fc: fc(m.flatten(2)[:, :, 0]), (nn.Linear(6, 4),), "one token, such as the class token"),
    "quarters": (
        lambda m, fc: fc(F.adaptive_avg_pool2d(m, 2).flatten(1)), (nn.Linear(24, 4),), "every place of a map of 6×2×2"
    ),
    "maximum": (lambda m, fc: fc(m.amax((2, 3))), (nn.Linear(6, 4),), "a maximum stands between"),
}  # fmt: skip


def normed(norm):
    torch.manual_seed(1)
    for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
        tensor.detach().uniform_(0.5, 1.5)
    return norm


def picture(size=(32, 24)):
    return torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(2))


def both(module, x, k):
    """Return CAM and Grad-CAM of a class, at the layers each takes by itself, and their names."""
    head = head_of(module, x, [k])
    layer = feature_maps.last_map(module, x)
    weighted = cam(head.activation, head.rows[0])
    why = cams.why_blank(head.layer, weighted, head.activation, weighted)
    ours = cams.finished([weighted], tuple(x.shape[2:]), [why])[0]
    return ours, cams.maps(module, x, [layer], [k], ["gradcam"])[1][k, "gradcam"], head.layer, layer


@pytest.mark.parametrize("kind", list(AVERAGED))
def test_cam_is_gradcam_where_a_linear_layer_reads_averages(kind):
    module, x = AVERAGED[kind]().eval(), picture()
    compared = 0
    for k in range(4):
        try:
            ours, theirs, *_ = both(module, x, k)
        except cams.RunFailed:
            continue  # no place speaks for this class
        compared += 1
        assert float((ours - theirs).abs().max()) < 1e-5
    assert compared


@pytest.mark.parametrize(
    "name", ["resnet18", "squeezenet1_1", "swin_t", pytest.param("mnasnet0_5", marks=pytest.mark.slow)]
)
def test_cam_is_gradcam_on_torchvisions_networks(name):
    torch.manual_seed(0)
    module, x = getattr(models, name)().eval(), picture((96, 64))
    with torch.no_grad():
        k = int(module(x).argmax())
    ours, theirs, one, other = both(module, x, k)
    assert one == other
    assert float((ours - theirs).abs().max()) < 1e-5


def test_cam_is_gradcam_on_tokens_that_are_averaged():
    torch.manual_seed(0)
    module, x = create_model("gmlp_ti16_224").eval(), picture((224, 224))
    with feature_maps.head_awake(module):
        with torch.no_grad():
            k = int(module(x).argmax())
        ours, theirs, one, other = both(module, x, k)
    assert one == other == "norm"
    assert float((ours - theirs).abs().max()) < 1e-5


def test_a_functional_relu_before_the_average_is_told():
    torch.manual_seed(0)
    module, x = models.densenet121().eval(), picture((64, 64))
    head = head_of(module, x, [0])
    assert head.layer == "a ReLU behind features"
    assert float(head.activation.min()) >= 0


@pytest.mark.parametrize("kind", list(OTHERS))
def test_another_head_is_refused_with_the_reason(kind):
    head, layers, reason = OTHERS[kind]
    with pytest.raises(UsageError, match=f"needs a single linear layer on global averages: here .*{reason}") as told:
        head_of(Net(head, *layers).eval(), picture(), [0])
    assert "visualize gradcam" in told.value.hint


def test_softmax_regression_reads_pixels():
    module = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 4)).eval()
    with pytest.raises(UsageError, match="reads every place|reads the pixels"):
        head_of(module, picture((8, 8)), [0])


def test_the_rows_are_the_weights_of_the_head():
    module = Toy().eval()
    head = head_of(module, picture(), [3, 1])
    assert torch.equal(head.rows, module.fc.weight[[3, 1]].detach())
    assert not head.rows.requires_grad
    score = cam(head.activation, head.rows[0]).mean() + module.fc.bias[3].detach()
    assert float(score) == pytest.approx(float(head.scores[0, 3]), abs=1e-5)
