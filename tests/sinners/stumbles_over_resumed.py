"""Fails resume/empty-d: leaves when a dispatch has no object, as RESUMED has none (nonebot/adapter-qq#193)."""

from sinning import Gateway, sin


class StrictGateway(Gateway):
    def _on_dispatch(self, frame, now):
        outputs = super()._on_dispatch(frame, now)
        if isinstance(frame.get("d"), dict):
            return outputs
        return [*outputs, *self._leave(now, "a dispatch without an object")]


if __name__ == "__main__":
    sin(gateway=StrictGateway)
