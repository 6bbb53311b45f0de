"""Messages that grow: two dialects as two machines."""
