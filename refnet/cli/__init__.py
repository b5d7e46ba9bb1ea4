"""The command `refnet`: its commands are in refnet/cli/commands.py, and need the extra `cli`."""

import io
import sys

EXTRA = ("matplotlib", "rich", "typer")


def main() -> int:
    """Run the command line and return the exit code; without its packages, say how to get them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without → must not end the training
    try:
        from refnet.cli import commands
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        print(
            f"refnet: the command line needs {error.name}, which is not installed; "
            'get it with: pip install "refnet[cli]"',
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:  # while the packages are loaded
        print("refnet: interrupted", file=sys.stderr)
        return 130
    return commands.run(sys.argv[1:])
