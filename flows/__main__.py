"""``python -m iid.flows``: the command, where the script ``iid`` is not on the path."""

from iid.flows.cli.main import main

if __name__ == "__main__":
    main()
