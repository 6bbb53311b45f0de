"""Fails dispatch/duplicate: whatever comes is new (NousResearch/hermes-agent#119848)."""

from sinning import sin

from reference_client.progress import Seen


class Forgetful(Seen):
    def remember(self, keys):
        super().remember(keys)
        return False


if __name__ == "__main__":
    sin(Seen=Forgetful)
