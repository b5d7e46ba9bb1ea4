"""Linear algebra under the names of torch.linalg: the part that networks use."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.functions.matrix_functions import LinAlgError, inv, matrix_exp, solve
from refnet.functions.matrix_norms import matrix_norm, norm, vector_norm

__all__ = ["LinAlgError", "inv", "matrix_exp", "matrix_norm", "norm", "solve", "vector_norm"]

globals().update(_publish(globals(), __name__))
_mirror(__name__)
