/** The version that spans name as their instrumentation; a test compares it with the package's. */
export const version = "0.0.0";
