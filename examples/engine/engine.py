"""The engine of engine.cpp in Python: engine.py [device]

NumPy arrays are the device's memory, libpa is called by ctypes, and nothing is compiled but the two kernels. With a HIP
device, a step is a graph that is captured once."""

import sys

import numpy as np

import pa
from graph import Graph
from model import HEADS, KV_HEADS, SCALE, SIZE, VOCABULARY, Model, from_bf16

PAGE, PAGES, TABLE_WIDTH, BATCH, MOST = 16, 40, 8, 4, 4  # MOST: tokens of a sequence in a step
ROWS = BATCH * MOST
CACHE = {
    "cache_type": "fp8_e4m3fn",
    "scales": "token",
    "layout": "shuffled",
    "kv_heads": KV_HEADS,
    "head_size": SIZE,
    "page_size": PAGE,
}
WRITER = {"op": "append", **CACHE}
DECODE = {**CACHE, "q_heads": HEADS, "ragged": True, "query_tokens": MOST}


class Pages:
    """Taken, shared by sequences that begin with the same tokens, given back."""

    def __init__(self):
        self.free, self.owners, self.full = list(range(PAGES)), [0] * PAGES, {}

    def take(self):
        page = self.free.pop()
        self.owners[page] = 1
        return page

    def share(self, tokens):
        page = self.full.get(tuple(tokens))
        if page is not None:
            self.owners[page] += 1
        return page

    def give_back(self, page):
        self.owners[page] -= 1
        if not self.owners[page]:
            self.full = {tokens: kept for tokens, kept in self.full.items() if kept != page}
            self.free.append(page)


class Sequence:
    def __init__(self, request, prompt, length):
        self.request, self.tokens, self.length = request, list(prompt), length
        self.pages, self.cached, self.draft, self.draft_length = [], 0, [], 1


class Engine:
    def __init__(self, device_name, model):
        self.model, self.device = model, pa.Device(device_name)
        for variant in (WRITER, DECODE):
            for field, text in pa.reasons_against(self.device.chip, variant):
                sys.exit(f"{field}: {text}")
        self.writer, self.kernel = self.device.kernel(WRITER), self.device.kernel(DECODE)
        info, call = self.kernel.info, self.device.call
        self.keys, self.values = (np.zeros((ROWS, KV_HEADS, SIZE), np.uint16) for _ in range(2))
        self.slots, self.bad = np.full(ROWS, -1, np.int64), np.full(1, -1, np.int32)
        self.query, self.output = (np.zeros((ROWS, HEADS, SIZE), np.uint16) for _ in range(2))
        self.tables, self.lens = np.zeros((BATCH, TABLE_WIDTH), np.int32), np.zeros(BATCH, np.int32)
        self.starts = np.zeros(BATCH + 1, np.int32)
        cache = {
            "key_cache": np.zeros((PAGES, info.page_bytes), np.uint8),
            "value_cache": np.zeros((PAGES, info.value_page_bytes), np.uint8),
            "key_scales": np.zeros((PAGES, KV_HEADS, PAGE), np.float32),
            "value_scales": np.zeros((PAGES, KV_HEADS, PAGE), np.float32),
        }
        workspace = self.kernel.workspace_bytes(BATCH)
        self.append = call(
            pa.AppendCall,
            tokens=ROWS,
            cache=call(pa.PagedCache, pages=PAGES, **cache),
            keys=self.keys,
            values=self.values,
            slots=self.slots,
            bad_token=self.bad,
        )
        self.decode = call(
            pa.DecodeCall,
            **cache,
            sequences=BATCH,
            table_width=TABLE_WIDTH,
            softmax_scale=SCALE,
            query=self.query,
            output=self.output,
            block_tables=self.tables,
            context_lens=self.lens,
            qo_indptr=self.starts,
            workspace=np.zeros(workspace, np.uint8) if workspace else 0,
            workspace_bytes=workspace,
        )
        self.writer.prepare()
        self.kernel.prepare()
        self.graph = Graph(self.launch) if device_name.startswith("hip") else None
        self.pages, self.running = Pages(), []
        self.steps = self.shared = 0
        self.kept = [0] * (MOST + 1)

    def launch(self, stream=None):
        self.writer.append(self.append, stream)
        self.kernel.decode(self.decode, stream)

    def serve(self, requests):
        """All requests' tokens, in their order."""
        waiting, results = list(enumerate(requests)), [None] * len(requests)
        while waiting or self.running:
            needed = TABLE_WIDTH  # pages, for all of it and for the rest of what is running
            while waiting and len(self.running) < BATCH and len(self.pages.free) >= needed * (len(self.running) + 1):
                self.admit(*waiting.pop(0))
            self.step()
            for sequence in [s for s in self.running if len(s.tokens) >= s.length]:
                results[sequence.request] = sequence.tokens[: sequence.length]
                for page in sequence.pages:
                    self.pages.give_back(page)
                self.running.remove(sequence)
        return results

    def admit(self, index, request):
        prompt, count = request
        sequence = Sequence(index, prompt, len(prompt) + count)
        # Pages that are full of the same tokens are there already. The last token is left: its query is needed.
        while sequence.cached + PAGE < len(prompt):
            page = self.pages.share(prompt[: sequence.cached + PAGE])
            if page is None:
                break
            sequence.pages.append(page)
            sequence.cached += PAGE
            self.shared += 1
        while sequence.cached < len(prompt) - 1:
            end = min(sequence.cached + ROWS, len(prompt) - 1)
            self.fill(0, sequence, prompt[sequence.cached : end])
            self.slots[end - sequence.cached :] = -1
            self.writer.append(self.append)
            self.device.synchronize()
            sequence.cached = end
        self.running.append(sequence)

    def fill(self, row, sequence, tokens):
        """Rows for the writer, of tokens that are not in the cache."""
        positions = np.arange(sequence.cached, sequence.cached + len(tokens))
        while len(sequence.pages) * PAGE <= positions[-1]:
            sequence.pages.append(self.pages.take())
        rows = slice(row, row + len(tokens))
        self.keys[rows], self.values[rows] = self.model.key(tokens, positions), self.model.value(tokens, positions)
        self.slots[rows] = np.asarray(sequence.pages)[positions // PAGE] * PAGE + positions % PAGE
        return rows, positions

    def step(self):
        """For each running sequence the last token and a draft of the next ones."""
        self.slots[:], self.lens[:], row = -1, 0, 0
        for i, sequence in enumerate(self.running):
            last = sequence.tokens[-24:]  # a model that sees only the last few tokens
            sequence.draft = self.model.generate(last, min(sequence.draft_length, MOST - 1))[len(last) :]
            new = sequence.tokens[sequence.cached :] + sequence.draft
            rows, positions = self.fill(row, sequence, new)
            self.query[rows] = self.model.query(new, positions)
            self.tables[i, : len(sequence.pages)] = sequence.pages
            self.lens[i], self.starts[i] = sequence.cached + len(new), row
            row += len(new)
        self.starts[len(self.running) :] = row
        if self.graph:
            self.graph.replay()
        else:
            self.launch()
            self.device.synchronize()
        for sequence, start in zip(self.running, self.starts):
            self.accept(sequence, self.output[start:])
        self.steps += 1

    def accept(self, sequence, outputs):
        """The draft's tokens that are right, and the one that follows. Full pages may be shared from now on."""
        before = sequence.cached
        for output, drafted in zip(outputs, sequence.draft + [None]):
            sequence.tokens.append(self.model.choose(from_bf16(output)))
            if sequence.tokens[-1] != drafted:
                break
        sequence.cached = len(sequence.tokens) - 1  # the last one's are not there, or are those of a wrong draft
        sequence.draft_length = sequence.cached - before
        self.kept[sequence.draft_length] += 1
        for page in range(sequence.cached // PAGE):
            self.pages.full.setdefault(tuple(sequence.tokens[: (page + 1) * PAGE]), sequence.pages[page])


def main():
    model = Model(seed=3147)
    common = [(i * 37 + 11) % VOCABULARY for i in range(40)]  # some requests begin with the same tokens
    requests = [
        ((common if r % 2 == 0 else []) + [(i * 29 + r * 7) % VOCABULARY for i in range(3 * r + 1)], 6 + 5 * (r % 3))
        for r in range(7)
    ]
    engine = Engine(sys.argv[1] if len(sys.argv) > 1 else "emulated:gfx950", model)
    results = engine.serve(requests)
    wrong = sum(result != model.generate(*request) for result, request in zip(results, requests))
    if engine.graph:
        print(f"a step is a graph of {engine.graph.nodes.value} nodes")
    whole = len(engine.pages.free) == PAGES and engine.bad[0] == -1
    print(
        f"{len(requests)} requests in {engine.steps} steps, steps of a sequence by tokens kept {engine.kept[1:]}, "
        f"{engine.shared} pages shared, {'all pages given back' if whole else 'pages lost'}; "
        f"{wrong} requests differ from the float64 model"
    )
    engine.device.close()
    sys.exit(bool(wrong or not whole or not engine.shared or not all(engine.kept[1:])))


main()
