"""refnet: a NumPy reference of neural networks, verified by PyTorch.

Layers, losses, optimizers and backpropagation under PyTorch's names, with NumPy alone. The rules in
`refnet.ops` define each operation, forward and backward; everything else applies, names, stores or
checks them.
"""

import math as _math
import typing as _typing

from refnet import autograd as autograd, ops as ops, random as random
from refnet.compatibility.device import device as device
from refnet.compatibility.legacy_constructors import *
from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.memory_formats import *
from refnet.compatibility.numeric_limits import *
from refnet.compatibility.public_functions import publish as _publish
from refnet.engine.dtypes import *
from refnet.engine.grad_mode import *
from refnet.engine.size import Size as Size
from refnet.engine.tensor_methods import Tensor as Tensor
from refnet.functions.activation import *
from refnet.functions.arithmetic import *
from refnet.functions.axes import *
from refnet.functions.casting import *
from refnet.functions.comparison import *
from refnet.functions.creation import *
from refnet.functions.creation_like import *
from refnet.functions.diagonals import *
from refnet.functions.dtype_queries import *
from refnet.functions.einsum import *
from refnet.functions.filling import *
from refnet.functions.gather_scatter import *
from refnet.functions.gradients import *
from refnet.functions.grids import *
from refnet.functions.index_writing import *
from refnet.functions.joining import *
from refnet.functions.linalg import *
from refnet.functions.logarithmic import *
from refnet.functions.matrix_functions import *
from refnet.functions.nn_functional.adaptive_pooling import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
    adaptive_max_pool1d_with_indices as adaptive_max_pool1d,  # noqa: F401 - the public name
)
from refnet.functions.nn_functional.avg_pooling import avg_pool1d as avg_pool1d
from refnet.functions.nn_functional.convolution import (
    conv1d as conv1d,
    conv2d as conv2d,
    conv3d as conv3d,
    conv_tbc as conv_tbc,
)
from refnet.functions.nn_functional.distance import (
    cdist as cdist,
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
    pdist as pdist,
)
from refnet.functions.nn_functional.max_pooling import (
    max_pool1d as max_pool1d,
    max_pool1d_with_indices as max_pool1d_with_indices,
    max_pool2d as max_pool2d,
    max_pool3d as max_pool3d,
)
from refnet.functions.nn_functional.rectifier import (
    celu as celu,
    celu_ as celu_,
    prelu as prelu,
    rrelu_ as rrelu_,
    selu as selu,
    selu_ as selu_,
    threshold as threshold,
    threshold_ as threshold_,
)
from refnet.functions.nn_functional.shrinkage import hardshrink as hardshrink
from refnet.functions.nn_functional.shuffling import (
    channel_shuffle as channel_shuffle,
    native_channel_shuffle as native_channel_shuffle,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
)
from refnet.functions.nn_functional.transposed_convolution import (
    conv_transpose1d as conv_transpose1d,
    conv_transpose2d as conv_transpose2d,
    conv_transpose3d as conv_transpose3d,
)
from refnet.functions.order_statistics import *
from refnet.functions.parts import *
from refnet.functions.piecewise import *
from refnet.functions.random import *
from refnet.functions.rearranging import *
from refnet.functions.reduction import *
from refnet.functions.scatter_variants import *
from refnet.functions.selection import *
from refnet.functions.sets_and_counts import *
from refnet.functions.shape import *
from refnet.functions.signal_windows import *
from refnet.functions.splitting import *
from refnet.functions.transcendental import *
from refnet.functions.trigonometric import *
from refnet.functions.vector_products import *
from refnet.kernels.threads import (
    get_num_threads as get_num_threads,
    set_num_threads as set_num_threads,
)
from refnet.ops.rule import NotAnalyticError as NotAnalyticError
from refnet.random import (
    default_generator as default_generator,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from refnet.random.generator import Generator as Generator

if _typing.TYPE_CHECKING:
    from refnet import (
        approximation as approximation,
        backends as backends,
        cuda as cuda,
        func as func,
        landscape as landscape,
        linalg as linalg,
        models as models,
        nn as nn,
        optim as optim,
        serialization as serialization,
        studies as studies,
        testing as testing,
        training as training,
        utils as utils,
    )
    from refnet.compatibility.torch_modules import as_torch as as_torch
    from refnet.display.diagram import draw as draw
    from refnet.serialization import load as load, save as save

__version__ = "0.1.0"

e, inf, nan, newaxis, pi = _math.e, _math.inf, _math.nan, None, _math.pi

_MODULES = (
    *("approximation", "backends", "cuda", "func", "landscape", "linalg", "models", "nn"),
    *("optim", "serialization", "studies", "testing", "training", "utils"),
)

globals().update(_publish(globals(), __name__))
_mirror(
    __name__,
    {
        **{name: f"refnet.{name}" for name in _MODULES},
        "as_torch": "refnet.compatibility.torch_modules",
        "draw": "refnet.display.diagram",
        "load": "refnet.serialization",
        "save": "refnet.serialization",
    },
    exports=True,
)
