"""Linear algebra under the names of torch.linalg: the part that networks use."""

from refnet.functions.matrix_functions import LinAlgError, inv, matrix_exp, solve
from refnet.functions.matrix_norms import matrix_norm, norm, vector_norm
from refnet.lookup import mirror as _mirror
from refnet.published import publish as _publish

__all__ = ["LinAlgError", "inv", "matrix_exp", "matrix_norm", "norm", "solve", "vector_norm"]

globals().update(_publish(globals(), __name__))
_mirror(__name__)
