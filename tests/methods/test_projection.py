"""Word vectors on a plane: principal components against scikit-learn, t-SNE that repeats itself, clusters."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from dlcli.methods import projection


@pytest.fixture
def vectors():
    return np.random.default_rng(0).normal(size=(40, 7)) * np.arange(1, 8)


def test_two_points_by_hand():
    plane = projection.pca(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert np.allclose(plane.points, [[-(2**0.5), 0], [2**0.5, 0]])
    assert plane.shares == pytest.approx((1, 0))


def test_the_components_are_scikit_learns_but_for_the_sign(vectors):
    plane, reference = projection.pca(vectors), PCA(2).fit(vectors)
    assert np.allclose(np.abs(plane.points), np.abs(reference.transform(vectors)))
    assert plane.shares == pytest.approx(reference.explained_variance_ratio_)


def test_the_sign_is_a_rule_and_not_an_accident(vectors):
    """The greatest weight is positive, so the opposite of all vectors gives the opposite of all points."""
    points = projection.pca(vectors).points
    assert np.allclose(projection.pca(-vectors).points, -points)
    order = np.random.default_rng(1).permutation(len(vectors))
    assert np.allclose(projection.pca(vectors[order]).points, points[order])
    weights = np.linalg.lstsq(vectors - vectors.mean(0), points, rcond=None)[0]
    assert all(w[np.argmax(np.abs(w))] > 0 for w in weights.T)


@pytest.mark.parametrize("scale", [1e-30, 1e30, 1e150])
def test_huge_and_tiny_numbers(vectors, scale):
    plane = projection.pca(vectors * scale)
    assert np.allclose(plane.points / scale, projection.pca(vectors).points)


def test_few_or_equal_vectors_have_no_second_axis():
    assert (projection.pca(np.ones((3, 4))).points == 0).all()
    assert projection.pca(np.array([[1.0], [2.0], [4.0]])).points[:, 1].tolist() == [0, 0, 0]
    wide = projection.pca(np.random.default_rng(0).normal(size=(2, 300)))
    assert np.abs(wide.points[:, 1]).max() == 0


def test_tsne_repeats_itself_and_keeps_groups_together():
    rng = np.random.default_rng(0)
    vectors = np.concatenate([rng.normal(size=(12, 5)), rng.normal(size=(12, 5)) + 12])
    plane = projection.tsne(vectors, 30, 1)
    assert np.array_equal(plane.points, projection.tsne(vectors, 30, 1).points)
    assert plane.perplexity == pytest.approx(23 / 3)
    assert plane.divergence > 0
    far = np.linalg.norm(plane.points[:, None] - plane.points, axis=-1)
    assert ((far + np.diag([np.inf] * 24)).argmin(1) // 12 == np.arange(24) // 12).all()
    assert projection.tsne(vectors[:4], 30, 0).points.shape == (4, 2)
    assert np.isfinite(projection.tsne(np.repeat(vectors[:2], 5, 0), 3, 0).points).all()


def test_clusters_come_by_size_and_are_named_by_their_middle():
    vectors = np.array([[0.0, 0], [9, 9], [9, 8], [9, 10], [0, 1], [50, 0]])
    groups = projection.clusters(vectors, 3, 0)
    assert groups.tolist() == [1, 0, 0, 0, 1, 2]
    assert projection.central(vectors, groups, 0, 2).tolist() == [1, 2]
    assert projection.clusters(np.ones((4, 2)), 3, 0).tolist() == [0, 0, 0, 0]


def test_the_nearest_by_cosine():
    units = projection.unit_rows(np.array([[2.0, 0], [1, 1], [0, 3], [-5, 0.1]]))
    rows, cosines = projection.nearest(units, 2)
    assert rows.tolist() == [[1, 2], [0, 2], [1, 3], [2, 1]]
    assert cosines[0] == pytest.approx([0.5**0.5, 0])
    assert projection.nearest(units[:2], 9)[0].tolist() == [[1], [0]]
