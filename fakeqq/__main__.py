"""`python -m fakeqq` is the command line."""

from fakeqq.cli import main

if __name__ == "__main__":
    main()
