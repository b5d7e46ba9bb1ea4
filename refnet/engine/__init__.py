"""The engine: tensors, the tape that records operations, its reverse pass, and in-place writes."""
