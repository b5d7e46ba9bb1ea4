"""The command line `refnet`. Its commands, in refnet/cli/commands.py, need the extra `cli`."""

import io
import sys

EXTRA = ("matplotlib", "rich", "typer")


def main() -> int:
    """Runs the command line and returns the exit code; names a package that is missing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show → must not end the training.
            stream.reconfigure(errors="replace")
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
    except KeyboardInterrupt:  # while the packages load
        print("refnet: interrupted", file=sys.stderr)
        return 130
    return commands.run(sys.argv[1:])
