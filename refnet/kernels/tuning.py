"""The sizes at which kernels change their method, as measured (docs/performance.md).

Kernels read them when they run (`tuning.LARGE`), so that tests can make them small.
"""

# BLOCK entries fit in the cache, and a call on them takes far longer than it holds Python's lock.
# From LARGE entries on, waking a thread is worth it.
BLOCK, LARGE = 2**18, 2**19

# With fewer entries, np.where is faster than bit masks (refnet.kernels.masking), and a formula is
# faster than its steps in place.
FEW = 512

# np.matmul is faster than np.dot if the first factor has at least FACTOR entries and the product at
# least PRODUCT.
FACTOR, PRODUCT = 2**14, 2**16

# Recurrent steps: from PANELLED entries on a matrix is laid out in panels of PANEL columns, and
# from STEP multiplications on a step is shared among threads.
PANELLED, PANEL, STEP = 2**16, 32, 2**22

# From ADDED values on, sums of values with equal indices do not use np.add.at on the index. Indices
# from more than PLACES values are sorted by their low 16 bits first, then by the others.
ADDED, PLACES = 2**11, 2**16

# A convolution's slab has at most SLAB_BYTES. Less than ALONE_BYTES is not worth waking a worker.
# The work is shared in PARTS. If an image has at most OUTPUTS outputs, a product takes all images
# of a block.
SLAB_BYTES, ALONE_BYTES, PARTS, OUTPUTS = 2**22, 2**19, 4, 16

# Windows on fewer than TABLE entries are left to the definitions. A sum over a window adds TERMS
# terms one after another, then these sums, so its rounding error grows slowly.
TABLE, TERMS = 1024, 16

# A thread's scratch memory is kept for the next call up to KEPT_BYTES.
KEPT_BYTES = 2**25

# From this many entries on, a kernel saves more by fewer passes over an array than its overhead
# costs.
FUSED = 2**14

# This many terms are added one after another; a longer sum adds such sums, so its rounding error
# grows with the logarithm of its length.
ADDENDS = 64

# With more samples than this, a block of channels has rows of a thousand entries or fewer.
SAMPLES = 256

# A recurrent step is shared among this many parts of the sequences. With more parts, a product
# would have too few rows.
SEQUENCES = 2

# The size of NumPy's buffer in a worker, in entries; NumPy copies rows that are shorter than the
# buffer into it when they are broadcast with a column.
BUFFER = 1024

# The sizes in tests: all paths of a kernel then run on arrays of a few entries.
SMALL = {"BLOCK": 7, "LARGE": 8, "FEW": 2, "FUSED": 1}
SMALL |= {"FACTOR": 2, "PRODUCT": 2, "PANELLED": 2, "PANEL": 2, "STEP": 1, "ADDED": 4, "PLACES": 1}
SMALL |= {"SLAB_BYTES": 500, "ALONE_BYTES": 1, "PARTS": 2, "OUTPUTS": 0, "KEPT_BYTES": 400}
SMALL |= {"TABLE": 6, "TERMS": 2}
SMALL |= {"ADDENDS": 4, "SAMPLES": 1}
