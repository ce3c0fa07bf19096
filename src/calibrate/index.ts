/** FIT -> COSTS: estimated coefficients become sunk, fixed and trade costs. */
export {}
