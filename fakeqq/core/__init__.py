"""The platform without sockets: every machine takes `now` and randomness as arguments and returns what to do."""
