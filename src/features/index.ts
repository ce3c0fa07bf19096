/** TABLE -> TABLE: every feature is a relation over relations. */
export {}
