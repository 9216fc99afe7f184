"""The command line: Typer only, one thin module a command."""
