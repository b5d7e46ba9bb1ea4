"""Representations of tensors, modules and the tape: as text, in a notebook, as a picture."""
