// Drawn by a later change.
