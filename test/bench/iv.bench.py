"""The peers of iv.bench.ts: python3 iv.bench.py SPEC.json TIMES.json

Reads columns as raw doubles and times one call each of linearmodels and pyfixest, coefficients and standard errors only: their tests of the
instruments are computed on request. Seconds are of the processor, threads of the linear algebra included.
"""
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf
from linearmodels.iv import IV2SLS

warnings.filterwarnings("ignore")
spec = json.load(open(sys.argv[1]))
frame = pd.DataFrame({name: np.fromfile(path) for name, path in spec["columns"].items()})
frame["const"] = 1.0


def timed(call):
    wall, processor = time.perf_counter(), time.process_time()
    estimate, error = call()
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor, "estimate": float(estimate), "stdError": float(error)}


def linearmodels(case):
    model = IV2SLS(frame.wage, frame[["const"] + case["exogenous"]], frame.schooling, frame[case["instruments"]])
    how = {"iid": {"cov_type": "unadjusted"}, "robust": {"cov_type": "robust"}, "cluster": {"cov_type": "clustered", "clusters": frame.cell}}
    fit = model.fit(**how[case["covariance"]], debiased=True)
    return fit.params["schooling"], fit.std_errors["schooling"]


def pyfixest(case):
    how = {"iid": "iid", "robust": "hetero", "cluster": {"CRV1": "cell"}}
    fit = pf.feols(case["formula"], frame, vcov=how[case["covariance"]], copy_data=False, store_data=False, lean=True)
    return fit.coef()["schooling"], fit.se()["schooling"]


results = []
for case in spec["cases"]:
    row = {}
    for name, call in [("linearmodels", linearmodels), ("pyfixest", pyfixest)]:
        if name not in spec["peers"] or (name == "linearmodels" and case["absorbed"]):
            continue
        try:
            row[name] = timed(lambda: call(case))
        except Exception as error:
            print(f"  {name}: {str(error).splitlines()[0][:120]}", file=sys.stderr)
    results.append(row)
json.dump(results, open(sys.argv[2], "w"))
