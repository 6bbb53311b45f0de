"""Start the server, start a bot pointed at it, and speak to the control API. Importing does nothing."""
