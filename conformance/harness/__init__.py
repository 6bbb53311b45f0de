"""What a check stands on: the process under test, the words of the world, the journal, and the pace of time."""
