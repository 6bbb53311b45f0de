"""Facts of the QQ Open Platform: names, numbers, texts and shapes, each with its public sources.

Standard library only; no clock, no I/O, no decision. Importing a module here builds constant tables and
does nothing else.
"""
