"""The parity suite: refnet against PyTorch, case by case. See README.md for the form of a case."""
