"""The platform on real sockets: uvicorn, one front door for REST, WebSocket and the control API. Translates, never decides."""
