"""Compatibility with PyTorch: names that refnet lacks or loads later, its old constructors, devices and memory formats."""
