"""What has no case, each with its reason. An entry that is not needed any more fails the suite."""

# Public names (patterns of fnmatch) without a case.
NAMES: dict[str, str] = {
    "as_torch": "test_model_files.py runs whole files under it",
    "draw": "PyTorch does not draw (tests/test_diagram.py)",
    "NotAnalyticError": "an error of refnet's own (tests/)",
    "linalg.LinAlgError": "an error, which cases raise",
    "Tensor.__getattr__": "the error for what is left out (tests/)",
    "Tensor.cuda": "raises on both sides, but PyTorch's error depends on how it was built",
}

# Parameters, "name(parameter)" (patterns), that no case gives a value other than the default.
_REFUSED = "another value than the default is an error that says so (tests/)"
_NO_DEVICE = "there is no device to copy to or wait for"
PARAMETERS: dict[str, str] = {
    "*(create_graph)": _REFUSED,
    "autograd.backward(grad_variables)": _REFUSED,
    "autograd.grad(is_grads_batched)": _REFUSED,
    "autograd.grad(only_inputs)": _REFUSED,
    "optim.*(differentiable)": _REFUSED,
    "load(pickle_module)": _REFUSED,
    "load(mmap)": _REFUSED,
    "*(non_blocking)": _NO_DEVICE,
    "*(pin_memory)": _NO_DEVICE,
    "*(sparse)": _REFUSED,
    "*(memory_format)": "arrays have strides, and no memory format besides",
    "nn.DataParallel(*)": "there are no devices to share a batch among",
    "nn.parallel.data_parallel(*)": "it raises whatever it is given",
    "*(sorted)": "in which order PyTorch leaves what is not sorted is not specified",
    "dtype(numpy_name)": "nobody makes a dtype",
    "Tensor.__array__(copy)": "NumPy 2 asks for it, and PyTorch does not have it yet",
}

# Rules that no case runs: "rule" forward, "rule backward" for the pullback.
RULES: dict[str, str] = {}

# Public names whose signature is not PyTorch's.
SIGNATURES: dict[str, str] = {
    "Tensor.__*": "operators, whose parameters nobody names",
    "Tensor.split": "the same function as split, which calls it split_size_or_sections",
    "*norm": "results are not written into out=, and a cast does what dtype= does",
    "tensordot": "results are not written into out=",
    "dtype": "nobody makes a dtype",
    "utils.checkpoint.*": "PyTorch's other parameters choose among its ways to recompute, and check them",
    "save": "refnet writes no pickles",
    "load": "refnet loads no pickles",
    "utils.data.random_split": "the default generator is the same, and its repr another",
    "random.fork_rng": "PyTorch's other parameters are its own private ones",
}

# Mutants that are equivalent: (rule, mutant) as test_mutants.py names them.
_CONSTANT = "adding a constant to x changes nothing, so the gradient's mean along dim is 0 anyway"
_LOGITS = "a constant added to all logits changes nothing: the means of W̄ and b̄ are 0 anyway"
MUTANTS: dict[tuple[str, str], str] = {
    ("softmax", "gradient 0 lost its mean"): _CONSTANT,
    ("log_softmax", "gradient 0 lost its mean"): _CONSTANT,
    ("var", "gradient 0 lost its mean"): _CONSTANT,
    ("std", "gradient 0 lost its mean"): _CONSTANT,
    ("batch_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("group_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("layer_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("attention", "gradient 3 lost its mean"): _CONSTANT,
    ("linear_cross_entropy", "gradient 1 lost its mean"): _LOGITS,
    ("linear_cross_entropy", "gradient 2 lost its mean"): _LOGITS,
    ("softmax", "cotangent lost its mean"): "the outputs sum to 1, so a constant cotangent gives 0",
    ("drawn", "cotangent taken for ones"): "its gradient is 0 whatever the cotangent",
    ("drawn", "cotangent lost its mean"): "its gradient is 0 whatever the cotangent",
}

# Public names that PyTorch does not have.
OWN: dict[str, str] = {
    "*as_torch": "PyTorch need not stand in for itself",
    "draw": "PyTorch does not draw",
    "optim.surface": "PyTorch has step optimizers, and no others but the averages of swa_utils",
    "optim.surface.*": "their twins in the cases are written out, in PyTorch",
    "NotAnalyticError": "PyTorch has no complex step",
    "Tensor.__getattr__": "the error for what is left out",
    "nn.BipolarSigmoid": "the lecture notes' activation; its twin in the cases is tanh(x/2)",
    "nn.functional.bipolar_sigmoid": "the lecture notes' activation; its twin is tanh(x/2)",
}

# Rules that Hypothesis does not draw (test_properties.py).
STRATEGIES: dict[str, str] = {
    "cast": "its option is the dtype of the value, which check_pullback would check: it has cases",
    "drawn": "it hands on random numbers, which depend on nothing: it has cases",
}
