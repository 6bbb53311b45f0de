"""What the platform says of a message that waits for a human's audit, where it answers with status 200."""

# A proactive group message of a public bot, 2024: https://github.com/tencent-connect/botpy/issues/200. The words for
# replies and for C2C are made after it.
AUDIT_TIPS = "{scene} {kind} message is waiting for audit now"
AUDIT_ID_PREFIX = "msg_tid_"
