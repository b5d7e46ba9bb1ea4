"""The architectures of the lecture notes, each a short file that runs with both libraries.

A model file defines `build(m, ...)`, where m is refnet or torch::

    import refnet
    from refnet.models import resnet

    network = resnet.build(refnet, kind="bottleneck")

The same line with `torch` builds PyTorch's network; after the same manual_seed, both have the same
weights. `backprop` differentiates the cascade by hand, without any library.
"""

from refnet.models import (
    autoencoder as autoencoder,
    backprop as backprop,
    cascade as cascade,
    cnn as cnn,
    densenet as densenet,
    fpn as fpn,
    language_model as language_model,
    linear_regression as linear_regression,
    logistic_regression as logistic_regression,
    recurrent as recurrent,
    resnet as resnet,
    transformer as transformer,
    unet as unet,
)
