"""Files as they are found in the wild: every one is read or refused with a reason, at once and in silence."""

import io
import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlcli.core.errors import DataError
from dlcli.core.sources import parse
from dlcli.data import build, folders, images

NOISE = np.random.default_rng(0).integers(0, 255, (24, 30, 3), dtype=np.uint8)


def data_of(image, kind, **how):
    held = io.BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, rows, *, bits=8, color=0):
    head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def tree(tmp_path):
    """Return a folder of two classes with three pictures each, in a folder of their own."""
    for name in "ab":
        (tmp_path / "set" / name).mkdir(parents=True)
        for k in range(3):
            Image.new("L", (4, 4), 40 * k + ord(name)).save(tmp_path / "set" / name / f"{k}.png")
    return tmp_path / "set"


@pytest.fixture
def unprivileged():
    """Give the rights of root away for a test, if there are any."""
    if os.geteuid():
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    yield
    os.seteuid(0)
    os.setegid(0)


COLOR = Image.fromarray(NOISE)
GRAY16 = Image.fromarray(NOISE[..., 0].astype(np.uint16) * 257)
GOOD = {
    "16-bit gray": (data_of(GRAY16, "PNG"), "L", (30, 24)),
    "16-bit gray TIFF": (data_of(GRAY16, "TIFF"), "L", (30, 24)),
    "16-bit RGB": (png(2, 1, b"\0" + bytes(12), bits=16, color=2), "RGB", (2, 1)),
    "16-bit RGBA": (png(2, 1, b"\0" + bytes(16), bits=16, color=6), "RGB", (2, 1)),
    "32-bit float": (data_of(Image.fromarray(NOISE[..., 0] / np.float32(255)), "TIFF"), "L", (30, 24)),
    "palette": (data_of(COLOR.quantize(9), "PNG"), "RGB", (30, 24)),
    "palette with alpha": (data_of(COLOR.quantize(9), "PNG", transparency=bytes(9)), "RGB", (30, 24)),
    "gray with alpha": (data_of(COLOR.convert("LA"), "PNG"), "L", (30, 24)),
    "CMYK": (data_of(COLOR.convert("CMYK"), "JPEG"), "RGB", (30, 24)),
    "YCbCr TIFF": (data_of(COLOR.convert("YCbCr"), "TIFF"), "RGB", (30, 24)),
    "one bit": (data_of(COLOR.convert("1"), "PNG"), "L", (30, 24)),
    "animated GIF": (data_of(COLOR, "GIF", save_all=True, append_images=[COLOR.rotate(90)]), "RGB", (30, 24)),
    "broken color profile": (data_of(COLOR, "PNG", icc_profile=b"wrong" * 9), "RGB", (30, 24)),
    "broken EXIF": (data_of(COLOR, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12"), "RGB", (30, 24)),
    "1x1": (data_of(COLOR.resize((1, 1)), "PNG"), "RGB", (1, 1)),
    "10,000 wide": (data_of(Image.new("L", (10_000, 2)), "PNG"), "L", (10_000, 2)),
    "PNG without its end": (data_of(COLOR, "PNG")[:-12], "RGB", (30, 24)),
}
BAD = {
    "a float that is no number": (
        data_of(Image.fromarray(np.full((3, 3), np.nan, np.float32)), "TIFF"),
        "run from nan",
    ),
    "negative floats": (data_of(Image.fromarray(np.full((3, 3), -2.5, np.float32)), "TIFF"), "run from -2.5 to -2.5"),
    "32-bit numbers": (data_of(Image.fromarray(np.full((3, 3), 70_000, np.int32)), "TIFF"), "allowed: 0–65535"),
    "a bomb": (png(60_000, 60_000, b""), "larger than the limit"),
    "half a bomb": (png(12_000, 12_000, b""), "larger than the limit"),
    "a bomb of text": (
        data_of(COLOR, "PNG")[:33] + chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(80_000_000))),
        "broken picture",
    ),
    "no pixels": (png(0, 10, b""), "not a picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "EPS, which would start Ghostscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    "flipped bytes": (data_of(COLOR, "PNG")[:200] + b"flipped" + data_of(COLOR, "PNG")[207:], "broken picture"),
}


@pytest.mark.parametrize("name", GOOD)
def test_pictures_of_every_mode_are_read(name):
    data, mode, size = GOOD[name]
    with warnings.catch_warnings(record=True) as said:
        got = images.read(data)
    assert (got.mode, got.size, said) == (mode, size, [])
    assert np.array_equal(got.copy(), got)
    got.thumbnail((5, 5))  # its file is closed by now
    assert max(got.size) <= 5


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_picture_is_refused_with_the_reason(name, capfd):
    data, reason = BAD[name]
    with warnings.catch_warnings(record=True) as said, pytest.raises(DataError, match=f"^x.png: .*{reason}"):
        images.read(data, "x.png")
    assert (said, capfd.readouterr().err) == ([], "")


@pytest.mark.parametrize(
    ("kind", "how"),
    [("JPEG", {}), ("PNG", {}), ("GIF", {}), ("BMP", {}), ("WEBP", {}), ("PPM", {}), ("TIFF", {})]
    + [("TIFF", {"compression": c}) for c in ("tiff_lzw", "tiff_deflate", "jpeg")],
)
def test_a_cut_or_changed_file_is_read_or_refused_in_silence(kind, how, capfd):
    whole = data_of(COLOR, kind, **how)
    rng = np.random.default_rng(1)
    refused = 0
    for n in range(80):
        data = bytearray(whole[: rng.integers(0, len(whole))] if n < 40 else whole)
        for at in rng.integers(0, max(1, len(data)), 4 * (n >= 40)):
            data[at] ^= 0xFF
        try:
            images.read(bytes(data), "x")
        except DataError:
            refused += 1
    assert refused >= 35
    assert capfd.readouterr().err == ""


def test_fractions_and_bytes_in_floats_are_told_apart():
    for top in (1.0, 255.0):
        values = np.array([[0, top / 5, top]], np.float32)
        assert np.asarray(images.read(data_of(Image.fromarray(values), "TIFF"))).tolist() == [[0, 51, 255]]


def odd_files(folder):
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    (folder / "nothing.png").symlink_to("gone")
    (folder / "round.png").symlink_to("round.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    return {
        "pipe.png": "is a pipe or device, not a file",
        "folder.png": "is a folder",
        "nothing.png": "a link to nothing",
        "round.png": "Too many levels of symbolic links",
        "zero.png": "is a pipe or device, not a file",
        "gone.png": "no such file",
        "gone.png/x.png": "no such file",
        "n\0.png": "no file can have this name",
        "x" * 300 + ".png": "File name too long",
    }


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path):
    for name, reason in odd_files(tmp_path).items():
        with pytest.raises(DataError, match=f"{reason}$") as caught:
            images.read(f"{tmp_path}/{name}")
        assert caught.value.message.count("png: ") == 1


def test_a_name_that_a_terminal_would_obey_is_spelled_out(tmp_path):
    for name, shown in {
        "a\nb.png": r"a\\nb.png",
        "\x1b[31m.png": r"\\x1b.31m.png",
        "\udcff.png": r"\\udcff.png",
    }.items():
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(DataError, match=f"/{shown}: not a picture$"):
            images.read(tmp_path / name)


def test_no_right_to_read(tree, monkeypatch, request):
    monkeypatch.chdir(tree.parent)  # the folders above are closed to others
    modes = {tree.parent: 0o755, tree: 0o755, tree / "a": 0o755, tree / "a/0.png": 0, tree / "b": 0}
    for path, mode in modes.items():
        path.chmod(mode)
    request.getfixturevalue("unprivileged")
    assert len(folders.walk(Path("set/a"))) == 3
    with pytest.raises(DataError, match="^set/a/0.png: no permission to read it$"):
        images.read("set/a/0.png")
    with pytest.raises(DataError, match="^cannot read the folder set/b: Permission denied$") as caught:
        build.find(parse("set/"))
    assert caught.value.hint
    with pytest.raises(DataError, match="^cannot read set/b/0.csv: Permission denied$"):
        build.find(parse("set/b/0.csv"))


def test_links_are_followed_and_loops_end(tree, tmp_path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    Image.new("L", (4, 4), 9).save(outside / "far.png")
    (tree / "a/far").symlink_to(outside)
    (outside / "back").symlink_to(tree / "a")
    (tree / "a/up").symlink_to("..")  # would take the pictures of b for a's
    (tree / "b/self").symlink_to(".")
    (tree / "dead").symlink_to("gone")
    (tree / "round").symlink_to("round")
    (tree / "c").symlink_to("a")
    found = build.find(parse(f"{tree}/"))
    counts = np.bincount(found.pictures.labels).tolist()
    assert (found.pictures.classes, counts) == (["a", "b", "c"], [4, 3, 4])
    followed, left_out = found.notes[1:]
    assert followed == f"links to folders followed: {tree}/a/far, {tree}/c, {tree}/c/far"
    assert left_out.startswith("links to folders left out, for they lead back or to nothing: ")
    for name in ("dead", "round", "a/up", "b/self", "a/far/back"):
        assert f"{tree}/{name}" in left_out or "more" in left_out


def test_two_folders_of_one_part_are_refused(tree):
    for name in ("train", "val", "valid"):
        (tree / name / "a").mkdir(parents=True)
    with pytest.raises(DataError, match="val and valid are both the val part; keep one"):
        folders.part_folders(tree)


def test_data_that_is_neither_file_nor_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link").symlink_to("gone")
    for word in (f"{tmp_path}/pipe.csv", f"csv:{tmp_path}/pipe.csv"):
        with pytest.raises(DataError, match="is a pipe or device"):
            build.find(parse(word))
    with pytest.raises(DataError, match="link is a link to nothing"):
        build.find(parse(f"{tmp_path}/link"))
    with pytest.raises(DataError, match="File name too long"):
        build.find(parse(f"{tmp_path}/{'x' * 300}"))
    with pytest.raises(DataError, match="is a folder, not a table"):
        build.find(parse(f"csv:{tmp_path}"))


ROWS = b"picture,label\na.png,x\nb.png,y\n"


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"\n\n\n", "has no rows below its header"),
        (ROWS.decode().encode("utf-16"), ":1: not UTF-8 text"),
        (ROWS + b"\xfc.png,x\n", ":4: not UTF-8 text"),
        (ROWS + b"a\0.png,x\n", ":4: not a table .a NUL byte"),
        (ROWS + b'"open,x\n', ":4: not a table .unexpected end of data"),
        (ROWS + b'"a"b,x\n', ":4: not a table"),
        (ROWS + b"a.png," + b"x" * 200_000, ":4: not a table .field larger than field limit"),
        (ROWS + b"\n\nc.png\n", ":6: 1 fields, but the header has 2"),
        (b'picture,label\n"a\nb.png",x\nc.png\n', ":4: 1 fields, but the header has 2"),
        (b"picture,label,picture\na,b,c\n", "2 columns are called 'picture'"),
        (data_of(COLOR, "PNG"), ":1: not UTF-8 text"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path, data, match):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(DataError, match=match):
        build.find(parse(f"{tmp_path}/t.csv"))


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + ROWS, ROWS.replace(b"\n", b"\r\n"), ROWS.replace(b"\n", b"\r"), b"\n" + ROWS + b"\n\n"]
)
def test_tables_as_other_programs_write_them_are_read(tmp_path, data):
    (tmp_path / "t.csv").write_bytes(data)
    pictures = build.find(parse(f"{tmp_path}/t.csv")).pictures
    assert (pictures.classes, pictures.names[1]) == (["x", "y"], f"{tmp_path}/b.png")


def test_pictures_held_back_for_the_test_are_never_trained_on(tmp_path):
    text = "picture,label,part\n" + "".join(f"{k}.png,{'xy'[k % 2]},test\n" for k in range(20))
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match="the training part holds 0 classes .no pictures."):
        build.parts(parse(f"{tmp_path}/t.csv"), 0.2, 0.2, 0)


def test_a_hundred_thousand_files_cost_no_look_at_each(tmp_path, monkeypatch):
    for c in range(10):
        folder = tmp_path / "many" / f"c{c}"
        folder.mkdir(parents=True)
        (folder / "0.png").touch()
        for k in range(1, 10_000):
            os.link(folder / "0.png", f"{folder}/{k}.png")
    looked = []
    true_stat = os.stat
    monkeypatch.setattr(os, "stat", lambda *args, **more: looked.append(args) or true_stat(*args, **more))
    parts = build.parts(parse(f"{tmp_path}/many"), 0.15, 0.15, 0)
    monkeypatch.undo()
    assert [len(p) for p in (parts.train, parts.val, parts.test)] == [70_000, 15_000, 15_000]
    assert len(looked) < 200
    names = {parts.train.name(i) for i in range(70_000)}
    assert len(names) == 70_000
