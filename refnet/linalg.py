"""Linear algebra under the names of torch.linalg: the part that networks use."""

from refnet.functions.matrix_functions import LinAlgError, inv, matrix_exp, solve
from refnet.functions.matrix_norms import matrix_norm, norm, vector_norm
from refnet.left_out import explains as _explains
from refnet.published import publish as _publish

__all__ = ["LinAlgError", "inv", "matrix_exp", "matrix_norm", "norm", "solve", "vector_norm"]

globals().update(_publish(globals(), __name__))
__getattr__ = _explains(__name__)
