"""How fast it is, beside hand-made floors that do less. Results go to standard output only."""
