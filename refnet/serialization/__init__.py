"""torch.serialization: saves and loads tensors.

`safetensors_file` writes and reads the files. `archive` reads NumPy's .npz archives after a check
of their sizes. `atomic_write` writes a file whole or not at all.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.serialization.safetensors_file import load as load, save as save

_mirror(__name__, exports=True)
