"""The way into a network namespace: a listener of the world outside, relayed to a port of the loopback inside.

Runs inside, as a process beside the child. Bytes go through as they are, and the end of each direction is passed on by
itself (half-close). Where nobody listens inside, the connection is closed without a byte. Standard library only, and
little of it: the process is a fork of the namespace's helper.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading

CONNECTIONS = 256
"""Relayed at a time; more wait in the listener's queue."""

CHUNK = 65536

IDLE = 900.0
"""Seconds after which a direction that carries nothing is given up."""

FAREWELL = 5.0
"""Seconds that the last bytes may take when the program has ended."""


def leave_behind(listener: socket.socket, port: int, private: socket.socket) -> None:
    """Start the relay in a process of its own, which is nobody's child and ends when this process's program does.

    It stays in this process's group, and does not hold the descriptor `private` open.
    """
    program = os.pidfd_open(os.getpid())
    middle = os.fork()
    if middle:
        os.close(program)
        os.waitpid(middle, 0)
        return
    if os.fork():
        os._exit(0)
    try:
        private.close()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        serve(listener, port, program)
    finally:
        os._exit(0)


def serve(listener: socket.socket, port: int, until: int) -> None:
    """Relay connections until the descriptor `until` is readable, and then what is on its way."""
    listener.setblocking(False)
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    waiting.register(until, select.POLLIN)
    room = threading.Semaphore(CONNECTIONS)
    relays: list[threading.Thread] = []
    while until not in {descriptor for descriptor, _ in waiting.poll()}:
        try:
            outer, _ = listener.accept()
        except OSError:  # whoever called has given up
            continue
        room.acquire()
        relays = [relay for relay in relays if relay.is_alive()]
        relays.append(threading.Thread(target=_relay, args=(outer, port, room), daemon=True))
        relays[-1].start()
    listener.close()
    for relay in relays:
        relay.join(FAREWELL)


def _relay(outer: socket.socket, port: int, room: threading.Semaphore) -> None:
    """One connection, from its acceptance to the end of both directions."""
    try:
        with outer, socket.create_connection(("127.0.0.1", port), timeout=IDLE) as inner:
            outer.settimeout(IDLE)
            back = threading.Thread(target=_pump, args=(inner, outer), daemon=True)
            back.start()
            _pump(outer, inner)
            back.join()
    except OSError:  # nobody listens
        pass
    finally:
        room.release()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Carry one direction to its end. Who cannot be written to any more may still be read from."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
