"""`python -m dispatch` is the command."""

from dispatch.cli import main

if __name__ == "__main__":
    main()
