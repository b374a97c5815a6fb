"""CNNs of torchvision and timm as feature extractors, whole or layer by layer."""
