"""The parts that compute, fed with figures whose result is known."""

import contextlib
import os
import socketserver
import subprocess
import sys
import threading
import unittest

import benchmark
import comparison_client
import downloads
import goals
import load
import messages
import processes
import report
from arrivals import Arrivals
from goals import ASIO, GO, LOADS, ONE, ONE_ON_ONE, ONE_UNDER_WINE, SERVER, SOME, Goal, Results


def window(rate, p99_ms=10.0, fairness=1.0, connections=64):
    """One second with so many requests; every latency is the same."""
    return load.Window(rate, 1.0, round(rate / connections * fairness), connections,
                       [p99_ms / 1000] * 100)


def goal_of(results, what):
    found = [goal for goal in goals.goals(results) if goal.what == what]
    assert len(found) == 1, what
    return found[0]


class AWindow(unittest.TestCase):
    def test_has_the_rate_of_its_own_length(self):
        self.assertEqual(load.Window(300, 1.5, 1, 1, []).requests_per_second(), 200)

    def test_is_as_fair_as_its_slowest_connection(self):
        self.assertEqual(load.Window(400, 1.0, 30, 10, []).fairness(), 0.75)
        self.assertEqual(load.Window(0, 1.0, 0, 10, []).fairness(), 0)

    def test_has_the_percentiles_of_its_latencies(self):
        shuffled = [(i * 37) % 100 for i in range(100)]
        found = load.Window(100, 1.0, 1, 1, shuffled)
        self.assertEqual(found.percentile(0.5), 50)
        self.assertEqual(found.percentile(0.99), 99)
        self.assertEqual(load.Window(1, 1.0, 1, 1, [7]).percentile(0.99), 7)


class TheComparisonsClient(unittest.TestCase):
    """Of its report, only what is read."""

    REPORT = ('{"limit": "%s", "measured": {"replies": 300, "time_ns": 1500000000, '
              '"fewest": 100, "p50_ns": 400000, "p99_ns": 900000}}')

    def test_says_as_much_as_those_outside_wine(self):
        found = comparison_client.Window(self.REPORT % "", 2)
        self.assertEqual(found.requests_per_second(), 200)
        self.assertAlmostEqual(found.fairness(), 2 / 3)
        self.assertEqual((found.percentile(0.5), found.percentile(0.99)), (0.0004, 0.0009))

    def test_has_failed_when_it_met_a_limit(self):
        with self.assertRaisesRegex(load.Broken, "nobody answers"):
            comparison_client.Window(self.REPORT % "nobody answers", 2)


class AGoal(unittest.TestCase):
    def test_is_met_by_the_median(self):
        self.assertIs(Goal("", [0.5, 0.95, 2], True, 0.95).met(), True)
        self.assertIs(Goal("", [0.5, 0.94, 2], True, 0.95).met(), False)
        self.assertIs(Goal("", [1.3], False, 1.3).met(), True)
        self.assertIs(Goal("", [1.31], False, 1.3).met(), False)

    def test_is_neither_when_it_was_not_measured(self):
        goal = Goal("", [], True, 1)
        self.assertIsNone(goal.met())
        self.assertEqual(goal.verdict(), "not measured")

    def test_compares_servers_round_by_round(self):
        results = Results()
        # Both rounds of the machine differ by half; the ratio does not.
        results.echo[SERVER, SOME] = [window(9000, 12.0), window(4500, 24.0)]
        results.echo[ASIO, SOME] = [window(10000, 10.0), window(5000, 20.0)]
        self.assertEqual(goal_of(results, "requests/s at 64, of Asio's").values, [0.9, 0.9])
        self.assertIs(goal_of(results, "requests/s at 64, of Asio's").met(), False)
        p99 = goal_of(results, "p99 at 64, of Asio's")
        self.assertAlmostEqual(p99.value(), 1.2)
        self.assertIs(p99.met(), True)
        self.assertIsNone(goal_of(results, "requests/s at 64, of Go's").met())

    def test_knows_where_the_client_is(self):
        results = Results()
        results.echo[SERVER, ONE] = [window(900, connections=1)]
        results.echo[SERVER, ONE_UNDER_WINE] = [window(1100, connections=1)]
        results.echo[SERVER, ONE_ON_ONE] = [window(2000, connections=1)]
        for each in (ONE, ONE_UNDER_WINE, ONE_ON_ONE):
            results.echo[ASIO, each] = [window(1000, connections=1)]
        self.assertEqual(goal_of(results, "requests/s at 1, of Asio's").values, [0.9])
        self.assertEqual(goal_of(results, "requests/s at 1 under Wine, of Asio's").values, [1.1])
        self.assertEqual(goal_of(results, "requests/s at 1 on one processor, of Asio's").values,
                         [2.0])

    def test_is_there_for_all_that_the_server_is_to_reach(self):
        results = Results()
        for name in (SERVER, ASIO, GO):
            for each in LOADS:
                results.echo[name, each] = [window(6400, connections=each.connections)]
            results.arrivals[name] = [Arrivals(9000, 3.0, 5, 1.2, 1.5, 0)]
            results.downloads[name] = [downloads.Download(1_000_000, 1.0)]
            results.download_messages[name] = {"select": 32.0}
        for each in (ONE, SOME):
            results.messages[SERVER, each] = {"recv_socket": 4.0, "send_socket": 4.6}
        missed = [goal.what for goal in goals.goals(results) if not goal.met()]
        # The server is as quick as the others in all: enough but for two.
        self.assertEqual(missed, ["messages an echo at 1", "messages an echo at 64",
                                  "9,000 clients: connected a second, of Asio's"])
        results.messages[SERVER, ONE] = results.messages[SERVER, SOME] = {"select": 8.5}
        results.arrivals[ASIO] = [Arrivals(9000, 4.5, 5, 17.0, 0.0, 0)]
        self.assertTrue(all(goal.met() for goal in goals.goals(results)))
        results.arrivals[SERVER] = [Arrivals(9000, 3.0, 17, 2.1, 2.1, 1)]
        self.assertEqual([goal.what for goal in goals.goals(results) if not goal.met()],
                         [f"9,000 clients: {what}"
                          for what in ("threads", "KiB for each", "sockets left", "MiB left")])


class TheReport(unittest.TestCase):
    def test_lines_its_columns_up(self):
        self.assertEqual(report.table([("", "a", "longer"), ("first", "123", "1")]),
                         "         a  longer\nfirst  123       1")

    def test_has_a_dash_for_what_was_not_measured(self):
        results = Results()
        results.echo[SERVER, ONE] = [window(2500, connections=1)]
        lines = report.figures_table(results).splitlines()
        self.assertEqual(lines[1].split(), ["requests/s", "at", "1", "2,500", "-", "-"])
        self.assertIn("not measured", report.goals_table(results))

    def test_gives_every_round_as_json(self):
        results = Results()
        results.echo[SERVER, ONE] = [window(100, connections=1), window(200, connections=1)]
        found = report.as_json(results, {"rounds": 2})
        self.assertEqual(found["settings"], {"rounds": 2})
        self.assertEqual([each["requests_per_second"] for each in found["echo"][0]["rounds"]],
                         [100, 200])


# Of the log that Wine 8 writes: two threads begin, and one of them serves an echo. The middles of
# long lines are left out.
RECORDED = b"""\
0174: init_first_thread( unix_pid=25789, unix_tid=25789, debug_level=0, reply_fd=5, wait_fd=7 )
0174: init_first_thread() = 0 { pid=0170, tid=0174, session_id=00000001, info_size=2518 }
01ac: init_thread( unix_tid=26286, reply_fd=30, wait_fd=32, teb=67f90000, entry=17002ffc0 )
01ac: init_thread() = 0 { suspend=0 }
socket 0x55aa0eea1a00 select event: 1
activating read queue for socket 0x55aa0eea1a00
01ac: *wakeup* signaled=256
sock_reselect(0x55aa0eea1a00): new mask 0
01ac: select( flags=2, cookie=0179e43c, timeout=+0.0250613, size=8, prev_apc=0000, result={} )
01ac: select() = KERNEL_APC { call={APC_ASYNC_IO,user=7fb784000bb0}, apc_handle=00b4 }
01ac: get_handle_fd( handle=006c )
01ac: *fd* 006c -> 271
01ac: get_handle_fd() = 0 { type=3, cacheable=0, access=0012019f, options=00000000 }
01ac: select( flags=2, cookie=0179e43c, timeout=+0.0249639, size=8, prev_apc=00b4 )
0174: *wakeup* signaled=0
01ac: select() = 0 { call={APC_NONE}, apc_handle=0000, signaled=1, contexts={} }
01ac: remove_completion( handle=0038 )
01ac: remove_completion() = 0 { ckey=00000000, cvalue=00c99158, information=00000040 }
01ac: send_socket( async={handle=006c,event=0000,iosb=00c99198}, force_async=1 )
01ac: send_socket() = ALERTED { wait=00b4, options=00000000, nonblocking=0 }
0174: remove_completion( handle=0038 )
0174: remove_completion() = PENDING { ckey=00000000, cvalue=00000000, information=00000000 }
"""


class CountingMessages(unittest.TestCase):
    def test_takes_the_requests_of_the_threads_that_are_asked_for(self):
        self.assertEqual(messages.requests_in(RECORDED, {b"01ac"}),
                         {"init_thread": 1, "select": 2, "get_handle_fd": 1,
                          "remove_completion": 1, "send_socket": 1})
        self.assertEqual(messages.requests_in(RECORDED, {b"0174"}),
                         {"init_first_thread": 1, "remove_completion": 1})
        self.assertEqual(messages.requests_in(RECORDED, set()), {})

    def test_knows_a_thread_by_the_number_that_linux_gives_it(self):
        self.assertEqual(messages.threads_in(RECORDED, {25789}), {b"0174"})
        self.assertEqual(messages.threads_in(RECORDED, {25789, 26286}), {b"0174", b"01ac"})
        self.assertEqual(messages.threads_in(RECORDED, {1}), set())

    def test_knows_a_name_that_is_used_again_by_its_last_thread(self):
        log = RECORDED + b"01ac: init_thread( unix_tid=30000, reply_fd=30, wait_fd=32 )\n"
        self.assertEqual(messages.threads_in(log, {26286}), set())
        self.assertEqual(messages.threads_in(log, {30000}), {b"01ac"})


class CountingConnections(unittest.TestCase):
    # The first columns of /proc/net/tcp: a listener, one that is established, its client's side,
    # one whose client has gone, one that waits for its time to pass.
    TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2
   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3
   3: 0100007F:1F90 0100007F:C351 08 00000000:00000000 00:00000000 00000000     0        0 4
   4: 0100007F:1F90 0100007F:C352 06 00000000:00000000 03:00000AA6 00000000     0        0 0
"""

    def test_takes_those_that_the_server_has_not_closed(self):
        self.assertEqual(processes.connections_in(self.TABLE, 8080), 2)
        self.assertEqual(processes.connections_in(self.TABLE, 50000), 1)
        self.assertEqual(processes.connections_in(self.TABLE, 80), 0)


class RunningOn(unittest.TestCase):
    def test_is_inherited_and_ends(self):
        before = os.sched_getaffinity(0)
        one = {min(before)}
        with self.assertRaises(KeyError), processes.running_on(one):
            ask = "import os; print(os.sched_getaffinity(0))"
            child = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True,
                                   check=True)
            self.assertEqual(child.stdout.strip(), str(one))
            raise KeyError
        self.assertEqual(os.sched_getaffinity(0), before)


class MeasuredOn(unittest.TestCase):
    """A server that makes a thread while it is measured, so many times."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.new_threads = 0
        self.all_in_place = False

    def run_on(self, _):
        self.all_in_place = True

    def runs_on(self, _):
        return self.all_in_place

    def measure(self):
        if self.new_threads:
            self.new_threads -= 1
            self.all_in_place = False
        return self.new_threads

    def test_measures_until_no_thread_has_come(self):
        self.new_threads = 3
        self.assertEqual(benchmark.measured_on({0}, self, self.measure), 0)
        self.assertTrue(self.all_in_place)

    def test_gives_up_in_the_end(self):
        self.new_threads = 1000
        with self.assertRaises(load.Broken):
            benchmark.measured_on({0}, self, self.measure)


class AgainstAServer(unittest.TestCase):
    """Of a few lines."""

    def serve(self, answer):
        class Client(socketserver.BaseRequestHandler):
            def handle(self):
                # The load ends its connections with a reset.
                with contextlib.suppress(ConnectionResetError):
                    while received := self.request.recv(1024):
                        if (sent := answer(received)) is None:
                            return
                        self.request.sendall(sent)

        def stop():
            server.shutdown()
            server.server_close()
            thread.join()

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Client)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(stop)
        return server.server_address[1]


class AClosedLoop(AgainstAServer):
    def test_counts_what_came_back(self):
        port = self.serve(lambda received: received)
        found = load.closed_loop(port, 3, lambda replies, _: replies >= 50)
        self.assertGreaterEqual(found.replies, 50)
        self.assertEqual(found.connections, 3)
        self.assertLessEqual(found.fewest, found.replies / 3)
        # Those that were under way at the end, too.
        self.assertEqual(len(found.latencies), found.replies + 3)
        self.assertTrue(all(0 < each < load.PATIENCE for each in found.latencies))

    def test_waits_for_the_whole_reply(self):
        port = self.serve(lambda received: received[:10])
        with load.Crowd() as crowd:
            client = crowd.add(port)
            crowd.send(client)
            self.assertEqual(crowd.collect(again=True), [])
            self.assertEqual(client.reply, client.message[:10])
            self.assertEqual(crowd.under_way, 1)

    def test_notices_a_wrong_reply(self):
        port = self.serve(lambda received: bytes(len(received)))
        with self.assertRaisesRegex(load.Broken, "not the message"):
            load.closed_loop(port, 1, lambda replies, _: replies >= 2)

    def test_notices_a_server_that_closes(self):
        port = self.serve(lambda received: None)
        with self.assertRaisesRegex(load.Broken, "closed a connection"):
            load.closed_loop(port, 1, lambda replies, _: replies >= 2)


class ADownload(AgainstAServer):
    SIZE = 100_000

    def serve_file(self, head, size=SIZE):
        return self.serve(lambda _: head.encode() + b"\r\n\r\n" + bytes(size))

    def test_counts_what_comes_of_many_answers(self):
        port = self.serve_file(f"HTTP/1.1 200 OK\r\nContent-Length: {self.SIZE}")
        found = downloads.fetch(port, self.SIZE, 0.2)
        self.assertGreater(found.received, 0)
        self.assertGreaterEqual(found.seconds, 0.2)
        self.assertAlmostEqual(found.megabytes_per_second(),
                               found.received / found.seconds / 1_000_000)

    def test_notices_another_answer(self):
        for head in ("HTTP/1.1 404 Not Found\r\nContent-Length: 100000",
                     "HTTP/1.1 200 OK\r\nContent-Length: 10"):
            with self.assertRaisesRegex(load.Broken, "another answer"):
                downloads.fetch(self.serve_file(head), self.SIZE, 0.2)

    def test_notices_a_server_that_closes(self):
        port = self.serve(lambda received: None)
        with self.assertRaisesRegex(load.Broken, "closed a connection"):
            downloads.fetch(port, self.SIZE, 0.2)

    def test_is_held_against_that_of_go_in_the_same_round(self):
        results = Results()
        for server, received in ((SERVER, (3_000_000, 500_000)), (GO, (1_000_000, 1_000_000))):
            results.downloads[server] = [downloads.Download(each, 1.0) for each in received]
        goal = goal_of(results, "MB/s of a large file, of Go's")
        self.assertEqual(goal.values, [3.0, 0.5])
        self.assertTrue(goal.met())


if __name__ == "__main__":
    unittest.main()
