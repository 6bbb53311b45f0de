"""Fails dispatch/group-full: knows GROUP_AT_MESSAGE_CREATE only (NousResearch/hermes-agent#63761)."""

from sinning import sin

import reference_client.bot
from reference_client.messages import read_message

reference_client.bot.read_message = lambda event: None if event.type == "GROUP_MESSAGE_CREATE" else read_message(event)

if __name__ == "__main__":
    sin()
