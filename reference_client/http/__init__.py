"""The HTTP half of the shell: `origin` makes exchanges, `api` makes the calls of the platform."""
