"""Compatibility with PyTorch: missing names, old constructors, devices and memory formats."""
