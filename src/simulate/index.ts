/** truth -> raw files: synthetic microdata with its dirt and its truth. */
export {}
