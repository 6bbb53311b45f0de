"""Faults as data: what can go wrong, when it fires, what it makes of a frame."""
