"""The functions of nn.functional, a file for each family: PyTorch's spelling and its checks."""
