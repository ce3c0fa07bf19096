/** PLAN -> CHANGES: scenarios re-solved beside their base. */
export {}
