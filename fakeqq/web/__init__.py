"""The platform on real sockets: one front door for REST, WebSocket and the control API. Translates, never decides."""
