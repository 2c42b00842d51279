"""Data that a rule, a province or a country may change: kinds, fields, sectors, regions."""
