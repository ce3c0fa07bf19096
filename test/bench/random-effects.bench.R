# usage: Rscript random-effects.bench.R panel.csv times.json
# The peer's call on a loaded frame: glmmTMB's Laplace approximation (glmer with 12 nodes needs more than 15 minutes on this panel).
library(glmmTMB)
arguments <- commandArgs(trailingOnly = TRUE)
panel <- read.csv(arguments[1])
covariates <- setdiff(names(panel), c('firm', 'y'))
model <- as.formula(paste('y ~', paste(covariates, collapse = ' + '), '+ (1 | firm)'))
seconds <- system.time(fit <- glmmTMB(model, data = panel, family = binomial))[['elapsed']]
writeLines(sprintf('{"seconds": %.17g, "sigma": %.17g, "version": "%s"}', seconds, sqrt(VarCorr(fit)$cond$firm[1, 1]), packageVersion('glmmTMB')), arguments[2])
