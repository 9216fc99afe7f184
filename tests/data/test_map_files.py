"""Maps of a user's own."""

import numpy as np
import pytest

from dlcli.core.errors import DataError
from dlcli.data import images, map_files

STEP = images.steps(channels=3, size_px=(40, 60), fit="crop", mean=[0] * 3, std=[1] * 3)[1]


def saved(tmp_path, values):
    np.save(tmp_path / "m.npy", values)
    return str(tmp_path / "m.npy")


def test_a_map_over_the_input_is_brought_to_its_size_and_to_0_to_1(tmp_path):
    values = np.linspace(-3, 5, 2400).reshape(40, 60)
    found = map_files.read(saved(tmp_path, values), (99, 77), STEP)
    assert found == pytest.approx((values + 3) / 8, abs=1e-6)
    coarse = map_files.read(saved(tmp_path, values[::10, ::10][None]), (99, 77), STEP)
    assert coarse.shape == (40, 60)
    assert np.corrcoef(coarse.ravel(), values.ravel())[0, 1] > 0.95


def test_a_map_of_the_picture_is_cut_as_the_picture_is(tmp_path):
    values = np.zeros((40, 100))
    values[:, :20] = 1
    assert not map_files.read(saved(tmp_path, values), (100, 40), STEP)[:, 3:].any()
    assert map_files.read(saved(tmp_path, values[:, ::-1]), (100, 40), {**STEP, "fit": "stretch"})[:, 50:].all()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((40, 60)), "is constant"),
        (np.full((40, 60), np.nan), "NaN"),
        (np.random.default_rng(0).random((40, 20)), "40×20"),
        (np.random.default_rng(0).random((2, 40, 60)), "2×40×60"),
        (np.array(["a"]), "one array of numbers"),
        (np.zeros((0, 3)), "0×3"),
    ],
    ids=["constant", "nan", "shape", "three-sides", "words", "empty"],
)
def test_what_is_no_map_is_refused(tmp_path, values, said):
    with pytest.raises(DataError, match=said):
        map_files.read(saved(tmp_path, values), (99, 77), STEP)


def test_what_is_no_array_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        map_files.read(str(tmp_path / "m.npy"), (9, 9), STEP)
    (tmp_path / "m.npy").write_bytes(b"hello")
    with pytest.raises(DataError, match="no numbers"):
        map_files.read(str(tmp_path / "m.npy"), (9, 9), STEP)
    np.savez(tmp_path / "m.npz", a=np.ones(3))
    with pytest.raises(DataError, match="one array"):
        map_files.read(str(tmp_path / "m.npz"), (9, 9), STEP)


def test_in_a_folder_the_map_has_the_name_of_the_picture(tmp_path):
    assert map_files.of_picture(str(tmp_path), "a/b/cat.png") == str(tmp_path / "cat.npy")
    assert map_files.of_picture("m.npy", "a/b/cat.png") == "m.npy"
