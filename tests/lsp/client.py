# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of the Language Server Protocol, for tests: messages as they are."""

import json
import subprocess


class Client:
    """A server's process; every message that it sends passes through `check`."""

    def __init__(self, argv, check=None, **options):
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        self.check = check or (lambda message, method: None)
        self.asked = {}
        self.last = 0
        self.diagnostics = {}

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    @staticmethod
    def frame(message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def send(self, message):
        self.write(self.frame(message))

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def read(self):
        """The next message, or None at the end."""
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                return None
            if line == b"\r\n":
                break
            name, value = line.split(b":")
            if name == b"Content-Length":
                length = int(value)
        message = json.loads(self.process.stdout.read(length))
        self.check(message, self.asked.get(message.get("id")))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]
        return message

    def request(self, method, params=None):
        """The id of a request that was sent and not waited for."""
        self.last += 1
        self.asked[self.last] = method
        message = {"jsonrpc": "2.0", "id": self.last, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return self.last

    def answer(self, number):
        while True:
            message = self.read()
            if message is None:
                raise AssertionError("the server ended")
            if message.get("id") == number and "method" not in message:
                return message

    def ask(self, method, params=None):
        """The result, or the error, of a request."""
        return self.answer(self.request(method, params))

    def initialize(self, **capabilities):
        result = self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self.notify("initialized")
        return result["result"]

    def open(self, uri, text, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": "fault", "version": version, "text": text}})
        return self.published(uri, version)

    def change(self, uri, version, *changes):
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)})

    def published(self, uri, version):
        """Diagnostics of that version, once they have come."""
        while True:
            held = self.diagnostics.get(uri)
            if held and held.get("version") == version:
                return held["diagnostics"]
            if self.read() is None:
                raise AssertionError("the server ended")

    def end(self):
        """Shut down; the exit status."""
        self.ask("shutdown")
        self.notify("exit")
        return self.process.wait()


def at(uri, line, character, **more):
    """Parameters of a request about a place."""
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more}
