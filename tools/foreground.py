"""Run a command in the terminal's foreground, so that Ctrl-C is the command's alone.

Otherwise `make` gets the interrupt too and reports a clean stop as a failure.
"""

import os
import signal
import sys


def take_terminal(group: int) -> None:
    """Make a process group the one that the terminal's keys speak to."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, group)


def start(command: list[str]) -> int:
    """Start the command in a process group of its own and return its number."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    take_terminal(os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(command[0], command)


def follow(child: int) -> int:
    """Pass signals on, let Ctrl-Z stop and `fg` continue; return the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda received, _: os.kill(child, received))
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        take_terminal(os.getpgrp())
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        os.killpg(0, signal.SIGSTOP)
        take_terminal(child)
        os.killpg(child, signal.SIGCONT)


def main() -> None:
    """Run the command given as arguments."""
    command = sys.argv[1:]
    if not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        os.execvp(command[0], command)  # No terminal, or not ours: signals come by themselves.
    sys.exit(follow(start(command)))


main()
