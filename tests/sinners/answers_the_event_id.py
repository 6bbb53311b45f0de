"""Fails dispatch/c2c: names the event's id where the message's belongs."""

import dataclasses

from sinning import sin

import reference_client.bot
from reference_client.messages import read_message


def read(event):
    incoming = read_message(event)
    return dataclasses.replace(incoming, id=event.id) if event.type == "C2C_MESSAGE_CREATE" else incoming


reference_client.bot.read_message = read

if __name__ == "__main__":
    sin()
