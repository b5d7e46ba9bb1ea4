"""The sizes at which kernels change their ways: measured, see docs/decisions.md.

Kernels read them when they run (`tuning.LARGE`), so that tests can make them small.
"""

# So many entries make a block: it fits in the cache, and a call on it takes far longer than it holds
# Python's lock. From LARGE entries on, a few calls take longer than it takes to wake a thread.
BLOCK, LARGE = 2**18, 2**19

# With fewer entries np.where takes less time than bit masks (refnet.kernels.masking), and a formula less than
# its steps in place.
FEW = 512

# np.matmul is faster than np.dot where the first factor and the product have so many entries.
FACTOR, PRODUCT = 2**14, 2**16

# Recurrent steps: a matrix with so many entries is worth being laid out in panels of so many columns, and
# a step with so many multiplications is worth being shared among threads.
PANELLED, PANEL, STEP = 2**16, 32, 2**22

# From so many values on, sums of those that go to one place take other ways than np.add.at; and indices
# of more than so many places are sorted by their low 16 bits first, then by the others.
ADDED, PLACES = 2**11, 2**16

# What tests put in their place: every way that a kernel can go is taken at sizes of a few entries.
SMALL = {"BLOCK": 7, "LARGE": 8, "FEW": 2}
SMALL |= {"FACTOR": 2, "PRODUCT": 2, "PANELLED": 2, "PANEL": 2, "STEP": 1, "ADDED": 4, "PLACES": 1}
