"""What all sinners share: the reference client with one thing replaced, and `main` to run it.

A sinner is a program like any adapter: `python tests/sinners/ignores_hello.py`, with the contract's environment. Its
docstring begins with `Fails CHECK:`; `tests/suite/test_sinners.py` reads that line, and proves that this check goes
red and no other of its chapter. One only `Warns CHECK:`, and has a test of its own there.
"""

import sys

import reference_client.bot
import reference_client.client
from reference_client.__main__ import main as echo
from reference_client.bot import Message
from reference_client.gateway import Gateway

__all__ = ["Gateway", "Message", "sin"]


def sin(*, gateway=None, message=None, **patches):
    """Run the reference bot with another session machine, another message class, or other names of the shell."""
    if gateway is not None:
        reference_client.client.Gateway = gateway
    if message is not None:
        reference_client.bot.Message = message
    for name, value in patches.items():
        if not hasattr(reference_client.client, name):
            raise AttributeError(f"the reference client's shell has no {name} any more; the sin must be found again")
        setattr(reference_client.client, name, value)
    sys.exit(echo())
