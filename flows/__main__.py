"""``python -m iid.flows``: the command, without the script ``iid``."""

from iid.flows.cli.main import main

if __name__ == "__main__":
    main()
