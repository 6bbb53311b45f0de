"""The judging functions, one module per chapter of the catalogue.

A check is synchronous and reads like a story: the world's words make the platform act, wait for what the bot does,
and `require` what the row demands. It judges by the journal alone.
"""
