"""Pushing events to a URL: deliveries, what an answer is worth, forgeries."""
