"""`python -m lrkit` is the command `lrkit`."""

from lrkit.cli import main

if __name__ == "__main__":
    main(prog_name="lrkit")
