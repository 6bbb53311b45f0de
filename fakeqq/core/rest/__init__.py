"""HTTP requests through the platform, and the table of operations."""
