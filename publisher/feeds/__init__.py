"""What is public, for programs that follow it."""
