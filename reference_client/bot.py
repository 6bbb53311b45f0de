"""The façade: a bot in five lines.

bot = Bot("your app id", "your secret")

@bot.on_message
async def answer(message: Message) -> None:
    await message.reply(f"you said {message.text}")

bot.run()
"""

import asyncio
import base64
import contextlib
import signal
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reference_client.answers import Answer, ApiError
from reference_client.client import Client
from reference_client.http.api import Api, Config
from reference_client.http.streams import StreamWriter
from reference_client.messages import REPLIES, Incoming, Scene, halves, join_parts, read_message
from reference_client.outputs import Event
from reference_client.stream import Dialect
from reference_client.watching import Hook

if TYPE_CHECKING:
    from reference_client.http.webhook import WebhookClient

MessageHandler = Callable[["Message"], Awaitable[None]]

TOO_LONG = frozenset({40054007, 40054018})
"""The text is too long (https://bot.q.qq.com/wiki, error codes of sending); how long one may be is not documented."""

SHORTEST_PART = 500
"""Characters of a refused text that are not divided any more: no public report tells of so small a limit."""

_IMAGE = 1
"""The `file_type` of an upload (https://bot.q.qq.com/wiki, uploading rich media)."""


class Message:
    """A message to the bot, and the way to answer it.

    Texts, pictures and streams share the number of passive replies that one message allows.
    """

    __slots__ = ("_api", "_replies", "incoming")

    def __init__(self, incoming: Incoming, api: Api) -> None:
        self.incoming = incoming
        self._api = api
        self._replies = 0

    @property
    def text(self) -> str:
        """What was said; "" for a picture alone."""
        return self.incoming.text

    @property
    def scene(self) -> Scene:
        """Where it was said."""
        return self.incoming.scene

    async def reply(self, text: str) -> Answer:
        """Answer with text, passively: the answer names the message that it answers.

        A text that is refused as too long is sent in parts; the last one's answer comes back.

        Raises:
            ApiError: it, or a part of it, was not delivered; the error says why.
        """
        body: dict[str, Any] = {"content": text}
        if self.scene in {Scene.C2C, Scene.GROUP}:
            body["msg_type"] = 0
        try:
            return await self._send(body)
        except ApiError as error:
            if not {error.code, error.err_code} & TOO_LONG or len(text) <= SHORTEST_PART:
                raise
        first, second = halves(text)
        await self.reply(first)
        return await self.reply(second)

    async def reply_all(self, texts: Sequence[str]) -> None:
        """Answer with one message for each text, as far as the platform allows so many replies to one message.

        Raises:
            ApiError: one was not delivered; the error says why.
        """
        most = REPLIES.get(self.scene)
        for text in join_parts(texts, None if most is None else most - self._replies):
            await self.reply(text)

    async def reply_markdown(self, text: str) -> Answer:
        """Answer with Markdown; as plain text where it is not granted.

        Raises:
            ApiError: it was not delivered; the error says why.
        """
        body: dict[str, Any] = {"markdown": {"content": text}}
        if self.scene in {Scene.C2C, Scene.GROUP}:
            body["msg_type"] = 2
        return await self._send(body)

    async def send_image(self, image: bytes | str, caption: str = "") -> Answer:
        """Answer with a picture, in C2C and in groups: it is uploaded, and then sent as a passive message of its own.

        Args:
            image: its bytes, PNG or JPEG, or a URL that the platform can fetch.
            caption: text under the picture.

        Raises:
            ApiError: it could not be uploaded, or was not delivered; the error says why.
            ValueError: in a guild; there pictures go another way.
        """
        if self.scene not in {Scene.C2C, Scene.GROUP}:
            raise ValueError(f"pictures are uploaded in C2C and in groups only, not in scene {self.scene}")
        # With srv_send_msg the upload itself would be sent, and that is a proactive message.
        upload: dict[str, Any] = {"file_type": _IMAGE, "srv_send_msg": False}
        upload |= {"url": image} if isinstance(image, str) else {"file_data": base64.b64encode(image).decode()}
        operation = f"{self.incoming.operation.removesuffix('/messages')}/files"
        uploaded = await self._api.send(operation, f"{self.incoming.path.removesuffix('/messages')}/files", upload)
        file_info = uploaded.body.get("file_info") if isinstance(uploaded.body, dict) else None
        if not isinstance(file_info, str) or not file_info:
            raise ApiError(operation, uploaded, "an answer without file_info")
        body: dict[str, Any] = {"msg_type": 7, "media": {"file_info": file_info}}
        if caption:
            body["content"] = caption
        return await self._send(body)

    def stream(self, dialect: Dialect = Dialect.CHUNKS) -> StreamWriter:
        """A message that grows while it is written, for `async with`; elsewhere than in C2C it is sent when it ends.

        ```
        async with message.stream() as stream:
            await stream.write("one ")
            await stream.write("two")
        ```
        """
        path = self.incoming.path
        if dialect is Dialect.FRAMES:
            path = f"{path.removesuffix('/messages')}/stream_messages"
        return StreamWriter(
            self._api,
            path,
            self.incoming.id,
            dialect if self.scene is Scene.C2C else None,
            self.reply_markdown,
            self._count_reply,
        )

    async def _send(self, body: dict[str, Any]) -> Answer:
        answer = await self._api.send(self.incoming.operation, self.incoming.path, body | {"msg_id": self.incoming.id})
        self._count_reply()
        return answer

    def _count_reply(self) -> None:
        self._replies += 1


class Bot:
    """A bot: who it is, and what it does with messages."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        *,
        webhook_port: int | None = None,
        on_transition: Hook | None = None,
        **options: Any,
    ) -> None:
        """`options` are the further fields of `Config`: `api_base`, `token_url`, `intents`, `shards`, `session_file`.

        With a `webhook_port` the bot listens there for the platform's deliveries and opens no connection itself.
        Otherwise `on_transition` is called with each `watching.Transition` of a shard, in the bot's event loop.
        """
        self._apis: list[Api] = []
        self._handler: MessageHandler | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._config = Config(app_id=app_id, secret=secret, **options)
        self._webhook: WebhookClient | None = None
        self._client: Client | WebhookClient
        if webhook_port is None:
            self._client = client = Client(self._config, lambda event: self._handle(client.api, event), on_transition)
            self._apis.append(client.api)
        else:
            self._client = self._webhook = _webhook_client(webhook_port)
            self.add_account(app_id, secret)

    def add_account(self, app_id: str, secret: str) -> None:
        """Receive the deliveries of this bot, too, at the same port; the same handler gets its messages.

        Raises:
            RuntimeError: this bot has been started already.
            ValueError: this bot has no webhook port.
        """
        if self._loop is not None:
            raise RuntimeError("an account is added to a bot before it is started")
        if self._webhook is None:
            raise ValueError("a further account needs a webhook_port")
        config = replace(self._config, app_id=app_id, secret=secret)
        api = self._webhook.add(config, lambda event: self._handle(api, event))
        self._apis.append(api)

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far, at any time; what never happened is not there.

        `events`, `events_dropped`, `connections`, `reconnects`, `identifies`, `resumes`, `sends`, `sends_again`,
        `sends_failed`, `tokens_refused`, `tokens_failed`, and `refused_CODE` for refusals of sends, by code or, without
        one, by status.
        """
        return dict(sum((api.counts for api in self._apis), Counter()))

    def on_message(self, handler: MessageHandler) -> MessageHandler:
        """Have `handler` called with every message of a person. For use as a decorator."""
        self._handler = handler
        return handler

    def run(self) -> None:
        """Be online until SIGTERM or SIGINT; outside the main thread, where no signal arrives, until `stop`.

        Raises:
            RuntimeError: it has been started before.
            StoppedByPlatformError: the platform will not have this bot.
        """
        asyncio.run(self._run_until_signalled())

    async def start(self) -> None:
        """Be online until `stop`, inside a running event loop; leaves signals alone. It raises what `run` does."""
        if self._loop is not None:
            raise RuntimeError("a bot runs once; make another one to run again")
        self._loop = asyncio.get_running_loop()
        await self._client.run()

    def stop(self) -> None:
        """End soon; safe to call from any thread, before the start and after the end, too."""
        if self._loop is None:
            self._client.stop()
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended
            self._loop.call_soon_threadsafe(self._client.stop)

    async def _run_until_signalled(self) -> None:
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
        await self.start()

    async def _handle(self, api: Api, event: Event) -> None:
        incoming = read_message(event)
        if incoming is not None and not incoming.by_bot and self._handler is not None:
            await self._handler(Message(incoming, api))


def _webhook_client(port: int) -> "WebhookClient":
    # Imported when it is wanted: a web server costs a quarter of a second that most bots need not pay.
    from reference_client.http.webhook import WebhookClient  # noqa: PLC0415

    return WebhookClient(port)
