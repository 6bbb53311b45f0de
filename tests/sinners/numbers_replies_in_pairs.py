"""Fails send/msg-seq: counts too slowly, and lives on 40054005 (langbot-app/LangBot#2290)."""

from sinning import sin

import reference_client.http.api
from reference_client.sender import Sequences


class SlowSequences(Sequences):
    def allot(self, anchor):
        return (super().allot(anchor) + 1) // 2


reference_client.http.api.Sequences = SlowSequences

if __name__ == "__main__":
    sin()
