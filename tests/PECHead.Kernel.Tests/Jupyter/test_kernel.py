"""The kernel as Jupyter sees it. Run by JupyterTests.cs, which sets JUPYTER_PATH; the interpreter is the one that has ipykernel."""
import os
import queue
import signal
import sys
import time
import unittest

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

KERNEL = ".net-csharp"
SECONDS = 60

LANGUAGE_INFO = {
    "codemirror_mode": "text/x-csharp", "file_extension": ".cs", "mimetype": "text/x-csharp", "name": "C#",
    "pygments_lexer": "csharp", "version": "14.0",
}


class Session(unittest.TestCase):
    """What goes beyond the specification of single messages."""

    def setUp(self):
        self.manager, self.client = start_new_kernel(kernel_name=KERNEL, startup_timeout=SECONDS)

    def tearDown(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def run_cell(self, code, when_busy=None, answer=None):
        """Reply and outputs; `when_busy` is called once the cell has written something."""
        # A cell that fails must not sweep away the next one, which comes at once.
        sent = self.client.execute(code, allow_stdin=answer is not None, stop_on_error=False)
        outputs, called = [], False
        deadline = time.time() + SECONDS
        while time.time() < deadline:
            if answer is not None:
                try:
                    self.client.get_stdin_msg(timeout=0.05)
                    self.client.input(answer)
                except queue.Empty:
                    pass
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return self.reply(sent), outputs
            if message["msg_type"] not in ("status", "execute_input"):
                outputs.append(message)
                if when_busy and not called:
                    called = True
                    when_busy()
        self.fail(f"{code} did not end")

    def reply(self, sent):
        while True:
            message = self.client.get_shell_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == sent:
                return message["content"]

    def text(self, outputs, name="stdout"):
        return "".join(o["content"]["text"] for o in outputs if o["msg_type"] == "stream" and o["content"]["name"] == name)

    def test_language_info_is_what_notebooks_hold(self):
        self.client.kernel_info()
        while True:
            reply = self.client.get_shell_msg(timeout=SECONDS)
            if reply["msg_type"] == "kernel_info_reply":
                break
        self.assertEqual(LANGUAGE_INFO, reply["content"]["language_info"])

    def test_interrupt_keeps_variables(self):
        self.run_cell("var n = 0;")
        for code in ("var stop = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken; while (true) { n++; stop.ThrowIfCancellationRequested(); }",
                     "await Task.Delay(-1);"):
            pressed = []

            def press():
                pressed.append(time.time())
                self.manager.interrupt_kernel()

            reply, _ = self.run_cell('Console.WriteLine("go");\n' + code, press)
            self.assertEqual("Interrupted", reply["ename"])
            self.assertLess(time.time() - pressed[0], 2)
        self.assertIn("True", self.run_cell("n > 0")[1][0]["content"]["data"]["text/html"])

    def test_completion_and_inspection(self):
        self.run_cell("1")
        reply = self.client.complete("Math.Sqr", reply=True, timeout=SECONDS)["content"]
        self.assertEqual((["Sqrt"], 5, 8), (reply["matches"], reply["cursor_start"], reply["cursor_end"]))
        reply = self.client.inspect("Math.Sqrt", cursor_pos=7, reply=True, timeout=SECONDS)["content"]
        self.assertIn("double Math.Sqrt(double d)", "".join(reply["data"].values()))

    def test_crash_then_next_cell(self):
        self.run_cell("var x = 1;")
        for code in ("Environment.Exit(3);", 'Environment.FailFast("x");'):
            reply, outputs = self.run_cell(code)
            self.assertEqual("KernelDied", reply["ename"])
            self.assertEqual("error", outputs[-1]["msg_type"])
            self.assertEqual("ok", self.run_cell("1 + 1")[0]["status"])
        self.assertEqual("error", self.run_cell("x")[0]["status"])

    def test_restart_loses_state_and_leaves_no_process(self):
        _, outputs = self.run_cell("var x = 1; Console.Write(Environment.ProcessId);")
        first = int(self.text(outputs))
        self.manager.restart_kernel(now=False)
        self.client.wait_for_ready(timeout=SECONDS)
        self.assertEqual("error", self.run_cell("x")[0]["status"])
        self.assertFalse(os.path.exists(f"/proc/{first}"))

    def test_a_killed_kernel_leaves_no_process(self):
        _, outputs = self.run_cell("Console.Write(Environment.ProcessId);")
        host = int(self.text(outputs))
        os.kill(self.manager.provisioner.pid, signal.SIGKILL)
        for _ in range(100):
            if not os.path.exists(f"/proc/{host}"):
                break
            time.sleep(0.05)
        self.assertFalse(os.path.exists(f"/proc/{host}"))

    def test_streams_while_running_and_updates_in_place(self):
        _, outputs = self.run_cell('var shown = Microsoft.DotNet.Interactive.KernelInvocationContextExtensions.Display(Microsoft.DotNet.Interactive.KernelInvocationContext.Current, "0 %"); Console.WriteLine("a"); shown.Update("100 %"); Console.Error.WriteLine("e"); 5')
        self.assertEqual(["display_data", "stream", "update_display_data", "stream", "execute_result"], [o["msg_type"] for o in outputs])
        self.assertEqual(outputs[0]["content"]["transient"], outputs[2]["content"]["transient"])

    def test_two_kernels(self):
        manager, client = start_new_kernel(kernel_name=KERNEL, startup_timeout=SECONDS)
        try:
            self.run_cell("var only = 1;")
            self.assertEqual("error", client.execute_interactive("only", timeout=SECONDS, output_hook=lambda _: None)["content"]["status"])
            self.assertEqual("ok", self.run_cell("only")[0]["status"])
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


class Client(unittest.TestCase):
    def test_a_notebook_runs_and_its_metadata_stays(self):
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": KERNEL}, "language_info": LANGUAGE_INFO})
        notebook.cells = [nbformat.v4.new_code_cell("var x = 20;\nConsole.WriteLine(x);"), nbformat.v4.new_code_cell("x + 1")]
        NotebookClient(notebook, timeout=SECONDS).execute()
        self.assertIn("<pre>21</pre>", notebook.cells[1].outputs[0].data["text/html"])
        self.assertNotIn("<style>", notebook.cells[1].outputs[0].data["text/html"])
        self.assertEqual(LANGUAGE_INFO, notebook.metadata.language_info)


if __name__ == "__main__":
    sys.exit(unittest.main())
