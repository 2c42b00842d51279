"""Sources to drafts: definitions, fetching, formats, mapping, harvest."""
