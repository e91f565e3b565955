"""The model of Model.h with NumPy: one attention layer with made-up weights, rows of bf16, and attention in float64."""

import numpy as np

HEADS, KV_HEADS, SIZE, VOCABULARY = 8, 2, 64, 32
SCALE = 1 / np.sqrt(SIZE)


def to_bf16(values):
    bits = np.asarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)  # to nearest, ties to even


def from_bf16(halves):
    return (halves.astype(np.uint32) << 16).view(np.float32)


class Model:
    def __init__(self, seed):
        random = np.random.default_rng(seed)
        self.queries, self.keys, self.values, self.head = (
            random.standard_normal((VOCABULARY, heads, SIZE)) for heads in (HEADS, KV_HEADS, KV_HEADS, HEADS)
        )

    def query(self, tokens, positions):
        return self._rows(self.queries, tokens, positions)

    def key(self, tokens, positions):
        return self._rows(self.keys, tokens, positions)

    def value(self, tokens, positions):
        return self._rows(self.values, tokens, -np.asarray(positions))

    @staticmethod
    def _rows(table, tokens, positions):
        """A position turns neighbouring elements by an angle, so that the order of tokens matters."""
        angles = np.asarray(positions)[:, None, None] / (1 + np.arange(0, SIZE, 2))
        pairs = table[tokens].reshape(len(tokens), -1, SIZE // 2, 2)
        turned = np.exp(1j * angles) * (pairs[..., 0] + 1j * pairs[..., 1])
        return to_bf16(np.stack([turned.real, turned.imag], -1).reshape(len(tokens), -1, SIZE))

    def logits(self, output):
        return np.einsum("hd,vhd->v", output.reshape(HEADS, SIZE).astype(np.float64), self.head)

    def choose(self, output):
        return int(self.logits(output).argmax())

    def attend(self, tokens):
        """Attention of the last token over all, without pages."""
        positions = np.arange(len(tokens))
        query = from_bf16(self.query(tokens[-1:], positions[-1:]))[0].astype(np.float64)
        keys, values = (
            np.repeat(from_bf16(rows(tokens, positions)).astype(np.float64), HEADS // KV_HEADS, 1)
            for rows in (self.key, self.value)
        )
        weights = np.exp(SCALE * np.einsum("hd,phd->ph", query, keys))
        return np.einsum("ph,phd->hd", weights / weights.sum(0), values)

    def generate(self, tokens, count):
        tokens = list(tokens)
        for _ in range(count):
            tokens.append(self.choose(self.attend(tokens)))
        return tokens
