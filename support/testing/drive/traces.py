"""Reads the recording that a program's --trace FILE has written, and checks that it is sound."""

import collections
import json

from drive.program import require

# Kinds of calls; support/trace/log/calls.hpp says which call is of which kind.
RECEIVES, WRITES = "receive", "send"
LEAST = 0.0001  # microseconds; sums of decimals are off by less


class Trace:
    """A recording that is sound: every operation has one begin and one end, the spans of a thread
    nest, and every thread has a name."""

    def __init__(self, path):
        # json.loads takes the file as a trace viewer does: all of it, and only UTF-8.
        self.whole = json.loads(path.read_bytes().decode("utf-8"))
        self.events = self.whole["traceEvents"]
        require(all("kind" in event["args"] for event in self.events
                    if event.get("cat") in ("call", "operation")), "a call without its kind")
        self.operations = self._pair_operations()
        self._check_nesting()

    def _pair_operations(self):
        begins, ends = {}, {}
        for event in self.events:
            if event["ph"] in ("b", "e"):
                side = begins if event["ph"] == "b" else ends
                require(event["id"] not in side, f"an id twice: {event}")
                side[event["id"]] = event
        require(begins.keys() == ends.keys(),
                f"a begin or an end alone: {begins.keys() ^ ends.keys()}")
        pairs = [(begin, ends[name]) for name, begin in begins.items()]
        for begin, end in pairs:
            require(begin["name"] == end["name"] and begin["ts"] <= end["ts"],
                    f"{begin} and {end} do not match")
        return pairs

    def _check_nesting(self):
        tracks = collections.defaultdict(list)
        for event in self.events:
            if event["ph"] == "X":
                tracks[event["tid"]].append((event["ts"], -event["dur"], event["name"]))
        named = {event["tid"] for event in self.events if event["name"] == "thread_name"}
        require(set(tracks) <= named, f"threads without a name: {set(tracks) - named}")
        for spans in tracks.values():
            ends = []
            for begin, length, name in sorted(spans):
                while ends and ends[-1] <= begin + LEAST:
                    ends.pop()
                require(not ends or begin - length <= ends[-1] + LEAST,
                        f"{name} begins within another call and ends after it")
                ends.append(begin - length)

    def bytes(self, kind):
        """The sum of args.bytes over the calls and operations of a kind."""
        return sum(event["args"].get("bytes", 0) for event in self.events
                   if event.get("cat") in ("call", "operation") and event["args"]["kind"] == kind)

    def cancelled(self):
        """The operations that were in flight when the recording ended."""
        return [end for _, end in self.operations if end["args"].get("cancelled")]
