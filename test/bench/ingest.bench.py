# Times CSV to typed frames on two threads: python3 ingest.bench.py FILE.csv TIMES.json RUNS
import json, statistics, sys, time
import pandas, pyarrow
from pyarrow import csv

pyarrow.set_cpu_count(2)


def timed(read):
    read()
    seconds = []
    for _ in range(int(sys.argv[3])):
        start = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


times = {
    "pandas": timed(lambda: pandas.read_csv(sys.argv[1])),
    "pandas with pyarrow": timed(lambda: pandas.read_csv(sys.argv[1], engine="pyarrow")),
    "pyarrow": timed(lambda: csv.read_csv(sys.argv[1])),
}
json.dump({"seconds": times, "versions": {"pandas": pandas.__version__, "pyarrow": pyarrow.__version__}}, open(sys.argv[2], "w"))
