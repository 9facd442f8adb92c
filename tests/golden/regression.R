# Reference numbers for the regression kinds, from base R, MASS, nnet and survival.
# Data sets are those that R and MASS ship, written beside the numbers.
#   Rscript regression.R > regression.json
library(MASS); library(nnet); library(survival)

number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g"))
vector <- function(x) paste0("{", paste(sprintf('"%s": %s', names(x), number(x)), collapse = ", "), "}")
object <- function(...) { parts <- list(...)
  paste0("{", paste(sprintf('"%s": %s', names(parts), parts), collapse = ", "), "}") }
errors <- function(V) sqrt(diag(V))
one <- function(x) number(as.numeric(x))

# Robust covariances of a glm from its leverages and working residuals (Zeileis 2006).
robust <- function(fit, kind) {
  X <- model.matrix(fit); w <- weights(fit, "working"); u <- residuals(fit, "working") * w
  h <- hatvalues(fit); n <- nrow(X); B <- summary(fit)$cov.unscaled
  omega <- switch(kind, HC0 = u^2, HC1 = u^2 * n / (n - ncol(X)), HC2 = u^2 / (1 - h), HC3 = u^2 / (1 - h)^2)
  errors(B %*% t(X) %*% (X * omega) %*% B)
}
generalised <- function(fit) object(
  coef = vector(coef(fit)), se = vector(errors(vcov(fit))), loglik = one(logLik(fit)), aic = one(AIC(fit)),
  HC0 = vector(robust(fit, "HC0")), HC1 = vector(robust(fit, "HC1")),
  HC2 = vector(robust(fit, "HC2")), HC3 = vector(robust(fit, "HC3")))
tight <- glm.control(epsilon = 1e-15, maxit = 200)

cars <- mtcars; cars$heavy <- as.integer(cars$wt > 3.3)
logit <- glm(vs ~ mpg + am, binomial, cars, control = tight)
cloglog <- glm(vs ~ mpg + am, binomial("cloglog"), cars, control = tight)
counts <- glm(carb ~ wt + factor(gear), poisson, cars, control = tight)
gamma <- glm(hp ~ wt + qsec, Gamma("log"), cars, control = tight)

negative <- glm.nb(Days ~ Sex + Age + Lrn, quine, control = glm.control(epsilon = 1e-12, maxit = 200))
alpha <- 1 / negative$theta

flat <- function(M) { x <- as.vector(t(M)); names(x) <- paste0(rep(rownames(M), each = ncol(M)), ":", colnames(M)); x }
races <- multinom(Age ~ Days + Sex, quine, reltol = 1e-15, maxit = 2000, trace = FALSE)

houses <- housing[rep(seq_len(nrow(housing)), housing$Freq), ]
ordered_logit <- polr(Sat ~ Infl + Type + Cont, houses, Hess = TRUE, control = list(reltol = 1e-15, maxit = 2000))
ordered_probit <- polr(Sat ~ Infl + Type + Cont, houses, method = "probit", Hess = TRUE,
                       control = list(reltol = 1e-15, maxit = 2000))
polr_out <- function(fit) object(coef = vector(coef(fit)), zeta = vector(fit$zeta),
  se = vector(errors(vcov(fit))), loglik = one(logLik(fit)))

huber <- rlm(stack.loss ~ ., stackloss, psi = psi.huber, acc = 1e-12, maxit = 500)
bisquare <- rlm(stack.loss ~ ., stackloss, psi = psi.bisquare, acc = 1e-12, maxit = 500)
rlm_out <- function(fit) object(coef = vector(coef(fit)), se = vector(errors(vcov(fit))), scale = one(fit$s))

cox <- function(fit) object(coef = vector(coef(fit)), se = vector(errors(vcov(fit))), loglik = one(fit$loglik[2]))
entered <- transform(lung, entry = pmin(time - 1, 30 * (inst %% 3)))
cc <- lung[complete.cases(lung[, c("age", "sex", "ph.ecog", "inst")]), ]
robust_cox <- coxph(Surv(time, status == 2) ~ age + sex + ph.ecog, cc, ties = "breslow", robust = TRUE)
cluster_cox <- coxph(Surv(time, status == 2) ~ age + sex + ph.ecog + cluster(inst), cc, ties = "breslow")
entry_cox <- coxph(Surv(entry, time, status == 2) ~ age + sex, subset(entered, !is.na(inst)), ties = "efron")
entry_breslow <- coxph(Surv(entry, time, status == 2) ~ age + sex, subset(entered, !is.na(inst)), ties = "breslow")

cat(object(
  made = sprintf('"%s, MASS %s, nnet %s, survival %s"', R.version.string, packageVersion("MASS"),
                 packageVersion("nnet"), packageVersion("survival")),
  logit = generalised(logit), cloglog = generalised(cloglog), poisson = generalised(counts),
  gamma = generalised(gamma),
  negative_binomial = object(coef = vector(coef(negative)), se = vector(errors(vcov(negative))),
    alpha = one(alpha), theta_se = one(negative$SE.theta), loglik = one(logLik(negative))),
  multinomial = object(coef = vector(flat(coef(races))), loglik = one(logLik(races)),
    se = vector(flat(summary(races)$standard.errors))),
  ordered_logit = polr_out(ordered_logit), ordered_probit = polr_out(ordered_probit),
  huber = rlm_out(huber), bisquare = rlm_out(bisquare),
  cox_entry = cox(entry_cox), cox_entry_breslow = cox(entry_breslow), cox_robust = object(coef = vector(coef(robust_cox)),
    se = vector(errors(vcov(robust_cox)))), cox_cluster = object(coef = vector(coef(cluster_cox)),
    se = vector(errors(vcov(cluster_cox))))), "\n", sep = "")
write.csv(quine, "quine.csv", row.names = FALSE)
write.csv(housing, "housing.csv", row.names = FALSE)
write.csv(mtcars, "mtcars.csv", row.names = FALSE)
write.csv(lung, "lung.csv", row.names = FALSE, na = "")
write.csv(stackloss, "stackloss.csv", row.names = FALSE)
