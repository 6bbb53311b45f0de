"""A resilient QQ bot client, small enough to be read in one sitting.

Three layers, and imports go only downwards:

* **Cores** decide and touch nothing: `now` (seconds of any monotonic clock) and randomness are arguments,
  outputs are small data. `gateway` (one shard's session), `heartbeat`, `progress` (what was received,
  finished, seen), `policy` (what a close code costs), `backoff`, `startup`, `tokens`, `answers`, `sender`,
  `pauses`, `stream`, `webhook`, `messages`, `commands`.
* **The shell** obeys: `client` holds the sockets and one timer; `http`, `sockets`, `workers`, `watching` and `log`
  serve it.
* **The façade**: `bot`. `python -m reference_client` is an echo bot on top of it.

Read `gateway` first; its opening text explains the life of a connection.
"""
