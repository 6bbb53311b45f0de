"""Fails stream/break: what was said before the tool is in the message after it once more (AstrBotDevs/AstrBot#6131)."""

from sinning import sin

import reference_client.__main__ as program
from reference_client.commands import Aside

usual = program._stream_part
said = {}


async def stream_part(message, stream, part):
    if isinstance(part, str):
        said[stream] = said.get(stream, "") + part
    await usual(message, stream, part)
    if part is Aside.TOOL:
        await stream.write(said[stream])


program._stream_part = stream_part

if __name__ == "__main__":
    sin()
