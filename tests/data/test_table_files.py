"""Table files of every format: read, or refused with a sentence."""

import csv
import gzip
import io
import os
import sys

import numpy as np
import pandas as pd
import pytest

from dlcli.core.errors import DataError, DeviceError, MissingError, UsageError
from dlcli.core.sources import Source, parse_table
from dlcli.data import table_columns, table_files, tables


@pytest.fixture
def write(tmp_path):
    """Write a file and return the table in it: ``write("a,b\\n1,2\\n", options={}, **how)``."""

    def call(content, name="t.csv", kind="auto", options=None, **how):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return table_files.read(Source(kind, str(path), options or {}), **how)

    return call


def cells(table, name):
    return table[name].text().cells()


def test_a_table_is_read_by_name_with_numbers_and_text(write):
    table = write('x,name,"a, b"\n1,x:1,"q, ""r"""\n2.5,y:2, z \n,NA,\n')
    assert table.names == ["x", "name", "a, b"]
    assert (table.facts["format"], table.facts["delimiter"], table.facts["header"]) == ("csv", ",", True)
    np.testing.assert_array_equal(table["x"].values, [1, 2.5, np.nan])
    assert cells(table, "name") == ["x:1", "y:2", ""]
    assert cells(table, "a, b") == ['q, "r"', "z", ""]
    assert table.lines.tolist() == [2, 3, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_outside_quotes(write, delimiter):
    rows = [["name", "text", "y"], ["a", "1,2;3|4\t5", "1"], ["b", ",;|\t.", "2"]]
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    table = write(held.getvalue())
    assert table.facts["delimiter"] == delimiter
    assert table.facts["format"] == ("tsv" if delimiter == "\t" else "csv")
    assert cells(table, "text") == ["1,2;3|4\t5", ",;|\t."]


def test_colons_alone_make_no_libsvm_file(write):
    assert write("1:a,2:b\n1:2,3:4\n").facts["format"] == "csv"
    assert write("y,x\n1,1:2\n0,2:3\n").facts["format"] == "csv"
    assert write("time\n12:30\n13:45\n").facts["format"] == "csv"
    assert write("1 1:2\n0 2:3\n").facts["format"] == "libsvm"


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_encodings_and_line_ends(write, encoded, encoding, end, last):
    text = end.join(["größe,y", "1,ä", "2,b"]) + end * last
    table = write(text.encode(encoded))
    assert (table.names, table.facts["encoding"], len(table)) == (["größe", "y"], encoding, 2)
    assert cells(table, "y") == ["ä", "b"]
    assert table.lines.tolist() == [2, 3]


def test_a_gzip_file_is_found_by_its_first_bytes(write):
    table = write(gzip.compress(b"a,b\n1,x\n"), "t.csv")
    assert (table.facts["packed"], cells(table, "b")) == ("gzip", ["x"])


def test_stdin_is_a_table_that_can_be_read_twice(monkeypatch):
    text = "a,y\n" + "1,x\n" * 1500 + "late,x\n"  # the column turns out to be text after the first thousand rows
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    table = table_files.read(parse_table("-"), target="y")
    assert (table.name, len(table), cells(table, "a")[-1]) == ("stdin", 1501, "late")


def test_said_options_win(write):
    table = write("1;2\n3;4\n", options={"header": "false", "delimiter": "semicolon"}, kind="csv")
    assert (table.names, len(table), table.notes) == (["1", "2"], 2, [])
    assert write("a|b\n1|2\n", options={"delimiter": ","}, kind="csv").names == ["a|b"]
    assert write("a b\n1 2\n", options={"delimiter": "space"}, kind="csv").names == ["a", "b"]
    assert write("a,b\tc\n1,2\t3\n", kind="tsv").names == ["a,b", "c"]


def test_a_header_of_numbers_is_told(write):
    assert "is there no header" in write("1,2\n3,4\n").notes[0]
    assert write("a,2\n3,4\n").notes == []


def test_missing_cells_and_a_list_of_them(write):
    marks = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", " NA "]
    text = "x,t\n1,a\n" + "".join(f"{m},{m}\n" for m in marks)
    table = write(text)
    assert np.isnan(table["x"].values[1:]).all()
    assert cells(table, "t") == ["a", *[""] * len(marks)]
    table = write("x,t\n1,NA\n-999,-\n", missing=["-999", "-"])
    np.testing.assert_array_equal(table["x"].values, [1, np.nan])
    assert cells(table, "t") == ["NA", ""]


def test_ids_and_target_stay_as_typed(write):
    table = write("id,y,x\n007,01,1\n12345678901234567890,1,2\n,None,3\nNA,2,4\n", target="y", ids=["id"])
    assert cells(table, "id") == ["007", "12345678901234567890", "", "NA"]
    assert cells(table, "y") == ["01", "1", "None", "2"]


def test_numbers_are_rounded_as_python_rounds_them(write):
    rng = np.random.default_rng(0)
    typed = [repr(float(v)) for v in rng.normal(size=500) * 10.0 ** rng.integers(-300, 300, 500)]
    typed += [
        "1e400"[:4],
        "9007199254740993",
        "0.1000000000000000055511151231257827",
        "18446744073709551616",
        ".5",
        "5.",
        "+3",
    ]
    table = write("x\n" + "\n".join(typed) + "\n")
    np.testing.assert_array_equal(table["x"].values, [float(t) for t in typed])


def test_numbers_beyond_every_integer_are_numbers_in_any_column(write):
    table = write("x\n123456789012345678901234567890\n1\n")
    schema, _ = tables.infer(table)
    assert tables.encode(table, schema)[:, 0].tolist() == [123456789012345678901234567890.0, 1.0]


def test_a_decimal_comma_is_found_where_it_parts_no_cells(write):
    table = write("x;y\n1,5;a\n-2;b\n,25;c\n")
    assert table["x"].values.tolist() == [1.5, -2, 0.25]
    assert "decimal comma" in table.notes[0]
    assert cells(write("x;y\n1,5;1.5\n2,5;2.5\n"), "x") == ["1,5", "2,5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("a,b\n", "has no rows below its header"),
        ("a,b\n\n\n", "has no rows below its header"),
        ("a,a\n1,2\n", "columns 1 and 2 are both called 'a'"),
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("a,b,\n1,2,\n", "column 3 has no name"),
        ("a,b\n1,2\n3\n", r"line 3 has 1 cell; the first row has 2"),
        ("a,b\n1,2\n3,4,5\n", r"line 3 has 3 cells; the first row has 2"),
        ("a,b\n1,2,3\n3,4,5\n", r"line 2 has 3 cells; the first row has 2"),
        ("a,b,c\n1,2,3\n\n4,5\n", r"line 4 has 2 cells; the first row has 3"),
        ('a,b\n"1\n1",2\n3\n', r"line 4 has 1 cell; the first row has 2"),
        ('a,b\n5" pipe,2\n"3"\n', r"line 3 has 1 cell; the first row has 2"),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3: a double quote is opened here and never closed"),
        (b"a,b\n1,\xe9\n", r"not UTF-8 text: byte 0xe9 at position 6 \(line 2\)"),
        (b"a,b\n" + b"1,2\n" * 400_000 + b"1,\xe9\n", r"byte 0xe9 at position 1,600,006 \(line 400002\)"),
        (b"a,b\n1,\0\n", r"a NUL byte at position 6 \(line 2\)"),
        (b"\xff\xfea\0,\0b\0\n\0x", "not the UTF-16 text"),
        (b"PK\x03\x04xxxx", "a zip file or spreadsheet"),
        (b"\x1f\x8b\x08\x00broken", "the gzip file is broken"),
        (gzip.compress(b"a,b\n" + os.urandom(3000).hex().encode())[:-900], "the gzip file is broken"),
        (b"SQLite format 3\0", "an SQLite database"),
        ('[{"a": 1}]', "is JSON"),
        (b"PAR1broken", "cannot be read as Parquet"),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(write, content, message):
    with pytest.raises(DataError, match=message):
        write(content)


def test_what_is_no_file(tmp_path):
    with pytest.raises(DataError, match="is a folder, not a table"):
        table_files.read(Source("auto", str(tmp_path)))
    with pytest.raises(DataError, match="cannot read .*No such file"):
        table_files.read(Source("auto", str(tmp_path / "no.csv")))
    with pytest.raises(DataError, match="cannot read .*null"):
        table_files.read(Source("auto", "a\0b.csv"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="is a pipe or device"):
        table_files.read(Source("auto", str(tmp_path / "pipe")))


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("a\n1\n")

    def refused(*_, **__):  # root, who may run this, reads what has no permission too
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refused)
    with pytest.raises(DataError, match="cannot read .*Permission denied"):
        table_files.read(Source("auto", str(tmp_path / "t.csv")))


def test_quotes_that_are_cells_like_others(write):
    table = write('a,b\n5" pipe,2\n6" pipe,3\n"x ""y"" \nz",4\n\nlast,5\n')
    assert cells(table, "a") == ['5" pipe', '6" pipe', 'x "y" \nz', "last"]
    assert table.lines.tolist() == [2, 3, 4, 7]
    assert [table.where(k) for k in (0, 3)] == ["line 2", "line 7"]


def test_rows_over_many_blocks_keep_their_lines(write, monkeypatch):
    from dlcli.data import table_csv, table_text

    rows = [(f"{k}", f'"a\n""{k}"" , b"' if k % 3 else "plain") for k in range(400)]
    text = "x,t\n" + "".join(f"{a},{b}\n" for a, b in rows)
    whole = write(text)
    monkeypatch.setattr(table_text, "BLOCK", 7)
    monkeypatch.setattr(table_csv, "CELLS", 10)
    table = write(text)
    assert cells(table, "t") == cells(whole, "t")
    assert cells(table, "t")[1] == 'a\n"1" , b'
    begun = np.cumsum([2] + [1 + b.count("\n") for _, b in rows])[:-1]
    np.testing.assert_array_equal(table.lines, begun)
    np.testing.assert_array_equal(whole.lines, begun)


def test_a_row_of_one_column_may_be_empty_in_quotes(write):
    table = write('x\n1\n""\n\n3\n')
    np.testing.assert_array_equal(table["x"].values, [1, np.nan, 3])
    assert table.lines.tolist() == [2, 3, 5]


def test_columns_that_are_not_there(write):
    with pytest.raises(UsageError, match="no column 'spezies'; nearest: species"):
        write("species,x\na,1\n", target="spezies")
    with pytest.raises(UsageError, match="no column 'q'; there are species, x"):
        write("species,x\na,1\n", ids=["q"])
    with pytest.raises(UsageError, match="no column 'q'"):
        write("species,x\na,1\n", drop=["q"])
    with pytest.raises(UsageError, match="'x' is the target and an id"):
        write("species,x\na,1\n", target="x", ids=["x"])
    with pytest.raises(UsageError, match="'x' is dropped and also the target"):
        write("species,x\na,1\n", target="x", drop=["x"])
    assert write("a,b\n1,2\n", drop=["a"]).names == ["b"]


LIBSVM = "+1 1:0.5 3:-2 # a comment\n# nothing\n\n-1 2:1e-3\n1 1:7 2:8 3:9\n"


def lowered(text):
    import re

    return re.sub(r"(\d+):", lambda m: f"{int(m[1]) - 1}:", text)


def test_libsvm_is_the_same_from_0_and_from_1(write):
    one, zero = write(LIBSVM, "a.txt"), write(lowered(LIBSVM), "b.txt")
    assert (one.facts["base"], zero.facts["base"], one.facts["format"]) == (1, 0, "libsvm")
    assert "counted from 1: the smallest index is 1" in one.notes[0]
    assert "counted from 0: an index is 0" in zero.notes[0]
    learned = [tables.infer(t) for t in (one, zero)]
    matrices = [tables.encode(t, s) for t, (s, _) in zip((one, zero), learned, strict=True)]
    assert matrices[0].tolist() == [[0.5, 0, -2], [0, 0.001, 0], [7, 8, 9]]
    np.testing.assert_array_equal(*matrices)
    assert learned[0][0].features == learned[1][0].features == ["1", "2", "3"]
    assert learned[0][0].classes == ["-1", "1"]
    assert tables.target(one, learned[0][0]).tolist() == [1, 0, 1]
    assert one.where(1) == "line 4"


@pytest.mark.parametrize(
    ("model", "content", "row", "note"),
    [
        (LIBSVM, "1 2:5\n", [0, 5, 0], "counted from 1 as in the model"),
        (lowered(LIBSVM), "1 2:5\n", [0, 0, 5], "counted from 0 as in the model"),
        (lowered(LIBSVM), "1 2:5 3:1\n", [0, 5, 1], "counted from 1: index 3 is the last"),
        (LIBSVM, "1 0:5 2:1\n", [5, 0, 1], "counted from 0: an index is 0"),
        (LIBSVM, "1\n", [0, 0, 0], "counted from 1 as in the model"),
        (LIBSVM, "1 1:1 9:5\n", [1, 0, 0], "6 columns beyond the model's 3 are left out"),
    ],
)
def test_the_model_says_the_base_where_the_file_does_not(write, model, content, row, note):
    schema, _ = tables.infer(write(model, "a.txt"))
    table = write(content, "b.txt", kind="libsvm", schema=schema)
    assert tables.encode(table, schema).tolist() == [row]
    assert note in "; ".join(table.notes)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("1 qid:3 1:2\n", {}, "line 1 has qid:"),
        ("1 1:2\n1,2 1:2\n", {}, "line 2 has several labels"),
        ("1 1:2\n1 1:x\n", {}, "line 2: '1:x' is not allowed"),
        ("1 1:2\nx 1:2\n", {}, "line 2: 'x' is not allowed"),
        ("1 1:2\n1 2:1 2:2\n", {}, "line 2: index 2 stands there twice"),
        ("1 99999999999:2\n", {}, "line 1: index 99999999999 is too large"),
        ("1 3:2\n", {"features": "2"}, "index 3; features=2 allows 2"),
        ("1 0:2\n", {"base": "1"}, "index 0, but base=1 was said"),
        ("# nothing\n", {}, "has no rows"),
    ],
)
def test_what_is_no_libsvm(write, content, options, message):
    with pytest.raises(DataError, match=message):
        write(content, "a.txt", kind="libsvm", options=options)


def test_libsvm_options(write):
    table = write("1 2:5\n0 3:1\n", "a.txt", kind="libsvm", options={"base": "0", "features": "5"})
    assert (len(table.names), table["3"].values.tolist()) == (6, [5, 0])


def test_qid_and_several_labels_are_recognized_without_being_said(write):
    with pytest.raises(DataError, match="qid:"):
        write("1 qid:1 1:2\n0 qid:1 2:3\n", "a.txt")
    with pytest.raises(DataError, match="several labels"):
        write("1,2 1:2\n0 2:3\n", "a.txt")


def test_a_dense_table_beyond_the_memory_is_refused_before_it_is_made(write, monkeypatch):
    monkeypatch.setattr(table_columns, "free_bytes", lambda: 2**30)
    with pytest.raises(DeviceError, match=r"2 rows × 2,000,000,000 columns of 8 bytes need 29\.8 GiB; .* are free"):
        write("1 2000000000:1\n0 1:1\n", "a.txt")


def test_the_free_memory_is_known():
    assert 0 < table_columns.free_bytes() < 2**50


FRAME = pd.DataFrame(
    {
        "id": [9007199254740993, 2, 3, 4],
        "x": [0.1, -0.0, 1e-300, 2 / 3],
        "whole": [1, 2, 3, 4],
        "holes": pd.array([1, None, 3, 4], dtype="Int64"),
        "bool": [True, False, True, False],
        "maybe": pd.array([True, None, False, True], dtype="boolean"),
        "color": pd.Categorical(["red", "blue", "red", None]),
        "size": pd.Categorical([3, 4, 3, 3]),
        "text": ["a", None, "NA", " b"],
        "day": pd.to_datetime(["2024-01-01", "2024-02-29", None, "1969-12-31"]),
        "time": pd.to_datetime(
            ["2024-01-01 10:30:00", "2024-02-29 00:00:00", "2024-02-29 23:59:59", "1960-01-01 00:00:00"]
        ),
        "y": ["u", "v", "u", "v"],
    }
)


@pytest.fixture
def both(tmp_path):
    fastparquet = pytest.importorskip("fastparquet")
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fastparquet.write(str(tmp_path / "t.parquet"), FRAME, write_index=False)
    return [Source("auto", str(tmp_path / n)) for n in ("t.csv", "t.parquet")]


def test_parquet_is_the_csv_of_the_same_table(both):
    read = [table_files.read(s, target="y", ids=["id"]) for s in both]
    assert [t.facts["format"] for t in read] == ["csv", "parquet"]
    schemas = [tables.infer(t, ids=["id"])[0] for t in read]
    assert schemas[0].columns == schemas[1].columns
    kinds = {c.name: c.kind for c in schemas[0].columns}
    assert kinds == {
        **dict.fromkeys(("x", "whole", "holes", "size"), "number"),
        **dict.fromkeys(("bool", "maybe"), "boolean"),
        **dict.fromkeys(("color", "text"), "category"),
        **dict.fromkeys(("day", "time"), "date"),
    }
    for schema in schemas:  # either model, either file, read with or without its schema
        again = [table_files.read(s, schema=schema) for s in both]
        bits = {tables.encode(t, schema).tobytes() for t in (*read, *again)}
        assert len(bits) == 1
        assert all(tables.target(t, schema).tolist() == [0, 1, 0, 1] for t in (*read, *again))
        for t in again:
            assert tables.ids(t, schema) == {"id": ["9007199254740993", "2", "3", "4"]}


def test_parquet_without_its_extra(both, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastparquet", None)
    with pytest.raises(MissingError, match="needs fastparquet") as error:
        table_files.read(both[1])
    assert error.value.hint == "pip install 'dlcli-toolkit[parquet]'"
    assert int(error.value.code) == 4


def test_parquet_of_lists_and_the_wrong_kind(both, tmp_path):
    import fastparquet

    fastparquet.write(str(tmp_path / "l.parquet"), pd.DataFrame({"x": [1, 2], "l": [[1], [2]]}), object_encoding="json")
    with pytest.raises(DataError, match="column 'l' holds lists"):
        table_files.read(Source("auto", str(tmp_path / "l.parquet")))
    assert table_files.read(Source("auto", str(tmp_path / "l.parquet")), drop=["l"]).names == ["x"]
    with pytest.raises(DataError, match="is a Parquet file, not csv"):
        table_files.read(Source("csv", both[1].path))
    with pytest.raises(DataError, match="is no Parquet file"):
        table_files.read(Source("parquet", both[0].path))
    with pytest.raises(UsageError, match="no column 'yy'; nearest: y"):
        table_files.read(both[1], target="yy")


@pytest.mark.parametrize("name", ["breast-cancer", "diabetes", "digits", "iris", "wine"])
def test_builtin_tables(name):
    from sklearn import datasets

    table = table_files.read(parse_table(name))
    schema, _ = tables.infer(table)
    raw = getattr(datasets, f"load_{name.replace('-', '_')}")(**({"scaled": False} if name == "diabetes" else {}))
    np.testing.assert_array_equal(tables.encode(table, schema), raw.data)
    assert schema.features == [str(n) for n in raw.feature_names]
    y = tables.target(table, schema)
    if name == "diabetes":
        assert schema.task == "regress"
        np.testing.assert_array_equal(y, raw.target)
    else:
        assert schema.classes == sorted(map(str, raw.target_names))
        assert [schema.classes[k] for k in y] == [str(raw.target_names[k]) for k in raw.target]


def test_what_a_model_has_no_use_for_is_not_read(write):
    schema, _ = tables.infer(write("a,b,y\n1,x,0\n2,z,1\n3,x,1\n", target="y"))
    table = write("extra,b,a\n1,x,5\n2,z,6\n", schema=schema)
    assert (set(table.names), table.ignored) == ({"a", "b"}, ("extra",))


def test_a_first_line_of_cells_is_guessed_when_a_column_is_not_found(tmp_path):
    (tmp_path / "t.csv").write_text("1.5,2,yes\n2.5,3,no\n")
    with pytest.raises(UsageError, match="no column 'y'") as caught:
        table_files.read(Source("auto", str(tmp_path / "t.csv")), target="y")
    assert "header=false" in caught.value.hint
