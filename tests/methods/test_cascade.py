"""Cascades: trained, evaluated, searched with, stored."""

import json

import numpy as np
import pytest
from cascade_toys import SIDE, background, deep_cascade, scene, settings, supply, toys, trained
from PIL import Image
from skimage import data

from dlcli.core.bundle import Bundle
from dlcli.core.errors import DataError, MissingError, ModelError
from dlcli.methods import cascade as cascades
from dlcli.methods import cascade_fit, cascade_run, cascade_scan, cascade_store, haar
from dlcli.methods.cascade_mine import Supply
from dlcli.methods.cascade_scan import Scanner, Search
from dlcli.methods.haar_boost import Boosting, Windows
from dlcli.ops.boxes import overlap

PLACES = [(10, 20, 24), (80, 50, 40)]


@pytest.fixture(scope="module")
def fitted():
    return trained()


def plain_votes(held, window):
    """What the definition says: for each stage the votes of one window, or None where its contrast is too small."""
    high, wide = held.window
    b = held.border
    inner = window[b : high - b, b : wide - b].astype(np.int64)
    spread = np.sqrt(inner.size * (inner**2).sum() - inner.sum() ** 2)
    if spread <= held.min_std * inner.size:
        return None
    sums = []
    for stage in held.stages:
        total = 0.0
        for tree in stage.trees:
            node = 0
            while True:
                left, right, feature, bound = tree.nodes[node]
                cells = held.features[feature]
                value = sum(q * int(window[y : y + h, x : x + w].astype(np.int64).sum()) for x, y, w, h, q in cells)
                node = left if value / spread < bound else right
                if node <= 0:
                    break
            total += tree.leaves[-node]
        sums.append(total)
    return sums


# Running


@pytest.mark.parametrize("few", [0, 10_000], ids=["one by one", "at once"])
@pytest.mark.parametrize("held", [deep_cascade(), deep_cascade(0)], ids=["border", "no border"])
def test_windows_go_the_way_the_definition_says(monkeypatch, few, held):
    monkeypatch.setattr(cascade_run, "FEW", few)
    windows = np.random.default_rng(0).integers(0, 256, (400, 8, 8), dtype=np.uint8)
    windows[::7] = 100 + windows[::7] // 16
    votes = [plain_votes(held, w) for w in windows]
    bounds = [s.threshold for s in held.stages]
    alive = [k for k, v in enumerate(votes) if v is not None]
    counts = [400, len(alive)]
    for s, bound in enumerate(bounds):
        alive = [k for k in alive if votes[k][s] >= bound]
        counts.append(len(alive))
    passed = cascade_run.passing(held, windows)
    assert passed.counts == counts
    assert counts[0] > counts[1] > counts[2] > counts[3] > 0
    assert passed.index.tolist() == alive
    assert passed.margin == pytest.approx([votes[k][-1] - bounds[-1] for k in alive])


def test_sums_may_wrap_around(monkeypatch):
    held = deep_cascade()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    sheet, _ = cascade_run.lay_out([pixels])
    runner = cascade_run.Runner(held, sheet.stride)
    windows = np.arange(0, 50) * sheet.stride + np.arange(0, 50)
    before = runner.run(sheet, windows)
    shifted = cascade_run.Sheet(sheet.sums + np.int32(2**31 - 1000), sheet.squares - np.int32(2**31 - 5), sheet.stride)
    after = runner.run(shifted, windows)
    assert after.counts == before.counts
    assert np.array_equal(after.margin, before.margin)


def test_no_windows_are_no_finds():
    assert cascade_run.passing(deep_cascade(), np.empty((0, 8, 8), dtype=np.uint8)).counts == [0, 0, 0, 0]


# Searching


def test_dense_stages_and_lists_agree(monkeypatch, fitted):
    picture = scene(np.random.default_rng(4), PLACES)
    search = Search(step_px=1, min_neighbors=0)
    found = []
    for share, stages in ((0.0, 2), (0.35, 2), (1.1, 1), (0.0, 100)):
        monkeypatch.setattr(cascade_run, "DENSE_SHARE", share)
        monkeypatch.setattr(cascade_run, "DENSE_STAGES", stages)
        found.append(Scanner(fitted.cascade).detect(picture, search))
    assert len(found[0].boxes) > 5
    assert all(f.counts == found[0].counts for f in found)
    assert all([vars(b) for b in f.boxes] == [vars(b) for b in found[0].boxes] for f in found)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_bands_of_a_large_picture_change_nothing(monkeypatch, fitted, step):
    picture = scene(np.random.default_rng(4), PLACES)
    search = Search(step_px=step)
    whole = Scanner(fitted.cascade).detect(picture, search)
    monkeypatch.setattr(cascade_scan, "SHEET_PIXELS", 4000)
    assert Scanner(fitted.cascade).detect(picture, search) == whole


def test_every_place_and_size_is_looked_at(fitted):
    picture = Image.fromarray(background(np.random.default_rng(0), 60, 50))
    found = Scanner(fitted.cascade).detect(picture, Search(scale=2.0, step_px=1))
    levels = [(60, 50), (30, 25)]
    assert found.counts[0] == sum((h - SIDE + 1) * (w - SIDE + 1) for h, w in levels)
    assert Scanner(fitted.cascade).detect(picture, Search(2.0, 1, smallest_px=20)).counts[0] == 15 * 10
    assert Scanner(fitted.cascade).detect(picture, Search(2.0, 1, largest_px=20)).counts[0] == 45 * 35


def test_stage_counts_only_fall(fitted):
    counts = Scanner(fitted.cascade).detect(scene(np.random.default_rng(9), PLACES)).counts
    assert len(counts) == len(fitted.cascade.stages) + 2
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < counts[0] / 2


def test_pasted_toys_are_found_and_boxes_lie_inside(fitted):
    scanner, hits, wrong = Scanner(fitted.cascade), 0, 0
    for seed in range(100, 106):
        picture = scene(np.random.default_rng(seed), PLACES)
        boxes = scanner.detect(picture, Search(step_px=1)).boxes
        right = [
            b for b in boxes if any(overlap((b.x, b.y, b.width, b.height), (x, y, s, s)) > 0.5 for x, y, s in PLACES)
        ]
        hits += len(right)
        wrong += len(boxes) - len(right)
        assert min(v for b in boxes for v in (b.x, b.y, 160 - b.x - b.width, 120 - b.y - b.height)) >= 0
    assert hits >= 10
    assert wrong <= 6


@pytest.mark.parametrize("size", [(1, 1), (15, 200), (200, 15), (16, 16), (17, 400)])
def test_pictures_of_any_size(fitted, size):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8))
    found = Scanner(fitted.cascade).detect(picture, Search(step_px=2))
    assert (found.counts[0] > 0) == (min(size) >= SIDE)


def test_a_flat_picture_ends_at_the_contrast_test(fitted):
    found = Scanner(fitted.cascade).detect(Image.new("L", (60, 60), 128))
    assert found.boxes == []
    assert found.counts[0] > 0
    assert set(found.counts[1:]) == {0}


# Training


def test_the_first_round_is_the_best_stump_of_all():
    windows = np.concatenate([toys(20), np.random.default_rng(0).integers(0, 256, (30, SIDE, SIDE), dtype=np.uint8)])
    features = haar.enumerate_all(SIDE, SIDE, ["edge-y"]).take(slice(0, None, 40))
    held, positive = Windows.of(windows), np.arange(50) < 20
    values = held.normalized(features)
    weight = np.where(positive, 0.5 / 20, 0.5 / 30)
    best = 1.0
    for row in values:
        for cut in [*np.unique(row), np.inf]:
            wrong = float(weight[(row >= cut) != positive].sum())
            best = min(best, wrong, 1 - wrong)
    stump = Boosting(features, held, positive).round()
    assert stump.error == pytest.approx(best, abs=1e-9)
    answered = stump.votes(features, held) > 0
    assert weight[answered != positive].sum() == pytest.approx(best, abs=1e-9)


def test_after_a_round_the_stump_is_as_good_as_a_coin():
    windows = np.concatenate(
        [toys(30), np.random.default_rng(0).integers(0, 256, (30, SIDE, SIDE), dtype=np.uint8) // 2]
    )
    features = haar.enumerate_all(SIDE, SIDE, ["edge-x"]).take(slice(0, 40))
    held, positive = Windows.of(windows), np.arange(60) < 30
    boosting = Boosting(features, held, positive)
    stump = boosting.round()
    assert 0 < stump.error < 0.5
    wrong = (stump.votes(features, held) > 0) != positive
    assert boosting.weights[wrong].sum() == pytest.approx(0.5)
    assert abs(stump.below) == pytest.approx(0.5 * np.log((1 - stump.error) / stump.error))


def test_equal_values_are_never_parted():
    windows = np.repeat(np.random.default_rng(0).integers(0, 256, (2, 8, 8), dtype=np.uint8), 10, axis=0)
    features = haar.enumerate_all(8, 8)
    positive = np.tile([True, False], 10)  # the same window on both sides: nothing can be learnt
    assert Boosting(features, Windows.of(windows), positive).round().error == pytest.approx(0.5)


def test_stage_sizes_and_targets(fitted):
    assert [r["features"] for r in fitted.report[:2]] == [2, 10]
    assert fitted.cascade.sizes == [r["features"] for r in fitted.report]
    assert all(r["detection_rate"] >= 0.99 for r in fitted.report)
    assert all(r["false_positive_rate"] <= 0.3 for r in fitted.report[2:])
    assert [r["stage"] for r in fitted.report] == list(range(1, len(fitted.report) + 1))


def test_the_stages_after_the_first_learn_from_what_passed(fitted):
    held = supply().draw(fitted.cascade, 30, np.random.default_rng(0))[0]
    assert len(cascade_run.passing(fitted.cascade, held).index) == len(held)


def test_the_same_seed_gives_the_same_file_and_another_another(fitted):
    assert trained().cascade.text() == fitted.cascade.text()
    assert trained(seed=1).cascade.text() != fitted.cascade.text()


def test_training_stops_when_no_negatives_are_left():
    rng = np.random.default_rng(0)
    patches = rng.integers(0, 256, (60, SIDE, SIDE), dtype=np.uint8)
    found = cascade_fit.fit(toys(), Supply((SIDE, SIDE), patches, []), settings(stages=9))
    assert "windows of the negatives are left; fewer than 5" in found.stopped
    assert len(found.cascade.stages) < 9


def test_training_stops_when_a_stage_misses_its_target():
    found = cascade_fit.fit(toys(), supply(), settings(sizes=(), most_features=1, false_positive=0.001, stages=9))
    assert "of the negatives pass with 1 features" in found.stopped


def test_what_is_held_out_is_not_learnt_from():
    parts = supply(12).split(0.25, np.random.default_rng(0))
    taken = [{int(k) for k in part.pictures.index} for part in parts]
    assert taken[0] | taken[1] == set(range(12))
    assert not taken[0] & taken[1]
    above, below = supply(1).split(0.25, np.random.default_rng(0))
    assert (above.pictures[0].height, below.pictures[0].height) == (90, 30)
    assert np.array_equal(np.asarray(below.pictures[0]), np.asarray(supply(1).pictures[0])[90:])


def test_too_few_faces_or_negatives():
    with pytest.raises(DataError, match="4 faces with any contrast; at least 10"):
        cascade_fit.fit(toys(4), supply(), settings())
    flat = np.full((20, SIDE, SIDE), 9, dtype=np.uint8)
    with pytest.raises(DataError, match="0 negatives with any contrast"):
        cascade_fit.fit(toys(), Supply((SIDE, SIDE), flat, []), settings())


def test_faces_of_lfw():
    """0.95 of 50 held-out patches, 25 faces and 25 others."""
    pictures = (data.lfw_subset() * 255).round().astype(np.uint8)
    right = 0.0
    for seed in range(2):
        rng = np.random.default_rng(seed)
        faces, others = pictures[:100][rng.permutation(100)], pictures[100:][rng.permutation(100)]
        chosen = settings(seed=seed, stages=1, sizes=(50,), val=0.1, detection=0.9, features=10_000)
        found = cascade_fit.fit(faces[:75], Supply((25, 25), others[:75], []), chosen)
        right += cascade_fit.scored(found.cascade, faces[75:], others[75:])["accuracy"] / 2
    assert right >= 0.95


# Storing

ABOUT = Bundle(kind="cascade", task="detect", model={"name": "cascade"}, facts={}, preprocessing=[])


def test_written_and_read_again(tmp_path, fitted):
    cascade_store.write(tmp_path, fitted.cascade, ABOUT)
    held, about = cascade_store.load(str(tmp_path))
    assert held == fitted.cascade
    assert about.kind == "cascade"
    assert (tmp_path / "cascade.json").read_text().count("\n") > sum(fitted.cascade.sizes)  # a line a feature


def test_a_changed_byte_is_noticed(tmp_path, fitted):
    cascade_store.write(tmp_path, fitted.cascade, ABOUT)
    path = tmp_path / "cascade.json"
    path.write_text(path.read_text().replace("-1]", "-2]", 1))
    with pytest.raises(ModelError, match=r"cascade\.json is not the file this bundle was written with"):
        cascade_store.load(str(tmp_path))
    path.unlink()
    with pytest.raises(ModelError, match="is missing"):
        cascade_store.load(str(tmp_path))


def test_what_is_no_cascade(tmp_path):
    cascade_store.write(tmp_path, deep_cascade(), Bundle(**{**vars(ABOUT), "kind": "network"}))
    for word in (str(tmp_path), "imagenet", "torchvision:resnet18", "model.onnx"):
        with pytest.raises(MissingError, match="not built yet: dlcli detect opens cascades"):
            cascade_store.load(word)
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.txt").write_text("x")
    for word, said in (
        ("nosuch", "no such file"),
        (tmp_path / "x.txt", "is no cascade"),
        (tmp_path / "empty", "folder"),
    ):
        with pytest.raises(ModelError, match=said):
            cascade_store.load(str(word))


def broken(change):
    raw = json.loads(deep_cascade().text())
    change(raw)
    return raw


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.pop("stages"), "'stages' is missing"),
        (lambda r: r.update(schema=2), "reads 'dlcli-cascade' 1"),
        (lambda r: r.update(window=[8, 10**9]), "a window of 8×1000000000 px"),
        (lambda r: r.update(window="no"), "is broken"),
        (lambda r: r.update(stages="no"), "x.json is broken: it is not built as a cascade is$"),
        (lambda r: r["features"][0][0].pop(), "x.json is broken: it is not built as a cascade is$"),
        (lambda r: r.update(stages=[]), "0 stages"),
        (lambda r: r.update(border=-1), "a window of"),
        (lambda r: r["features"][0][0].__setitem__(2, 9), "is not in the window"),
        (lambda r: r["features"][0][0].__setitem__(0, -1), "is not in the window"),
        (lambda r: r["features"][0][0].__setitem__(4, 1e9), "is not a whole number"),
        (lambda r: r["features"].__setitem__(0, [[0, 0, 2, 2, 1], [0, 0, 2, 2, -1]]), "cancel"),
        (lambda r: r["stages"][0].__setitem__("threshold", float("nan")), "is not a number"),
        (lambda r: r["stages"][0]["trees"][0]["nodes"][0].__setitem__(2, 3), "feature 3 of 3"),
        (lambda r: r["stages"][0]["trees"][0]["nodes"][1].__setitem__(0, 1), "with the child 1"),
        (lambda r: r["stages"][0]["trees"][0]["nodes"][1].__setitem__(0, 0), "lead to the same place"),
        (lambda r: r["stages"][0]["trees"][0]["leaves"].pop(), "one leaf more"),
    ],
)
def test_a_broken_file_is_refused(change, said):
    with pytest.raises(ModelError, match=said):
        cascades.from_plain(broken(change), "x.json")
