"""The gate for outside data: parameters in, JSON out."""
