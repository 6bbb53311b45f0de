"""The yardstick for message posts: a bare FastAPI endpoint with pydantic models, as anyone would write one first."""

from __future__ import annotations

import json
import socket

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Message(BaseModel):
    content: str
    msg_type: int = 0
    msg_id: str | None = None
    msg_seq: int = 1


class Sent(BaseModel):
    id: str
    timestamp: str


app = FastAPI()


@app.post("/v2/users/{openid}/messages")
async def send(openid: str, message: Message) -> Sent:
    return Sent(id=f"ROBOT1.0_{openid[:4]}{message.msg_seq}!", timestamp="2026-11-20T12:00:00+08:00")


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run([listening])
