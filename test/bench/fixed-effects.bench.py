"""The peer of fixed-effects.bench.ts: python3 fixed-effects.bench.py SPEC.json TIMES.json

Reads columns as raw doubles, calls pyfixest with each of its demeaners that is installed, and writes the fastest median with its
coefficients and standard errors. Only the estimation call is timed; the frame is loaded, one warm-up call is not counted.
"""
import json
import statistics
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf

warnings.filterwarnings("ignore")
spec = json.load(open(sys.argv[1]))
frame = pd.DataFrame({name: np.fromfile(path) for name, path in spec["columns"].items()})
for name in spec["ids"]:
    frame[name] = frame[name].astype(np.int64)
demeaners = {"MAP rust": pf.MapDemeaner(backend="rust"), "LSMR within, additive": pf.LsmrDemeaner(backend="within"),
             "LSMR within, diagonal": pf.LsmrDemeaner(backend="within", preconditioner="diagonal"), "MAP numba": pf.MapDemeaner(backend="numba")}
results = []
for case in spec["cases"]:
    tried = []
    for label, demeaner in demeaners.items():
        try:
            seconds = []
            for _ in range(spec["runs"] + 1):
                started = time.perf_counter()
                # without a small-sample factor for Poisson, as ours
                call, ssc = (pf.fepois, pf.ssc(k_adj=False, G_adj=False)) if case["model"] == "ppml" else (pf.feols, pf.ssc())
                fit = call(case["formula"], frame, vcov="iid", ssc=ssc, demeaner=demeaner, copy_data=False, store_data=False, lean=True, fixef_rm="none")
                seconds.append(time.perf_counter() - started)
                if seconds[0] > spec["patience"]:
                    break
            tried.append({"demeaner": label, "seconds": statistics.median(seconds[1:] or seconds), "coefficients": fit.coef().tolist(), "names": list(fit.coef().index),
                          "stdErrors": fit.se().tolist()})
        except Exception as error:  # a backend that is not installed, or does not do this model
            print(f"  {label}: {str(error).splitlines()[0][:100]}", file=sys.stderr)
    for one in tried:
        print(f"  {case['formula']}: {one['demeaner']} {one['seconds']:.2f} s", file=sys.stderr)
    results.append(min(tried, key=lambda one: one["seconds"]))
json.dump({"pyfixest": pf.__version__, "results": results}, open(sys.argv[2], "w"))
