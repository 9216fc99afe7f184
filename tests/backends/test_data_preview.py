"""``dlcli data preview`` with a recipe shows what training gets: the same pixels, both labels of a mixed picture."""

import re

import numpy as np
import pytest

from dlcli.backends import data as backend
from dlcli.core import recipe as recipes
from dlcli.core.events import Reporters
from dlcli.core.output import Output
from dlcli.tasks import setup

WORDS = ["data.augment=[affine, mixup, cutmix]", "data.workers=0", "train.batch=32"]


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Return the function that makes a sheet and gives its pictures and captions."""
    kept = {}

    def keep(pictures, captions):
        kept.update(pictures=pictures, captions=captions)
        return real(pictures, captions)

    real = backend.sheet.contact_sheet
    monkeypatch.setattr(backend.sheet, "contact_sheet", keep)

    def call(*words, count=400, epoch=1):
        out = str(tmp_path / "sheet.png")
        backend.preview("digits", out, "classify/mlp-digits", [*WORDS, *words], count, epoch, Output(quiet=True))
        return kept["pictures"], kept["captions"]

    return call


def test_the_sheet_shows_what_an_epoch_of_training_gets(drawn):
    pictures, captions = drawn()
    held = setup.prepare(recipes.resolve("classify/mlp-digits", WORDS), Reporters())
    order = held.order(held.parts.train)
    order.epoch = 1
    batches = list(held.batches(held.parts.train, order, augment=True))
    found = {int(i): (b, k) for b in batches for k, i in enumerate(b["index"])}
    places = np.unique(np.linspace(0, len(held.parts.train) - 1, 400).astype(int))
    checked = 0
    for i, picture, caption in zip(places, pictures, captions, strict=True):
        if i not in found:
            continue
        batch, k = found[i]
        mean, std = held.facts["mean"][0], held.facts["std"][0]
        pixels = (batch["pictures"][k, 0].numpy() * std + mean).clip(0, 1) * 255
        assert np.abs(pixels - picture).max() < 0.51
        share = round(float(batch["share"][k]), 1)
        wanted = f"{int(batch['labels'][k])} {share:.1f} + {int(batch['labels2'][k])} {1 - share:.1f}"
        assert caption == (wanted if batch["share"][k] < 1 else str(int(batch["labels"][k])))
        checked += 1
    assert checked > 390


def test_captions_without_mixing_are_the_labels(drawn):
    _, captions = drawn("data.augment=[affine]", count=9)
    assert all(re.fullmatch(r"\d", c) for c in captions)


def test_a_caption_of_two_long_names_keeps_both_shares():
    assert backend._both("astronaut", "chelsea", 0.66) == "astro 0.7 + chels 0.3"
