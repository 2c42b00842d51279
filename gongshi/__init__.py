"""Gongshi: publication and search of public disclosures. Wires the packages; holds the commands."""
