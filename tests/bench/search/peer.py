"""The peers of tests/bench/search.rs: BM25 by bm25s and by SQLite's FTS5, over the same texts and queries.

    python3 peer.py FOLDER

reads FOLDER/texts.tsv (a picture's path and its words) and FOLDER/queries.txt (a query a line), both of which the benchmark
writes, and prints `NAME<TAB>seconds to index<TAB>MB on disk<TAB>median ms<TAB>99th percentile ms` for each peer that is here.
FOLDER/NAME.found has the paths of the ten best of each query. bm25s is on PyPI (`pip install bm25s`); FTS5 comes with
Python's sqlite3. All have k1 = 1.2 and b = 0.75, and take what is between spaces for a word.
"""

import os
import sqlite3
import statistics
import sys
import time

BEST = 10


def megabytes(path):
    if os.path.isfile(path):
        return os.path.getsize(path) / 1e6
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(path) for name in names) / 1e6


def ask(folder, name, queries, find):
    """Times `find` for each query and writes what it found."""
    times, found = [], []
    for query in queries:
        start = time.perf_counter()
        best = find(query)
        times.append(1e3 * (time.perf_counter() - start))
        found.append(best)
    with open(os.path.join(folder, name + ".found"), "w") as out:
        out.writelines("\t".join(best) + "\n" for best in found)
    times.sort()
    return statistics.median(times), times[len(times) * 99 // 100]


def by_bm25s(folder, paths, texts, queries):
    import bm25s

    start = time.perf_counter()
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([text.split() for text in texts], show_progress=False)
    made = time.perf_counter() - start
    index.save(os.path.join(folder, "bm25s"))

    def find(query):
        numbers, scores = index.retrieve([query.split()], k=min(BEST, len(paths)), show_progress=False)
        return [paths[number] for number, score in zip(numbers[0], scores[0]) if score > 0]

    return made, megabytes(os.path.join(folder, "bm25s")), *ask(folder, "bm25s", queries, find)


def by_fts5(folder, paths, texts, queries):
    file = os.path.join(folder, "fts5.sqlite")
    start = time.perf_counter()
    base = sqlite3.connect(file)
    base.execute("CREATE VIRTUAL TABLE texts USING fts5(path UNINDEXED, words, tokenize = 'ascii')")
    base.executemany("INSERT INTO texts VALUES (?, ?)", zip(paths, texts))
    base.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    base.commit()
    made = time.perf_counter() - start
    statement = "SELECT path FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"

    def find(query):
        words = " OR ".join('"' + word + '"' for word in query.split())
        return [path for (path,) in base.execute(statement, (words, BEST))]

    return made, megabytes(file), *ask(folder, "fts5", queries, find)


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "texts.tsv")) as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    with open(os.path.join(folder, "queries.txt")) as file:
        queries = [line.strip() for line in file]
    paths, texts = [row[0] for row in rows], [row[1] for row in rows]
    for name, peer in [("bm25s", by_bm25s), ("fts5", by_fts5)]:
        try:
            numbers = peer(folder, paths, texts, queries)
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        print(name, *(f"{number:.3f}" for number in numbers), sep="\t", flush=True)


main()
