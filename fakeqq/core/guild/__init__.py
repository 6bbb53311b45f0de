"""Guilds: their channels, members, roles and everything in them."""
