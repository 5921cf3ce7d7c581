"""How well a straight line parts two sets of activations.

They are seen from the directions in which they vary most. With fewer points than dimensions some plane always parts
them, which says nothing about the network; hence two principal components first (Pearson, "On lines and planes of
closest fit to systems of points in space", 1901), the line afterwards (Fisher, "The use of multiple measurements in
taxonomic problems", 1936).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from torch import Tensor

Points = npt.NDArray[np.float64]


def principal_components(a: Tensor, b: Tensor, layer: int, components: int = 2) -> tuple[Points, Points]:
    """Project activations at one layer on the leading principal components of both together.

    The axes are (prompt, layer, width). Returns the points of ``a`` and of ``b``, each (prompt, component).
    """
    points_a, points_b = a[:, layer].detach().double().numpy(), b[:, layer].detach().double().numpy()
    pca = PCA(n_components=components).fit(np.concatenate([points_a, points_b]))
    return pca.transform(points_a), pca.transform(points_b)


def separability(a: Tensor, b: Tensor) -> Points:
    """Return for each layer (layer,) how many prompts lie on their own side of the best line.

    It is a share; the line is the best in the plane. ``a`` and ``b`` are activations (prompt, layer, width); 1 means
    that a line parts them, 0.5 that they lie mixed.
    """
    return np.array([_share_on_their_side(*principal_components(a, b, layer)) for layer in range(a.shape[1])])


def _share_on_their_side(a: Points, b: Points) -> float:
    points = np.concatenate([a, b])
    labels = np.repeat([0, 1], [len(a), len(b)])
    return float(LinearDiscriminantAnalysis().fit(points, labels).score(points, labels))
