"""What is said of a scene: captions, each with the statement that it makes."""
