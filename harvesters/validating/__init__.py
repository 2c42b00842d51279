"""Checks a file before it is sent, by the mapping of a harvest; and the forms to fill in for it."""
