"""The report page of word vectors."""

from dlcli.ui import embed_page
from dlcli.ui.embed_page import VectorReport

METRICS = {"loss": 2.5, "words_per_s": 1000, "vocabulary": 2, "coverage": 0.5, "peak_memory_mb": 100.0}


def report(**more):
    told = {
        "title": "skipgram", "run": "runs/x", "metrics": METRICS, "settings": [("dim", "4")],
        "neighbors": [{"word": "<script>alert(1)</script>", "count": 3, "nearest": "b & c 0.99"}],
        "frequent": [{"word": "the", "count": 3, "share": 0.25}],
        "history": [{"epoch": n, "train/loss": 3.0 / n, "words_per_s": 900.0} for n in (1, 2, 3)],
    }  # fmt: skip
    return VectorReport(**(told | more))


def test_the_page_tells_everything_and_runs_nothing(tmp_path):
    written = embed_page.write(report(), tmp_path / "p.html", tmp_path / "plots")
    assert set(written) == {"page", "plots/loss", "plots/words_per_s"}
    page = (tmp_path / "p.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "b &amp; c 0.99" in page
    assert all(title in page for title in ("Nearest neighbors", "Most frequent words", "Settings", "How it learned"))
    assert (tmp_path / "plots/loss.png").stat().st_size > 1000


def test_without_epochs_there_is_no_curve(tmp_path):
    metrics = {k: v for k, v in METRICS.items() if k != "loss"}
    written = embed_page.write(report(metrics=metrics, history=[]), tmp_path / "p.html", tmp_path / "plots")
    assert set(written) == {"page"}
    assert "How it learned" not in (tmp_path / "p.html").read_text()


def test_the_fit_in_one_sentence():
    told = "Vectors of 2 words, which are 50.0 % of the text"
    assert embed_page.verdict(report()) == f"{told}; the loss is 2.500 in the end."
    few = {k: v for k, v in METRICS.items() if k != "loss"} | {"vocabulary": 1234}
    assert embed_page.verdict(report(metrics=few)) == "Vectors of 1,234 words, which are 50.0 % of the text."
