"""The web server: uvicorn in a thread of its own, on a port that is taken before anything is built."""

import errno
import socket
import threading

import uvicorn
from fastapi import FastAPI

from bot.settings import SettingsError

ANYWHERE = "0.0.0.0"  # noqa: S104  Slack, and a host's router, come from outside
BACKLOG = 128
GRACE_S = 5


class WebServer:
    """Serves one application on a socket that ``listen`` made."""

    def __init__(self, app: FastAPI, listener: socket.socket) -> None:
        self._socket = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            access_log=False,  # addresses and campaigns of people are nobody's reading
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="web", daemon=True
        )

    def start(self) -> None:
        """Serve; the socket takes connections already, so nobody who comes early is turned away."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, finish those that run; also right for a server that never started."""
        if self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()


def listen(port: int) -> socket.socket:
    """Take a port; 0 takes any that is free. Raises ``SettingsError`` when it cannot be taken."""
    # Named as TCP, so that asyncio sends an answer's parts at once: otherwise each waits 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ANYWHERE, port))
        listener.listen(BACKLOG)
    except OSError as broken:
        listener.close()
        if broken.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise SettingsError(
                f"Port {port} cannot be taken ({broken.strerror}); MARKO_PORT names another."
            ) from None
        raise
    return listener
