"""torch.serialization: save and load tensors, and the two tools under them.

`safetensors_file` writes and reads the files, `archive` reads NumPy's .npz archives with their
sizes checked beforehand, `atomic_write` writes a file whole or not at all.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.serialization.safetensors_file import load as load, save as save

_mirror(__name__, exports=True)
