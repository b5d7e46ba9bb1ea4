"""The functions of torch.linalg that neural networks use."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.functions.matrix_functions import (
    LinAlgError as LinAlgError,
    inv as inv,
    matrix_exp as matrix_exp,
    solve as solve,
)
from refnet.functions.matrix_norms import (
    matrix_norm as matrix_norm,
    norm as norm,
    vector_norm as vector_norm,
)

globals().update(_publish(globals(), __name__))
_mirror(__name__, exports=True)
