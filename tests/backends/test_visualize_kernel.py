"""`dlcli visualize kernel`: what it writes, prints and refuses."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        Image.fromarray(rng.integers(0, 256, (20, 33, 3), np.uint8)).save(folder / f"{name}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def read(path):
    return np.asarray(Image.open(path))


def test_operations_run_in_the_order_given(run_inprocess, tmp_path, pictures):
    result = run_inprocess(
        "visualize", "kernel", pictures / "a.png", "--op", "gray:mean", "--op", "blur:1", "--op", "negative",
        "-o", "o.png", "--raw", "o.npy", "--json",
    )  # fmt: skip
    assert result.code == 0, result.stderr
    item = result.json()["items"][0]
    assert (item["ops"], item["display"], item["size_px"]) == (["gray:mean", "blur:1", "negative"], "clip", "33×20")
    values = np.load(tmp_path / "o.npy")
    assert values.shape == (20, 33)
    assert (item["min"], item["max"]) == (pytest.approx(values.min(), abs=1e-3), pytest.approx(values.max(), abs=1e-3))
    assert read(tmp_path / "o.png").shape == (20, 33)
    assert np.abs(read(tmp_path / "o.png") - values).max() <= 0.51
    swapped = run_inprocess(
        "visualize", "kernel", pictures / "a.png", "--op", "sobel", "--op", "gray", "--raw", "s.npy"
    )
    other = run_inprocess("visualize", "kernel", pictures / "a.png", "--op", "gray", "--op", "sobel", "--raw", "t.npy")
    assert (swapped.code, other.code) == (0, 0)
    assert not np.allclose(np.load(tmp_path / "s.npy"), np.load(tmp_path / "t.npy"))


def test_a_typed_kernel_with_its_settings(run_inprocess, tmp_path, pictures):
    def values(*words):
        result = run_inprocess(
            "visualize", "kernel", pictures / "a.png", "--kernel", "0 1 2; 0 0 0", *words, "--raw", "k.npy"
        )
        assert result.code == 0, result.stderr
        return np.load(tmp_path / "k.npy")

    x = read(pictures / "a.png").astype(float)
    valid = values("--padding", "valid")
    np.testing.assert_allclose(valid, x[:-1, 1:-1] + 2 * x[:-1, 2:])
    np.testing.assert_allclose(values("--padding", "valid", "--divisor", "3"), valid / 3, rtol=1e-5)
    np.testing.assert_allclose(values("--padding", "valid", "--stride", "2"), valid[::2, ::2])
    np.testing.assert_allclose(values("--padding", "valid", "--flip"), x[1:, 1:-1] + 2 * x[1:, :-2])
    assert values().shape == x.shape
    assert values("--padding", "zero")[0, -1, 0] == x[0, -1, 0]
    assert values("--padding", "edge")[0, -1, 0] == 3 * x[0, -1, 0]


def test_without_an_operation_each_is_shown(run_inprocess, tmp_path, pictures):
    result = run_inprocess("visualize", "kernel", pictures / "a.png", "-o", "all.png", "--json")
    assert result.code == 0, result.stderr
    assert {"negative", "gray:mean", "gray:luma", "sobel", "emboss"} <= set(result.json()["items"][0]["ops"])
    assert min(read(tmp_path / "all.png").shape[:2]) > 600


def test_steps_are_drawn_side_by_side(run_inprocess, tmp_path, pictures):
    widths = []
    for words in ([], ["--op", "sobel"]):
        result = run_inprocess(
            "visualize", "kernel", pictures / "a.png", "--steps", "--op", "gray", *words, "-o", "s.png"
        )  # fmt: skip
        assert result.code == 0, result.stderr
        widths.append(read(tmp_path / "s.png").shape[1])
    assert widths[1] > widths[0] * 1.4


def test_display_decides_how_numbers_become_gray(run_inprocess, tmp_path, pictures):
    means = {}
    for display in ("auto", "clip", "stretch"):
        words = ("--op", "gray", "--op", "laplacian", "--display", display, "-o", "d.png")
        assert run_inprocess("visualize", "kernel", pictures / "a.png", *words).code == 0
        means[display] = read(tmp_path / "d.png").astype(float)
    assert abs(np.median(means["auto"]) - 127.5) < 10  # 0 is middle gray
    assert (means["clip"] == 0).mean() > 0.3
    assert (means["stretch"].min(), means["stretch"].max()) == (0, 255)


def test_a_folder_and_a_broken_picture(run_inprocess, tmp_path, pictures):
    result = run_inprocess("visualize", "kernel", pictures, "--op", "negative", "-o", "out", "--jsonl")
    assert result.code == 0, result.stderr
    items = [json.loads(line) for line in result.stdout.splitlines()]
    assert [("error" in i) for i in items] == [False, False, True]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.npy", "a.png", "b.npy", "b.png", "report.json"]
    assert (read(tmp_path / "out" / "a.png") == 255 - read(pictures / "a.png")).all()
    only = run_inprocess("visualize", "kernel", pictures / "broken.png", "--op", "negative", "-o", "x.png")
    assert only.code == 3
    small = run_inprocess(
        "visualize", "kernel", pictures / "a.png", "--op", "blur:9", "--padding", "valid", "-o", "x.png"
    )
    assert small.code == 3
    assert "fewer than the 73×73" in small.stderr


def test_a_picture_from_stdin_to_stdout_without_torch(tmp_path, child_env, pictures):
    code = (
        "import sys\nfrom dlcli.__main__ import run\n"
        "code = run(['visualize', 'kernel', '-', '--op', 'negative', '-o', '-', '-q'])\n"
        "sys.exit(9 if {'torch', 'torchvision'} & sys.modules.keys() else int(code))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=child_env(), check=False, capture_output=True,
        input=(pictures / "a.png").read_bytes(), timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert (np.asarray(Image.open(io.BytesIO(done.stdout))) == 255 - read(pictures / "a.png")).all()


# The worked example of the course, W8.


def table(stdout, name):
    block = next(b for b in stdout.split("\n\n") if b.startswith(f"{name}\t"))
    return [line.split("\t")[1:] for line in block.strip().splitlines()[1:]]


def test_w8_is_printed(run_inprocess, tmp_path):
    result = run_inprocess("visualize", "kernel", "--example", "x")
    assert result.code == 0, result.stderr
    assert table(result.stdout, "kernel")[0] == ["0.78", "-0.11", "0.11", "0.33", "0.56", "-0.11", "0.33"]
    assert table(result.stdout, "maxpool:2") == [
        ["1.00", "0.33", "0.56", "0.33"],
        ["0.33", "1.00", "0.33", "0.56"],
        ["0.56", "0.33", "1.00", "0.11"],
        ["0.33", "0.56", "0.11", "0.78"],
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "first"), [([], ["2", "6"]), (["--stride", "2"], ["2", "-4"]), (["--padding", "zero"], ["-15", "5"])]
)
def test_w8_columns(run_inprocess, words, first):
    result = run_inprocess("visualize", "kernel", "--example", "columns", *words)
    assert table(result.stdout, "kernel")[0][:2] == first


def test_w8_stands_in_the_help(run_inprocess):
    text = run_inprocess("visualize", "kernel", "--help").stdout
    assert "0.78 -0.11 0.11 0.33 0.56 -0.11 0.33" in text
    assert len(text.splitlines()) < 60


def test_a_matrix_typed_or_from_a_file(run_inprocess, tmp_path):
    rows = "4 9 2; 5 6 2; 2 4 5"
    (tmp_path / "m.csv").write_text("4,9,2\n5,6,2\n2,4,5\n")
    np.save(tmp_path / "m.npy", np.array([[4, 9, 2], [5, 6, 2], [2, 4, 5]]))
    for matrix in (rows, "m.csv", "m.npy"):
        result = run_inprocess(
            "visualize", "kernel", "--matrix", matrix, "--kernel", "1 0 -1; 1 0 -1; 1 0 -1", "--json"
        )
        assert result.code == 0, result.stderr
        assert result.json()["items"][0]["steps"][1]["values"] == [[2.0]]
    words = ("--op", "maxpool:2", "-o", "m.png", "--raw", "r.npy", "--steps")
    result = run_inprocess("visualize", "kernel", "--matrix", "m.csv", *words)
    assert result.code == 0, result.stderr
    assert np.load(tmp_path / "r.npy").tolist() == [[9, 2], [4, 5]]
    assert (tmp_path / "m.png").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a.png", "--op", "blurr:2"], 2, "nearest: blur"),
        (["a.png", "--op", "gray", "--kernel", "1"], 2, "where among the ops"),
        (["a.png", "--op", "kernel"], 2, "needs a kernel"),
        (["a.png", "--op", "gray", "--stride", "2"], 2, "only a typed kernel"),
        (["a.png", "--kernel", "1 2; 3"], 2, "row 1 has 2"),
        (["a.png", "--kernel", "1", "--divisor", "0"], 2, "divided by 0"),
        (["a.png", "--display", "clip"], 2, "each is shown alone"),
        (["--matrix", "1 2"], 2, "what is done with the matrix"),
        (["--matrix", "m.doc", "--op", "relu"], 2, "a matrix is read from"),
        (["--matrix", "none.csv", "--op", "relu"], 3, "No such file"),
        (["--matrix", "text.csv", "--op", "relu"], 3, "no matrix of numbers"),
        (["--matrix", "cube.npy", "--op", "relu"], 3, "2×2×2"),
        (["a.png", "--example", "x"], 2, "do not go together"),
        (["--example", "x", "--divisor", "3"], 2, "the example has its own"),
        (["--kernel", "1e300 1e300", "--matrix", "1e300 1"], 3, "beyond what floats can hold"),
    ],
)
def test_what_is_refused(run_inprocess, tmp_path, words, code, said):
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "text.csv").write_text("a,b\n1,2\n")
    np.save(tmp_path / "cube.npy", np.zeros((2, 2, 2)))
    result = run_inprocess("visualize", "kernel", *words)
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("recipe", ["kernel-edges", "kernel-course"])
def test_recipes_run(run_inprocess, tmp_path, pictures, recipe):
    inputs = [pictures / "a.png", "-o", "e.png"] if recipe == "kernel-edges" else []
    result = run_inprocess("visualize", "kernel", "-r", f"visualize/{recipe}", *inputs)
    assert result.code == 0, result.stderr


def test_padding_without_a_border_is_refused(run_inprocess, tmp_path):
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "a.png")
    done = run_inprocess("visualize", "kernel", "a.png", "--op", "negative", "--padding", "zero", "-o", "b.png")
    assert (done.code, "none of these operations looks beyond the border" in done.stderr) == (2, True)
    assert run_inprocess("visualize", "kernel", "a.png", "--op", "sobel", "--padding", "zero", "-o", "b.png").code == 0
