"""The C# kernel for Jupyter: hands messages to and from a .NET process that compiles and runs the cells.

The process is replaced when a cell crashes it. Jupyter's interrupts (SIGINT to this process) become requests; the third within one
cell kills the process, because native code hears nothing else.
"""
import json
import os
import queue
import signal
import subprocess
import threading

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

HOST = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "pechead-kernel.dll")
START_SECONDS = 60
PATIENCE_SECONDS = 2
KEPT_PARENTS = 200
KEPT_ERRORS = 2000
PRESSES_TO_KILL = 3


class Host:
    """One .NET process, its two message pipes and its standard streams."""

    def __init__(self, show):
        self._show = show
        self._sent = 0
        self._marks = threading.Condition()
        self._marked = {}
        self._errors = ""
        self.answers = queue.SimpleQueue()
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        # A session of its own: Jupyter signals this process's whole group.
        self.process = subprocess.Popen(
            [os.environ.get("PECHEAD_DOTNET", "dotnet"), HOST, str(to_read), str(from_write)],
            pass_fds=(to_read, from_write), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        os.close(to_read)
        os.close(from_write)
        self._to = os.fdopen(to_write, "wb", 0)
        self._from = os.fdopen(from_read, "rb")
        self._threads = [
            self._start(self._read_messages),
            self._start(self._read_text, self.process.stdout, "stdout"),
            self._start(self._read_text, self.process.stderr, "stderr"),
        ]
        first = self.answers.get(timeout=START_SECONDS)
        if first["t"] != "ready":
            self.answers.put(first)  # it died at start: the cell that needs it says so

    def send(self, op, **fields):
        self._sent += 1
        message = dict(fields, op=op, id=str(self._sent))
        try:
            self._to.write(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            pass  # its end is noticed where its answers are read
        return message["id"]

    def wait_for_text(self, cell):
        """Both standard streams have come to the end of a cell."""
        with self._marks:
            self._marks.wait_for(lambda: self._marked.get(cell, 0) >= 2, timeout=1)
            self._marked.pop(cell, None)

    def death(self):
        """Why it ended, and the last it wrote."""
        code = self.process.wait()
        for thread in self._threads:
            thread.join(1)
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
        return how, self._errors[:KEPT_ERRORS].splitlines()

    def kill(self):
        self.process.kill()

    def close(self):
        self.send("shutdown")
        self._to.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        thread.start()
        return thread

    def _read_messages(self):
        try:
            for line in self._from:
                message = json.loads(line)
                if message["t"] in ("stream", "display", "update", "value"):
                    self._show(message)
                else:
                    self.answers.put(message)
        except ValueError:
            pass  # half a line: it died while writing
        self.answers.put({"t": "died"})

    def _read_text(self, pipe, name):
        """What native code prints; a zero byte and the cell's id on a line end each cell."""
        rest = b""
        while True:
            data = os.read(pipe.fileno(), 65536)
            if not data:
                return
            rest += data
            while rest:
                text, zero, after = rest.partition(b"\0")
                if text:
                    self._text(name, text.decode(errors="replace"))
                if not zero:
                    rest = b""
                elif b"\n" in after:
                    cell, _, rest = after.partition(b"\n")
                    with self._marks:
                        self._marked[cell.decode()] = self._marked.get(cell.decode(), 0) + 1
                        self._marks.notify_all()
                else:
                    rest = zero + after
                    break

    def _text(self, name, text):
        if name == "stderr" and len(self._errors) < KEPT_ERRORS:
            self._errors += text
        self._show({"t": "stream", "id": None, "name": name, "text": text})


class CSharpKernel(Kernel):
    implementation = "pechead-kernel"
    implementation_version = "0.1.0"
    banner = "C# on .NET, cell by cell"
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
        self._parents = {}
        self._numbers = {}
        self._latest = None
        self._host = Host(self._show)

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, *, cell_id=None):
        host = self._living_host()
        self._allow_stdin = allow_stdin
        # The id is known to the reader of messages before the first of them can come.
        self._latest = self.get_parent("shell")
        cell = str(host._sent + 1)
        self._parents[cell] = self._latest
        self._numbers[cell] = self.execution_count
        for known in (self._parents, self._numbers):
            while len(known) > KEPT_PARENTS:
                del known[next(iter(known))]
        # The handler only leaves a note: whatever is going on here is not torn apart.
        before = signal.signal(signal.SIGINT, lambda *_: host.answers.put({"t": "pressed"}))
        try:
            host.send("exec", code=code, name=f"cell[{self.execution_count}]", silent=silent)
            error = self._wait(host, cell, silent)
        finally:
            signal.signal(signal.SIGINT, before)
        reply = {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}
        if error is None:
            return reply
        if not silent:
            self._send("error", error, cell)
        return dict(reply, status="error", **error)

    def do_complete(self, code, cursor_pos):
        answer = self._ask("complete", code, cursor_pos)
        start, end, items = answer.get("start", cursor_pos), answer.get("end", cursor_pos), answer.get("items", [])
        types = [{"start": start, "end": end, "text": item["text"], "type": item["kind"]} for item in items]
        return {"status": "ok", "matches": [item["text"] for item in items], "cursor_start": start, "cursor_end": end,
                "metadata": {"_jupyter_types_experimental": types}}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        text = self._ask("inspect", code, cursor_pos).get("text")
        return {"status": "ok", "found": bool(text), "data": {"text/plain": text} if text else {}, "metadata": {}}

    def do_is_complete(self, code):
        status = self._ask("is_complete", code, len(code)).get("completeness", "unknown")
        return {"status": status, "indent": "    "} if status == "incomplete" else {"status": status}

    def do_shutdown(self, restart):
        self._host.close()
        return {"status": "ok", "restart": restart}

    def _living_host(self):
        if self._host.process.poll() is not None:
            self._host = Host(self._show)
        return self._host

    def _ask(self, op, code, position):
        host = self._living_host()
        question = host.send(op, code=code, pos=position)
        while True:
            answer = host.answers.get()
            if answer["t"] == "died" or answer.get("id") == question:
                return answer

    def _wait(self, host, cell, silent):
        """Until the cell has ended; returns its error."""
        error, presses, warned = None, 0, False
        while True:
            try:
                answer = host.answers.get(timeout=PATIENCE_SECONDS if presses and not warned else None)
            except queue.Empty:
                warned = True
                self._warn(cell, "The cell has not stopped: a library computes and does not check. Stop it again to abort it, which can end the "
                                 "kernel's process; the third stop ends the process in any case. All variables are lost then.\n")
                continue
            kind = answer["t"]
            if kind == "pressed":
                presses += 1
                if presses >= PRESSES_TO_KILL:
                    host.kill()
                else:
                    host.send("interrupt")
            elif kind == "died":
                how, last = host.death()
                message = f"the kernel's process {how}. All variables are lost; the next cell starts a new one."
                return {"ename": "KernelDied", "evalue": message, "traceback": [f"KernelDied: {message}", *last]}
            elif answer.get("id") != cell:
                continue
            elif kind == "input_request":
                self._input(host, answer)
            elif kind == "error":
                error = {name: answer[name] for name in ("ename", "evalue", "traceback")}
            elif kind == "done":
                host.wait_for_text(cell)
                return error

    def _input(self, host, request):
        pressed = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            ask = self.getpass if request["password"] else self.raw_input
            host.send("input", text=ask(request["prompt"]))
        except KeyboardInterrupt:
            host.answers.put({"t": "pressed"})
        except Exception as refused:
            host.send("input", error=str(refused))
        finally:
            signal.signal(signal.SIGINT, pressed)

    def _warn(self, cell, text):
        self._send("stream", {"name": "stderr", "text": text}, cell)

    def _show(self, message):
        kind, cell = message["t"], message["id"]
        if kind == "stream":
            self._send("stream", {"name": message["name"], "text": message["text"]}, cell)
            return
        content = {"data": message["data"], "metadata": {}}
        if kind == "value":
            self._send("execute_result", dict(content, execution_count=self._numbers.get(cell)), cell)
        else:
            content["transient"] = {"display_id": message["display_id"]}
            self._send("display_data" if kind == "display" else "update_display_data", content, cell)

    def _send(self, kind, content, cell):
        """Under the cell it belongs to, even if another one runs by now."""
        self.session.send(self.iopub_socket, kind, content, parent=self._parents.get(cell, self._latest), ident=self._topic(kind))


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=CSharpKernel)
