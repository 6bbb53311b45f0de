"""Fails reconnect/op7-resumes: keeps the `s` of READY for ever, so every RESUME asks for everything again."""

from sinning import Gateway, sin

from reference_client.progress import Progress

Progress.resume_from = lambda _self: 1

if __name__ == "__main__":
    sin(gateway=Gateway)
