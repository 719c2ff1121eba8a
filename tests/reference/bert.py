"""Reference values for BERT, made with PyTorch: golden/bert/ and golden/bert-*. See README.md.

The network is torch.nn.TransformerEncoderLayer's, over padded batches with a padding mask; dropout, which that module draws
itself, is computed by a second, straightforward form, one text at a time, which has to agree without dropout.
"""
import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from models import CLASSES, GOLDEN, write_safetensors

HIDDEN, HEADS, INTERMEDIATE, LAYERS, POSITIONS, TYPES, EPS = 8, 2, 12, 2, 16, 2, 1e-6  # EPS: the folder's; from scratch it is 1e-12
PIECES = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "run", "##ning", "the", "don", "'", "t",
          "?", "##s", "who", "is", "##n", "cat", "an", "##cat", "of", ",", "##ed"]
# What the words of the texts are cut into.
WORDS = {"who": ["who"], "is": ["is"], "the": ["the"], "cats": ["cat", "##s"], "unaffable": ["un", "##aff", "##able"],
         "running": ["run", "##ning"], "don't": ["don", "'", "t"], "?": ["?"], "xylophone": ["[UNK]"], "of": ["of"], ",": [","],
         "uncat": ["un", "##cat"]}
TEXTS = ["who is the unaffable cats ?", "xylophone", "don't running , of the uncat is unaffable running running running ?", "of",
         "the xylophone of the xylophone", "unaffable unaffable unaffable unaffable unaffable", "is running ?", "who , who"]
LONGEST = 12  # pieces: two texts are longer
DROPOUT = 0.25
SCRATCH_KNOWN, SCRATCH_WORDS = 14, 18  # from SCRATCH_KNOWN on words beyond the vocabulary
DTYPE = torch.float64


class Bert(nn.Module):
    def __init__(self, pieces, types, layers, eps):
        super().__init__()
        self.word, self.position, self.token_type = (nn.Embedding(n, HIDDEN) for n in (pieces, POSITIONS, types))
        self.norm = nn.LayerNorm(HIDDEN, eps)
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(HIDDEN, HEADS, INTERMEDIATE, dropout=0, activation=nn.functional.gelu, layer_norm_eps=eps,
                                                              batch_first=True, norm_first=False) for _ in range(layers))
        self.pooler, self.classifier = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, CLASSES)
        for name, p in self.named_parameters():
            # Norms and biases away from 1 and 0, attention away from uniform.
            nn.init.normal_(p, 1.0 if "norm" in name and name.endswith("weight") else 0.0, 0.5)

    def forward(self, ids, padding):
        x = self.norm(self.word(ids) + self.position(torch.arange(ids.shape[1])) + self.token_type(torch.zeros_like(ids)))
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))

    def one(self, ids, keep):
        """One text; keep(site, places, units) is 0 or 1/(1 − p)."""
        n, size = len(ids), HIDDEN // HEADS
        x = self.norm(self.word(ids) + self.position(torch.arange(n)) + self.token_type(torch.zeros_like(ids)))
        x = x * keep(0, range(n), HIDDEN)
        for i, layer in enumerate(self.layers):
            site = 1 + 3 * i
            q, k, v = nn.functional.linear(x, layer.self_attn.in_proj_weight, layer.self_attn.in_proj_bias).split(HIDDEN, 1)
            heads = []
            for head in range(HEADS):
                part = slice(head * size, (head + 1) * size)
                a = torch.softmax(q[:, part] @ k[:, part].t() / math.sqrt(size), 1)
                heads.append(a * keep(site, [head << 32 | place for place in range(n)], n) @ v[:, part])
            x = layer.norm1(x + layer.self_attn.out_proj(torch.cat(heads, 1)) * keep(site + 1, range(n), HIDDEN))
            x = layer.norm2(x + layer.linear2(layer.activation(layer.linear1(x))) * keep(site + 2, range(n), HIDDEN))
        return self.classifier(torch.tanh(self.pooler(x[0])) * keep(1 + 3 * len(self.layers), [0], HIDDEN)[0])

    def published(self, of):
        """Weights, or what `of` makes of them, by the names of published files."""
        all = {}

        def add(name, module, *parts):
            for part in parts or ("weight", "bias"):
                all[f"{name}.{part}"] = of(getattr(module, part)).detach().clone()

        for name in ("word", "position", "token_type"):
            add(f"embeddings.{name}_embeddings", getattr(self, name), "weight")
        add("embeddings.LayerNorm", self.norm)
        for i, layer in enumerate(self.layers):
            name = f"encoder.layer.{i}"
            for kind in ("weight", "bias"):
                for part, values in zip(("query", "key", "value"), of(getattr(layer.self_attn, f"in_proj_{kind}")).detach().split(HIDDEN)):
                    all[f"{name}.attention.self.{part}.{kind}"] = values.clone()
            add(f"{name}.attention.output.dense", layer.self_attn.out_proj)
            add(f"{name}.attention.output.LayerNorm", layer.norm1)
            add(f"{name}.intermediate.dense", layer.linear1)
            add(f"{name}.output.dense", layer.linear2)
            add(f"{name}.output.LayerNorm", layer.norm2)
        add("pooler.dense", self.pooler)
        add("classifier", self.classifier)
        return all


def mixed(z):
    """SplitMix64 on arrays of uint64."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def keeping(seed):
    def keep(site, places, units):
        key = mixed(mixed(np.array([seed], np.uint64) + np.uint64(site)) + np.array(list(places), np.uint64))
        drawn = mixed(key[:, None] + np.arange(units, dtype=np.uint64)) >> np.uint64(11)
        return torch.from_numpy((drawn.astype(np.float64) * 2.0**-53 >= DROPOUT) / (1 - DROPOUT))
    return keep


def nothing_dropped(site, places, units):
    return torch.ones(1, dtype=DTYPE)


def write(stem, net, texts, words, lengths, params, more, dropout):
    """texts: the ids that the network reads; words: what the studio is given."""
    padded = pad_sequence(texts, batch_first=True, padding_value=3)  # a piece like others: it must not be seen
    padding = torch.arange(padded.shape[1])[None, :] >= torch.tensor([[len(t)] for t in texts])
    logits = net(padded, padding)
    one_by_one = torch.stack([net.one(ids, nothing_dropped) for ids in texts])
    assert torch.allclose(logits, one_by_one, atol=1e-13), (logits - one_by_one).abs().max()
    tensors = {}
    if dropout:
        seeds = np.random.default_rng(5).integers(0, 2**63, len(texts), np.int64)
        logits = torch.stack([net.one(ids, keeping(int(seed))) for ids, seed in zip(texts, seeds)])
        tensors["seeds"] = torch.from_numpy(seeds)
    labels = torch.arange(len(texts)) % CLASSES
    loss = nn.functional.cross_entropy(logits, labels)
    net.zero_grad()
    loss.backward()
    write_safetensors(GOLDEN / f"bert-{stem}.safetensors",
                      {**{f"model/{name}": p for name, p in net.published(lambda p: p).items()},
                       **{f"grad/{name}": p for name, p in net.published(lambda p: p.grad).items()},
                       "inputs": pad_sequence(words, batch_first=True), "lengths": torch.tensor(lengths), "labels": labels,
                       "logits": logits.detach(), "loss": loss.detach(), **tensors},
                      {"model": "bert", "params": json.dumps({"model.dropout": DROPOUT if dropout else 0, **params}), "dtype": "float64",
                       "torch": torch.__version__, **more})


def folder(net):
    """A folder in the usual layout, in float32."""
    place = GOLDEN / "bert"
    place.mkdir(exist_ok=True)
    config = {"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
              "num_attention_heads": HEADS, "intermediate_size": INTERMEDIATE, "vocab_size": len(PIECES), "max_position_embeddings": POSITIONS,
              "type_vocab_size": TYPES, "layer_norm_eps": EPS, "initializer_range": 0.02}
    (place / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (place / "vocab.txt").write_text("\n".join(PIECES) + "\n")
    tensors = {f"bert.{name}": p.float() for name, p in net.published(lambda p: p).items() if not name.startswith("classifier")}
    tensors["cls.predictions.bias"] = torch.zeros(len(PIECES))
    write_safetensors(place / "model.safetensors", tensors, {"format": "pt"})


def pieces_of(text):
    ids = [PIECES.index(piece) for word in text.split() for piece in WORDS[word]]
    return torch.tensor([PIECES.index("[CLS]"), *ids[:LONGEST - 2], PIECES.index("[SEP]")])


def main():
    torch.set_num_threads(1)
    torch.manual_seed(20214)
    net = Bert(len(PIECES), TYPES, LAYERS, EPS).float().to(DTYPE)  # numbers that float32 has
    folder(net)
    words = list(WORDS)
    ids = [torch.tensor([2 + words.index(word) for word in text.split()]) for text in TEXTS]
    for stem, dropout in (("trained", False), ("trained-dropout", True)):
        write(stem, net, [pieces_of(text) for text in TEXTS], ids, [len(i) for i in ids], {"model.max_length": LONGEST},
              {"words": json.dumps(words), "known": "6"}, dropout)

    # From scratch over words: those beyond the vocabulary are the unknown one, [CLS] and [SEP] follow the known ones.
    net = Bert(SCRATCH_KNOWN + 2, 1, 3, 1e-12).to(DTYPE)
    generator = torch.Generator().manual_seed(12)
    ids = [torch.randint(2, SCRATCH_WORDS, (length,), generator=generator) for length in (5, 1, 9, 14, 3, 20)]
    read = [torch.cat([torch.tensor([SCRATCH_KNOWN]), torch.where(i >= SCRATCH_KNOWN, torch.ones_like(i), i)[:POSITIONS - 2],
                       torch.tensor([SCRATCH_KNOWN + 1])]) for i in ids]
    write("scratch", net, read, ids, [len(i) for i in ids],
          {"model.max_length": POSITIONS, "model.layers": 3, "model.hidden": HIDDEN, "model.heads": HEADS,
           "model.intermediate": INTERMEDIATE}, {"words": "[]", "known": str(SCRATCH_KNOWN)}, False)


if __name__ == "__main__":
    main()
