"""Fails resume/replay-overlap: a replayed event is a new event (NousResearch/hermes-agent#119848)."""

from sinning import sin

from reference_client.progress import Seen


class ForgetfulSeen(Seen):
    def remember(self, _keys):
        return False


if __name__ == "__main__":
    sin(Seen=ForgetfulSeen)
