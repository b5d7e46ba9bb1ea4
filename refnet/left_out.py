"""What refnet leaves out of PyTorch, each with its reason: the published list.

Asking for one of these names is an AttributeError that gives the reason.
"""

_ONE_DEVICE = "refnet runs on the CPU, in NumPy"
_EAGER = "refnet runs Python as it stands; there is nothing to compile"
_COMPLEX = "refnet keeps complex arrays for the complex step (refnet.autograd.functional)"

LEFT_OUT: dict[str, str] = {
    "backends": _ONE_DEVICE,
    "mps": _ONE_DEVICE,
    "xpu": _ONE_DEVICE,
    "compile": _EAGER,
    "jit": _EAGER,
    "fx": _EAGER,
    "onnx": "refnet is a reference, not an exporter",
    "distributed": "refnet is one process",
    "multiprocessing": "refnet is one process",
    "quantization": "refnet computes in float32 and float64",
    "ao": "refnet computes in float32 and float64",
    "bfloat16": "NumPy has no bfloat16",
    "SparseAdam": "it is for sparse gradients, and refnet's arrays are dense; take Adam",
    "swap_in_optimizer_params_and_state": _EAGER,
    "DistributedSampler": "refnet is one process",
    "IterDataPipe": "PyTorch itself leaves data pipes behind; take an IterableDataset",
    "MapDataPipe": "PyTorch itself leaves data pipes behind; take a Dataset",
    "sparse": "refnet's arrays are dense",
    "sparse_coo_tensor": "refnet's arrays are dense",
    "complex": _COMPLEX,
    "view_as_complex": _COMPLEX,
    "view_as_real": _COMPLEX,
    "inference_mode": "no_grad does what it is for; refnet has no further mode",
}


def explain(module: str, name: str) -> AttributeError:
    """The error for a name that a module does not have."""
    if name in LEFT_OUT:
        return AttributeError(f"{module}.{name} is left out of refnet: {LEFT_OUT[name]}")
    return AttributeError(f"module {module!r} has no attribute {name!r}")
