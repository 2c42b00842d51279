"""Letters on their way out: rendered, handed to the mail server, noted."""
