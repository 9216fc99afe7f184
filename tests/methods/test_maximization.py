"""Activation maximization: what each prior and move does, on a small network."""

import itertools
import math

import numpy as np
import pytest
import torch
from PIL import Image
from visual_toys import Toy

from dlcli.core.errors import RunFailed
from dlcli.methods.image_priors import blurred, without_small
from dlcli.methods.image_spaces import SPACES
from dlcli.methods.maximization import Climb, Moves, Priors, moved
from dlcli.ops.variation import total_variation

GRAY, SIZE = (0.45, 0.5, 0.4), (24, 32)
TOY = Toy().eval().requires_grad_(False)


def climb(space="pixel", optimizer="ascent", lr=0.05, steps=12, views=1, moves=None, score=None, seed=0, **priors):
    generator = torch.Generator().manual_seed(seed)
    held = SPACES[space](GRAY, SIZE)
    made = Climb(
        score or (lambda x: TOY(x)[:, 1]), held, held.start(0.05, generator), priors=Priors(**priors),
        moves=moves or Moves(), views=views, optimizer=optimizer, lr=lr, steps=steps, generator=generator,
    )  # fmt: skip
    for _ in range(steps):
        made.step()
    return made


def canvas(made):
    with torch.no_grad():
        return made.space.canvas(made.held).detach()


def fine(x):
    """Share of the energy in waves shorter than 4 pixels."""
    power = torch.fft.fft2(x - x.mean((2, 3), keepdim=True)).abs().square()
    f = torch.hypot(torch.fft.fftfreq(x.shape[2])[:, None], torch.fft.fftfreq(x.shape[3])[None])
    return float((power * (f > 0.25)).sum() / power.sum())


def rising(values):
    return all(a < b for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("optimizer", ["adam", "ascent"])
@pytest.mark.parametrize("space", sorted(SPACES))
def test_the_score_rises_in_both_spaces_and_with_both_optimizers(space, optimizer):
    generator = torch.Generator().manual_seed(0)
    held = SPACES[space](GRAY, SIZE)
    before = float(TOY(held.picture(held.canvas(held.start(0.05, generator))))[0, 1])
    made = climb(space, optimizer)
    with torch.no_grad():
        after = float(TOY(made.picture)[0, 1])
    assert after > before + 5e-4
    assert float(made.picture.min()) >= 0
    assert float(made.picture.max()) <= 1


@pytest.mark.parametrize("space", sorted(SPACES))
def test_total_variation_falls_with_its_weight(space):
    found = [float(total_variation(climb(space, tv=w).picture)) for w in (1.0, 0.5, 0.2, 0.0)]
    assert rising(found)


@pytest.mark.parametrize("space", sorted(SPACES))
def test_the_norm_falls_with_the_decay(space):
    found = [float(canvas(climb(space, l2=share)).norm()) for share in (0.2, 0.1, 0.03, 0.0)]
    assert rising(found)


@pytest.mark.parametrize("space", sorted(SPACES))
def test_fine_waves_fall_with_the_blur(space):
    found = [fine(canvas(climb(space, blur_px=sigma, blur_every=3))) for sigma in (1.0, 0.6, 0.3, 0.0)]
    assert rising(found)
    often, seldom = (fine(canvas(climb(space, blur_px=0.5, blur_every=n))) for n in (2, 6))
    assert often < seldom


@pytest.mark.parametrize("space", sorted(SPACES))
def test_the_share_of_gray_pixels_is_what_is_clipped(space):
    for share in (0.0, 0.1, 0.4, 0.8):
        found = canvas(climb(space, clip_pixels=share))
        gray = (found.abs().amax(1) < 1e-4 * found.abs().max()).double().mean()
        assert float(gray) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_clipped_gradients_limit_the_pixels_a_step_changes(share):
    generator = torch.Generator().manual_seed(0)
    before = SPACES["pixel"](GRAY, SIZE).start(0.05, generator)
    after = canvas(climb(steps=1, clip_gradients=share))
    changed = (before != after).any(1).double().mean()
    assert float(changed) == pytest.approx(1 - share, abs=0.01)


def test_many_steps_of_clipped_gradients_change_fewer_pixels():
    generator = torch.Generator().manual_seed(0)
    before = SPACES["pixel"](GRAY, SIZE).start(0.05, generator)
    changed = [
        float((canvas(climb(steps=4, clip_gradients=s)) != before).any(1).double().mean()) for s in (0.99, 0.95, 0.5)
    ]
    assert rising(changed)


def test_clipping_goes_by_rank_so_that_a_constant_picture_loses_its_share_too():
    x = torch.ones(1, 3, 4, 5)
    assert int((without_small(x, 0.25).abs().sum(1) == 0).sum()) == 5
    assert torch.equal(without_small(x, 0.0), x)
    x[0, :, 2, 2] = 0.1
    assert without_small(x, 0.05)[0, :, 2, 2].tolist() == [0, 0, 0]


def test_blur_is_the_gaussian_and_keeps_the_mean():
    x = torch.zeros(1, 1, 33, 33)
    x[0, 0, 16, 16] = 1
    found = blurred(x, 2.0)[0, 0].numpy()
    at = np.arange(33) - 16
    row = np.exp(-(at**2) / 8) / math.sqrt(8 * math.pi)
    np.testing.assert_allclose(found, np.outer(row, row), atol=1e-6)
    assert found.sum() == pytest.approx(1, abs=1e-5)


def test_a_move_shifts_by_whole_pixels_exactly():
    x = torch.rand(1, 3, 12, 17)
    found = moved(x, [(3, -2, 1.0, 0.0)])
    np.testing.assert_allclose(found[0, :, :-2, 3:], x[0, :, 2:, :-3], atol=1e-5)


def test_a_move_turns_counter_clockwise_and_enlarges_as_pillow_does():
    x = torch.from_numpy(np.random.default_rng(0).random((20, 30)).astype(np.float32))
    x = blurred(x[None, None], 2.0)
    image = Image.fromarray(x[0, 0].numpy())
    theirs = np.asarray(image.rotate(20, Image.Resampling.BILINEAR))
    np.testing.assert_allclose(moved(x, [(0, 0, 1.0, 20.0)])[0, 0, 7:13, 10:20], theirs[7:13, 10:20], atol=1e-3)
    larger = np.asarray(
        image.transform((30, 20), Image.Transform.AFFINE, (0.5, 0, 7.5, 0, 0.5, 5), Image.Resampling.BILINEAR)
    )
    np.testing.assert_allclose(moved(x, [(0, 0, 2.0, 0.0)])[0, 0], larger, atol=1e-3)


@pytest.mark.parametrize(
    ("moves", "column", "low", "high"),
    [(Moves(jitter_px=2), 0, -2, 2), (Moves(scale=0.25), 2, 0.8, 1.25), (Moves(turn_deg=9), 3, -9, 9)],
    ids=["jitter", "scale", "turn"],
)
def test_moves_are_drawn_within_their_bounds_and_alone(moves, column, low, high):
    drawn = np.array(moves.drawn(400, torch.Generator().manual_seed(0)))
    assert low <= drawn[:, column].min() < 0.9 * low + 0.1 * high
    assert 0.1 * low + 0.9 * high < drawn[:, column].max() <= high
    others = np.delete(drawn, [0, 1] if column == 0 else [column], axis=1)
    assert len(np.unique(others, axis=0)) == 1
    if column == 0:
        assert set(np.unique(drawn[:, :2])) == {-2, -1, 0, 1, 2}


@pytest.mark.parametrize("moves", [Moves(jitter_px=3), Moves(scale=0.2), Moves(turn_deg=20)], ids=str)
def test_each_move_and_the_seed_change_the_picture_and_nothing_else_does(moves):
    still, first, again = climb().picture, climb(moves=moves).picture, climb(moves=moves).picture
    assert torch.equal(first, again)
    assert not torch.equal(first, still)
    assert not torch.equal(first, climb(moves=moves, seed=1).picture)
    assert not torch.equal(first, climb(moves=moves, views=3).picture)


def test_a_score_that_is_no_number_ends_the_climb():
    with pytest.raises(RunFailed, match=r"step 1 of 12: the score is no number"):
        climb(score=lambda x: x.sum((1, 2, 3)) * float("nan"))
    with pytest.raises(RunFailed, match="the gradient is no number"):
        climb(score=lambda x: (x.sum((1, 2, 3)) * 0).sqrt())


def test_a_dead_channel_is_told_and_not_climbed_for_ever():
    with pytest.raises(RunFailed, match="nothing to climb"):
        climb(score=lambda x: x.sum((1, 2, 3)) * 0, tv=0.0)
    with pytest.raises(RunFailed, match="nothing to climb"):  # that total variation goes on falling is no climb
        climb(score=lambda x: x.sum((1, 2, 3)) * 0, tv=1.0)
