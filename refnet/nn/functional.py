"""torch.nn.functional: the operations of layers as functions; parameters are arguments."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.functions.activation import relu_ as relu_, sigmoid as sigmoid, tanh as tanh
from refnet.functions.linalg import bilinear as bilinear
from refnet.functions.nn_functional.adaptive_pooling import *
from refnet.functions.nn_functional.attention import *
from refnet.functions.nn_functional.avg_pooling import *
from refnet.functions.nn_functional.binary_cross_entropy import *
from refnet.functions.nn_functional.convolution import *
from refnet.functions.nn_functional.cross_entropy import *
from refnet.functions.nn_functional.ctc_loss import *
from refnet.functions.nn_functional.distance import *
from refnet.functions.nn_functional.dropout import *
from refnet.functions.nn_functional.embedding import *
from refnet.functions.nn_functional.encoding import *
from refnet.functions.nn_functional.fractional_pooling import *
from refnet.functions.nn_functional.gate import *
from refnet.functions.nn_functional.grid_sample import *
from refnet.functions.nn_functional.interpolation import *
from refnet.functions.nn_functional.likelihood_loss import *
from refnet.functions.nn_functional.linear import *
from refnet.functions.nn_functional.linear_cross_entropy import *
from refnet.functions.nn_functional.margin_loss import *
from refnet.functions.nn_functional.max_pooling import *
from refnet.functions.nn_functional.multi_head_attention import *
from refnet.functions.nn_functional.multi_margin_loss import *
from refnet.functions.nn_functional.normalization import *
from refnet.functions.nn_functional.padding import *
from refnet.functions.nn_functional.rectifier import *
from refnet.functions.nn_functional.regression_loss import *
from refnet.functions.nn_functional.shrinkage import *
from refnet.functions.nn_functional.shuffling import *
from refnet.functions.nn_functional.sigmoid import *
from refnet.functions.nn_functional.softmax import *
from refnet.functions.nn_functional.transposed_convolution import *
from refnet.functions.nn_functional.triplet_loss import *
from refnet.functions.nn_functional.unfold import *
from refnet.functions.nn_functional.unpooling import *

globals().update(_publish(globals(), __name__))
_mirror(__name__, exports=True)
