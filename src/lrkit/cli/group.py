"""The frame of the command line: commands imported when run, and one place for errors.

Every error is one line on stderr, `lrkit: error: …`, and exit status 2; a text that does not parse
is shown below with a mark under the place. Ctrl-C exits with 130, a closed pipe says nothing.
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from typing import Any

import click

from lrkit.cli.words import WORDS

INTERRUPTED = 130


class Failure(click.ClickException):
    """Wrong input: one line, and the place in the text if there is one."""

    exit_code = 2

    def __init__(self, message: str, place: str | None = None) -> None:
        super().__init__(" ".join(message.split()))
        self.place = place


class Commands(click.Group):
    """A group that knows its commands by name and imports each only when it is run.

    Args:
        commands_at: By name, "module:attribute" and the one-line help of each command.
    """

    def __init__(self, *, commands_at: dict[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self.commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which they are listed."""
        return list(self.commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None where there is none of this name."""
        if cmd_name not in self.commands_at:
            return None
        module, _, attribute = self.commands_at[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the mapping: nothing is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.commands_at.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first; a wrong name is refused with the names there are."""
        if args and args[0] not in self.commands_at and not args[0].startswith("-"):
            known = ", ".join(self.commands_at)
            raise click.UsageError(f"no command {args[0]!r}; there are {known}.", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the library says about the user's input becomes one line."""
        try:
            result = super().invoke(ctx)
            # A closed pipe shows here, not when the interpreter has no handler any more.
            sys.stdout.flush()
        except (ValueError, TypeError, ImportError, OSError) as error:
            if ctx.params.get("debug") or not _is_for_the_user(error):
                raise
            words = ctx.meta.get(WORDS, str)
            message = _message(error) if _is_text_error(error) else words(_message(error))
            raise Failure(message, _place(error)) from error
        return result

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run and exit: 0, 2 after wrong input, 130 after Ctrl-C."""
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        try:
            status = run(*args, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            write(error.format_message(), err=True)
            status = 2
        except click.ClickException as error:
            _report(error)
            status = 2
        except click.Abort:
            click.echo("lrkit: interrupted", err=True)
            status = INTERRUPTED
        sys.exit(status if isinstance(status, int) else 0)


def _is_for_the_user(error: Exception) -> bool:
    """Whether the message is meant for the user: not a defect of lrkit, not a closed pipe."""
    if isinstance(error, BrokenPipeError):
        return False
    if isinstance(error, ImportError):
        # The library's own text names the extra; another failed import is a defect.
        return "pip install" in str(error)
    return True


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        name = f"{os.fspath(error.filename)}: " if error.filename else ""
        return f"{name}{error.strerror}"
    if _is_text_error(error):
        # What a program gives to `read`, the command line gives with an option.
        return re.sub(r"read\(text, (\w+)=…\)", r"--let \1=…", str(getattr(error, "reason", error)))
    return str(error) or type(error).__name__


def _is_text_error(error: Exception) -> bool:
    """Whether it gives its reason apart from the place: the core's error of a text has no name."""
    return callable(getattr(error, "pointer", None))


def _place(error: Exception) -> str | None:
    """A part of the text that does not parse, and a mark under the place."""
    pointer = getattr(error, "pointer", None)
    return str(pointer()) if callable(pointer) else None


def _report(error: click.ClickException) -> None:
    message = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        message = f"{message.rstrip('.')}. Try '{error.ctx.command_path} --help'."
    write(f"lrkit: error: {message}", err=True)
    place = getattr(error, "place", None)
    if place:
        write(place, err=True)


def write(text: str, *, err: bool = False) -> None:
    """A line to stdout or stderr, in escapes where the stream cannot encode it."""
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)


def version() -> click.Option:
    """`--version`: prints the version and ends."""

    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked and not ctx.resilient_parsing:
            import lrkit

            write(f"lrkit {lrkit.__version__}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show the version and exit.",
    )


def debug() -> click.Option:
    """`--debug`: a Python traceback in place of the one line."""
    return click.Option(
        ["--debug"], is_flag=True, help="Show the Python traceback of an error, for bug reports."
    )
