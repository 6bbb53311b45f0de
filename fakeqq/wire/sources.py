"""The public sources that rows point at, pinned to a commit or a thread.

The official documentation exists in two editions: the repository `tencent-connect/bot-docs`, which stopped in
April 2025, and the site, whose 2026 pages are kept in a copy inside `KarinJS/karin-plugin-adapter-qqbot`.
"""

from fakeqq.wire.evidence import Source


def docs_2025(page: str) -> Source:
    """A page of the official documentation's repository, `page` relative to `docs/develop/api-v2/`."""
    return Source("docs 2025", f"tencent-connect/bot-docs@645787a docs/develop/api-v2/{page}")


def docs_2026(page: str) -> Source:
    """A page of the official site as of August 2026, `page` relative to its root, without suffix."""
    return Source("docs 2026", f"KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/{page}.md")


def botgo(path: str) -> Source:
    """A file of botgo, Tencent's Go SDK."""
    return Source("botgo", f"tencent-connect/botgo@fe31c0d {path}".rstrip())


def botpy(path: str) -> Source:
    """A file of botpy, Tencent's Python SDK."""
    return Source("botpy", f"tencent-connect/botpy@e25f3e8 {path}")


def openclaw_qqbot(path: str) -> Source:
    """A file of openclaw-qqbot 1.7.1, Tencent's plug-in for OpenClaw."""
    return Source("openclaw-qqbot", f"tencent-connect/openclaw-qqbot@3eee789 {path}")


def qqbot_nodejs(path: str) -> Source:
    """A file of qqbot-nodejs, Tencent's Node SDK of 2026."""
    return Source("qqbot-nodejs", f"tencent-connect/qqbot-nodejs@f77fab29 {path}")


def nonebot(path: str) -> Source:
    """A file of NoneBot's QQ adapter."""
    return Source("nonebot/adapter-qq", f"nonebot/adapter-qq@d8db0a7 {path}")


def satori(path: str) -> Source:
    """A file of Satori, whose QQ adapter Koishi uses."""
    return Source("satori", f"satorijs/satori@933734b {path}")


def astrbot(path: str) -> Source:
    """A file of AstrBot."""
    return Source("AstrBot", f"AstrBotDevs/AstrBot@19d00fb {path}")


def gensokyo(path: str) -> Source:
    """A file of Gensokyo, a gateway between QQ bots and OneBot."""
    return Source("Gensokyo", f"Hoshinonyaruko/Gensokyo@3723b1c {path}")


def issue(repository: str, number: int) -> Source:
    """An issue or pull request of a GitHub repository (GitHub redirects one address to the other)."""
    return Source(f"{repository}#{number}", f"https://github.com/{repository}/issues/{number}")


BOT_OAS = Source("bot-oas", "tencent-connect/bot-oas@d4ffa48")
"""The official OpenAPI description of 2022."""

DOCS_2025 = docs_2025("")
DOCS_2026 = Source("docs 2026", "KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/")
DOCS_OPCODES = docs_2025("dev-prepare/interface-framework/opcode.md")
DOCS_PAYLOAD = docs_2026("dev-prepare/event-emit/payload")
DOCS_WEBSOCKET = docs_2026("dev-prepare/event-emit/websocket")
DOCS_WEBHOOK = docs_2026("dev-prepare/event-emit/webhook")
DOCS_CLOSE_CODES = docs_2025("dev-prepare/error-trace/websocket.md")
DOCS_ERROR_CODES = docs_2025("dev-prepare/error-trace/openapi.md")
DOCS_CALLS = docs_2026("dev-prepare/api-call-guide")
DOCS_TOKEN = docs_2026("dev-prepare/access-token")
DOCS_SIGN = docs_2025("dev-prepare/interface-framework/sign.md")
DOCS_SEND = docs_2025("server-inter/message/send-receive/send.md")
DOCS_POST_MESSAGES = docs_2025("server-inter/message/post_messages.md")
DOCS_GUILD_ARK = Source(
    "docs of the Node SDK", "tencent-connect/bot-docs@27910bf docs/develop/nodesdk/message/post_ark_messages.md"
)
DOCS_C2C_SEND = docs_2026("autogen/api/v2_users_user_openid_messages.post")
DOCS_GROUP_SEND = docs_2026("autogen/api/v2_groups_group_openid_messages.post")
DOCS_STREAM = docs_2026("autogen/api/v2_users_user_openid_stream_messages.post")
DOCS_C2C_RECALL = docs_2026("autogen/api/v2_users_user_openid_messages_message_id.delete")
DOCS_GROUP_RECALL = docs_2026("autogen/api/v2_groups_group_openid_messages_message_id.delete")
DOCS_UPLOAD = docs_2026("autogen/api/v2_users_user_openid_files.post")
DOCS_UPLOAD_PREPARE = docs_2026("autogen/api/v2_users_user_id_upload_prepare.post")
DOCS_INTERACTION = docs_2026("autogen/api/interactions_interaction_id.put")
DOCS_GATEWAY = Source("docs 2026 gateway.get", "https://bot.q.qq.com/wiki/develop/api-v2/autogen/api/gateway.get.html")
DOCS_GATEWAY_BOT = docs_2026("openapi/wss/shard_url_get")
DOCS_STORAGE = Source("COS error codes", "https://cloud.tencent.com/document/product/436/7730")
BOTGO = botgo("")
BOTGO_ERRORS = botgo("errs/err.go")
BOTGO_INTENTS = botgo("dto/websocket_intent.go")
FIELD_REPORT = Source("field report", "public client code, or a developer's notes, without a stable address")
OURS = Source("fakeqq", "our choice; no public source says")
