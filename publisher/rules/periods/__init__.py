"""Rule sets: how long a law lets an item be public, a file each."""
