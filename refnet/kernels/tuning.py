"""The sizes at which kernels change their method, as measured (docs/performance.md).

Kernels read them when they run (`tuning.LARGE`), so that tests can make them small.
"""

# The entries of a block, which fits in the cache, and a call on it takes far longer than it holds
# Python's lock. From LARGE entries on, a few calls take longer than it takes to wake a thread.
BLOCK, LARGE = 2**18, 2**19

# With fewer entries np.where takes less time than bit masks (refnet.kernels.masking), and a formula
# less than its steps in place.
FEW = 512

# np.matmul is faster than np.dot from these numbers of entries of the first factor and of the
# product on.
FACTOR, PRODUCT = 2**14, 2**16

# Recurrent steps: from PANELLED entries on a matrix is laid out in panels of PANEL columns, and
# from STEP multiplications on a step is shared among threads.
PANELLED, PANEL, STEP = 2**16, 32, 2**22

# From ADDED values on, sums of those that go to one place take other ways than np.add.at; and
# indices of more than PLACES places are sorted by their low 16 bits first, then by the others.
ADDED, PLACES = 2**11, 2**16

# A convolution's slab has no more than SLAB_BYTES. Less than ALONE_BYTES is not worth a helper's
# waking. The work is shared in PARTS. With no more than OUTPUTS of an image, a product takes all
# images.
SLAB_BYTES, ALONE_BYTES, PARTS, OUTPUTS = 2**22, 2**19, 4, 16

# Windows on fewer than TABLE entries are left to the definitions. TERMS of a sum over a window are
# added one after the other, then their sums: so the rounding error grows slowly with the number of
# terms.
TABLE, TERMS = 1024, 16

# A thread's scratch memory is kept for the next call up to KEPT_BYTES.
KEPT_BYTES = 2**25

# From this many entries on, the passes over an array that a kernel saves cost more than its
# preparations.
FUSED = 2**14

# This many terms are added one after the other; a longer sum is one of such sums, so its rounding
# error grows with the logarithm of its length.
ADDENDS = 64

# With more samples than this, a block of channels has rows of a thousand entries or fewer.
SAMPLES = 256

# A recurrent step is shared among this many parts of the sequences; more would leave a product too
# few rows.
SEQUENCES = 2

# NumPy's buffer in a helper's thread, in entries; rows that are shorter than the buffer are copied
# into it when they meet a column.
BUFFER = 1024

# What tests put in their place: every way that a kernel can go is taken at sizes of a few entries.
SMALL = {"BLOCK": 7, "LARGE": 8, "FEW": 2, "FUSED": 1}
SMALL |= {"FACTOR": 2, "PRODUCT": 2, "PANELLED": 2, "PANEL": 2, "STEP": 1, "ADDED": 4, "PLACES": 1}
SMALL |= {"SLAB_BYTES": 500, "ALONE_BYTES": 1, "PARTS": 2, "OUTPUTS": 0, "KEPT_BYTES": 400}
SMALL |= {"TABLE": 6, "TERMS": 2}
SMALL |= {"ADDENDS": 4, "SAMPLES": 1}
