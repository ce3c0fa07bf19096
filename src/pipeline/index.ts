/** Steps, fingerprints, store, progress, run record. */
export {}
