"""The engine: tensors, the tape that records operations, the reverse pass over it, and in-place
writes.
"""
