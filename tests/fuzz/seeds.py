#!/usr/bin/env python3
"""seeds.py FOLDER: writes what the fuzz targets begin with, FOLDER/TARGET/NAME, and the words that inputs are likely
to hold, FOLDER/TARGET.dict. Inputs that once broke something are kept as files, in corpus/ beside this script."""

import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPEC = {
    "task": {"id": "names", "params": {"source": "", "split": "stratified", "validation_share": 0.15}},
    "model": {"id": "gru", "params": {"hidden": 128, "one_hot": True}},
    "optimizer": {"id": "sgd", "params": {"lr": 0.25, "momentum": 0.0}},
    "regime": {"id": "sgd", "params": {"order": "shuffled", "batch": 1, "clip": 0.0}},
    "budget": {"epochs": 15},
    "seed": 3,
}
RUN = "0b8e5c1e-3f5a-4c6f-9a51-3f7b2f3f9a51"


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def safetensors(tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return b"\0" + struct.pack("<H", len(text)) + text + data, b"\1" + struct.pack("<Q", len(text)) + text + data


def wav(samples, rate=16000, channels=1, bits=16, kind=1, extra=b""):
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + extra + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def field(number, kind, content):
    def varint(value):
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    key = varint(number << 3 | kind)
    return key + (varint(content) if kind == 0 else varint(len(content)) + content if kind == 2 else content)


def event(tag, step, value, tensor=False):
    number = struct.pack("<f", value)
    held = field(8, 2, field(1, 0, 1) + field(4, 2, number)) if tensor else field(2, 5, number)
    summary = field(1, 2, field(1, 2, tag.encode()) + held)
    return field(1, 1, struct.pack("<d", 1.7e9 + step)) + field(2, 0, step) + field(5, 2, summary)


def records(*all_of_them):
    return b"\0" + b"".join(struct.pack("<H", len(one)) + one for one in all_of_them)


def patches(*all_of_them):
    return b"\0\0" + b"".join(struct.pack("<HHB", page, place, len(new)) + new for page, place, new in all_of_them)


def seeds():
    toml = b'seed = 3\nepochs = 5\ntask = "names"\n\n[model]\nid = "gru"\nhidden = 64\n\n[optimizer]\nid = "sgd"\nlr = 0.4\n'
    yield "spec_toml", "plain", toml
    yield "spec_toml", "seed", b'seed = "18446744073709551615"\nupdates = 10\n[task]\nid = "symmetry"\nlength = 4\n'
    yield "spec_json", "stored", compact(SPEC).encode()
    yield "spec_json", "spaced", json.dumps(SPEC, indent=1).encode()
    for file in sorted((ROOT / "resources/sweeps").glob("*.toml")):
        yield "sweep_toml", file.stem, file.read_bytes()
    yield "sweep_toml", "small", (
        b'title = "A"\nseeds = 2\ntask = "names"\nepochs = 3\n[[over]]\npath = "model.hidden"\nvalues = [8, 16]\n'
        b'[[over]]\npath = "optimizer.lr"\nfrom = 0.1\nto = 0.4\nsteps = 3\nscale = "log"\n'
    )
    yield "sweep_toml", "variants", (
        b'task = "names"\n[[over]]\nname = "how"\n[[over.level]]\nlabel = "fast"\nset = { "optimizer.lr" = 0.4 }\n'
        b'[[over.level]]\nlabel = "slow"\nset = { "optimizer.lr" = 0.1 }\n[active]\naxis = "how"\nadd = 4\nround = 2\n'
    )
    yield "sweep_json", "small", compact(
        {"base": {"task": "names", "model": "gru", "optimizer": "sgd", "regime": "sgd", "settings": [["model.hidden", "8"]], "epochs": 3},
         "axes": [{"name": "model.hidden", "log": True, "levels": ["8", "16"]},
                  {"name": "how", "log": False, "levels": [{"label": "a", "settings": [["optimizer.lr", "0.1"]]}]}],
         "seeds": [0, 1], "threshold_error": 0.1, "active": {"axis": "model.hidden", "metric": "test/error", "add": 8, "round": 2}}
    ).encode()
    for text in ("model.hidden=1,2,4,8", "model.hidden=1:256:log20", "optimizer.lr=0.1:0.5:5", "model.hidden=1:64:×2", "epochs=1:8:x2", "model=gru,lstm"):
        yield "sweep_axis", text.replace("/", " "), text.encode()
    for text in ("loss is NaN", "sharpness > 2/lr", "validation/loss rises 3 times", "-(train/loss + 2.5e-3) * 4 <= accuracy / 3"):
        yield "breakpoint", text.replace("/", " "), b"\1" + text.encode()
    for text in ('model = gru and (lr > 0.1 or not starred)', 'tag:"a b" validation/accuracy@500 >= .5', "best:test/loss < nan or created = 2026-11", "note ~ 'it''s'"):
        yield "filter", text.replace("/", " "), text.encode()
    yield "name_list", "two", "Müller\nGarcía\nO'Neil\n\xff".encode("latin-1").replace(b"\xfc", "ü".encode()).replace(b"\xed", "í".encode()) + b"Ito\nSato\n"
    yield "utf8", "letters", "aé中😀İΣ ΑΣ.\u2028\u00a0".encode() + b"\xc3\x28\xed\xa0\x80"
    yield "csv_table", "quotes", b"\x19a,b\r\n\"x,\"\"y\"\"\nz\",2\r\n,\r\n3,\"\"\n"
    yield "csv_table", "detected", b"\x00a;b;c\n1;2;3\n"
    yield "texts", "table", b"\1\0label,text\npos,a good film\nneg,\"bad, \"\"bad\"\"\"\n"
    yield "texts", "lines", b"\4\0DESC:def What is it ?\nHUM Who ?\n"
    yield "texts", "files", b"\0\x10label,text\na,b\n\xffgood\n\nfine\n\xffbad\n"
    yield "csv_import", "tidy", b"run_id,run,seed,update,epoch,wall_time,metric,value\n" + RUN.encode() + b",brave-otter-1,3,0,0,0.5,train/loss,2.5\n"
    yield "csv_import", "steps", b"step,epoch,loss,acc\n0,0,2.5,0.1\n10,1,nan,0.2\n"
    yield "csv_import", "wandb", b'"Step","run-1 - loss","run-1 - loss__MIN","run-1 - loss__MAX"\n"1","2.5","2.4","2.6"\n'
    run = {"run": {"id": RUN, "name": "brave-otter-1", "spec": SPEC, "state": "finished", "tags": ["a"], "updates": 9,
                   "changes": [{"update": 3, "parameter": "optimizer.lr", "value": "0.1"}], "provenance": {"classes": ["x"], "threads": 1, "data_report": {"a": [1]}},
                   "metrics": [{"name": "train/loss", "unit": "nats", "direction": "lower"}], "log": [{"time_ms": 5, "level": "info", "text": "begun"}]}}
    value = {"run_id": RUN, "metric": "train/loss", "update": 3, "epoch": 0.5, "seconds": 1.5, "value": None, "nonfinite": "inf"}
    jsonl = (compact(run) + "\n" + compact(value) + "\n").encode()
    yield "jsonl", "run", jsonl
    yield "typed", "run", b"\5" + compact(run["run"]).encode()
    events = records(field(1, 1, struct.pack("<d", 1.7e9)) + field(3, 2, b"brain.Event:2"), event("train/loss", 1, 2.5), event("epoch", 1, 0.5), event("acc", 2, 0.25, True))
    yield "events", "scalars", events
    yield "tokenizer", "words", "\x40Don't stop_me  now, 中文 é e\u0301 ΣΑΣ 1!ab".encode()
    yield "tokenizer", "spaced", b"\0a bb  c\n"
    yield "word_piece", "small", "a ab é中!\xff".encode("utf-8").replace("\xff".encode(), b"\xff") + b"[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n"
    yield "word_vectors", "glove", b"the 0.1 -0.2 3e-1\nof 1 2 3\na b 4 5 6\n"
    yield "word_vectors", "word2vec", b"2 3\nthe 0.1 0.2 0.3\nof 1 2 3\n"
    one, file = safetensors({"w": ("F32", [2, 1], b"\0" * 8), "b": ("I64", [], b"\1" * 8), "none": ("U8", [0], b"")}, {"format": "descent"})
    yield "safetensors", "made", one
    yield "safetensors", "file", file
    yield "sound", "mono", wav(struct.pack("<8h", *range(0, 8000, 1000)))
    yield "sound", "stereo", wav(struct.pack("<8h", *range(8)), 8000, 2)
    yield "sound", "float", wav(struct.pack("<4f", 0, 0.5, -1.5, 1), 44100, 1, 32, 3)
    yield "sound", "list", wav(b"\0\1\2\3", 16000, 1, 8, 1, b"LIST" + struct.pack("<I", 4) + b"INFO")
    manifest = {"kind": "keywords", "root": "/data", "keywords": ["eight"], "pooled": True, "train": ["eight/a.wav"], "validation": ["six/b.wav"], "test": []}
    yield "speech_manifest", "small", compact(manifest).encode()
    yield "speech_folder", "lists", b"eight/a1_nohash_0.wav\n\xffsix/d4_nohash_0.wav\n\xffa1, b2"
    yield "feature_cache", "damaged", b"\4abcd12\n" + b"\0" * 40
    for text in ("d = x*w + b; o = relu(d)^2", "a = 3\nmax(a, 0, -b) / ln(2.5e-1)", "x ** -y · tanh(z) − 1"):
        yield "scalar", text.replace("/", " ").replace("\n", " "), text.encode()
    for kind, text in ((0, "100 optimizer.lr=0.05; 200 regime.clip=0.5"), (1, "30, 60, 80"), (2, "0.25"), (2, "true"), (3, 'ladder plan: {"task":"names","model":"gru","optimizer":"sgd","settings":[["model.hidden","8"]],"regimes":["sgd","full-batch"],"seeds":[0,1]}'), (6, "imbd-cnn"), (7, "a, b ,c")):
        yield "typed", str(kind) + text[:9].replace("/", " "), bytes([kind]) + text.encode()
    for target in ("store", "bundle"):
        yield target, "whole", b"\0\0"
        yield target, "version", patches((0, 60, b"\0\0\0\3"))
        yield target, "places", patches((0, 100, b"\r\0\0\0\5"), (3, 0, b"\5\0\0"), (7, 8, b"\xff\xff"))
        yield target, "cut", b"\0\xf8"
        yield target, "none", b"\1SQLite format 3\0"
    for number, text in enumerate((b"../../../escaped", b"/tmp/escaped", b"..", b"a\0b", b"x" * 300, b"plain")):
        yield "bundle_names", "file%d" % number, text
    yield "bundle_names", "texts", b"\xff".join([b"", b"", b"../x", b"run-1", b"running", b"\x1b[31m", b"a/b", compact(SPEC).encode(), b'["a"]', b"{}", b"", b"a\nb", b"optimizer.lr"])
    yield "import", "csv", b"\0step,loss\n0,2.5\n1,2\n"
    yield "import", "jsonl", b"\1" + jsonl
    yield "import", "odd", b"\3nothing known"


WORDS = {
    "spec_toml": 'seed epochs updates task model optimizer regime id names gru sgd full-batch legacy-names symmetry hidden one_hot lr momentum batch clip order split source [model] """ \'\'\' inf nan 0x 1979-05-27T07:32:00Z',
    "spec_json": '"task" "model" "optimizer" "regime" "budget" "seed" "epochs" "updates" "id" "params" null true 1e400 \\u0000 "names" "gru" "sgd"',
    "sweep_toml": '[[over]] [[over.level]] [active] path values from to steps factor scale name label set title summary view threshold_error seeds first_seed draw_data axis metric add round task model names gru model.hidden optimizer.lr "log" inf nan',
    "sweep_axis": "model.hidden optimizer.lr epochs updates task model optimizer regime = : , log × x inf nan -1 1e308 9223372036854775807",
    "sweep_json": '"base" "axes" "seeds" "levels" "label" "settings" "name" "log" "active" "axis" "metric" "add" "round" "threshold_error" "draw_data" null 1e400 -1',
    "breakpoint": "loss validation accuracy sharpness gradient lr is NaN infinite rises falls times <= >= train/loss ( ) - + * / 1e308",
    "filter": "and or not starred trashed tag: best: last: @ created started ended today = != <= >= ~ ( ) \" ' nan state running lr optimizer.lr",
    "csv_import": "run_id run seed update epoch wall_time metric value Step __MIN __MAX nan inf , ; \" " + RUN,
    "jsonl": '{"run": "run_id" "metric" "update" "epoch" "seconds" "value" "nonfinite" "spec" "provenance" "metrics" "log" "changes" null 1e400 ' + RUN,
    "safetensors": '"__metadata__" "dtype" "shape" "data_offsets" F32 F64 BF16 I64 U8 BOOL [0,8] 9223372036854775807 18446744073709551615',
    "sound": "RIFF WAVE fmt data LIST fact RF64 ds64 fLaC OggS vorbis FORM AIFF AIFC COMM SSND .snd caff",
    "scalar": "relu tanh sigmoid exp ln log max min sqrt abs sin cos pow ** ^ − × · ÷ ; = ( ) , 1e308 inf nan",
    "typed": 'optimizer.lr regime.clip = ; "ladder "seeds" "regimes" "settings" "lengths" "commonest" "histogram" "counts" 9223372036854775807',
    "texts": "label text train test pos neg README , ; : \"",
    "word_piece": "[PAD] [UNK] [CLS] [SEP] ##",
    "speech_manifest": '"kind" "root" "keywords" "pooled" "train" "validation" "test"',
    "bundle_names": "../ / .. .sqlite -wal .checkpoints ../../ run-1",
    "speech_folder": "eight/ six/ _nohash_ .wav ../ / a1 b2",
}


def main():
    folder = pathlib.Path(sys.argv[1])
    for target, name, content in seeds():
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / name).write_bytes(content)
    for target, words in WORDS.items():
        quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words.split())
        (folder / (target + ".dict")).write_text("".join('"%s"\n' % "".join(c if ord(c) < 127 else "".join("\\x%02x" % b for b in c.encode()) for c in word) for word in quoted))


if __name__ == "__main__":
    main()
