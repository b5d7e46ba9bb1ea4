"""How tensors, modules and the tape look: as text, in a notebook, as a picture."""
