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
        ("torchvision:MNIST", "torchvision", "MNIST", {}),
        ("torchvision:CIFAR10,root=/x/y", "torchvision", "CIFAR10", {"root": "/x/y"}),
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
        ("fodler:x", "'fodler' is not a data format; allowed: builtin, folder, csv, torchvision; nearest: folder; "),
        ("fodler:x", "a file with a colon in its name: ./fodler:x"),
        ("torchvision:", "'torchvision:' names no file; write torchvision:WHERE"),
        ("torchvision:CIFAR11", "no data set of torchvision is called 'CIFAR11' here; allowed: .*; nearest: CIFAR10"),
        ("torchvision:MNIST,target=y", "'target=y' is not an option of torchvision; allowed: root"),
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


@pytest.mark.parametrize(
    ("word", "kind", "path", "options"),
    [
        ("iris", "builtin", "iris", {}),
        ("builtin:breast-cancer", "builtin", "breast-cancer", {}),
        ("-", "auto", "-", {}),
        ("a.csv", "auto", "a.csv", {}),
        ("libsvm:-", "libsvm", "-", {}),
        ("csv:a.csv,target=y,delimiter=;", "csv", "a.csv", {"target": "y", "delimiter": ";"}),
        ("csv:a.csv,header=false", "csv", "a.csv", {"header": "false"}),
        ("tsv:a,target=y", "tsv", "a", {"target": "y"}),
        ("libsvm:a,base=0,features=9", "libsvm", "a", {"base": "0", "features": "9"}),
        ("parquet:a,target=y", "parquet", "a", {"target": "y"}),
    ],
)
def test_words_for_tables(word, kind, path, options):
    source = sources.parse_table(word)
    assert source == Source(kind, path, options)
    assert sources.parse_table(str(source)) == source


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("iri", "no builtin table is called 'iri'; allowed: breast-cancer, .*; nearest: iris; .* ./iri"),
        ("folder:x", "'folder' is not a data format; allowed: builtin, csv, tsv, libsvm, parquet"),
        ("csv:a,picture=b", "'picture=b' is not an option of csv; allowed: target, delimiter, header"),
        ("csv:a,delimiter=ab", "delimiter=ab .* allowed: comma, semicolon, tab, pipe, space, or one character"),
        ("csv:a,header=no", "header=no .* allowed: true, false"),
        ("csv:a,target=", "target= .* allowed: the name of a column"),
        ("libsvm:a,base=2", "base=2 .* allowed: 0, 1"),
        ("libsvm:a,features=0", "features=0 .* allowed: the number of columns"),
        ("parquet:a,header=true", "'header=true' is not an option of parquet"),
    ],
)
def test_what_is_no_word_for_a_table(word, message):
    with pytest.raises(ValueError, match=message):
        sources.parse_table(word)


def test_a_builtin_table_and_a_file_of_one_name(folder):
    (folder / "iris").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="'iris' is a builtin table and a file or folder here; write .* or ./iris"):
        sources.parse_table("iris")
    assert sources.parse_table("./iris") == Source("auto", "./iris")


def test_every_kind_of_table_has_its_options():
    from dlcli.core import names

    assert set(sources.TABLE_OPTIONS) == set(names.TABLE_KINDS)


def test_the_places_of_a_library_set_are_the_files_below_its_root():
    words = ["digits", "torchvision:USPS,root=a", {"kind": "torchvision", "path": "MNIST", "root": None}, 0.2]
    assert sources.places(words) == ["digits", "a/usps.bz2", "a/usps.t.bz2", "data/MNIST"]
    assert sources.places([{"kind": "csv", "path": "x.csv", "root": "y"}]) == ["x.csv"]
