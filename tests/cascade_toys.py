"""A toy object and cascades small enough to train in a test."""

import numpy as np
from PIL import Image

from dlcli.methods import cascade as cascades
from dlcli.methods import cascade_fit, haar
from dlcli.methods.cascade_fit import Settings
from dlcli.methods.cascade_mine import Supply

SIDE = 16
HEAD = '<?xml version="1.0"?>\n<opencv_storage><cascade type_id="opencv-cascade-classifier">'


def settings(**more):
    plain = {
        "seed": 0, "stages": 4, "sizes": (2, 10), "most_features": 40, "detection": 0.99, "false_positive": 0.3,
        "features": 3000, "types": haar.TYPES, "negatives": 400, "fewest_negatives": 5, "contrast": 0.8,
        "mirror": True, "val": 0.2, "passes": 2,
    }  # fmt: skip
    return Settings(**{**plain, **more})


def toy(rng, side=SIDE, loose=0.0):
    """A bright disc with two dark spots and a dark bar, noisy: a face of sorts; ``loose`` moves it about."""
    y, x = np.mgrid[:side, :side] / side
    x, y = ((v - 0.5) * (1 + rng.uniform(-2, 2) * loose) + 0.5 + rng.uniform(-1, 1) * loose for v in (x, y))
    picture = np.where((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.2, 190.0, 60.0)
    for cx in (0.33, 0.67):
        picture[(x - cx) ** 2 + (y - 0.4) ** 2 < 0.012] = 40
    picture[(abs(x - 0.5) < 0.2) & (abs(y - 0.7) < 0.05)] = 70
    picture = picture * rng.uniform(0.6, 1.2) + rng.normal(0, 8, picture.shape)
    return picture.clip(0, 255).astype(np.uint8)


def background(rng, high=120, wide=160):
    """Smooth gray clouds with hard-edged boxes."""
    small = rng.integers(0, 256, (high // 10, wide // 10), dtype=np.uint8)
    picture = np.array(Image.fromarray(small).resize((wide, high), Image.Resampling.BICUBIC))
    for _ in range(12):
        y, x, h, w = rng.integers(0, high), rng.integers(0, wide), rng.integers(4, 40), rng.integers(4, 40)
        picture[y : y + h, x : x + w] = rng.integers(0, 256)
    return picture


def scene(rng, places):
    """A background with toys of the given sizes pasted at (x, y, side)."""
    picture = background(rng)
    for x, y, side in places:
        picture[y : y + side, x : x + side] = toy(rng, side)
    return Image.fromarray(picture)


def toys(count=150, seed=0):
    rng = np.random.default_rng(seed)
    return np.array([toy(rng, loose=0.06) for _ in range(count)])


def supply(count=8, seed=1, patches=0):
    rng = np.random.default_rng(seed)
    held = np.array([background(rng)[:SIDE, :SIDE] for _ in range(patches)], dtype=np.uint8).reshape(-1, SIDE, SIDE)
    return Supply((SIDE, SIDE), held, [Image.fromarray(background(rng)) for _ in range(count)])


def trained(**more):
    return cascade_fit.fit(toys(), supply(), settings(**more))


def deep_cascade(border=1):
    """A cascade of trees of two questions with features of unequal weights, as OpenCV's are."""
    features = [
        [[0, 0, 8, 8, -1], [2, 0, 4, 8, 2]],
        [[0, 2, 8, 6, -1], [0, 4, 8, 2, 3]],
        [[0, 0, 8, 8, -1], [0, 0, 4, 4, 2], [4, 4, 4, 4, 2]],
    ]
    trees = [
        ([(0, 1, 0, 0.02), (-1, -2, 1, -0.1)], [0.2, 0.9, -0.4]),
        ([(1, 0, 2, 0.0), (-1, -2, 1, 0.05)], [0.1, 0.5, 0.3]),
    ]
    return cascades.build(
        window=[8, 8], features=features, stages=[(0.1, trees), (0.55, trees[:1])], border=border, min_std=10, about={}
    )


def as_xml(held, *, tilted="", kind="HAAR"):
    """Write a cascade the way OpenCV does."""
    stages = ""
    for stage in held.stages:
        weak = "".join(
            "<_><internalNodes>"
            + " ".join(f"{a} {b} {f} {t!r}" for a, b, f, t in tree.nodes)
            + f"</internalNodes><leafValues>{' '.join(map(repr, tree.leaves))}</leafValues></_>"
            for tree in stage.trees
        )
        stages += (
            f"<_><maxWeakCount>{len(stage.trees)}</maxWeakCount><stageThreshold>{stage.threshold!r}</stageThreshold>"
        )
        stages += f"<weakClassifiers>{weak}</weakClassifiers></_>"
    features = "".join(
        f"<_><rects>{''.join(f'<_>{x} {y} {w} {h} {q}.</_>' for x, y, w, h, q in cells)}</rects>{tilted}</_>"
        for cells in held.features
    )
    high, wide = held.window
    return (
        f"{HEAD}<stageType>BOOST</stageType><featureType>{kind}</featureType><height>{high}</height>"
        f"<width>{wide}</width><stageNum>{len(held.stages)}</stageNum><stages>{stages}</stages>"
        f"<features>{features}</features></cascade></opencv_storage>"
    ).encode()
