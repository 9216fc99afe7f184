"""Every shipped recipe, spoilt in every way: refused with its place, without a traceback and without torch."""

import itertools
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dlcli
from dlcli.core import shipped

EACH = 30
KEY = re.compile(r"(?m)(?<![\w/#])[a-z_]+(?=: )")  # in block and in flow style
VALUE = re.compile(r"(?<=[a-z_]: )[^\s,{}\[\]]+")
CHARACTERS = "\t :,-[]{}\"'#&*!|>%@`=~?\\\n0a.é\ufeff\x00\x1b\x85\u2028\U0001f600"
KEYS = ("lrr", "LR", "1", "''", "null", "<<", "=", "ключ", "a b", "-", "? x", "[a]", "{a: 1}", "x" * 300)
VALUES = ("null", "~", "[]", "{}", "[1, 2]", "{a: 1}", "no", "1.5", "-1", "''", "'1'", "x", "2024-01-01", "|\n  x", "")
HUGE = ("9" * 400, "1e999", "-1e999", "1e-999", ".inf", ".nan", "0x" + "f" * 60, "1_000", "x" * 9000, "-" + "9" * 30)
TAGS = (
    "!!python/object/apply:os.system [id]",
    "!env HOME",
    "!!binary aGk=",
    "!!set {a}",
    "!<x> 1",
    "!!timestamp 1",
    "! 1",
)
NOISE = ("null", "-1", "1e999", "{}", "[]", "'x'", "true", "*a", "0")


def swapped(text, rng, pattern, words):
    """Put one of the words in the place of a match chosen by chance."""
    spans = [m.span() for m in pattern.finditer(text)]
    start, end = rng.choice(spans)
    return text[:start] + rng.choice(words) + text[end:]


def bomb(rng):
    depth = rng.randint(6, 12)
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, depth)]
    return "a0: &a0 [x]\n" + "".join(lines)


def deep(rng):
    levels = rng.choice((51, 60, 300, 5000))
    flow = rng.choice(("[]", "{}"))
    if flow == "{}":
        return "deep: " + "{a: " * levels + "}" * levels + "\n"
    return "deep: " + "[" * levels + "]" * rng.choice((levels, 0)) + "\n"


def noisy(text, rng):
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text = text[:at] + rng.choice(CHARACTERS) + text[at:]
            case 1:
                text = text[:at] + text[at + rng.randint(1, 6) :]
            case 2:
                lines = text.splitlines(keepends=True)
                rng.shuffle(lines)
                text = "".join(lines)
            case 3:
                other = rng.randrange(len(text) + 1)
                text = text[:at] + text[other : other + 20] + text[at:]
            case _:
                text = text[:at] + rng.choice(NOISE) + text[at:]
    return text


def doubled(text, rng):
    """Say a key of the outermost level twice."""
    tops = re.findall(r"(?m)^[a-z_]+(?=:)", text)
    return f"{text}\n{rng.choice(tops)}: {rng.choice(('1', '{}', 'x'))}\n"


def tabbed(text, rng):
    match rng.randrange(3):
        case 0:
            return text.replace("\n", "\n\t", rng.randint(1, 4)) + "\n\tx: 1\n"
        case 1:
            return text.replace(": ", ":\t") + "\nx:\n\ty: 1\n"
    return "\t" + text


def encoded(text, rng):
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-8-sig", "utf-7"))
    return f"# naïve – café\n{text}".replace("–", "-" if encoding == "latin-1" else "–").encode(encoding)


def binary(text, rng):
    data = bytes(rng.randrange(256) for _ in range(rng.randint(1, 200)))
    at = rng.randrange(len(text))
    heads = (b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"PK\3\4", b"\xff\xfe\xff", b"\x7fELF", text[:at].encode())
    return rng.choice(heads) + data


def with_nul(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + "\0" * rng.randint(1, 5) + text[at:]


KINDS = {
    "keys": lambda text, rng: swapped(text, rng, KEY, KEYS),
    "types": lambda text, rng: swapped(text, rng, VALUE, VALUES),
    "huge numbers": lambda text, rng: swapped(text, rng, VALUE, HUGE),
    "tags": lambda text, rng: swapped(text, rng, VALUE, TAGS),
    "encodings": encoded,
    "tabs": tabbed,
    "alias bombs": lambda text, rng: (
        text + "\n" + rng.choice((bomb(rng), "a: &a [*a]\n", "a: *b\n", "a: &a {b: *a}\n"))
    ),
    "binary": binary,
    "deep": lambda text, rng: text + "\n" + deep(rng),
    "duplicate keys": doubled,
    "nul": with_nul,
    "noise": noisy,
}
VALID = {"keys", "types", "huge numbers", "tags", "encodings", "tabs", "noise"}  # of these some are recipes still

CHILD = """
import contextlib, io, json, os, sys
from dlcli.__main__ import run
for name in sorted(os.listdir(".")):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        text = open(name, "rb").read()
        boost = b"boost" in text or b"cascade" in text
        words = ["boost", "fit", "digits", "-r", name] if boost else ["train", name, "--data", "digits"]
        code = run([*words, "--print-config"])
    print(json.dumps([name, code, err.getvalue()]))
print(json.dumps(sorted({"torch", "numpy", "timm"} & set(sys.modules))))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Return kind → [(file, its bytes, exit code, stderr)], and what was imported meanwhile."""
    folder = tmp_path_factory.mktemp("recipes")
    rng = random.Random(20)
    recipes = [p.read_text(encoding="utf-8") for p in shipped.recipe_files().values()]
    written = {}
    dealt = itertools.cycle(recipes)
    for kind, spoil in KINDS.items():
        for n in range(EACH):
            name = f"{kind.replace(' ', '-')}-{n:02}.yaml"
            data = spoil(next(dealt), rng)
            written[name] = data if isinstance(data, bytes) else data.encode()
            (folder / name).write_bytes(written[name])
    env = {**os.environ, "PYTHONPATH": str(Path(dlcli.__file__).parent.parent), "COLUMNS": "300"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    *lines, imported = map(json.loads, done.stdout.splitlines())
    by_kind = {kind: [] for kind in KINDS}
    for name, code, stderr in lines:
        by_kind[name.rpartition("-")[0].replace("-", " ")].append((name, written[name], code, stderr))
    return by_kind, imported


def test_enough_is_tried_of_every_recipe(outcomes):
    assert 2 * len(shipped.recipe_files()) <= EACH * len(KINDS)
    assert sum(map(len, outcomes[0].values())) >= 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_recipe_is_refused_with_its_place(outcomes, kind):
    fine = 0
    for name, data, code, stderr in outcomes[0][kind]:
        context = f"{name}: exit {code}\n{stderr}\n{data[:500]!r}"
        if code == 0:
            fine += 1
            continue
        assert code == 2, context
        first, *others = stderr.rstrip("\n").split("\n")
        assert first.startswith("dlcli: "), context
        for line in [first.removeprefix("dlcli: "), *others]:
            assert re.match(rf"\S+\.yaml:\d+:\d+: \S|{name}: \S|  → \w|--data digits: |TABLE digits: ", line), context
    assert fine == 0 or kind in VALID
    assert fine < EACH


def test_torch_is_not_imported_for_any_of_them(outcomes):
    assert outcomes[1] == []
