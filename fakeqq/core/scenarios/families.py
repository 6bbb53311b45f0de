"""Families of outages that clients of the platform were seen to die from, by a word each.

A scenario names those it stages (`families`), with the public reports as its `why`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "4009-ends-session": "4009 wipes the session, so that every recycle costs an IDENTIFY and the events between",
        "op7-handled-twice": "op 7 makes a reconnect, and the late close of the old socket a second one",
        "session-queued-twice": "two connections come of one loss",
        "op7-unheard": "op 7 is ignored",
        "heartbeats-after-op7": "after op 7 heartbeats go on, and nothing else",
        "attempts-counted-for-ever": "reconnects are counted, and the count is never reset",
        "1000-means-goodbye": "a close with 1000 is taken for the end",
        "op9-noted-only": "op 9 sets a flag, and the socket hangs open",
        "leaves-before-the-reason": "the client closes at op 9, before the close code that tells why",
        "identify-loop": "IDENTIFY is repeated at a fixed pace",
        "intents-guessed": "after op 9 the bot drops intents until it is let in",
        "two-timers": "op 9 and its close start a timer each",
        "fatal-code-retried": "codes that forbid another login are retried",
        "4004-with-the-old-token": "after 4004 the same token is shown again",
        "token-failure-fatal": "one failed call for a token ends the bot",
        "token-calls-multiply": "every reconnect starts a refresh of its own",
        "empty-token": "a login without a token",
        "dead-session-resumed": "a session that is gone is resumed for ever",
        "any-close-means-identify": "a lost connection costs the session",
        "never-resumes": "RESUME is not known",
        "session-of-another-shard": "a shard resumes the session of another",
        "seq-from-other-frames": "`s` is taken from frames that are no dispatches",
        "seq-of-ready-forgotten": "READY's `s` is not kept",
        "resumed-crashes": "RESUMED, whose `d` is a string, is not understood",
        "frame-before-ready": "only READY is expected after IDENTIFY",
        "server-heartbeat-crashes": "op 1 from the server is not understood",
        "resume-unanswered": "nobody waits for RESUMED with a limit",
        "replay-answered-twice": "an event that comes again is answered again",
        "seq-counted-at-receipt": "an event counts as handled before it is",
        "replay-missing": "events of the dead time are waited for",
        "deaf-session": "a resumed session hears nothing",
        "fixed-heartbeat": "HELLO's interval is ignored",
        "heartbeat-of-the-first-connection": "later connections have no heartbeat",
        "heartbeat-waits-for-ack": "an ACK starts the next heartbeat",
        "no-ack-watchdog": "a half-open socket looks healthy",
        "late-ack-kills": "one late ACK ends a healthy connection",
        "interval-unbounded": "an interval of 0 makes a storm",
        "busy-loop": "a dead socket is read in a loop",
        "no-handshake-limit": "an upgrade or a HELLO that never comes is waited for without end",
        "address-hammered": "every attempt asks for the address anew",
        "100017-unrecognised": "the rate limit of the address is not seen as one",
        "startup-failure-fatal": "one failed answer at the start ends the bot",
        "lookup-not-counted": "attempts do not count when the address itself fails",
        "attempts-run-out": "after so many attempts the bot is dead",
        "no-back-off": "attempts follow each other without a growing pause",
        "concurrency-ignored": "all shards log in at once",
        "remaining-ignored": "logins go on when none is left",
        "one-shard-stays-down": "a lost shard waits for the others",
        "first-reconnect-crashes": "the code of a reconnect has never run",
        "close-codes-lost": "every close looks alike",
        "process-taken-down": "a lost connection ends the process, and other accounts with it",
        "quiet-means-stale": "a quiet connection is ended as stale",
        "late-webhook-ack": "the acknowledgement comes after the handling, and so the event again",
        "forged-accepted": "a forged delivery is acted upon",
        "strange-bodies": "a body without an event crashes the endpoint",
        "body-written-anew": "the signature is checked over parsed and re-written JSON",
        "guild-message-first": "a guild's message comes before the bot knows itself",
        "validation-answered-wrong": "op 13 is signed wrongly",
        "short-secret-seed": "the seed of a short secret is not filled up as documented",
        "several-accounts-one-path": "the secret of another account of the same address is used",
        "msg-seq-reused": "`msg_seq` is missing or used again",
        "reply-budget-ignored": "more replies than a message may have",
        "window-ignored": "a reply is tried again when its window has closed",
        "reply-without-msg-id": "a reply that names no message counts as unasked",
        "stream-part-fails": "after a failed part the text is cut or doubled",
        "stream-left-open": "a stream is not closed in time, and the text falls back or stays unfinished",
        "send-unanswered": "a send that is cut off is lost, or comes twice",
        "send-lost": "a send that was answered with 200 is never seen",
        "limit-retried-at-once": "a rate limit is answered by trying again",
        "short-token-life": "the refresh comes too late for a short token",
        "starts-burnt": "reconnects use up the day's logins",
        "address-not-allowed": "an address that is not on the list looks like any other failure",
    }
)

# Families that no shipped scenario stages -> why not, and what does it instead.
WITHOUT_SCENARIO: Mapping[str, str] = MappingProxyType(
    {
        "old-socket-kept": "a stopped adapter keeps its socket: only its operator can stop it",
        "heartbeat-without-d": "the bot sends it on any day, and the platform takes it",
        "ready-awaited-as-op9": "the first login of any day shows it",
        "two-stream-dialects": "a bot chooses its dialect, and both are served on any day",
    }
)
