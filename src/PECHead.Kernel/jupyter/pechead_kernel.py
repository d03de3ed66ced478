"""The C# kernel for Jupyter: hands messages to and from .NET Interactive, which runs the cells in a process of its own, over its
standard streams. No port is opened. The process is replaced when a cell crashes it. Jupyter's interrupt (SIGINT to this process) cancels
the cell's token; a second one within the cell ends the process, because code that does not look at the token hears nothing else.
"""
import ctypes
import json
import os
import queue
import re
import signal
import subprocess
import threading

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

TOOL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "interactive", "Microsoft.DotNet.Interactive.App.dll")
STYLE = re.compile(r"<style>\s*\.dni-code-hint\b[^<]*</style>")
MACHINERY = re.compile(r"\s*(--- End of stack trace|at Submission#\d+\.<<Initialize>>|at Microsoft\.CodeAnalysis\.Scripting\.)")
PATIENCE_SECONDS = 2


def end_with_parent():
    """On Linux the engine does not outlive a wrapper that is killed: it does not look at the end of its input."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(1, signal.SIGKILL)


class Engine:
    """One process of .NET Interactive; everything it says comes out of `events`, at its end None."""

    def __init__(self):
        self.events = queue.SimpleQueue()
        self._sent = 0
        self._errors = []
        # A session of its own: Jupyter signals this process's whole group.
        self.process = subprocess.Popen([os.environ.get("PECHEAD_DOTNET", "dotnet"), TOOL, "stdio", "--default-kernel", "csharp"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                        preexec_fn=end_with_parent if os.name == "posix" else None)
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_events, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def send(self, command, **fields):
        self._sent += 1
        token = f"cell-{self._sent}"
        try:
            self.process.stdin.write(json.dumps({"commandType": command, "token": token, "command": fields}).encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # its end is noticed where its events are read
        return token

    def death(self):
        self._readers[1].join(1)
        code = self.process.wait()
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
        return f"the kernel's process {how}. All variables are lost; the next cell starts a new one.", self._errors[-20:]

    def _read_events(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
                self.events.put((event["eventType"], (event.get("command") or {}).get("token"), event["event"]))
            except (ValueError, TypeError, KeyError):
                self._text("StandardOutput", line)  # native code prints where it likes
        self.events.put(None)

    def _read_errors(self):
        for line in self.process.stderr:
            self._errors.append(line.decode(errors="replace").rstrip())
            self._text("StandardError", line)

    def _text(self, name, line):
        self.events.put((name + "ValueProduced", None, {"formattedValues": [{"mimeType": "text/plain", "value": line.decode(errors="replace")}]}))


class CSharpKernel(Kernel):
    implementation = "pechead-kernel"
    implementation_version = "1.0.712001"
    banner = "C# by .NET Interactive"
    # Equal to what notebooks hold: a front end writes this into the file whenever it saves.
    language_info = {
        "codemirror_mode": "text/x-csharp",
        "file_extension": ".cs",
        "mimetype": "text/x-csharp",
        "name": "C#",
        "pygments_lexer": "csharp",
        "version": "14.0",
    }

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self._engine = Engine()

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, *, cell_id=None):
        engine = self._living()
        # The handler only leaves a note: whatever is going on here is not torn apart.
        before = signal.signal(signal.SIGINT, lambda *_: engine.events.put(("Pressed", None, {})))
        try:
            error = self._wait(engine, engine.send("SubmitCode", code=code), silent) if code.strip() else None
        finally:
            signal.signal(signal.SIGINT, before)
        reply = {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}
        if error is None:
            return reply
        content = dict(zip(("ename", "evalue", "traceback"), error))
        if not silent:
            self.send_response(self.iopub_socket, "error", content)
        return dict(reply, status="error", **content)

    def do_complete(self, code, cursor_pos):
        lines = code[:cursor_pos].split("\n")
        found = self._ask("RequestCompletions", "CompletionsProduced", code=code, linePosition={"line": len(lines) - 1, "character": len(lines[-1])})
        word = re.search(r"\w*$", code[:cursor_pos]).group()
        matches = [item["displayText"] for item in found.get("completions", []) if item["displayText"].lower().startswith(word.lower())]
        return {"status": "ok", "matches": matches, "cursor_start": cursor_pos - len(word), "cursor_end": cursor_pos, "metadata": {}}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        lines = code[:cursor_pos].split("\n")
        found = self._ask("RequestHoverText", "HoverTextProduced", code=code, linePosition={"line": len(lines) - 1, "character": len(lines[-1])})
        data = {"text/plain": entry["value"] for entry in found.get("content", [])}
        return {"status": "ok", "found": bool(data), "data": data, "metadata": {}}

    def do_shutdown(self, restart):
        self._engine.process.kill()
        self._engine.process.wait()
        return {"status": "ok", "restart": restart}

    def _living(self):
        if self._engine.process.poll() is not None:
            self._engine = Engine()
        return self._engine

    def _ask(self, command, answer, **fields):
        engine, found = self._living(), {}
        token = engine.send(command, targetKernelName="csharp", **fields)
        while event := engine.events.get():
            if event[0] == answer and event[1] and event[1].split(".")[0] == token:  # a part of the command has a number of its own
                found = event[2]
            elif event[1] == token and event[0] in ("CommandSucceeded", "CommandFailed"):
                break
        return found

    def _wait(self, engine, token, silent):
        """Until the cell has ended; returns its error."""
        pressed = warned = False
        while True:
            try:
                event = engine.events.get(timeout=PATIENCE_SECONDS if pressed and not warned else None)
            except queue.Empty:
                warned = True
                self._show({"mimeType": "text/plain", "value": "The cell has not stopped: it computes and does not look at its token. Stop it again "
                            "to end the kernel's process; all variables are lost then.\n"}, "stderr")
                continue
            if event is None:
                message, last = engine.death()
                return "KernelDied", message, [f"KernelDied: {message}", *last]
            kind, owner, content = event
            if kind == "Pressed":
                engine.process.kill() if pressed else engine.send("Cancel")
                pressed = True
            elif kind in ("CommandSucceeded", "CommandFailed") and owner == token:
                return None if kind == "CommandSucceeded" else self._error(content.get("message") or "")
            elif not silent:
                self._output(kind, content)

    def _error(self, message):
        if message.startswith("Command cancelled"):
            return "Interrupted", "the cell was stopped", ["Interrupted: the cell was stopped; its variables are kept"]
        lines = [line for line in message.splitlines() if line.strip() and not MACHINERY.match(line)] or ["the cell failed"]
        if re.match(r"\(\d+,\d+\): error ", lines[0]):
            return "CompilationError", lines[0], lines
        name, separator, text = lines[0].partition(": ")
        return (name, text, lines) if separator and re.fullmatch(r"[\w.+`]+", name) else ("Error", lines[0], lines)

    def _output(self, kind, content):
        formats = content.get("formattedValues") or []
        if not formats:
            return
        if kind.startswith("Standard"):
            self._show(formats[0], "stderr" if "Error" in kind else "stdout")
            return
        reply = {"data": {entry["mimeType"]: self._value(entry) for entry in formats}, "metadata": {}}
        if content.get("valueId"):
            reply["transient"] = {"display_id": content["valueId"]}
        if kind == "ReturnValueProduced":
            self.send_response(self.iopub_socket, "execute_result", dict(reply, execution_count=self.execution_count))
        elif kind in ("DisplayedValueProduced", "DisplayedValueUpdated"):
            self.send_response(self.iopub_socket, "display_data" if kind.endswith("Produced") else "update_display_data", reply)

    def _value(self, entry):
        return json.loads(entry["value"]) if entry["mimeType"].endswith("json") else STYLE.sub("", entry["value"])

    def _show(self, entry, stream):
        self.send_response(self.iopub_socket, "stream", {"name": stream, "text": entry["value"].replace("\r\n", "\n")})


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=CSharpKernel)
