"""Sizes of the steps of word2vec, the memory it takes, and what is refused."""

import numpy as np
import pytest

from dlcli.core.errors import DeviceError, UsageError
from dlcli.methods import word2vec
from dlcli.methods.word2vec_settings import Settings


def test_batches_grow_with_the_vocabulary_as_far_as_the_cache_goes():
    settings = Settings()
    assert settings.centers(2) == settings.centers(100) == 16
    assert settings.centers(3200) == 200
    assert settings.centers(10**6) == 327
    assert settings.centers(10**6, "cuda") == 41943
    assert Settings(window=10_000).centers(10**6) == 1
    assert Settings(window=10_000).centers(10**6, width=5) == 327
    assert Settings(loss="softmax").centers(50_000) == 167
    assert Settings(batch=600).centers(10) == 100
    assert Settings("cbow", batch=600).centers(10) == 600
    assert Settings(batch=1).centers(10) == 1


def test_memory_is_that_of_two_tables_and_for_softmax_of_a_step():
    assert Settings(dim=10).bytes_needed(1000) == 80_000
    wide = Settings(loss="softmax", dim=10, batch=60)
    assert wide.bytes_needed(1000) == 80_000 + 4 * (10_000 + 3 * 10 * 1000)


def test_softmax_over_a_large_vocabulary_is_refused_unless_the_batch_is_set():
    counts = np.ones(50_001, int)
    with pytest.raises(UsageError, match="softmax over 50,001 words") as caught:
        word2vec.fit(lambda _: [], counts, loss="softmax", dim=2)
    assert caught.value.key == "model.loss"
    assert "--most 50000" in caught.value.hint
    text = [np.arange(0, 50_001, 10_000, dtype=np.int32)]
    found = word2vec.fit(lambda _: text, counts, loss="softmax", dim=2, epochs=1, sample=0, batch=12)
    assert found.vectors.shape == (50_001, 2)


def test_memory_that_is_not_there_is_told_beforehand(monkeypatch):
    monkeypatch.setattr("dlcli.engine.device.available_bytes", lambda: 10 << 20)
    with pytest.raises(DeviceError, match=r"20,000 words of 100 numbers take 15 MiB on cpu; 10 MiB are free"):
        word2vec.fit(lambda _: [], np.ones(20_000, int))
