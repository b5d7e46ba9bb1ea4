"""The parts of DataLoader, under PyTorch's names."""
