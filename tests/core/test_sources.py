import pytest

from dlcli.core import sources
from dlcli.core.sources import Source


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("word", "kind", "path", "options"),
    [
        ("digits", "builtin", "digits", {}),
        ("builtin:digits", "builtin", "digits", {}),
        ("./digits", "auto", "./digits", {}),
        ("photos/", "auto", "photos/", {}),
        ("labels.csv", "auto", "labels.csv", {}),
        ("./a:b", "auto", "./a:b", {}),
        ("C:\\photos", "auto", "C:\\photos", {}),
        ("folder:photos", "folder", "photos", {}),
        ("csv:a.csv,target=y,picture=file", "csv", "a.csv", {"target": "y", "picture": "file"}),
        ("csv:a.csv,root=x=y", "csv", "a.csv", {"root": "x=y"}),
        ("csv:a:b.csv", "csv", "a:b.csv", {}),
    ],
)
def test_a_word_and_the_mapping_it_is_short_for(word, kind, path, options):
    source = sources.parse(word)
    assert source == Source(kind, path, options)
    if kind != "auto":
        assert sources.from_mapping(kind, path, {**options, "other": None}) == source
    assert sources.parse(str(source)) == source


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("", "an empty word names no data"),
        ("digitss", "no builtin data set is called 'digitss'; allowed: digits; nearest: digits; .* ./digitss"),
        ("builtin:x", "no builtin data set is called 'x'"),
        ("fodler:x", "'fodler' is not a data format; allowed: builtin, folder, csv; nearest: folder; .* ./fodler:x"),
        ("csv:", "'csv:' names no file; write csv:WHERE"),
        ("csv:a.csv,tarjet=y", "'tarjet=y' is not an option of csv; allowed: picture, target, root, written key=value"),
        ("csv:a.csv,target", "'target' is not an option of csv"),
        ("folder:x,target=y", "'target=y' is not an option of folder; allowed: none"),
    ],
)
def test_what_is_no_data_word(word, message):
    with pytest.raises(ValueError, match=message):
        sources.parse(word)


def test_a_builtin_and_a_folder_of_one_name_are_told_apart_by_their_user(folder):
    (folder / "digits").mkdir()
    with pytest.raises(ValueError, match="is a builtin data set and a file or folder here; write builtin:digits or "):
        sources.parse("digits")
    assert sources.parse("builtin:digits").kind == "builtin"
    assert sources.parse("./digits").kind == "auto"


def test_a_mapping_takes_no_options_of_another_kind():
    with pytest.raises(ValueError, match="folder takes no target; allowed: none"):
        sources.from_mapping("folder", "x", {"target": "y", "root": None})
