"""Word vectors against gensim, Debian's fasttext and subword-nmt, alternating in one run: ratios, medians, versions.

train: `dlcli embed fit` against a bare gensim script with `corpus_file`, and against the `fasttext` program with
n-grams off: same file, dimensions, window, negatives, epochs and threads; whole processes, and the training alone.
scaling: words per second from one thread to two, dlcli and gensim, on lines of 5 and of 1,000 words.
load: reading word2vec text; analogies: questions-words; both against gensim in this process.
queries: the ten nearest of 400,000×300 from a memory map. bpe: 8,000 merges of a million words against subword-nmt.
memory: training on a file four times the address space that the process may take.
quality: WordSim-353, SimLex-999 and questions-words of every method on gensim's Wikipedia extract and Lee corpus.

    python benchmarks/embed.py [CASE …] [--runs 3] [--words 20000000] [--threads 2]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np

TEST_DATA = Path(metadata.distribution("gensim").locate_file("gensim/test/test_data"))  # type: ignore[arg-type]
EXTRACT = TEST_DATA / "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
SETTINGS = {"dim": 100, "window": 5, "negatives": 5, "epochs": 1, "min_count": 5, "sample": 1e-3}

# What a gensim user writes; the seconds of `train` alone stand on the last line.
GENSIM = """
import sys, time, json
from gensim.models import Word2Vec
path, out, sg, threads, sizes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), json.loads(sys.argv[5])
model = Word2Vec(vector_size=sizes["dim"], window=sizes["window"], negative=sizes["negatives"], sg=sg, workers=threads,
                 min_count=sizes["min_count"], sample=sizes["sample"], seed=1)
model.build_vocab(corpus_file=path)
began = time.perf_counter()
model.train(corpus_file=path, total_words=model.corpus_total_words, total_examples=model.corpus_count,
            epochs=sizes["epochs"])
seconds = time.perf_counter() - began
model.wv.save_word2vec_format(out, binary=True)
print(json.dumps({"words_per_s": model.corpus_total_words * sizes["epochs"] / seconds}))
"""


def wiki_tokens() -> list[str]:
    """Return the tokens of gensim's Wikipedia extract: 106 articles, about 450,000 words."""
    from gensim.corpora.wikicorpus import WikiCorpus

    return [token for article in WikiCorpus(str(EXTRACT), dictionary={}, processes=1).get_texts() for token in article]


def corpus(path: Path, tokens: list[str], words: int, per_line: int) -> Path:
    """Write the tokens over and over, ``per_line`` on a line, until there are ``words``."""
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, words, per_line):
            file.write(" ".join(tokens[(start + k) % len(tokens)] for k in range(per_line)) + "\n")
    return path


def timed(words: list[str], **more: object) -> tuple[float, str]:
    """Return seconds and standard output of a process.

    Raises:
        SystemExit: it failed.

    """
    began_s = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    seconds = time.perf_counter() - began_s
    if done.returncode:
        sys.exit(f"{' '.join(words[:6])} … ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return seconds, done.stdout


def ours(path: Path, out: Path, method: str, threads: int, *more: str) -> tuple[float, float]:
    """Return the seconds of a whole `embed fit` and the words per second of its training."""
    named = [f"--{key.replace('_', '-')}={value}" for key, value in SETTINGS.items()]
    words = ["embed", "fit", str(path), "--method", method, *named, "--threads", str(threads), "--seed", "1", *more]
    seconds, said = timed([sys.executable, "-m", "dlcli", *words, "-o", str(out), "--json", "-q"])
    return seconds, json.loads(said)["metrics"]["words_per_s"]


def theirs(path: Path, out: Path, method: str, threads: int) -> tuple[float, float]:
    """Return the same of the gensim script."""
    sg = str(int(method == "skipgram"))
    words = [sys.executable, "-c", GENSIM, str(path), str(out), sg, str(threads), json.dumps(SETTINGS)]
    seconds, said = timed(words)
    return seconds, json.loads(said.splitlines()[-1])["words_per_s"]


def fasttext(path: Path, out: Path, method: str, threads: int) -> float:
    """Return the seconds of the fasttext program, n-grams off."""
    sizes = {"-dim": SETTINGS["dim"], "-ws": SETTINGS["window"], "-neg": SETTINGS["negatives"], "-epoch": 1}
    sizes |= {"-minCount": SETTINGS["min_count"], "-t": SETTINGS["sample"], "-maxn": 0, "-thread": threads}
    sizes |= {"-lr": 0.025, "-verbose": 0}
    words = [str(word) for pair in sizes.items() for word in pair]
    return timed(["fasttext", method, "-input", str(path), "-output", str(out), *words])[0]


def ratios(name: str, above: list[float], below: list[float], about: str) -> None:
    """Print the median, least and greatest ratio of the pairs."""
    found = [a / b for a, b in zip(above, below, strict=True)]
    print(f"{name}\t{statistics.median(found):.3f}\t({min(found):.3f}–{max(found):.3f})\t{about}", flush=True)


def train(args: argparse.Namespace, folder: Path) -> None:
    """Goals: 0.95 of gensim's words per second, 1.5 times fasttext's."""
    words = args.words // 4
    path = corpus(folder / "corpus.txt", wiki_tokens(), words, 20)
    for method in ("skipgram", "cbow"):
        mine, gensims, other = [], [], []
        for _ in range(args.runs):
            mine.append(ours(path, folder / "a.bin", method, args.threads))
            gensims.append(theirs(path, folder / "b.bin", method, args.threads))
            if shutil.which("fasttext"):
                other.append(fasttext(path, folder / "c", method, args.threads))
        about = f"{words:,} words, {args.threads} threads"
        ratios(f"{method}: words/s in training over gensim", [r for _, r in mine], [r for _, r in gensims], about)
        ratios(f"{method}: speed of the whole over gensim", [s for s, _ in gensims], [s for s, _ in mine], about)
        if other:
            ratios(f"{method}: speed of the whole over fasttext", other, [s for s, _ in mine], about)
        print(f"  dlcli trained {statistics.median(r for _, r in mine):,.0f} words/s", flush=True)


def scaling(args: argparse.Namespace, folder: Path) -> None:
    """Goal: from one thread to two, 0.95 of gensim's gain."""
    tokens = wiki_tokens()
    for per_line in (5, 1000):
        path = corpus(folder / f"lines-{per_line}.txt", tokens, args.words, per_line)
        gains: dict[str, list[float]] = {"dlcli": [], "gensim": []}
        for _ in range(args.runs):
            for name, run in (("dlcli", ours), ("gensim", theirs)):
                one, two = (run(path, folder / "x.bin", "cbow", threads)[1] for threads in (1, 2))
                gains[name].append(two / one)
        told = ", ".join(f"{name} {statistics.median(gain):.2f}" for name, gain in gains.items())
        ratios(
            f"scaling over gensim's, lines of {per_line}",
            gains["dlcli"],
            gains["gensim"],
            f"cbow, {args.words:,} words; {told}",
        )
        path.unlink()


def vectors_of(words: list[str], dim: int) -> tuple[list[str], np.ndarray]:
    return words, np.random.default_rng(0).normal(size=(len(words), dim)).astype(np.float32)


def vocabulary(size: int) -> list[str]:
    """Return the words of questions-words and as many made up ones as are missing."""
    lines = (TEST_DATA / "questions-words.txt").read_text(encoding="utf-8").splitlines()
    known = dict.fromkeys(w.lower() for line in lines if not line.startswith(":") for w in line.split())
    return [*known, *(f"word{n}" for n in range(size - len(known)))][:size]


def alternating(mine: Callable[[], object], other: Callable[[], object], runs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of both in each run, after one of each that is not counted."""
    pairs = []
    for number in range(runs + 1):
        pair = []
        for work in (mine, other):
            began_s = time.perf_counter()
            work()
            pair.append(time.perf_counter() - began_s)
        if number:
            pairs.append(pair)
    return [p[0] for p in pairs], [p[1] for p in pairs]


def load(args: argparse.Namespace, folder: Path) -> None:
    """Goal: 3 times gensim."""
    from gensim.models import KeyedVectors

    from dlcli.data import vectors
    from dlcli.ops.word_vectors import WordVectors

    words, table = vectors_of(vocabulary(32_500), 100)
    vectors.write(str(folder / "v.txt"), WordVectors(words, table))
    vectors.write(str(folder / "v.txt.gz"), WordVectors(words, table))
    for name in ("v.txt", "v.txt.gz"):
        path = str(folder / name)
        mine, other = alternating(
            lambda path=path: vectors.read(path), lambda path=path: KeyedVectors.load_word2vec_format(path), args.runs
        )
        ratios(f"loading {name} over gensim", other, mine, "word2vec text, 32,500×100")
    assert np.array_equal(vectors.read(str(folder / "v.txt")).vectors, table)  # noqa: S101


def analogies(args: argparse.Namespace, _: Path) -> None:
    """Goal: 10 times gensim, with the same counts."""
    from gensim.models import KeyedVectors

    from dlcli.data import word_questions
    from dlcli.methods import word_evaluation
    from dlcli.ops.word_vectors import WordVectors

    words, table = vectors_of(vocabulary(32_500), 100)
    held = KeyedVectors(100)
    held.add_vectors(words, table)
    path = str(TEST_DATA / "questions-words.txt")
    found: list = [None, None]

    def mine() -> None:
        sections = ((s.name, s.questions) for s in word_questions.questions(path)[0])
        tallies = word_evaluation.analogies(WordVectors(words, table), sections)
        found[0] = sum(t.correct for t in tallies), sum(t.total for t in tallies)

    def other() -> None:
        found[1] = held.evaluate_word_analogies(path)[1]

    times = alternating(mine, other, args.runs)
    ratios("questions-words over gensim", times[1], times[0], "19,544 questions, 32,500×100")
    right, wrong = (len(found[1][-1][key]) for key in ("correct", "incorrect"))
    print(f"  gensim: {right} of {right + wrong}; dlcli: {found[0][0]} of {found[0][1]}")


def queries(args: argparse.Namespace, folder: Path) -> None:
    """Goals: opened within a second, ten neighbors within 100 ms."""
    from dlcli.data import vectors
    from dlcli.methods import word_queries
    from dlcli.ops.word_vectors import WordVectors

    path = str(folder / "large.safetensors")
    vectors.write(path, WordVectors(*vectors_of(vocabulary(400_000), 300)))
    opened_s, first_s, warm_s = [], [], []
    for _ in range(args.runs):
        began_s = time.perf_counter()
        held = vectors.read(path)
        opened_s.append(time.perf_counter() - began_s)
        times = []
        for word in ("king", "france", "boy", "girl", "word1000"):
            began_s = time.perf_counter()
            word_queries.neighbors(held, [held.index[word]], 10)
            times.append(time.perf_counter() - began_s)
        first_s.append(times[0])
        warm_s += times[1:]
    for name, times in (("opened", opened_s), ("first query", first_s), ("further queries", warm_s)):
        print(f"400,000×300, {name}\t{1000 * statistics.median(times):.0f} ms\t(greatest {1000 * max(times):.0f} ms)")


def bpe(args: argparse.Namespace, folder: Path) -> None:
    """Goal: 8,000 merges of a million words within 10 s."""
    tokens = wiki_tokens()
    background = (TEST_DATA / "head500.noblanks.cor").read_text(encoding="utf-8").split()
    path = folder / "million.txt"
    held = ([*tokens, *background] * 2)[:1_000_000]
    path.write_text("\n".join(" ".join(held[n : n + 20]) for n in range(0, len(held), 20)) + "\n", encoding="utf-8")
    words = [sys.executable, "-m", "dlcli", "embed", "bpe", "fit", str(path), "--merges", "8000", "-q"]
    nmt = [sys.executable, "-m", "subword_nmt.learn_bpe", "-s", "8000", "--input", str(path)]
    mine, other = [], []
    for _ in range(args.runs):
        mine.append(timed([*words, "-o", str(folder / "ours.bpe")])[0])
        other.append(timed([*nmt, "--output", str(folder / "theirs.bpe")])[0])
    same = (folder / "ours.bpe").read_text() == (folder / "theirs.bpe").read_text()
    ratios("bpe: speed over subword-nmt", other, mine, f"{len(held):,} words, 8,000 merges; the same file: {same}")
    print(f"  dlcli {statistics.median(mine):.1f} s, whole process")


def memory(args: argparse.Namespace, folder: Path) -> None:
    """Goal: a file four times the limit is trained on."""
    limit = args.limit_mb << 20
    path, size = folder / "huge.txt", 0
    block = "\n".join(" ".join(line) for line in np.array_split(np.array(wiki_tokens()), 20_000)).encode() + b"\n"
    with path.open("wb") as file:
        while size < 4 * limit:
            size += file.write(block)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    words = ["embed", "fit", str(path), "--method", "cbow", "--epochs", "1", "--dim", "50", "--threads", "2", "--json"]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    seconds, said = timed(
        [sys.executable, "-m", "dlcli", *words, "-q", "-o", str(folder / "h.bin")], preexec_fn=limited, env=env
    )
    metrics = json.loads(said)["metrics"]
    print(f"memory: file {size >> 20} MiB, address space limited to {limit >> 20} MiB\t{seconds:.0f} s\t{metrics}")


QUALITY = {
    "skipgram (gensim engine)": ["--method", "skipgram", "--engine", "gensim"],
    "skipgram (torch engine)": ["--method", "skipgram", "--engine", "torch"],
    "cbow (gensim engine)": ["--method", "cbow", "--engine", "gensim"],
    "cbow (torch engine)": ["--method", "cbow", "--engine", "torch"],
    "svd": ["--method", "svd"],
    "glove": ["--method", "glove", "--set", "model.c_max=10"],
}


def quality(args: argparse.Namespace, folder: Path) -> None:
    """Print a table of scores, mean and spread over the seeds; goal: the torch engine within noise of gensim."""
    from gensim.utils import simple_preprocess

    tokens = wiki_tokens()
    wiki = folder / "wiki.txt"
    wiki.write_text("\n".join(" ".join(tokens[n : n + 1000]) for n in range(0, len(tokens), 1000)) + "\n")
    lee = folder / "lee.txt"
    articles = (TEST_DATA / "lee_background.cor").read_text(encoding="utf-8").splitlines()
    lee.write_text("\n".join(" ".join(simple_preprocess(a)) for a in articles) + "\n", encoding="utf-8")
    names = ("wordsim353/spearman", "simlex999/spearman", "analogies/accuracy")
    print("corpus\tmethod\t" + "\t".join(names) + "\twords/s")
    for path, epochs, least in ((wiki, 10, 5), (lee, 30, 2)):
        for method, words in QUALITY.items():
            rows, rates = [], []
            for seed in range(args.runs):
                more = [*words, "--seed", str(seed), "--min-count", str(least), "--threads", str(args.threads)]
                more += ["--epochs", str(epochs)] if method.startswith(("skip", "cbow")) else []
                out = str(folder / "q.bin")
                said = timed(
                    [sys.executable, "-m", "dlcli", "embed", "fit", str(path), *more, "-o", out, "--json", "-q"]
                )[1]
                rates.append(json.loads(said)["metrics"].get("words_per_s") or float("nan"))
                said = timed([sys.executable, "-m", "dlcli", "embed", "evaluate", out, "--json", "-q"])[1]
                rows.append([json.loads(said)["metrics"].get(name) for name in names])
            table = np.array(rows, dtype=float)
            cells = [f"{m:.4f} ± {s:.4f}" for m, s in zip(table.mean(axis=0), table.std(axis=0), strict=True)]
            print(f"{path.stem}\t{method}\t" + "\t".join(cells) + f"\t{statistics.median(rates):,.0f}", flush=True)


CASES = {f.__name__: f for f in (train, scaling, load, analogies, queries, bpe, memory, quality)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--words", type=int, default=20_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit-mb", type=int, default=512)
    args = parser.parse_args()
    packages = ("gensim", "numpy", "scipy", "torch", "subword-nmt")
    print(
        f"Python {platform.python_version()}",
        *(f"{p} {metadata.version(p)}" for p in packages),
        f"{os.cpu_count()} cores",
    )
    for name in args.cases:
        with tempfile.TemporaryDirectory() as folder:
            CASES[name](args, Path(folder))


if __name__ == "__main__":
    main()
