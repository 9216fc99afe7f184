"""OpenCV's Haar cascades, read from their XML: the file may come from anywhere.

Read by events, with no entities and no tree of the whole document; numbers are checked by ``cascade.build``.
"""

from __future__ import annotations

import math
from typing import Any
from xml.parsers import expat

from dlcli.core.errors import ModelError
from dlcli.methods import cascade
from dlcli.methods.cascade import Cascade, Wrong

LARGEST_BYTES = 32_000_000
DEEPEST = 32
SLACK = 1e-5  # taken from every stage's threshold, as the files' own reader does: they were written with fewer digits
MIN_STD = 10.0  # windows of less contrast are passed over there
KINDS = {"LBP": "local binary patterns", "HOG": "histograms of gradients"}


class Node:
    """An element: its tag, its text, what it holds."""

    def __init__(self, tag: str, type_id: str = ""):
        self.tag, self.type_id = tag, type_id
        self.parts: list[str] = []
        self.children: list[Node] = []

    @property
    def text(self) -> str:
        """The characters between the tags, without the white space at both ends."""
        return "".join(self.parts).strip()

    def child(self, tag: str) -> Node:
        """Return the child of a name."""
        for node in self.children:
            if node.tag == tag:
                return node
        raise Wrong(f"<{self.tag}> has no <{tag}>")

    def has(self, tag: str) -> bool:
        """Say whether there is a child of a name."""
        return any(node.tag == tag for node in self.children)


def read(content: bytes, name: str) -> Cascade:
    """Return the cascade an OpenCV file holds.

    Args:
        content: the file's bytes.
        name: what to call it in messages.

    Raises:
        ModelError: not such a file, or of a kind that cannot be read: the format before 2010, local binary patterns,
            tilted features.

    """
    if len(content) > LARGEST_BYTES:
        raise ModelError(f"{name}: larger than {LARGEST_BYTES:,} bytes; no cascade is")
    root = _parsed(content, name)
    try:
        if root.tag != "opencv_storage" or not root.children:
            raise Wrong(f"begins with <{root.tag}>; a cascade begins with <opencv_storage>")
        held = root.children[0]
        if held.type_id == "opencv-haar-classifier" or (not held.has("stageType") and held.has("stages")):
            raise ModelError(
                f"{name}: written in the format of OpenCV 1 (opencv-haar-classifier), which is not read",
                "give a file of type opencv-cascade-classifier, such as haarcascade_frontalface_default.xml",
            )
        return _cascade(held, name)
    except Wrong as error:
        raise ModelError(f"{name} is no Haar cascade that can be read: {error}") from error
    except (ValueError, TypeError, OverflowError) as error:  # Python's words say nothing of the file
        raise ModelError(f"{name} is no Haar cascade that can be read: a number is missing or none") from error


def _parsed(content: bytes, name: str) -> Node:
    parser = expat.ParserCreate()
    top = Node("")
    path = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(path) > DEEPEST:
            raise Wrong("nested too deeply")
        node = Node(tag, attributes.get("type_id", ""))
        path[-1].children.append(node)
        path.append(node)

    def refuse(*_: Any) -> None:
        raise Wrong("it declares a document type or entities, which are not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = lambda text: path[-1].parts.append(text)
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ModelError(f"{name} is not valid XML: {error}") from error
    except ValueError as error:
        raise ModelError(f"{name} is no Haar cascade that can be read: {error}") from error
    return top.children[0]


def _cascade(held: Node, name: str) -> Cascade:
    kind, boosting = held.child("featureType").text, held.child("stageType").text
    if kind != "HAAR":
        raise ModelError(
            f"{name}: a cascade on {KINDS.get(kind, repr(kind))}; only Haar features are read",
            "give a Haar cascade, such as haarcascade_frontalface_default.xml",
        )
    if boosting != "BOOST":
        raise Wrong(f"stageType {boosting!r}; allowed: BOOST")
    features = []
    for number, node in enumerate(held.child("features").children):
        if node.has("tilted") and node.child("tilted").text not in ("", "0"):
            raise ModelError(
                f"{name}: feature {number} is tilted by 45°; only upright features are read",
                "frontalface_default, frontalface_alt, frontalface_alt2, eye and profileface have none",
            )
        features.append([_rectangle(r.text) for r in node.child("rects").children])
    stages = []
    for node in held.child("stages").children:
        trees = [
            (_nodes(weak.child("internalNodes").text), _numbers(weak.child("leafValues").text))
            for weak in node.child("weakClassifiers").children
        ]
        (threshold,) = _numbers(node.child("stageThreshold").text)
        stages.append((threshold - SLACK, trees))
    size = [_whole(held.child(key).text) for key in ("height", "width")]
    about = {"source": "OpenCV XML"}
    return cascade.build(window=size, features=features, stages=stages, border=1, min_std=MIN_STD, about=about)


def _rectangle(text: str) -> list[int]:
    values = text.split()
    if len(values) != 5:
        raise Wrong(f"a rectangle of {len(values)} numbers; must be x, y, width, height, weight")
    return [_whole(v) for v in values]


def _nodes(text: str) -> list[tuple[int, int, int, float]]:
    words = text.split()
    if not words or len(words) % 4:
        raise Wrong(f"internalNodes of {len(words)} numbers; must be four a node")
    return [
        (_whole(words[k]), _whole(words[k + 1]), _whole(words[k + 2]), _numbers(words[k + 3])[0])
        for k in range(0, len(words), 4)
    ]


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def _whole(text: str) -> int:
    number = float(text)
    if not math.isfinite(number) or number != int(number):
        raise Wrong(f"{text!r}; must be a whole number")
    return int(number)
