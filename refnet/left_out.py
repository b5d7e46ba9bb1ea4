"""What refnet leaves out of PyTorch, each with its reason: the published list.

Asking for one of these names is an AttributeError that gives the reason, using one of the arguments
a NotImplementedError.
"""

_ONE_DEVICE = "refnet runs on the CPU, in NumPy"
_EAGER = "refnet runs Python as it stands; there is nothing to compile"
_FUNCTIONAL = "nn.functional has it, with its options by name"
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
    "DistributedSampler": "refnet is one process",
    "IterDataPipe": "PyTorch itself leaves data pipes behind; take an IterableDataset",
    "MapDataPipe": "PyTorch itself leaves data pipes behind; take a Dataset",
    "sparse": "refnet's arrays are dense",
    "sparse_coo_tensor": "refnet's arrays are dense",
    "complex": _COMPLEX,
    "view_as_complex": _COMPLEX,
    "view_as_real": _COMPLEX,
    "alpha_dropout": _FUNCTIONAL,
    "feature_alpha_dropout": _FUNCTIONAL,
    "feature_dropout": "nn.functional.dropout1d, dropout2d and dropout3d do it",
    "embedding": _FUNCTIONAL,
    "embedding_bag": _FUNCTIONAL,
    "inference_mode": "no_grad does what it is for; refnet has no further mode",
}

# Arguments that PyTorch's functions and layers have and whose use is a NotImplementedError.
ARGUMENTS: dict[str, str] = {
    "sparse": "refnet's arrays are dense, and so are its gradients",
}


def refuse_argument(function: str, name: str) -> NotImplementedError:
    """The error for an argument that is left out."""
    return NotImplementedError(f"{function}(): {name} is left out of refnet: {ARGUMENTS[name]}")


def explain(module: str, name: str) -> AttributeError:
    """The error for a name that a module does not have."""
    if name in LEFT_OUT:
        return AttributeError(f"{module}.{name} is left out of refnet: {LEFT_OUT[name]}")
    return AttributeError(f"module {module!r} has no attribute {name!r}")
