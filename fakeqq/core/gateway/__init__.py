"""One gateway socket and what outlives it: phases, logins, sessions, deadlines."""
