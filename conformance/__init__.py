"""The conformance suite: it starts a QQ bot, gives it a bad day, and judges it by what went over the wire."""
