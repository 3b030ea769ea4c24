"""`python -m namealign`: the command line without an installed program."""

from namealign.cli import main

if __name__ == "__main__":
    main()
