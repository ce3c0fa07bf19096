# Times survival::coxph on a loaded frame, plain and with firm clusters. Rscript cox.bench.R SPELLS.csv TIMES.json RUNS
suppressMessages({ library(survival); library(data.table); library(jsonlite) })
args <- commandArgs(TRUE)
spells <- as.data.frame(fread(args[1]))
timed <- function(fit) {
  seconds <- numeric(0)
  for (r in seq_len(as.integer(args[3]))) seconds <- c(seconds, system.time(model <- fit())[["elapsed"]])
  list(seconds = median(seconds), coefficients = unname(coef(model)), standardErrors = unname(sqrt(diag(vcov(model)))))
}
plain <- timed(function() coxph(Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5, spells))
clustered <- timed(function() coxph(Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5, spells, cluster = firm))
write(toJSON(list(plain, clustered), digits = NA, auto_unbox = TRUE), args[2])
