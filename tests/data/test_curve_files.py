"""Files of records: JSON lines, JSON and tables, whole, half written and broken."""

import json
import math

import numpy as np
import pytest

from dlcli.core.errors import DataError, UsageError
from dlcli.data import curve_files, curves


def read(tmp_path, text, name="a.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return curve_files.read(str(path))


def numbers(records):
    return {k: (c.rows.tolist(), c.values.tolist()) for k, c in records.columns.items()}


def test_json_lines_nested_missing_and_half_written(tmp_path):
    text = '{"epoch": 1, "val": {"loss": 2.5}, "best": true, "name": "x"}\n{"epoch": 2}\n'
    text += '{"epoch": 3, "val": {"loss": 1}}\n{"epoch": 4, "val": {"lo'
    records = read(tmp_path, text)
    assert numbers(records) == {"epoch": ([0, 1, 2], [1, 2, 3]), "val/loss": ([0, 2], [2.5, 1])}
    assert records.notes == []


def test_a_broken_line_in_the_middle_is_told(tmp_path):
    records = read(tmp_path, '{"a": 1}\n{oops}\n{"a": 2}\n')
    assert numbers(records) == {"a": ([0, 1], [1, 2])}
    assert "1 of 3 lines are no JSON" in records.notes[0]


def test_what_is_no_number_is_a_gap(tmp_path):
    records = read(tmp_path, '{"a": 1}\n{"a": NaN}\n{"a": null}\n{"a": "Infinity"}\n{"a": 5}\n')
    values = records.columns["a"].values
    assert np.isfinite(values).tolist() == [True, False, False, False, True]


def test_a_document_of_records_or_of_lists(tmp_path):
    wanted = {"epoch": ([0, 1], [1, 2]), "loss": ([0, 1], [0.5, 0.25])}
    rows = [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}]
    for document in (rows, {"log_history": rows}, {"epoch": [1, 2], "loss": [0.5, 0.25]}):
        for indent in (None, 2):
            assert numbers(read(tmp_path, json.dumps(document, indent=indent))) == wanted


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_tables_with_empty_cells_and_words(tmp_path, delimiter):
    text = "step,loss,val_loss,note\n0,1.5,,start\n1,nan,2.5,\n2,0.5,,end\n".replace(",", delimiter)
    records = read(tmp_path, text)
    assert set(records.columns) == {"step", "loss", "val_loss"}
    assert records.columns["val_loss"].rows.tolist() == [1]
    assert math.isnan(records.columns["loss"].values[1])


def test_the_last_line_of_a_table_counts_unless_it_is_half(tmp_path):
    assert numbers(read(tmp_path, "a,b\n1,2\n3,4"))["b"][1] == [2, 4]
    for half in ("3", "3,0.", "3,1e-"):
        assert numbers(read(tmp_path, f"a,b\n1,2\n{half}"))["b"][1] == [2]


def test_decimal_commas_equal_names_and_packed_files(tmp_path):
    import gzip

    records = read(tmp_path, gzip.compress(b"step;loss;loss\n1;0,5;2\n2;0,25;3\n"))
    assert records.columns["loss"].values.tolist() == [0.5, 0.25]
    assert records.columns["loss (2)"].values.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"), ("1,2\n3,4\n", "has no row of names"), ("a,b\nx,y\n", "has no numbers"),
        ("{nothing", "neither JSON lines nor JSON"),
        (b"a,b\n\xff\xfe1,2\nx", "not UTF-8 text"), ("[]", "has no numbers"),
    ],
    ids=["empty", "headless", "words", "broken", "bytes", "list"],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path, text, told):
    with pytest.raises(DataError, match=told):
        read(tmp_path, text)


def log(name, **columns):
    count = max(map(len, columns.values()))
    held = {k: curve_files.Column(np.arange(len(v)), np.array(v, dtype=float)) for k, v in columns.items()}
    return curves.Log(name, name, curve_files.Records(count, held))


def test_parts_of_names():
    for key in ("val/loss", "val_loss", "Validation loss", "valid.loss", "eval-loss"):
        assert curves.part_of(key) == ("val", "loss")
    assert curves.part_of("train_loss") == ("train", "loss")
    assert curves.part_of("trainable") == ("", "trainable")


def test_names_that_collide_are_told_apart():
    assert curves.names_apart(["runs/a/x", "runs/b/x"]) == ["a/x", "b/x"]
    assert curves.names_apart(["runs/a/metrics.jsonl", "runs/b/metrics.jsonl"]) == ["a", "b"]
    assert curves.names_apart(["x"]) == ["x"]


def test_without_a_word_the_loss_and_headline_that_all_share_are_drawn():
    one = log("a", epoch=[1, 2], **{"train/loss": [1, 2], "val/loss": [1, 2], "val/accuracy": [0, 1], "lr": [1, 1]})
    two = log("b", epoch=[1, 2], **{"train/loss": [1, 2], "val/macro_f1": [0, 1]})
    assert list(curves.chosen([one], [], None)) == ["loss", "accuracy"]
    assert [(at.name, key) for at, key in curves.chosen([one, two], [], None)["loss"]] == [
        ("a", "train/loss"), ("a", "val/loss"), ("b", "train/loss"),
    ]  # fmt: skip
    assert list(curves.chosen([one, two], [], None)) == ["loss"]
    assert [k for _, k in curves.chosen([one], ["val/loss"], None)["val/loss"]] == ["val/loss"]
    keras = log("k", epoch=[0, 1], loss=[1, 2], val_loss=[1, 2])
    assert [k for _, k in curves.chosen([keras], ["loss"], None)["loss"]] == ["loss", "val_loss"]


def test_a_metric_that_is_not_there_names_what_is():
    one = log("a", epoch=[1, 2], **{"val/accuracy": [0, 1]})
    with pytest.raises(UsageError, match=r"no metric is called 'acuracy'; there are val/accuracy; nearest: accuracy"):
        curves.chosen([one], ["acuracy"], None)
    with pytest.raises(UsageError, match="only counters"):
        curves.chosen([log("a", epoch=[1, 2])], [], None)


def test_the_counter_that_rises_lies_below():
    assert curves.below([log("a", epoch=[1, 2], step=[5, 9], y=[0, 0])], None) == "epoch"
    assert curves.below([log("a", epoch=[1, 1], step=[5, 9], y=[0, 0])], None) == "step"
    assert curves.below([log("a", epoch=[1, 2]), log("b", round=[1, 2])], None) == "row"
    assert curves.below([log("a", Step=[1, 2], Value=[3, 4])], None) == "step"
    with pytest.raises(UsageError, match="a has no 'step' to draw against; there are row, time, epoch"):
        curves.below([log("a", epoch=[1, 2])], "step")
    with pytest.raises(UsageError, match="a has no times"):
        curves.below([log("a", epoch=[1, 2])], "time")


def test_curves_are_put_in_the_order_of_x_and_time_is_counted_from_the_start():
    one = log("a", step=[1, 3, 2], y=[10, 30, 20], seconds=[2, 3, 4])
    assert curves.curve(one, "y", "y", "step").y.tolist() == [10, 20, 30]
    assert curves.curve(one, "y", "y", "time").x.tolist() == [2, 5, 9]
    clock = log("a", wall_time=[100, 160], y=[1, 2])
    assert curves.curve(clock, "y", "y", "time").x.tolist() == [0, 60]
    assert curves.curve(clock, "y", "y", "row").x.tolist() == [1, 2]
