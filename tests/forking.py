"""Work that is done in a fork of the test's process, which is ended whatever happens."""

import os
import select
import signal


def in_a_fork(work):
    """Return what some work says, or raises, in a fork of this process."""
    there, here = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(here, said.encode())
        os._exit(0)
    os.close(here)
    try:
        ready, _, _ = select.select([there], [], [], 30)
        assert ready, "the fork hangs"
        return os.read(there, 100_000).decode()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(there)
