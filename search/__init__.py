"""Search over documents that end: one query language, several engines, the same answers.

Usable alone; knows nothing of permits or penalties.
"""
