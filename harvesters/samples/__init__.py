"""Sample sources: invented decisions about fictional organisations, in all the spellings of real ones."""

from harvesters.samples.generate import Manifest, generate

__all__ = ["Manifest", "generate"]
