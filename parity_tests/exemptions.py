"""What has no case, each with its reason. An entry that is not needed any more fails the suite."""

# Public names (patterns of fnmatch) without a case.
NAMES: dict[str, str] = {
    "Tensor.cuda": "raises on both sides, but PyTorch's error depends on how it was built",
}

# Parameters, "name(parameter)" (patterns), that no case gives a value other than the default.
PARAMETERS: dict[str, str] = {}

# Rules that no case runs: "rule" forward, "rule backward" for the pullback.
RULES: dict[str, str] = {}

# Public names whose signature is not PyTorch's.
SIGNATURES: dict[str, str] = {}

# Mutants that are equivalent: (rule, mutant) as test_mutants.py names them.
MUTANTS: dict[tuple[str, str], str] = {}

# Public names that PyTorch does not have.
OWN: dict[str, str] = {}

# Rules that Hypothesis does not draw (test_properties.py).
STRATEGIES: dict[str, str] = {
    "cast": "its option is the dtype of the value, which check_pullback would check: it has cases",
    "read_window": "its options count bytes, so they belong to one dtype: views have cases",
    "write_window": "its options count bytes, so they belong to one dtype: views have cases",
}
