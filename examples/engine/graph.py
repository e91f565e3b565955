"""A HIP graph by ctypes: launches captured once and replayed in every step."""

import ctypes

_CAPTURE_GLOBAL, _NON_BLOCKING = 0, 1  # what cannot be captured is then an error


def _library():
    """The HIP library that libpa has opened: there may be one only."""
    with open("/proc/self/maps") as maps:
        return ctypes.CDLL(next(line.split()[-1] for line in maps if "libamdhip64" in line))


class Graph:
    def __init__(self, launches):
        self.hip, self.stream, graph, self.instance = _library(), *(ctypes.c_void_p() for _ in range(3))
        self.call("hipStreamCreateWithFlags", ctypes.byref(self.stream), _NON_BLOCKING)
        self.call("hipStreamBeginCapture", self.stream, _CAPTURE_GLOBAL)
        launches(self.stream)
        self.call("hipStreamEndCapture", self.stream, ctypes.byref(graph))
        self.nodes = ctypes.c_size_t()
        self.call("hipGraphGetNodes", graph, None, ctypes.byref(self.nodes))
        self.call("hipGraphInstantiate", ctypes.byref(self.instance), graph, None, None, ctypes.c_size_t(0))

    def call(self, name, *arguments):
        if code := getattr(self.hip, name)(*arguments):
            raise RuntimeError(f"{name} gives {code}")

    def replay(self):
        self.call("hipGraphLaunch", self.instance, self.stream)
        self.call("hipStreamSynchronize", self.stream)
