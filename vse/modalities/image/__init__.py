"""Pictures: decoding, preprocessing, augmentation, and the towers that read them."""
