# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server on the loopback address with one Debian package for apt and one large file for wget."""

import functools
import hashlib
import http.server
import pathlib
import random
import subprocess
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the folder; what is sent with PUT is only weighed."""

    def do_PUT(self):
        digest = hashlib.sha256()
        left = int(self.headers["Content-Length"])
        while left:
            data = self.rfile.read(min(left, 65536))
            if not data:
                break
            digest.update(data)
            left -= len(data)
        answer = digest.hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class PackageServer:
    FILE_BYTES = 8 << 20

    def __init__(self, folder, package):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        content = random.Random(1).randbytes(self.FILE_BYTES)
        (self.folder / "file").write_bytes(content)
        self.file_digest = hashlib.sha256(content).hexdigest()
        self._add(pathlib.Path(package))
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(self.folder)))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _add(self, package):
        """A repository of the simplest kind: the package and an index beside it."""
        data = package.read_bytes()
        (self.folder / package.name).write_bytes(data)
        control = subprocess.run(["dpkg-deb", "-f", package], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        (self.folder / "Packages").write_text(
            f"{control.strip()}\nFilename: ./{package.name}\nSize: {len(data)}\n"
            f"SHA256: {hashlib.sha256(data).hexdigest()}\n\n", encoding="utf-8")

    def stop(self):
        self._server.shutdown()
