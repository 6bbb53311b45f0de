"""Fails webhook/delivered-again: an event that comes again is answered again."""

from sinning import sin

import reference_client.http.webhook
from reference_client.progress import Seen


class NothingSeen(Seen):
    def remember(self, _keys):
        return False


if __name__ == "__main__":
    reference_client.http.webhook.Seen = NothingSeen
    sin()
