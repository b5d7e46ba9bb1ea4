"""`python -m refnet`, and the command `refnet`: see refnet/cli.py."""

import sys

EXTRA = {"typer", "rich", "matplotlib"}


def main() -> int:
    """Run the command line; without its packages, say how to install them."""
    try:
        from refnet import cli
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        print(
            f"refnet: the command line needs {error.name}, which is not installed; "
            'get it with: pip install "refnet[cli]"',
            file=sys.stderr,
        )
        return 2
    return cli.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
