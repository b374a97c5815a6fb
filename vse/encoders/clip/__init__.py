"""CLIPs of open_clip: the one that ships, and those that are downloaded."""
