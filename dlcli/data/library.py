"""Data sets of torchvision that are on disk, or fetched when asked: ``torchvision:CIFAR10``."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dlcli.core.errors import DataError
from dlcli.core.files import shown
from dlcli.core.names import LIBRARY_SETS
from dlcli.core.sources import Source
from dlcli.data.pictures import Names, Pictures

Announce = Callable[[str], None]
PARTS: dict[str, Any] = {"train": {"train": True}, "test": {"train": False}}
SPLITS: dict[str, Any] = {"train": {"split": "train"}, "test": {"split": "test"}}
THREE: dict[str, Any] = {**SPLITS, "val": {"split": "val"}}
DIGITS = [str(d) for d in range(10)]


class _Row(NamedTuple):
    """How a data set is opened, and what is said before it is fetched.

    Args:
        parts: our name of each part and the arguments that open it; "" where the set has no parts.
        size: of what is fetched, about.
        terms: what its owners say about its use.

    """

    parts: dict[str, Any]
    size: str
    terms: str


_UNSTATED = "no licence stated, see "
SETS: dict[str, _Row] = {
    "CIFAR10": _Row(PARTS, "170 MB", f"{_UNSTATED}https://www.cs.toronto.edu/~kriz/cifar.html"),
    "CIFAR100": _Row(PARTS, "170 MB", f"{_UNSTATED}https://www.cs.toronto.edu/~kriz/cifar.html"),
    "MNIST": _Row(PARTS, "12 MB", f"{_UNSTATED}https://yann.lecun.com/exdb/mnist"),
    "FashionMNIST": _Row(PARTS, "31 MB", "MIT, https://github.com/zalandoresearch/fashion-mnist"),
    "KMNIST": _Row(PARTS, "21 MB", "CC BY-SA 4.0, https://github.com/rois-codh/kmnist"),
    "EMNIST": _Row(
        {name: {**how, "split": "balanced"} for name, how in PARTS.items()},
        "560 MB",
        f"{_UNSTATED}https://www.nist.gov/itl/products-and-services/emnist-dataset",
    ),
    "USPS": _Row(PARTS, "8 MB", f"{_UNSTATED}https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets"),
    "SVHN": _Row(SPLITS, "250 MB", "not for commercial use, http://ufldl.stanford.edu/housenumbers"),
    "STL10": _Row(SPLITS, "2.6 GB", f"{_UNSTATED}https://cs.stanford.edu/~acoates/stl10"),
    "Food101": _Row(SPLITS, "5 GB", f"{_UNSTATED}https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101"),
    "Flowers102": _Row(THREE, "350 MB", f"{_UNSTATED}https://www.robots.ox.ac.uk/~vgg/data/flowers/102"),
    "DTD": _Row(THREE, "630 MB", "for research, https://www.robots.ox.ac.uk/~vgg/data/dtd"),
    "OxfordIIITPet": _Row(
        {"train": {"split": "trainval"}, "test": {"split": "test"}},
        "810 MB",
        "CC BY-SA 4.0, https://www.robots.ox.ac.uk/~vgg/data/pets",
    ),
    "GTSRB": _Row(SPLITS, "280 MB", f"{_UNSTATED}https://benchmark.ini.rub.de"),
    "Imagenette": _Row(
        {"train": {"split": "train", "size": "160px"}, "val": {"split": "val", "size": "160px"}},
        "100 MB",
        "Apache-2.0, https://github.com/fastai/imagenette; the pictures are ImageNet's",
    ),
    "EuroSAT": _Row({"": {}}, "90 MB", "MIT, https://github.com/phelber/EuroSAT"),
}


def load(source: Source, download: Announce | None = None) -> tuple[Pictures, dict[str, np.ndarray], list[str]]:
    """Open a data set of torchvision.

    The library reads the files. CIFAR's are pickles; it unpickles them only when their MD5 is that of the published
    ones, so what is unpickled is the publisher's and not the user's. MNIST and its like, and sets of picture files, are
    not checksummed again after they were unpacked.

    Args:
        source: of kind ``torchvision``.
        download: fetch what is not on disk, after telling this function what is about to come: name, address, size,
            checksum, terms. None never opens a socket.

    Returns:
        pictures, row numbers of its own parts, and notes.

    Raises:
        DataError: not on disk, not as published, or the download failed.

    """
    name, root = source.path, Path(source.root)
    try:
        opened = _open(name, root)
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        if download is None:
            raise _not_there(source, error) from error
        opened = _fetched(source, download)
    pictures, parts = _joined(source, opened)
    notes = [f"torchvision {name} in {shown(root)}"]
    if parts:
        notes.append("parts given by the library: " + ", ".join(f"{p} {len(i)}" for p, i in parts.items()))
    return pictures, parts, notes


def _open(name: str, root: Path, *, download: bool = False) -> dict[str, Any]:
    from torchvision import datasets

    kind = getattr(datasets, name)
    return {part: kind(str(root), **how, download=download) for part, how in SETS[name].parts.items()}


def _fetched(source: Source, download: Announce) -> dict[str, Any]:
    row = SETS[source.path]
    published = _published(source.path)
    download(f"downloading {source} to {shown(source.root)}: about {row.size}, {published}; terms: {row.terms}")
    quiet = contextlib.nullcontext() if sys.stderr.isatty() else contextlib.redirect_stderr(io.StringIO())
    try:
        with contextlib.redirect_stdout(sys.stderr), quiet:  # the library prints, and draws a bar
            return _open(source.path, Path(source.root), download=True)
    except Exception as error:  # from sockets, archives and the library's own checks
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{source} could not be downloaded: {reason}") from error


def _published(name: str) -> str:
    """Return where the library fetches a data set from and what checksum it compares, as its class states them."""
    from torchvision import datasets

    kind = getattr(datasets, name)
    stated = {k.strip("_").lower(): v for c in reversed(kind.__mro__) for k, v in vars(c).items()}
    own = [v for k, v in vars(kind).items() if not k.startswith("__")]
    addresses = [a for v in own for a in _addresses(v)]
    exact = [a for a in addresses if LIBRARY_SETS[name].places[0] in a]
    address = next(iter(exact + addresses), "the publisher's site")
    checksum = stated.get("tgz_md5") or stated.get("md5")
    compared = f"MD5 {checksum}" if isinstance(checksum, str) else "MD5 checksums that torchvision compares"
    return f"from {address}, {compared}"


def _addresses(value: Any) -> Iterator[str]:
    """Yield the addresses in a class attribute, however it is built."""
    if isinstance(value, str):
        if value.startswith("http"):
            yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _addresses(inner)


def _not_there(source: Source, error: Exception) -> DataError:
    places = source.places()
    there = [p for p in places if Path(p).exists()]
    row = SETS[source.path]
    hint = f"--download fetches it (about {row.size}); torchvision:{source.path},root=DIR where it lies elsewhere"
    if not there:
        return DataError(f"{source} is not on disk: {' and '.join(map(shown, places))}", hint)
    reason = str(error).splitlines()[0].partition(". You can")[0] if str(error) else type(error).__name__
    return DataError(f"{source}: {', '.join(map(shown, there))} is not as published ({reason})", hint)


def _joined(source: Source, opened: dict[str, Any]) -> tuple[Pictures, dict[str, np.ndarray]]:
    """Return the parts as one set of pictures, and which are whose."""
    taken = {part: _taken(source.path, dataset) for part, dataset in opened.items()}
    pictures, labels, names, parts, start = [], [], [], {}, 0
    classes = next(iter(taken.values()))[2]
    for part, (held, numbers, own) in taken.items():
        numbers = np.asarray(numbers, dtype=np.int64)
        if len(held) != len(numbers) or own != classes or not all(0 <= n < len(classes) for n in np.unique(numbers)):
            text = f"{len(held)} pictures, {len(numbers)} labels, {len(own)} classes"
            raise DataError(f"{source}: the part {part} does not fit together: {text}")
        in_memory = isinstance(held, np.ndarray)
        names += [f"{source.path}/{part}/{k:06d}" for k in range(len(held))] if in_memory else [str(p) for p in held]
        pictures.append(held)
        labels.append(numbers)
        parts[part] = np.arange(start, start + len(numbers), dtype=np.int64)
        start += len(numbers)
    arrays = np.concatenate(pictures) if in_memory else None
    joined = Pictures(Names(names), np.concatenate(labels), list(classes), arrays)
    return joined, {p: i for p, i in parts.items() if p}


def _taken(name: str, dataset: Any) -> tuple[Any, Any, list[str]]:
    """Return the pictures of a part, as one array (N, H, W[, 3]) or as files; their class numbers; and the classes.

    The library has no common way to ask for files without opening them, so its sets' own attributes are read.
    """
    match name:
        case "CIFAR10" | "CIFAR100":
            return np.ascontiguousarray(dataset.data), dataset.targets, dataset.classes
        case "MNIST":
            return dataset.data.numpy(), dataset.targets, DIGITS
        case "FashionMNIST" | "KMNIST":
            return dataset.data.numpy(), dataset.targets, dataset.classes
        case "EMNIST":  # whose pictures lie on their side
            return np.ascontiguousarray(dataset.data.numpy().transpose(0, 2, 1)), dataset.targets, dataset.classes
        case "USPS":
            return dataset.data, dataset.targets, DIGITS
        case "SVHN":
            return np.ascontiguousarray(dataset.data.transpose(0, 2, 3, 1)), dataset.labels, DIGITS
        case "STL10":
            return np.ascontiguousarray(dataset.data.transpose(0, 2, 3, 1)), dataset.labels, dataset.classes
        case "OxfordIIITPet":
            return dataset._images, dataset._labels, dataset.classes
        case "GTSRB":
            return *_unzipped(dataset._samples), [f"{k:02d}" for k in range(43)]
        case "Imagenette":  # whose classes have several names each
            return *_unzipped(dataset._samples), [c[0] for c in dataset.classes]
        case "EuroSAT":
            return *_unzipped(dataset.samples), dataset.classes
        case _:  # Food101, Flowers102, DTD
            return dataset._image_files, dataset._labels, dataset.classes


def _unzipped(samples: list[tuple[str, int]]) -> tuple[list[str], list[int]]:
    return [path for path, _ in samples], [label for _, label in samples]
