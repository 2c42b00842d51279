"""From an unknown file to the definition that reads it: its format, its columns, how sure each guess is."""
