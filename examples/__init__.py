"""The notes' reasons for deep networks, and other claims of theirs, as short programs."""
