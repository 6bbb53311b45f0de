"""The control API under `/_fakeqq/`: how tests and people make things happen in a world and see what did."""
