"""The sizes at which kernels change their ways: measured, see docs/decisions.md.

Kernels read them when they run (`tuning.LARGE`), so that tests can make them small.
"""

# So many entries make a block: it fits in the cache, and a call on it takes far longer than it holds
# Python's lock. From LARGE entries on, a few calls take longer than it takes to wake a thread.
BLOCK, LARGE = 2**18, 2**19

# What tests put in their place: every way that a kernel can go is taken at sizes of a few entries.
SMALL = {"BLOCK": 7, "LARGE": 8}
