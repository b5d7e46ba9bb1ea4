"""What DataLoader is made of, under the names that PyTorch has for it."""
