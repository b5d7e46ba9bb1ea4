"""The parts of PyTorch that refnet leaves out, each with its reason: the published list.

One of these names raises an AttributeError with the reason, one of the arguments a
NotImplementedError. docs/left-out.md is this list as a page, and a test compares the two.
"""

from fnmatch import fnmatchcase

# The reasons, and the names below refnet. A pattern is for PyTorch's other names: cuda.* is for the
# rest of cuda.
_REASONS = {
    "refnet computes in float32 and float64": """
        *autocast* *quantize* BFloat16Tensor GradScaler amp ao autocast bits* fbgemm_* float4*
        float8* int[1-7] int_repr per_channel_* per_tensor_* q_* qint* qscheme quantization quint*
        uint[1-7] nn.functional.ScalingType nn.functional.SwizzleType nn.functional.grouped_mm
        nn.functional.scaled_grouped_mm nn.functional.scaled_mm nn.intrinsic nn.qat nn.quantizable
        nn.quantized
    """,
    "networks rarely need it; NumPy has most of it, without gradients": """
        chain_matmul cholesky* det eig frobenius_norm geqrf lobpcg logdet lstsq lu lu_* matrix_power
        matrix_rank nuclear_norm orgqr ormqr pca_lowrank pinverse qr slogdet svd svd_lowrank symeig
        triangular_solve linalg.*
    """,
    "refnet's arrays are dense": """
        *col_indices* *row_indices* dsmm hsmm hspmm indices_copy saddmm smm sparse sparse_*
        sparse_coo_tensor spmm sspaddmm values_copy Tensor.coalesce Tensor.dense_dim Tensor.indices
        Tensor.is_coalesced Tensor.to_dense Tensor.to_sparse Tensor.to_sparse_* Tensor.values
    """,
    "refnet uses complex arrays for the complex step only (refnet.autograd.functional)": """
        angle cdouble cfloat chalf complex complex32 conj* imag is_conj is_neg isreal istft polar
        real resolve_conj resolve_neg stft view_as_*_copy view_as_complex view_as_real
    """,
    "refnet runs on the CPU, in NumPy": """
        accelerator cudnn_* miopen_* mkldnn_* mps mtia xpu Tensor.ipu Tensor.pin_memory
        Tensor.record_stream Tensor.to_mkldnn backends.* cuda.* nn.Module.ipu nn.Module.mtia
        nn.Module.xpu
    """,
    "refnet runs plain Python; it compiles nothing": """
        Script* compile compiler export fork fx jit library sym_* wait func.functionalize
        nn.Module.compile optim.swap_in_optimizer_params_and_state
    """,
    "a special function that NumPy lacks and networks rarely use": """
        digamma digamma_ erfc erfc_ erfinv erfinv_ i0* igamma* lgamma lgamma_ mvlgamma* polygamma*
        special
    """,
    "it takes the reduction as an internal number; use the function of nn.functional": """
        binary_cross_entropy_with_logits cosine_embedding_loss ctc_loss hinge_embedding_loss kl_div
        margin_ranking_loss poisson_nll_loss triplet_margin_loss
    """,
    "refnet is one process": """
        distributed futures multiprocessing Tensor.share_memory_ nn.Module.share_memory
        nn.SyncBatchNorm nn.parallel.* utils.data.DistributedSampler
    """,
    "use vjp, jvp, jacobian, hessian or hvp of refnet.autograd.functional": """
        func.grad func.grad_and_value func.hessian func.jacfwd func.jacrev func.jvp func.linearize
        func.vjp
    """,
    "use the function of nn.functional, which has named options": """
        alpha_dropout alpha_dropout_ embedding embedding_bag feature_alpha_dropout
        feature_alpha_dropout_
    """,
    "the memory is a NumPy array; use numpy()": (
        "*Storage storage Tensor.storage Tensor.untyped_storage"
    ),
    "NumPy has no bfloat16": "bfloat16 Tensor.bfloat16 nn.Module.bfloat16",
    "use nn.functional.dropout1d, dropout2d or dropout3d": "feature_dropout feature_dropout_",
    "rules accept batches of any shape; refnet does not vectorise over other axes": (
        "vmap func.vmap"
    ),
    "it calls a Python function for each entry; use operations on whole tensors": (
        "Tensor.apply_ Tensor.map_"
    ),
    "numpy.fft has the transforms, without gradients": "fft",
    "use no_grad; another mode would not be faster in refnet": "inference_mode",
    "refnet is a reference, not an exporter": "onnx",
    "it changes the memory of every view; use reshape or new_empty": "Tensor.resize_",
    "it exchanges the memory; assign to .data instead": "Tensor.set_",
    "refnet does not wrap tensors": "func.debug_unwrap",
    "it belongs to another package, einops": "func.rearrange",
    "it prepares a model for vmap": "func.replace_all_batch_norm_modules_",
    "it prepares models for vmap": "func.stack_module_state",
    "PyTorch deprecates it; use a Module": "nn.Container",
    "an older form of LocalResponseNorm; channel 0 never leaves its sum": "nn.CrossMapLRN2d",
    "PyTorch deprecates it; use register_full_backward_hook": "nn.Module.register_backward_hook",
    "it moves a module to another device, and refnet has only one": "nn.Module.to_empty",
    "a helper of PyTorch's own constructors": "nn.factory_kwargs",
    "a helper of PyTorch's own functions": "nn.functional.assert_int_or_pair",
    "write the mask of a weight as a parametrization: nn.utils.parametrize": "nn.utils.prune",
    "it is for sparse gradients, and refnet's arrays are dense; use Adam": "optim.SparseAdam",
    "PyTorch deprecates data pipes; use a Dataset or an IterableDataset": "utils.data.*DataPipe*",
    "PyTorch deprecates data pipes; use an IterableDataset": "utils.data.IterDataPipe",
    "PyTorch deprecates data pipes; use a Dataset": "utils.data.MapDataPipe",
}

# By name: first those of refnet itself, then those of its modules and classes.
LEFT_OUT: dict[str, str] = {
    name: reason
    for _, name, reason in sorted(
        ("." in name, name, reason) for reason, names in _REASONS.items() for name in names.split()
    )
}

# Arguments of PyTorch's functions and layers that raise a NotImplementedError.
ARGUMENTS: dict[str, str] = {
    "sparse": "refnet's arrays are dense, and so are its gradients",
    "sparse_grad": "refnet's arrays are dense, and so are its gradients",
}


def refuse_argument(function: str, name: str) -> NotImplementedError:
    """Returns the error for an argument that is left out."""
    return NotImplementedError(f"{function}(): {name} is left out of refnet: {ARGUMENTS[name]}")


def reason(path: str, *, in_pytorch: bool) -> str | None:
    """Returns why a name below refnet is left out, or None.

    Patterns apply to PyTorch's names only. The reason for a function is also that for the method of
    this name.
    """
    for name in (path, path.removeprefix("Tensor.")):
        if name in LEFT_OUT:
            return LEFT_OUT[name]
        for pattern, why in LEFT_OUT.items():
            if in_pytorch and fnmatchcase(name, pattern):
                return why
    return None


def page() -> str:
    """Returns the list as a page, docs/left-out.md."""
    rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in LEFT_OUT.items())
    return f"""# What refnet leaves out of PyTorch, and why

One of these names raises an error that gives the reason. refnet has all other names of `torch.nn`,
its submodules and `torch.optim`: `parity_tests/test_left_out.py` fails for a name that is neither
in refnet nor in this list. A name with * or [...] is a pattern: it is for all of PyTorch's names
that match it and that refnet lacks. The reason for a function is also that for the method of
`Tensor`.

| name | reason |
| --- | --- |
{rows}"""
