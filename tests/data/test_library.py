"""``torchvision:NAME``: the library's data sets, made up here in the library's own formats."""

import bz2
import gzip
import hashlib
import json
import pickle
import struct

import numpy as np
import pytest
import torchvision.datasets as published
from PIL import Image
from scipy.io import savemat

from dlcli.core import names
from dlcli.core.errors import DataError
from dlcli.core.sources import parse, places
from dlcli.data import build, library

RNG = np.random.default_rng(0)
CIFAR_CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def md5(path):
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def idx(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes())


def mnist(folder, prefixes=("train", "t10k"), counts=(30, 10), classes=10):
    held = []
    for prefix, count in zip(prefixes, counts, strict=True):
        pictures = RNG.integers(0, 255, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % classes).astype(np.uint8)
        idx(folder / "raw" / f"{prefix}-images-idx3-ubyte", pictures)
        idx(folder / "raw" / f"{prefix}-labels-idx1-ubyte", labels)
        held.append((pictures, labels))
    return held


def cifar10(root, monkeypatch, count=20):
    """Write CIFAR-10's files with made-up pictures, and have the library expect their checksums."""
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    sums, held = {}, {}
    for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"):
        held[name] = RNG.integers(0, 255, (count, 3072), dtype=np.uint8), [k % 10 for k in range(count)]
        (folder / name).write_bytes(pickle.dumps(dict(zip(("data", "labels"), held[name], strict=True)), protocol=2))
        sums[name] = md5(folder / name)
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": CIFAR_CLASSES}, protocol=2))
    monkeypatch.setattr(published.CIFAR10, "train_list", [[n, s] for n, s in sums.items() if n != "test_batch"])
    monkeypatch.setattr(published.CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
    meta = {**published.CIFAR10.meta, "md5": md5(folder / "batches.meta")}
    monkeypatch.setattr(published.CIFAR10, "meta", meta)
    return held


def test_every_set_listed_can_be_opened_and_is_the_library_s():
    assert names.LIBRARY_SETS.keys() == library.SETS.keys()
    assert all(hasattr(published, name) for name in library.SETS)


def test_cifar_in_memory_with_the_library_s_own_test_part(tmp_path, monkeypatch):
    held = cifar10(tmp_path / "data", monkeypatch)
    monkeypatch.chdir(tmp_path)
    parts = build.parts(parse("torchvision:CIFAR10"), 0.2, 0.3, 0)
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [80, 20, 20]
    assert parts.val.counts() == dict.fromkeys(CIFAR_CLASSES, 2)
    assert parts.classes == CIFAR_CLASSES
    assert "parts given by the library: train 100, test 20" in parts.notes
    rows, labels = held["test_batch"]
    assert np.array_equal(np.asarray(parts.test.read(3)), rows[3].reshape(3, 32, 32).transpose(1, 2, 0))
    assert parts.test.labels.tolist() == labels
    assert parts.test.name(3) == "CIFAR10/test/000003"
    # A test part named in the recipe wins over the library's own; one named by the set means its own test part.
    own = build.parts(parse("torchvision:CIFAR10"), 0.2, parse("torchvision:CIFAR10,root=data"), 0)
    assert np.array_equal(np.asarray(own.test.read(3)), np.asarray(parts.test.read(3)))


def test_a_pickle_that_is_not_the_published_one_is_never_opened(tmp_path, monkeypatch):
    class Bomb:
        def __reduce__(self):
            return (print, ("BOOM",), None)

    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch", "batches.meta"):
        (folder / name).write_bytes(pickle.dumps(Bomb()))
    opened = []
    monkeypatch.setattr(pickle, "load", lambda *a, **k: opened.append(a))
    with pytest.raises(DataError, match=r"cifar-10-batches-py is not as published \(Dataset not found or corrupted\)"):
        build.find(parse(f"torchvision:CIFAR10,root={tmp_path}/data"))
    assert opened == []


def test_mnist(tmp_path):
    held = mnist(tmp_path / "MNIST")
    found = build.find(parse(f"torchvision:MNIST,root={tmp_path}"))
    assert found.pictures.classes == [str(d) for d in range(10)]
    assert np.array_equal(found.pictures.arrays, np.concatenate([p for p, _ in held]))
    assert found.pictures.read(0).mode == "L"
    assert found.part("test").labels.tolist() == held[1][1].tolist()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda raw: (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03"), "MNIST is not as published"),
        (lambda raw: (raw / "train-images-idx3-ubyte").write_bytes(b""), "MNIST is not as published"),
        (lambda raw: (raw / "t10k-labels-idx1-ubyte").unlink(), r"MNIST is not as published \(Dataset not found\)"),
        (lambda raw: idx(raw / "t10k-labels-idx1-ubyte", np.zeros(9, np.uint8)), "test does .*: 10 pictures, 9 labels"),
        (lambda raw: idx(raw / "t10k-labels-idx1-ubyte", np.full(10, 10, np.uint8)), "part test does not fit together"),
    ],
)
def test_broken_files_are_refused_with_the_folder(tmp_path, spoil, message):
    mnist(tmp_path / "MNIST")
    spoil(tmp_path / "MNIST" / "raw")
    with pytest.raises(DataError, match=message):
        build.find(parse(f"torchvision:MNIST,root={tmp_path}"))


def picture(path, shade=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(path)


def stl10(root, monkeypatch):
    folder = root / "stl10_binary"
    folder.mkdir()
    for part, count in (("train", 4), ("test", 2)):
        RNG.integers(0, 255, (count, 3, 96, 96), dtype=np.uint8).tofile(folder / f"{part}_X.bin")
        (np.arange(count, dtype=np.uint8) + 1).tofile(folder / f"{part}_y.bin")
    (folder / "unlabeled_X.bin").write_bytes(b"")
    (folder / "class_names.txt").write_text("\n".join("abcdefghij"))
    kind = published.STL10
    for held in ("train_list", "test_list"):
        monkeypatch.setattr(kind, held, [[n, md5(folder / n)] for n, _ in getattr(kind, held)])
    return [4, 2], list("abcdefghij"), (96, 96)


def svhn(root, monkeypatch):
    made = dict(published.SVHN.split_list)
    for part, count in (("train", 4), ("test", 2)):
        file = root / f"{part}_32x32.mat"
        savemat(
            file, {"X": RNG.integers(0, 255, (32, 32, 3, count), dtype=np.uint8), "y": np.arange(count)[:, None] + 9}
        )
        made[part] = [made[part][0], made[part][1], md5(file)]
    savemat(root / "train_32x32.mat", {"X": np.zeros((32, 32, 3, 4), np.uint8), "y": np.array([[1], [10], [3], [9]])})
    made["train"][2] = md5(root / "train_32x32.mat")
    monkeypatch.setattr(published.SVHN, "split_list", made)
    return [4, 2], library.DIGITS, (32, 32)


def usps(root, _):
    for file, count in (("usps.bz2", 4), ("usps.t.bz2", 2)):
        line = " ".join(f"{k + 1}:{-1 + k / 128}" for k in range(256))
        (root / file).write_bytes(bz2.compress("".join(f"{n + 1} {line}\n" for n in range(count)).encode()))
    return [4, 2], library.DIGITS, (16, 16)


def fashion(root, _):
    mnist(root / "FashionMNIST")
    return [30, 10], published.FashionMNIST.classes, (28, 28)


def emnist(root, _):
    held = mnist(root / "EMNIST", ("emnist-balanced-train", "emnist-balanced-test"), (94, 47), 47)
    found = build.find(parse(f"torchvision:EMNIST,root={root}"))
    assert np.array_equal(found.pictures.arrays[0], held[0][0][0].T)  # they lie on their side in the files
    return [94, 47], published.EMNIST.classes_split_dict["balanced"], (28, 28)


def food(root, _):
    for part in ("train", "test"):
        meta = {c: [f"{c}/{part}{k}" for k in range(2)] for c in ("pie", "soup")}
        for name in (n for named in meta.values() for n in named):
            picture(root / "food-101/images" / f"{name}.jpg")
        (root / "food-101/meta").mkdir(exist_ok=True)
        (root / "food-101/meta" / f"{part}.json").write_text(json.dumps(meta))
    return [4, 4], ["pie", "soup"], (8, 8)


def flowers(root, monkeypatch):
    folder = root / "flowers-102"
    for k in range(1, 7):
        picture(folder / "jpg" / f"image_{k:05d}.jpg")
    savemat(folder / "imagelabels.mat", {"labels": np.array([[1, 2, 1, 2, 1, 102]])})
    savemat(folder / "setid.mat", {"trnid": [[1, 2, 6]], "valid": [[3, 4]], "tstid": [[5, 5]]})
    files = dict(published.Flowers102._file_dict)
    files |= {k: (files[k][0], md5(folder / files[k][0])) for k in ("label", "setid")}
    monkeypatch.setattr(published.Flowers102, "_file_dict", files)
    return [3, 2, 2], published.Flowers102.classes, (8, 8)


def dtd(root, _):
    (root / "dtd/dtd/labels").mkdir(parents=True)
    for part in ("train", "test", "val"):
        named = [f"{c}/{part}.jpg" for c in ("banded", "dotted")]
        for name in named:
            picture(root / "dtd/dtd/images" / name)
        (root / "dtd/dtd/labels" / f"{part}1.txt").write_text("\n".join(named))
    return [2, 2, 2], ["banded", "dotted"], (8, 8)


def pets(root, _):
    folder = root / "oxford-iiit-pet"
    (folder / "annotations").mkdir(parents=True)
    for part in ("trainval", "test"):
        rows = [f"{c}_{part} {n} 1 1" for n, c in ((1, "Abyssinian"), (2, "great_pyrenees"))]
        for row in rows:
            picture(folder / "images" / f"{row.split()[0]}.jpg")
        (folder / "annotations" / f"{part}.txt").write_text("\n".join(rows))
    return [2, 2], ["Abyssinian", "Great Pyrenees"], (8, 8)


def gtsrb(root, _):
    for c in range(43):
        picture(root / "gtsrb/GTSRB/Training" / f"{c:05d}" / "0.ppm")
    picture(root / "gtsrb/GTSRB/Final_Test/Images/0.ppm")
    (root / "gtsrb/GT-final_test.csv").write_text("Filename;ClassId\n0.ppm;14\n")
    return [43, 1], [f"{k:02d}" for k in range(43)], (8, 8)


def imagenette(root, _):
    for part, count in (("train", 2), ("val", 1)):
        for wnid in ("n01440764", "n02102040"):
            for k in range(count):
                picture(root / "imagenette2-160" / part / wnid / f"{k}.JPEG")
    return [4, 2], ["tench", "English springer"], (8, 8)


def eurosat(root, _):
    for c in ("Forest", "River"):
        picture(root / "eurosat/2750" / c / "0.jpg")
    return [], ["Forest", "River"], (8, 8)


MADE = {
    "STL10": stl10, "SVHN": svhn, "USPS": usps, "FashionMNIST": fashion, "EMNIST": emnist, "Food101": food,
    "Flowers102": flowers, "DTD": dtd, "OxfordIIITPet": pets, "GTSRB": gtsrb, "Imagenette": imagenette,
    "EuroSAT": eurosat,
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_set_in_the_library_s_format_gives_what_the_library_gives(name, tmp_path, monkeypatch):
    """Parts, classes, sizes, and each picture and label equal to the library's own."""
    counts, classes, size = MADE[name](tmp_path, monkeypatch)
    source = parse(f"torchvision:{name},root={tmp_path}")
    found = build.find(source)
    assert [len(i) for i in found.parts.values()] == counts
    assert found.pictures.classes == classes
    assert found.pictures.read(0).size == size
    row = 0
    for how in library.SETS[name].parts.values():
        dataset = getattr(published, name)(str(tmp_path), **how)
        for k in range(len(dataset)):
            image, label = dataset[k]
            own = found.pictures.read(row)
            if name == "EMNIST":
                image = image.transpose(Image.Transpose.TRANSPOSE)
            assert np.array_equal(np.asarray(own.convert("RGB")), np.asarray(image.convert("RGB")))
            assert found.pictures.labels[row] == label
            row += 1
    assert row == len(found.pictures)
    assert any((tmp_path / p).exists() for p in names.LIBRARY_SETS[name].places)
    assert places([str(source)]) == source.places()


def test_not_on_disk_names_the_folder_and_what_fetches_it(tmp_path):
    with pytest.raises(
        DataError, match=r"torchvision:SVHN is not on disk: data/train_32x32.mat and data/test"
    ) as caught:
        build.find(parse("torchvision:SVHN"))
    assert "--download fetches it (about 250 MB)" in caught.value.hint
    assert "torchvision:SVHN,root=DIR" in caught.value.hint


def test_download_is_announced_before_a_socket_is_asked_for(tmp_path, monkeypatch, capsys):
    said = []

    def fetch(url, download_root, filename, md5):
        assert len(said) == 1
        print("Downloading", url)
        name = filename.removesuffix(".gz")
        made = {"train": (30, 28, 28), "t10k": (10, 28, 28)}[name.partition("-")[0]]
        array = np.zeros(made if "images" in name else made[:1], np.uint8)
        with gzip.open(tmp_path / filename, "wb") as file:
            file.write(array.tobytes())
        idx(tmp_path / "MNIST" / "raw" / name, array)

    monkeypatch.setattr(published.mnist, "download_and_extract_archive", fetch)
    found = build.find(parse(f"torchvision:MNIST,root={tmp_path}"), said.append)
    assert len(found.pictures) == 40
    (text,) = said
    assert text.startswith(f"downloading torchvision:MNIST,root={tmp_path} to {tmp_path}: about 12 MB, from https://")
    assert "MD5" in text
    assert "no licence stated, see https://yann.lecun.com" in text
    assert capsys.readouterr().out == ""
    build.find(parse(f"torchvision:MNIST,root={tmp_path}"), said.append)
    assert len(said) == 1  # it is there now


def test_a_download_that_fails_says_why(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("Network is unreachable")

    monkeypatch.setattr(published.cifar, "download_and_extract_archive", fail)
    with pytest.raises(DataError, match=r"CIFAR10,root=.* could not be downloaded: Network is unreachable"):
        build.find(parse(f"torchvision:CIFAR10,root={tmp_path}"), lambda _: None)


def test_what_is_published_is_told_for_each_set():
    for name in library.SETS:
        text = library._published(name)
        assert ("http" in text) == (name not in ("GTSRB", "EuroSAT")), name
        assert "MD5" in text


def test_commands_on_a_library_set(run_inprocess, tmp_path, monkeypatch):
    cifar10(tmp_path / "data", monkeypatch)
    listed = run_inprocess("data", "ls", "--json").json()
    assert {row["data"] for row in listed["library"]} == {f"torchvision:{n}" for n in library.SETS}
    checked = run_inprocess("data", "check", "torchvision:CIFAR10", "--json")
    assert checked.code == 0, checked.stderr
    assert checked.json()["facts"]["parts"] == {"train": 100, "test": 20}
    done = run_inprocess("data", "convert", "torchvision:CIFAR10", "folder:out", "-q")
    assert done.code == 0
    assert len(list((tmp_path / "out/train/cat").iterdir())) == 10
    assert run_inprocess("data", "preview", "torchvision:CIFAR10", "-o", "sheet.png", "--count", "4").code == 0
    # In a recipe as the mapping the word is short for.
    data = ["data.train.kind=torchvision", "data.train.path=CIFAR10", "data.train.root=data", "data.val=0.2"]
    words = ["data.workers=0", "data.augment=[crop, flip, mixup]", "train.epochs=1", "model.args.hidden=[8]"]
    done = run_inprocess("train", "classify/mlp", *data, *words, "-o", "run", "--json")
    assert done.code == 0, done.stderr
    assert done.json()["parts"] == {"train": 80, "val": 20, "test": 20}
    scored = run_inprocess("evaluate", "run", "--data", "torchvision:CIFAR10", "--json")
    assert scored.code == 0, scored.stderr
    assert scored.json()["metrics"]["accuracy"] == pytest.approx(done.json()["metrics"]["test/accuracy"])


def test_download_reaches_the_set_from_every_command(run_inprocess, monkeypatch, digits_run):
    asked = []

    def fetch(source, download):
        asked.append(str(source))
        download(f"about {source}")
        raise DataError("stopped here")

    monkeypatch.setattr(library, "_fetched", fetch)
    word = "torchvision:KMNIST"
    commands = [
        ("train", "classify/mlp", "--data", word),
        ("evaluate", str(digits_run), "--data", word),
        ("data", "check", word),
        ("data", "convert", word, "folder:out"),
        ("data", "preview", word, "-o", "x.png"),
        ("data", "preview", word, "-r", "classify/mlp", "-o", "x.png"),
    ]
    for words in commands:
        without = run_inprocess(*words)
        assert (without.code, asked) == (3, []), words
        assert "data/KMNIST" in without.stderr
        result = run_inprocess(*words, "--download")
        assert (result.code, asked) == (3, [word]), words
        assert f"about {word}" in result.stderr
        asked.clear()
