"""Fails stream/no-media: the picture is a part of a stream, which nobody takes there (AstrBotDevs/AstrBot#6131)."""

from sinning import Message, sin


class PictureApi:
    """The API, with a stream around each picture."""

    def __init__(self, api):
        self._api = api

    async def send(self, operation, path, body):
        streamed = {"stream": {"state": 1, "index": 0}} if "media" in body else {}
        return await self._api.send(operation, path, body | streamed)


class ColourfulMessage(Message):
    async def send_image(self, image, caption=""):
        return await Message(self.incoming, PictureApi(self._api)).send_image(image, caption)


if __name__ == "__main__":
    sin(message=ColourfulMessage)
