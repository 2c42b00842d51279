"""The domain: what is disclosed, about whom, until when."""
