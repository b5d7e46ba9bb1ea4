"""Models as they are written for PyTorch, in many hands: not one of these files knows refnet.

test_model_files.py runs each under refnet.as_torch() and under PyTorch, and compares the two.
"""
