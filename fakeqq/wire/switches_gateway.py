"""Switches of the gateway (logins, sessions, what ends a connection) and of the webhook."""

from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import BOTGO_ERRORS, DOCS_GATEWAY, DOCS_PAYLOAD, DOCS_WEBSOCKET, OURS, botgo, issue
from fakeqq.wire.switch_row import Switch

_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE

GATEWAY_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "replay",
        "exact",
        ("exact", "overlap", "none"),
        "what RESUME replays: the events after `seq`, also the one at `seq`, or nothing",
        _D,
        (DOCS_WEBSOCKET, issue("agentscope-ai/QwenPaw", 7946), issue("NousResearch/hermes-agent", 106291)),
        "sources disagree: the documents say after `seq`; logs show handled events again, others none at all",
    ),
    Switch(
        "missed_heartbeats",
        "drop",
        ("drop", "close-4009", "ignore"),
        "what a connection that stopped its heartbeats meets: TCP gone, close 4009, or nothing",
        _O,
        (issue("NousResearch/hermes-agent", 20531), issue("NousResearch/hermes-agent", 24357)),
        "sources disagree: drops without a close frame after 60 to 90 s, and 4009 `Session timed out`",
    ),
    Switch(
        "early_heartbeat",
        "answered",
        ("answered", "4003"),
        "what a heartbeat before the login meets: its ACK, or close 4003. At a door that several bots share it is "
        "always answered, as nobody knows yet whose it is",
        _I,
        (BOTGO_ERRORS, botgo("websocket/client/client.go")),
        "nobody knows: 4003 stands in an SDK's list alone, and clients that send heartbeats before READY work in "
        "production",
    ),
    Switch(
        "resume_refusal",
        "invalid-session",
        ("invalid-session", "4006", "4902"),
        "how a RESUME of an unknown session is refused: op 9 and then a close, close 4006, or close 4902",
        _I,
        (DOCS_WEBSOCKET, issue("tencent-connect/bot-node-sdk", 94)),
        "sources disagree: the table gives 4006, logs show 4902 `reset by resume`, clients wait for op 9",
    ),
    Switch(
        "gateway_budget",
        "off",
        ("off", "real", "strict"),
        "how often `/gateway` and `/gateway/bot` may be asked: always, 2 a minute with a burst of 10, or 2",
        _D,
        (DOCS_GATEWAY, issue("NousResearch/hermes-agent", 18172)),
        "sources disagree on the burst: 10 are documented, a run met the refusal after about two. Off, so "
        "that a developer who restarts a bot all day is not locked out",
    ),
    Switch(
        "gateway_budget_scope",
        "bot",
        ("bot", "machine"),
        "whose calls `gateway_budget` counts: each bot's by themselves; or those of all bots of this server that are "
        "set so together, as if they came from one address",
        _O,
        (issue("tencent-connect/openclaw-qqbot", 17), DOCS_GATEWAY),
        "nobody knows: no document says; a maintainer's advice for one machine was to take a new bot, so the bot's own "
        "calls count",
    ),
    Switch(
        "session_budget",
        "off",
        ("off", "real", "strict"),
        "when an IDENTIFY is refused with op 9 and close 4903: never, when `remaining` is 0, or also above "
        "`max_concurrency` in 5 s",
        _D,
        (DOCS_WEBSOCKET, issue("tencent-connect/openclaw-qqbot", 18)),
        "sources disagree by silence: the budget is documented, its refusal is not; op 9 and 4903 were seen on a bot "
        "that had logged in too often. Off, as a developer's restarts must not lock a bot out",
    ),
    Switch(
        "token_expiry",
        "ignored",
        ("ignored", "close-4004"),
        "what a live socket meets when the token it logged in with dies: nothing, or close 4004",
        _C,
        (OURS, issue("zhinjs/qq-official-bot", 98)),
        "sources disagree by silence: no report says that a socket dies with its token, and "
        "expired ones were seen to meet 4004 at login",
    ),
    Switch(
        "refusal_op9",
        "some",
        ("seen", "some", "every"),
        "which refusals of a login op 9 announces before the close frame: 4014 and 4903; also 4914 and 4915; or every "
        "one, but for a bad token at a door that several bots share. What a RESUME of an unknown session meets says "
        "`resume_refusal`",
        _O,
        (issue("satorijs/satori", 226), issue("tencent-connect/openclaw-qqbot", 18)),
        "nobody knows about the others: op 9 was seen before 4014 and 4903, and nobody wrote down what comes before "
        "4004",
    ),
    Switch(
        "resume_spends",
        "no",
        ("no", "yes"),
        "whether a RESUME uses up a session start as an IDENTIFY does, and is refused as one where `session_budget` "
        "refuses",
        _I,
        (DOCS_WEBSOCKET, issue("bubbuild/bub-contrib", 61)),
        "nobody knows: the documents count sessions and do not say what one is; a client's author takes it for an "
        "IDENTIFY",
    ),
    Switch(
        "resume_while_attached",
        "both-stay",
        ("both-stay", "4902"),
        "what the older socket meets when a RESUME on another one takes its session over: nothing, and no event "
        "either; or close 4902",
        _C,
        (OURS, issue("AstrBotDevs/AstrBot", 5897), issue("tencent-connect/bot-node-sdk", 94)),
        "nobody knows: sockets of one shard that were each logged in live side by side; 4902 has the text `reset by "
        "resume`, and nobody says of what",
    ),
    Switch(
        "client_close_1000",
        "session-kept",
        ("session-kept", "session-ended"),
        "what becomes of the session when the bot itself closes with 1000: it waits for RESUME as after any other end, "
        "or it is unknown from then on",
        _C,
        (OURS,),
        "nobody knows: no document and no report tells the bot's own close codes apart",
    ),
    Switch(
        "webhook_4xx",
        "again",
        ("again", "given-up"),
        "whether a webhook delivery that is answered with a status of 4xx is made again, as others that are not "
        "acknowledged are",
        _C,
        (OURS, issue("zhinjs/qq-official-bot", 76), issue("AstrBotDevs/AstrBot", 5788)),
        "nobody knows: repeated deliveries were seen where no answer with 200 came in time, not after a refusal",
    ),
    Switch(
        "control_frame_keys",
        "absent",
        ("absent", "null", "zero"),
        "whether ops 7, 9, 10 and 11 have the keys `s`, `t` and `id` of a dispatch: no; with null; or `s` 0 and the "
        "others empty. HELLO has none at a door that several bots share, where it comes before the bot is known",
        _D,
        (DOCS_PAYLOAD, DOCS_WEBSOCKET, issue("tencent-connect/openclaw-qqbot", 18)),
        'sources disagree on one page: every frame has `s`, and `{"op":11}`; a client\'s log has ops 9 and 10 without '
        "`t`. Nobody published a frame as it came",
    ),
    Switch(
        "recycle_grace",
        "0",
        ("0", "5", "never"),
        "seconds from op 7 to close 4009 when a connection's life is over (`recycle_interval`), or no close at all",
        _O,
        (
            botgo("websocket/client/client.go"),
            issue("openclaw/openclaw", 78890),
            issue("tencent-connect/openclaw-qqbot", 255),
        ),
        "nobody knows: an official SDK expects the close right after op 7, logs have it within seconds, and nobody "
        "says that it always comes. Five seconds are our choice",
    ),
)
