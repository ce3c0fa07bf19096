# Times CSV to typed frames on two threads: python3 ingest.bench.py FILE.csv TIMES.json RUNS
import json, statistics, sys, time
import pandas, pyarrow
from pyarrow import csv

pyarrow.set_cpu_count(2)


def timed(read):
    read()
    runs = []
    for _ in range(int(sys.argv[3])):
        start, before = time.perf_counter(), time.process_time()
        read()
        runs.append((time.perf_counter() - start, time.process_time() - before))
    return [statistics.median(column) for column in zip(*runs)]


times = {
    "pandas": timed(lambda: pandas.read_csv(sys.argv[1])),
    "pandas with pyarrow": timed(lambda: pandas.read_csv(sys.argv[1], engine="pyarrow")),
    "pyarrow": timed(lambda: csv.read_csv(sys.argv[1])),
}
json.dump({
    "seconds": {name: elapsed for name, (elapsed, _) in times.items()},
    "processor": {name: processor for name, (_, processor) in times.items()},
    "versions": {"pandas": pandas.__version__, "pyarrow": pyarrow.__version__},
}, open(sys.argv[2], "w"))
