"""The QQ Open Platform on one laptop. Importing this package does nothing and loads nothing heavy."""

__version__ = "0.1.0"
