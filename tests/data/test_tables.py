"""What training rows teach, and what it makes of any row afterwards."""

import json

import numpy as np
import pytest

from dlcli.core.errors import DataError, DeviceError, ModelError, UsageError
from dlcli.core.sources import Source
from dlcli.data import build, table_columns, table_describe, table_files, tables
from dlcli.data.table_columns import Text
from dlcli.data.table_schema import Schema, date_parts, kind_of


@pytest.fixture
def write(tmp_path):
    """Write a CSV file and return the table in it: ``write("a,b\\n1,2\\n", target="b")``."""

    def call(text, name="t.csv", **how):
        (tmp_path / name).write_text(text)
        return table_files.read(Source("auto", str(tmp_path / name)), **how)

    return call


def matrix(table, schema, **how):
    found = tables.encode(table, schema, **how)
    assert (found.dtype, found.flags.c_contiguous, found.shape) == (
        np.float64,
        True,
        (len(table), len(schema.features)),
    )
    return found


MIXED = """id,age,member,when,color,y
007,31,yes,2024-01-05,red,no
008,,no,2024-02-29T12:30:00Z,blue,yes
009,2.5e1,,1969-12-31,red,no
010,40,YES,,,yes
011,-0,No,2024-02-29T14:00:00+02:00,green,yes
012,0.5,t,2024-01-05 23:00,blue,no
"""


def test_every_kind_of_column_is_found_and_encoded(write):
    table = write(MIXED, target="y", ids=["id"])
    schema, notes = tables.infer(table, ids=["id"])
    assert {c.name: c.kind for c in schema.columns} == {
        "age": "number", "member": "boolean", "when": "date", "color": "category",
    }  # fmt: skip
    assert schema.features == [
        *("age", "member", "when.days", "when.month", "when.weekday", "when.hour"),
        *("color=blue", "color=red", "color=green", "color=<missing>"),
    ]
    nan, start = np.nan, 19727.0  # days from 1970 to 2024-01-05
    np.testing.assert_array_equal(
        matrix(table, schema),
        [
            [31, 1, start, 1, 4, 0, 0, 1, 0, 0],
            [nan, 0, start + 55 + 12.5 / 24, 2, 3, 12, 1, 0, 0, 0],
            [25, nan, -1, 12, 2, 0, 0, 1, 0, 0],
            [40, 1, nan, nan, nan, nan, 0, 0, 0, 1],
            [0, 0, start + 55.5, 2, 3, 12, 0, 0, 1, 0],
            [0.5, 1, start + 23 / 24, 1, 4, 23, 1, 0, 0, 0],
        ],
    )
    assert (schema.task, schema.classes, schema.rows) == ("classify", ["no", "yes"], 6)
    assert tables.target(table, schema).tolist() == [0, 1, 0, 1, 1, 0]
    assert tables.ids(table, schema) == {"id": ["007", "008", "009", "010", "011", "012"]}
    assert notes == []


def test_a_schema_goes_through_json(write):
    schema, _ = tables.infer(write(MIXED, target="y"), levels=2)
    again = Schema.from_plain(json.loads(json.dumps(schema.plain())))
    assert again.plain() == schema.plain()
    assert again == schema
    np.testing.assert_array_equal(*(matrix(write(MIXED, schema=s), s) for s in (schema, again)))


@pytest.mark.parametrize(
    "harm", [{"columns": 3}, {"task": "rank"}, {"columns": [{"name": "x", "kind": "?"}]}, {"new": 1}]
)
def test_a_broken_schema_is_refused(write, harm):
    schema, _ = tables.infer(write(MIXED, target="y"))
    with pytest.raises(ModelError, match="schema is broken"):
        Schema.from_plain({**schema.plain(), **harm})


def test_a_row_has_the_same_bits_alone_and_in_any_file(write):
    rng = np.random.default_rng(3)
    days = ["2024-01-05", "2023-07-01T10:00:00", "2020-02-29 23:59:59.123456+05:30", ""]
    flags, kinds = ["yes", "no", ""], ["u", "v", "w", "3", ""]
    rows = []
    for k in range(300):
        cells = [k, repr(float(rng.normal())) if k % 3 else "-0", rng.integers(-3, 9)]
        cells += [f"0{rng.integers(5)}" if k % 2 else "A1", rng.choice(flags), rng.choice(days), rng.choice(kinds)]
        rows.append(",".join(map(str, cells)))
    head = "id,x,whole,code,flag,when,kind\n"
    table = write(head + "\n".join(rows) + "\n", ids=["id"])
    schema, _ = tables.infer(table, ids=["id"], levels=3)
    assert [c.kind for c in schema.columns] == ["number", "number", "category", "boolean", "date", "category"]
    together = matrix(table, schema)
    for k in range(0, 300, 7):
        alone = write(head + rows[k] + "\n", "one.csv", schema=schema)
        assert matrix(alone, schema).tobytes() == together[k].tobytes(), rows[k]
        assert tables.ids(alone, schema) == {"id": [str(k)]}
    order = rng.permutation(300)
    assert matrix(table.take(order), schema).tobytes() == together[order].tobytes()
    shuffled = write(head + "\n".join(rows[k] for k in order) + "\n", "b.csv", schema=schema)
    assert matrix(shuffled, schema).tobytes() == together[order].tobytes()


def test_a_text_column_keeps_its_characters_when_a_file_holds_only_digits(write):
    schema, _ = tables.infer(write("code,y\n03,0\nA,1\n3,0\n03,1\n", target="y"))
    assert schema.features == ["code=03", "code=3", "code=A"]
    assert matrix(write("code\n03\n3\n", "b.csv", schema=schema), schema).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_the_schema_not_the_file_says_that_words_are_numbers_or_booleans(write):
    schema, _ = tables.infer(write("flag,day,y\ntrue,2024-01-01,0\nfalse,2024-01-02,1\n", target="y"))
    table = write("flag,day\n1,2024-01-03\n0,\n", "b.csv", schema=schema)
    assert matrix(table, schema)[:, 0].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["true", "FALSE"], "boolean"),
        (["Yes", "no"], "boolean"),
        (["t", "f"], "boolean"),
        (["y", "N"], "boolean"),
        (["yes"], "boolean"),
        (["f"], "category"),
        (["f", "m"], "category"),
        (["1", "2.5", "-1e5"], "number"),
        (["1", "1_0"], "category"),
        (["0x10"], "category"),
        (["2024-01-31", "2024-02-29"], "date"),
        (["2023-02-29"], "category"),
        (["2024-01-31T10:00+0100"], "date"),
        (["20240131"], "number"),
        (["2024-W01-1"], "category"),
        ([], "number"),
    ],
)
def test_kinds(cells, kind):
    assert kind_of(Text(np.arange(len(cells), dtype=np.int32), cells)) == kind


def test_dates_agree_with_pandas():
    import pandas as pd

    rng = np.random.default_rng(0)
    for seconds in rng.integers(-(10**10), 10**10, 200):
        at = pd.Timestamp(int(seconds), unit="s")
        days, month, weekday, hour = date_parts(at.isoformat())
        assert (month, weekday, hour) == (at.month, at.weekday(), at.hour)
        assert days == pytest.approx(seconds / 86400, rel=1e-12)
    assert date_parts("2024-01-01T01:00+02:00") == date_parts("2023-12-31T23:00Z") == date_parts("2023-12-31 23:00")


def test_levels_are_learnt_from_the_training_rows_alone(write):
    text = "x,c,y\n" + "".join(f"{k},{'abc'[k % 3] if k < 30 else 'held'},{k % 2}\n" for k in range(40))
    table = write(text, target="y")
    train, test = np.arange(30), np.arange(30, 40)
    schema, _ = tables.infer(table.take(train))
    assert schema.features == ["x", "c=a", "c=b", "c=c"]
    alone, _ = tables.infer(write("".join(text.splitlines(keepends=True)[:31]), "train.csv", target="y"))
    assert schema.columns == alone.columns
    notes = []
    held = matrix(table.take(test), schema, notes=notes)
    assert (held[:, 1:] == 0).all()
    assert notes == [
        "column 'c': 10 cells with levels never seen in training ('held'), first in line 32: read as missing"
    ]


def test_counts_that_order_levels_come_from_the_training_rows_alone(write):
    table = write("c,y\n" + "a,0\nb,1\n" * 3 + "a,0\n" + "b,1\n" * 50, target="y")
    schema, _ = tables.infer(table.take(np.arange(7)), levels=1)
    assert schema.features == ["c=a", "c=<other>"]
    schema, _ = tables.infer(table, levels=1)
    assert schema.features == ["c=b", "c=<other>"]


def test_classes_are_learnt_from_the_training_rows_alone(write):
    table = write("x,y\n1,a\n2,b\n3,a\n4,c\n", target="y")
    schema, _ = tables.infer(table.take(np.arange(3)))
    assert schema.classes == ["a", "b"]
    with pytest.raises(
        DataError, match="target 'y' is 'c', a class never seen in training; the model knows a, b; in line 5"
    ):
        tables.target(table, schema)


def test_a_stray_word_held_back_is_a_difference_unless_the_whole_table_says_the_kind(write):
    table = write("x,y\n" + "".join(f"{k},{k % 2}\n" for k in range(20)) + "abc,1\n", target="y")
    train = table.take(np.arange(20))
    schema, _ = tables.infer(train)
    with pytest.raises(DataError, match="x: number in the model; 'abc' in line 22"):
        tables.encode(table, schema)
    schema, _ = tables.infer(train, kinds=table)
    assert schema["x"].kind == "category"
    assert "abc" not in schema["x"].levels
    assert matrix(table, schema).shape == (21, 20)


def test_a_stray_word_is_named_with_its_line(write):
    table = write("x,y\n" + "1,0\n2,1\n" * 5 + "n/k,0\n", target="y")
    schema, notes = tables.infer(table)
    assert schema["x"].kind == "category"
    assert notes[0] == "column 'x' is read as text, for 'n/k' in line 12 is no number; clear such cells to have numbers"


def test_rare_levels_share_a_column(write):
    rows = "".join(f"{level},{k % 2}\n" for k, level in enumerate("aaaaabbbbcccdde"))
    schema, notes = tables.infer(write("c,y\n" + rows, target="y"), levels=2)
    assert schema.features == ["c=a", "c=b", "c=<other>"]
    assert notes[0] == "column 'c' has 5 levels: a column each for the 2 most frequent, one for the rest"
    found = matrix(write('c\na\nc\ne\nz\n""\n', "b.csv", schema=schema), schema)
    assert found.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_ties_between_levels_are_broken_by_name_not_by_place(write):
    first, _ = tables.infer(write("c,y\nb,0\na,1\nc,1\n", target="y"), levels=2)
    second, _ = tables.infer(write("c,y\nc,0\nb,1\na,1\n", target="y"), levels=2)
    assert first.features == second.features == ["c=a", "c=b", "c=<other>"]


def test_more_rare_levels_than_are_kept(write, monkeypatch):
    monkeypatch.setattr(tables, "REST", 3)
    schema, _ = tables.infer(write("c,y\n" + "".join(f"l{k},{k % 2}\n" for k in range(9)), target="y"), levels=2)
    assert (schema["c"].rest, schema["c"].open) == ((), True)
    table = write("c\nl8\nnever\n", "b.csv", schema=schema)
    assert matrix(table, schema, unseen="error").tolist() == [[0, 0, 1], [0, 0, 1]]


UNSEEN = "a,b\nx,u\nnew,u\nnew,v\nnewer,w\n"


@pytest.mark.parametrize("seen_missing", [False, True])
def test_unseen_levels(write, seen_missing):
    schema, _ = tables.infer(write("a,b,y\nx,u,0\nz,v,1\n" + ",u,1\n" * seen_missing, target="y"))
    table = write(UNSEEN, "b.csv", schema=schema)
    said = {"missing": [], "warn": []}
    found = [matrix(table, schema, unseen=how, notes=notes) for how, notes in said.items()]
    np.testing.assert_array_equal(*found)
    missing = [1.0] * seen_missing
    empty = [0.0] * seen_missing
    assert found[0].tolist() == [
        [*map(float, [1, 0]), *empty, 1, 0],
        [0, 0, *missing, 1, 0],
        [0, 0, *missing, 0, 1],
        [0, 0, *missing, 0, 0],
    ]
    assert said["missing"] == []
    assert said["warn"] == [
        "column 'a': 3 cells with levels never seen in training ('new', 'newer'), first in line 3: read as missing",
        "column 'b': 1 cell with levels never seen in training ('w'), first in line 5: read as missing",
    ]
    with pytest.raises(DataError, match="column 'a': 3 cells .* column 'b': 1 cell"):
        tables.encode(table, schema, unseen="error")
    assert matrix(table.take([0]), schema, unseen="error").shape == (1, len(schema.features))


def test_what_is_different_at_prediction(write):
    schema, _ = tables.infer(write(MIXED, target="y", ids=["id"]), ids=["id"])
    table = write("color,when,new,member\nred,soon,1,maybe\n", "b.csv", schema=schema)
    found = tables.check(table, schema)
    assert [(d.column, d.kind) for d in found] == [
        ("age", "missing"), ("member", "kind"), ("when", "kind"), ("id", "id"), ("new", "extra"),
    ]  # fmt: skip
    assert str(found[0]) == "age: number in the model; no such column here"
    assert str(found[1]) == "member: boolean in the model; 'maybe' in line 2"
    with pytest.raises(
        DataError, match="b.csv does not fit the model:\n  age: .*\n  member: .*\n  when: date .* 'soon'"
    ):
        tables.encode(table, schema)


def test_order_target_and_further_columns_do_not_matter(write):
    schema, _ = tables.infer(write(MIXED, target="y", ids=["id"]), ids=["id"])
    lines = [row.split(",") for row in MIXED.splitlines()]
    other = "\n".join(",".join([*row[4:0:-1], "more"]) for row in lines) + "\n"
    table = write(other, "b.csv", schema=schema)
    assert matrix(table, schema).tobytes() == matrix(write(MIXED, schema=schema), schema).tobytes()
    assert [d.kind for d in tables.check(table, schema)] == ["id", "extra"]
    with pytest.raises(DataError, match="has no target column 'y'"):
        tables.target(table, schema)


@pytest.mark.parametrize(
    ("cells", "task", "classes"),
    [
        (["a", "b", "a"], "classify", ["a", "b"]),
        (["10", "9", "10", "1"], "classify", ["1", "9", "10"]),
        (["01", "1.0", "1.0", "2"], "classify", ["1.0", "2"]),
        (["True", "False", "True"], "classify", ["False", "True"]),
        (["no", "null", "yes", "None", "no"], "classify", ["None", "no", "yes"]),
        (["0.5", "1", "2"], "regress", []),
        ([str(k) for k in range(21)], "regress", []),
        ([str(k % 20) for k in range(60)], "classify", [str(k) for k in range(20)]),
        (["1", "None", "2", "1", "2"], "classify", ["1", "2"]),
    ],
)
def test_the_task_follows_from_the_target(write, cells, task, classes):
    schema, _ = tables.infer(write("x,y\n" + "".join(f"{k},{c}\n" for k, c in enumerate(cells)), target="y"))
    assert (schema.task, schema.classes) == (task, classes)


def test_a_task_that_is_said(write):
    table = write("x,y\n" + "".join(f"{k},{k % 3}\n" for k in range(9)), target="y")
    schema, notes = tables.infer(table, task="regress")
    assert (schema.task, tables.target(table, schema).tolist()[:4], notes) == ("regress", [0, 1, 2, 0], [])
    table = write("x,y\n" + "".join(f"{k},{k % 3 / 2}\n" for k in range(9)), target="y")
    schema, _ = tables.infer(table, task="classify")
    assert (schema.classes, tables.target(table, schema).tolist()[:4]) == (["0.0", "0.5", "1.0"], [0, 1, 2, 0])
    with pytest.raises(DataError, match="'a' in line 2, which is no number"):
        tables.infer(write("x,y\n1,a\n2,b\n", target="y"), task="regress")


def test_rows_without_a_target_are_left_out_and_counted(write):
    table = write("x,y\n1,a\n2,\n3,b\n4,NA\n5,a\n", target="y")
    schema, notes = tables.infer(table)
    assert notes[0] == "2 rows have no target and are left out; the first: line 3"
    assert schema.rows == 3
    kept, said = tables.labeled(table, "y")
    assert (kept["x"].values.tolist(), said) == ([1, 3, 5], notes[:1])
    assert tables.target(kept, schema).tolist() == [0, 1, 0]
    with pytest.raises(DataError, match="target 'y' is missing in line 3"):
        tables.target(table, schema)
    with pytest.raises(DataError, match="no row has a target"):
        tables.infer(write("x,y\n1,\n2,NA\n", target="y"))


def test_a_listed_missing_mark_holds_for_the_target_too(write):
    table = write("x,y\n1,a\n2,None\n3,b\n4,NA\n5,b\n", target="y", missing=["None"])
    schema, _ = tables.infer(table)
    assert (schema.classes, schema.rows) == (["NA", "a", "b"], 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y\n1,a\n2,a\n", "target 'y' is 'a' in every row; a classifier needs two classes"),
        ("x,y\n1,3\n2,3\n", "target 'y' is '3' in every row"),
        ("x,y\n1,.5\n2,.5\n", "target 'y' is 0.5 in every row; there is nothing to learn"),
        (
            "x,y\n" + "".join(f"{k},n{k}\n" for k in range(30)),
            "has 30 classes in 30 rows, nearly one a row: is it an id?",
        ),
        (
            "x,y\n" + "".join(f"{k},n{k // 2}\n" for k in range(2400)),
            "has 1,200 classes in 2,400 rows, more than 1,000",
        ),
        ("x,y\n1,1.5\n2,inf\n", "target 'y' is infinite in line 3"),
        ("x,y\n1,1.5\ninf,2\n", "column 'x' holds an infinite number in line 3"),
        ("y\n1\n2\n", "has no column to learn from"),
    ],
)
def test_targets_and_columns_that_teach_nothing(write, text, message):
    with pytest.raises(DataError, match=message):
        tables.infer(write(text, target="y"))


def test_columns_named_wrongly(write):
    table = write("age,name,y\n1,a,0\n2,b,1\n")
    with pytest.raises(UsageError, match="no column 'agee'; nearest: age") as error:
        tables.infer(table, target="agee")
    assert int(error.value.code) == 2
    with pytest.raises(UsageError, match="'y' is the target and an id"):
        tables.infer(table, target="y", ids=["y"])
    with pytest.raises(UsageError, match="'y' is the target and dropped"):
        tables.infer(table, target="y", drop=["y"])
    with pytest.raises(UsageError, match="no column 'q'"):
        tables.infer(table, target="y", drop=["q"])
    schema, _ = tables.infer(table, target="y", drop=["name"])
    assert schema.features == ["age"]


def test_notes_on_columns(write):
    rows = "".join(f"{k},{k + 5},u{k},7,{k % 3},{k % 2}\n" for k in range(12))
    table = write(",customer_id,name,same,x,y\n" + rows, target="y")
    schema, notes = tables.infer(table)
    assert table.notes == ["the first column has no name; it is called 'Unnamed: 0'"]
    assert notes == [
        "column 'Unnamed: 0' looks like an id (a whole number of its own in each row): --id Unnamed: 0",
        "column 'customer_id' looks like an id (a whole number of its own in each row): --id customer_id",
        "column 'name' looks like an id (a text of its own in each row): --id name",
        "column 'same' is constant",
        "target 'y' has 2 whole numbers, read as classes; --task regress tells numbers",
    ]
    assert len(schema.columns) == 5


def test_encoded_names_are_unique(write):
    schema, _ = tables.infer(write("a,a=b,c,y\nb,1,<missing>,0\nz,2,,1\n", target="y"))
    assert len(set(schema.features)) == len(schema.features) == 5
    assert "a=b (2)" in schema.features


def test_a_matrix_beyond_the_memory_is_refused_before_it_is_made(write, monkeypatch):
    table = write(MIXED, target="y")
    schema, _ = tables.infer(table)
    monkeypatch.setattr(table_columns, "free_bytes", lambda: 100)
    with pytest.raises(DeviceError, match=r"6 rows × .* columns of 8 bytes need .* are free") as error:
        tables.encode(table, schema)
    assert int(error.value.code) == 5


def test_a_table_is_described(write):
    table = write(MIXED, target="y", ids=["id"])
    schema, _ = tables.infer(table, ids=["id"])
    rows = {r["column"]: r for r in table_describe.describe(table, schema)}
    assert list(rows) == table.names
    assert rows["age"] == {
        "column": "age", "kind": "number", "role": "feature", "missing": 1, "distinct": 5, "min": 0.0, "max": 40.0,
        "frequent": "",
    }  # fmt: skip
    assert (rows["color"]["kind"], rows["color"]["missing"], rows["color"]["frequent"]) == (
        "category", 1, "blue (2), red (2), green (1)",
    )  # fmt: skip
    assert (rows["when"]["min"], rows["when"]["kind"]) == ("1969-12-31", "date")
    assert [rows[n]["role"] for n in ("id", "y")] == ["id", "target"]
    assert table_describe.facts(table)["rows"] == 6
    assert {r["role"] for r in table_describe.describe(table)} == {"feature", "target"}


def test_numbers_are_split_by_their_size():
    y = np.random.default_rng(0).normal(size=1000) ** 3
    labels = tables.labels_for_split(y, "regress")
    assert np.bincount(labels).tolist() == [100] * 10
    parts = build.split(labels, [0.2], seed=0)
    assert len(parts[1]) == 200
    assert all(np.bincount(labels[parts[1]]) == 20)
    assert tables.labels_for_split(np.array([2, 0]), "classify").tolist() == [2, 0]
    assert tables.labels_for_split(np.array([1.0, 2.0]), "regress").tolist() == [0, 0]


def test_rows_are_taken_by_number_or_mask(write):
    table = write(MIXED, target="y").take([4, 2, 0])
    assert [table.where(k) for k in range(3)] == ["line 6", "line 4", "line 2"]
    assert table.take(np.array([False, True, True]))["age"].values.tolist() == [25, 31]
    assert len(table.take([1])) == 1
